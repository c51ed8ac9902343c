"""Alerts about traffic in a real Prometheus: the budgets, the health, the cache and live connections."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import pytest
import pytest_asyncio
import yaml

from sandbox.drawbridge import NewKey, add_key, change_options
from sandbox.stack import Stack, household
from tests.e2e.alerts import SECONDS, Alerts, ask, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOW_SECONDS: Final = 2.2
WAIT: Final = {"delay": {"seconds": SLOW_SECONDS}}
SLOW_SCRIPT: Final = {"alias": "Slow", "mode": "parallel", "max": 200, "sequence": [WAIT]}
SLOW: Final = 40
REFUSED: Final = 80
BUDGET: Final = 0.01
REQUESTS: Final = "instance:drawbridge_http_requests"
LEAST_RATE: Final = 0.02
"""The request rate below which no budget burns."""
BURNS: Final = ("DrawbridgeErrorBudgetBurn", "DrawbridgeLatencyBudgetBurn")
CRITICAL: Final = tuple(f"{name} critical" for name in BURNS)
WARNING: Final = tuple(f"{name} warning" for name in BURNS)
SIDE_EFFECTS: Final = "DrawbridgeHealthScoreLow", "DrawbridgeCacheHitRateLow", "DrawbridgeRefusalBurst"
SLOW_CLIENTS: Final = 4


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Stack, Alerts]]:
    """Start everything; no alert fires but the watchdog."""
    folder = tmp_path_factory.mktemp("alerts_of_traffic")
    async with (
        household(folder / "home") as stack,
        watched(folder, {"drawbridge": stack.exporter.address}, homes=1) as alerts,
    ):
        yield stack, alerts


async def test_of_the_budgets(house: tuple[Stack, Alerts]) -> None:
    """Slow and failing requests, then good ones. Each pair of windows causes the alerts alone, with its burn rate."""
    stack, alerts = house
    key = await slow_key(stack)
    async with alerts.caused(*CRITICAL, *SIDE_EFFECTS):
        # The first requests create the series, whose increase Prometheus sees from then on.
        assert await ask(stack, key, "/api/") == [200]
        await bad_requests(stack, key)
        await alerts.scraped()
        await bad_requests(stack, key)
        assert await ask(stack, key, "/api/states", times=40) == [200] * 40
    assert await alerts.prometheus.value(f"max({REQUESTS}:rate6h) < bool {LEAST_RATE}") == 1
    async with alerts.caused():
        assert await ask(stack, key, "/api/", times=500) == [200] * 500
        await fewer_are_bad(alerts, "1h", 14.4 * BUDGET)
    async with alerts.caused(*WARNING, ended=[*CRITICAL, "DrawbridgeHealthScoreLow"]):
        assert await ask(stack, key, "/api/", times=1_400) == [200] * 1_400
    assert await alerts.prometheus.value(f"max({REQUESTS}:rate3d) < bool {LEAST_RATE}") == 1
    async with alerts.caused():
        assert await ask(stack, key, "/api/", times=3_600) == [200] * 3_600
        await fewer_are_bad(alerts, "1d", 3 * BUDGET)


async def fewer_are_bad(alerts: Alerts, window: str, ratio: float) -> None:
    """Wait until the ratios of failing and of slow requests over a window are below a limit of the alerts."""
    ratios = f'{{__name__=~"instance:drawbridge_http_(errors|slow):ratio_rate{window}"}}'
    await alerts.prometheus.until(f"max({ratios}) < bool {ratio}", 1, seconds=SECONDS)
    # The alerts are evaluated after the ratios.
    await alerts.scraped()


async def slow_key(stack: Stack) -> str:
    """Turn the cache off, limit concurrent requests, add a slow action, and return a key for it."""
    client = stack.home_assistant.client
    [entry] = await client.command("config_entries/get", domain="drawbridge")
    package = stack.home_assistant.config_dir / "packages" / "slow.yaml"
    package.write_text(yaml.safe_dump({"script": {"slow": SLOW_SCRIPT}}))
    await client.call("script.reload")
    await change_options(client, entry["entry_id"], limits={"max_concurrent": SLOW}, cache={"cache_enabled": False})
    return await add_key(
        client, NewKey("Slow", ("read", "control"), everything=True, services=("script.slow.*",), per_minute=0)
    )


async def bad_requests(stack: Stack, key: str) -> None:
    """Send slow requests, and more that exceed the limit."""
    statuses = await ask(stack, key, "/api/services/script/slow", times=SLOW + REFUSED)
    assert sorted(statuses) == [200] * SLOW + [503] * REFUSED


async def test_of_live_connections(house: tuple[Stack, Alerts]) -> None:
    """Clients that do not read: of states, whose changes are merged, and of events, which are not."""
    stack, alerts = house
    client = stack.home_assistant.client
    async with unread(stack, "subscribe_entities"), alerts.caused("DrawbridgeClientsBehind"):
        for number in range(800):
            attributes = {"text": f"{number:03}" * 4_500}
            await client.post("/api/states/sensor.synthetic_text", {"state": "on", "attributes": attributes})
    async with unread(stack, "subscribe_events"), alerts.caused("DrawbridgeSlowReadersDropped"):
        for _ in range(150):
            await client.post("/api/events/bell", {"text": "ding" * 25_000})


@asynccontextmanager
async def unread(stack: Stack, subscription: str) -> AsyncIterator[None]:
    """Connect clients with a subscription that do not read what they get, until the block ends."""
    connector = aiohttp.TCPConnector(socket_factory=small_socket)
    async with aiohttp.ClientSession(connector=connector) as session:
        clients = [await session.ws_connect(f"{stack.bridge}/api/websocket") for _ in range(SLOW_CLIENTS)]
        for client in clients:
            await client.send_json({"type": "auth", "access_token": stack.keys["everything"]})
            await client.send_json({"id": 1, "type": subscription})
            assert [(await client.receive_json())["type"] for _ in range(3)] == ["auth_required", "auth_ok", "result"]
        yield


def small_socket(address: tuple[int, int, int, str, tuple[str, int]]) -> socket.socket:
    """Return a socket with the segments of Ethernet. With those of the loopback, the kernel buffers megabytes."""
    found = socket.socket(*address[:3])
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1_448)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    return found
