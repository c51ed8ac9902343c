"""Alerts in a real Prometheus, caused by what they warn of in a real Home Assistant and real exporters."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp
import pytest
import pytest_asyncio

from sandbox.clock import Clock
from sandbox.drawbridge import NewKey, add_key
from sandbox.exporter import Exporter
from sandbox.files import private_folder, write_private
from sandbox.ports import HOST
from sandbox.stack import Plan, Stack, household
from tests.e2e.alerts import SECONDS, Alerts, ask, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNKNOWN_KEY: Final = "dbk_" + "0" * 43 + "000000"
IN_THREE_DAYS: Final = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S")
CERTIFICATES: Final = "DrawbridgeCertificateExpiring", "DrawbridgeListenerCertificateExpiring"
NO_TARGETS: Final = "targets: {}\n"
ELSEWHERE: Final = "127.0.1.1"


@dataclass(frozen=True, slots=True)
class Watched:
    """A household, its clock, an exporter with a targets file that reads the listener, and the alerts about them."""

    stack: Stack
    clock: Clock
    second: Exporter
    targets: Path
    alerts: Alerts


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    """Start everything; no alert fires but the watchdog."""
    folder = tmp_path_factory.mktemp("alerts")
    clock = Clock(folder / "clock")
    targets = private_folder(folder / "second") / "targets.yml"
    write_private(targets, NO_TARGETS)
    async with (
        household(folder / "home", Plan(environment=clock.environment)) as stack,
        second_exporter(stack, targets) as second,
    ):
        jobs = {"drawbridge": stack.exporter.address, "drawbridge-second": second.address}
        async with watched(folder, jobs, homes=2) as alerts:
            yield Watched(stack, clock, second, targets, alerts)


@asynccontextmanager
async def second_exporter(stack: Stack, targets: Path) -> AsyncIterator[Exporter]:
    """Run an exporter that reads the listener over TLS, has a targets file, and serves one scrape at a time."""
    exporter = Exporter(
        targets.with_name("exporter"),
        stack.listener.url,
        environment={"BRIDGE_CA_FILE": str(stack.listener.authority_file), "TARGETS_FILE": str(targets)},
        flags=["--web.max-requests", "1"],
    )
    await exporter.start(stack.keys["metrics"])
    try:
        yield exporter
    finally:
        await exporter.process.stop()


async def guess_keys(stack: Stack, number: int) -> None:
    """Send wrong keys, like an attacker who guesses keys."""
    async with aiohttp.ClientSession() as session:
        for _ in range(number):
            headers = {"Authorization": f"Bearer {UNKNOWN_KEY}"}
            async with session.get(f"{stack.bridge}/api/states", headers=headers) as response:
                assert response.status in {401, 429}


async def test_of_security(house: Watched) -> None:
    """A key that expires, a lock-out of seconds, a new network, and many refusals."""
    stack, alerts = house.stack, house.alerts
    async with alerts.caused("DrawbridgeKeyExpiring", "DrawbridgeLockout"):
        await add_key(stack.home_assistant.client, NewKey("Short", everything=True, expires=IN_THREE_DAYS))
        await guess_keys(stack, 6)
    assert "DrawbridgeKeyExpiring" in await alerts.firing(name="Short")
    # The alert outlasts the lock-out.
    await alerts.prometheus.until("max(drawbridge_lockouts)", 0, seconds=SECONDS)
    assert await ask(stack, stack.keys["dashboard"], "/api/states") == [200]
    await alerts.scraped()
    async with alerts.caused("DrawbridgeKeyNewNetwork", "DrawbridgeRefusalBurst"):
        assert await ask(stack, stack.keys["dashboard"], "/api/states", address=ELSEWHERE) == [200]
        await guess_keys(stack, 60)
    assert "DrawbridgeKeyNewNetwork" in await alerts.firing(name="Dashboard")


async def test_of_the_exporter_and_certificates(house: Watched) -> None:
    """An invalid targets file, more scrapes than the exporter serves, and certificates that end soon."""
    second, alerts = house.second, house.alerts

    async def scrape(path: str = "/metrics") -> int:
        async with aiohttp.ClientSession() as session, session.get(second.url + path) as response:
            return response.status

    async with alerts.caused("DrawbridgeTargetsFileBroken", "DrawbridgeExporterSaturated"):
        write_private(house.targets, "targets: [broken]\n")
        # Prometheus's service discovery makes the exporter look at the file.
        assert await scrape("/sd") == 200
        assert 503 in await asyncio.gather(*(scrape() for _ in range(20)))
    async with alerts.caused(*CERTIFICATES, ended=["DrawbridgeTargetsFileBroken"]):
        await asyncio.to_thread(house.stack.listener.renew, timedelta(days=5))
        write_private(house.targets, NO_TARGETS)
        # A new connection gets the new certificate.
        await second.process.stop()
        await second.start(house.stack.keys["metrics"])


async def test_of_the_clock_and_the_listener(house: Watched) -> None:
    """A key that was created with a wrong clock, 100 days ago, and the port of the listener in use at the start."""
    stack, alerts = house.stack, house.alerts
    home = stack.home_assistant
    async with alerts.caused("DrawbridgeClockSkew", "DrawbridgeKeyUnused"):
        await home.stop()
        house.clock.set(timedelta(days=-100))
        home.start()
        await home.wait_for_http()
        # The tokens that were issued with the right clock are not yet valid.
        await home.sign_in()
        await home.wait_until_running()
        await add_key(home.client, NewKey("Old", everything=True))
    down = "DrawbridgeListenerDown", "DrawbridgeDown"
    with socket.socket() as other_program:
        # A listener that is down has no certificate. The alerts about it stay.
        async with alerts.caused(*down, ended=["DrawbridgeClockSkew"]):
            await home.stop()
            other_program.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other_program.bind((HOST, stack.listener.port))
            other_program.listen()
            house.clock.set(timedelta())
            await home.restart()
    assert "DrawbridgeKeyUnused" in await alerts.firing(name="Old")
    async with alerts.caused(ended=down):
        [entry] = await home.client.command("config_entries/get", domain="drawbridge")
        await home.client.call("homeassistant.reload_config_entry", entry_id=entry["entry_id"])


async def test_of_what_is_down(house: Watched) -> None:
    """Stop Home Assistant, and then the exporters. What is known of keys and certificates outlasts that."""
    stack, alerts = house.stack, house.alerts
    async with alerts.caused("DrawbridgeDown"):
        await stack.home_assistant.stop()
    assert await alerts.prometheus.query("drawbridge_key_expiry_timestamp_seconds") == []
    assert "DrawbridgeKeyExpiring" in await alerts.firing(name="Short")
    assert "DrawbridgeKeyUnused" in await alerts.firing(name="Old")
    async with alerts.caused("DrawbridgeScrapeFailing", "DrawbridgeAbsent", ended=["DrawbridgeDown"]):
        await stack.exporter.process.stop()
        await house.second.process.stop()
