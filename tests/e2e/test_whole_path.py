"""All components as real processes: Home Assistant with Drawbridge, the exporter and Prometheus."""

import asyncio
import json
import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from custom_components.drawbridge.keys import Capability
from sandbox.process import Identity
from sandbox.stack import DEFAULT_PORTS, Stack, household

REPOSITORY = Path(__file__).parents[2]


async def ask(stack: Stack, method: str, path: str, key: str | None = None, **options: Any) -> tuple[int, Any]:
    """Call the bridge, and return the status and the JSON of the response."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, stack.bridge + path, headers=headers, **options) as response,
    ):
        return response.status, await response.json(content_type=None)


async def promtool(metrics: str) -> str:
    """Return the problems that promtool finds in metrics."""
    program = shutil.which("promtool")
    assert program is not None, "promtool is missing: scripts/setup installs it with Prometheus"
    checker = await asyncio.create_subprocess_exec(
        program, "check", "metrics", stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    _, complaints = await checker.communicate(metrics.encode())
    return complaints.decode()


async def test_from_a_key_to_a_scraped_metric(tmp_path: Path) -> None:
    """Each key works as intended, Prometheus detects that the bridge is down and up again, and keys persist."""
    async with household(tmp_path) as stack:
        await check_keys(stack)
        exposed = await stack.exporter.metrics()
        assert await promtool(exposed) == ""
        assert not any(key in exposed for key in stack.keys.values())
        await stack.prometheus.until("drawbridge_up", 1)
        await stack.prometheus.until('sum(drawbridge_http_requests_total{route="/api/states",code="200"}) > bool 0', 1)
        assert 0 < (await stack.prometheus.value("drawbridge_health_score_ratio") or 0) <= 1

        await stack.saved()
        await stack.home_assistant.process.kill()
        await stack.prometheus.until("drawbridge_up", 0)
        assert await stack.prometheus.query("drawbridge_health_score_ratio") == []

        await stack.home_assistant.restart()
        await stack.prometheus.until("drawbridge_up", 1)
        await check_keys(stack)
    logs = read_logs(tmp_path)
    assert not any(key in logs for key in stack.keys.values())
    assert "Traceback" not in logs


def read_logs(folder: Path) -> str:
    """Return all that the processes logged."""
    logs = [file.read_text(encoding="utf-8") for file in folder.glob("*.log")]
    assert len(logs) == 3
    return "".join(logs)


async def check_keys(stack: Stack) -> None:
    """Check that the keys of the demo have the described permissions."""
    keys = stack.keys
    _, everything = await ask(stack, "GET", "/api/states", keys["dashboard"])
    _, room = await ask(stack, "GET", "/api/states", keys["living_room"])
    assert len(everything) >= 60
    assert 5 <= len(room) < len(everything) / 2
    lamp = "light.living_room_floor_lamp"
    call = {"json": {"entity_id": lamp}}
    _, before = await ask(stack, "GET", f"/api/states/{lamp}", keys["living_room"])
    status, changed = await ask(stack, "POST", "/api/services/light/toggle", keys["living_room"], **call)
    assert (status, lamp in {state["entity_id"] for state in changed}) == (200, True)
    _, after = await ask(stack, "GET", f"/api/states/{lamp}", keys["living_room"])
    assert {before["state"], after["state"]} == {"on", "off"}
    hall = {"json": {"entity_id": "light.hall_light"}}
    assert (await ask(stack, "POST", "/api/services/light/toggle", keys["living_room"], **hall))[0] == 403
    assert (await ask(stack, "POST", "/api/services/light/toggle", keys["dashboard"], **call))[0] == 403
    assert (await ask(stack, "GET", "/api/states/light.hall_light", keys["living_room"]))[0] == 404
    assert (await ask(stack, "GET", "/api/states", keys["metrics"]))[0] == 403
    assert await ask(stack, "GET", "/health") == (200, {"status": "ok"})
    assert (await ask(stack, "GET", "/health", keys["metrics"]))[1]["score"] > 50
    assert (await ask(stack, "GET", "/api/states"))[0] == 401
    _, about = await ask(stack, "GET", "/key", keys["everything"])
    assert set(about["capabilities"]) == set(Capability)
    assert (about["scope"]["everything"], about["events"]) == (True, ["*"])
    assert {"light.turn_on.*", "homeassistant.restart.*"} <= set(about["services"])
    assert (await ask(stack, "POST", "/api/services/light/toggle", keys["everything"], **call))[0] == 200


@pytest.fixture
def demo_copy(tmp_path: Path) -> Path:
    """Return a folder for the demo, so that a running demo is not affected."""
    copy = tmp_path / "drawbridge"
    copy.mkdir()
    for name in ("custom_components", "demo", "exporter", "requirements", "sandbox", "scripts"):
        shutil.copytree(REPOSITORY / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / ".venv").symlink_to(REPOSITORY / ".venv")
    return copy


@contextmanager
def taken(port: int | None) -> Iterator[None]:
    """Occupy a port, like another demo."""
    with socket.socket() as other:
        with suppress(OSError):
            other.bind(("127.0.0.1", port))
            other.listen()
        yield


async def run(folder: Path, *command: str) -> str:
    """Run a command that must succeed, and return its output."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed = (await process.communicate())[0].decode()
    assert process.returncode == 0, printed
    return printed


async def check_watching(folder: Path, keys: list[str], line: str, demo: dict[str, Any]) -> None:
    """The demo's client prints the states of the room and then its changes, and nothing else."""
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", "\n".join([*keys, f"exec env {line}"]), cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    printed: list[str] = []
    try:
        async with asyncio.timeout(20), aiohttp.ClientSession() as session:
            while not any("light.living_room_floor_lamp" in item for item in printed):
                printed.append((await process.stdout.readline()).decode())
            headers = {"Authorization": f"Bearer {demo['keys']['everything']}"}
            for light in ("hall_light", "living_room_floor_lamp"):
                call = {"entity_id": f"light.{light}"}
                url = f"{demo['bridge']['url']}/api/services/light/toggle"
                async with session.post(url, json=call, headers=headers) as answer:
                    assert answer.status == 200
            while not ("light.living_room_floor_lamp" in printed[-1] and "→" in printed[-1]):
                printed.append((await process.stdout.readline()).decode())
    finally:
        process.terminate()
        await process.wait()
    assert not any("hall" in item for item in printed)


async def check_signing_in(link: str, demo: dict[str, Any]) -> None:
    """The link opens the sign-in page, and its key gives access only to the pages of the room."""
    page, _, key = link.partition("#")
    assert key == demo["keys"]["tablet"]
    listener = demo["listener"]
    origin, tls = listener["url"], ssl.create_default_context(cafile=listener["authority"])
    form = {"key": key, "client_id": f"{origin}/", "redirect_uri": f"{origin}/?auth_callback=1"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session:
        for path in (page, f"{origin}/"):
            async with session.get(path) as answer:
                assert (answer.status, answer.content_type) == (200, "text/html")
        async with session.post(f"{origin}/auth/sign-in", json=form) as answer:
            code = (await answer.json())["code"]
        exchange = {"grant_type": "authorization_code", "code": code, "client_id": f"{origin}/"}
        async with session.post(f"{origin}/auth/token", data=exchange) as answer:
            headers = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
        async with session.get(f"{origin}/api/states", headers=headers) as answer:
            seen = {state["entity_id"] for state in await answer.json()}
    assert "light.living_room_floor_lamp" in seen
    assert "light.hall_light" not in seen


async def test_the_demo_as_a_person_runs_it(demo_copy: Path) -> None:
    """The demo starts everything, the printed commands work, and nothing is left running."""
    with taken(DEFAULT_PORTS.listener):
        table = await run(demo_copy, ".venv/bin/python", "-m", "demo", "--detach")
    try:
        record = demo_copy / ".demo" / "demo.json"
        assert record.stat().st_mode & 0o777 == 0o600
        demo = json.loads(record.read_text(encoding="utf-8"))
        assert set(demo["keys"]) == {"dashboard", "living_room", "tablet", "everything", "metrics", "benchmark"}
        lines = [line.strip() for line in table.splitlines()]
        listener = demo["listener"]
        assert any(line.startswith(f"curl --cacert {listener['authority']} ") for line in lines)
        assert any(line.endswith(f" {listener['url']}/api/states") for line in lines)
        assert Path(listener["authority"]).parent.parent == record.parent
        assert not listener["url"].endswith(f":{DEFAULT_PORTS.listener}")
        keys = [line for line in lines if line.startswith(("dashboard=", "living_room=", "everything=", "metrics="))]
        curls = [line for line in lines if line.startswith("curl ")]
        assert len(keys) == 4
        assert len(curls) >= 4
        for curl in curls:
            answer = await run(demo_copy, "bash", "-c", "\n".join([*keys, curl.replace("curl ", "curl --silent ", 1)]))
            assert json.loads(answer), curl
        (link,) = (line for line in lines if "#" in line and line.startswith(f"{listener['url']}/auth/"))
        await check_signing_in(link, demo)
        await check_watching(demo_copy, keys, next(line for line in lines if "demo.watch" in line), demo)
        assert "already" in await run(demo_copy, "bash", "-c", ".venv/bin/python -m demo --detach || true")
    finally:
        await run(demo_copy, ".venv/bin/python", "-m", "demo", "--stop")
    assert all(Identity.of(demo[part]["pid"]) is None for part in ("home_assistant", "exporter", "prometheus"))
