"""The exporter as a process: bad settings, bad targets, logs, and its end."""

import asyncio
import json
import re
import socket
from pathlib import Path

import aiohttp
import pytest

import drawbridge_exporter
from sandbox.exporter import SOURCE

from .bridge import BridgeServer, running_bridge
from .documents import KEY
from .process import Running, run_exporter, running_exporter


async def metrics(running: Running) -> str:
    """Return the metrics page."""
    async with aiohttp.ClientSession() as session, session.get(running.url + "/metrics") as response:
        assert response.status == 200
        return await response.text()


async def test_without_settings_it_says_all_that_is_missing() -> None:
    """Status 2, a line for each, no traceback."""
    ended = await run_exporter()
    assert ended.status == 2
    first, second = ended.output.splitlines()
    assert first.startswith("drawbridge-exporter: HA_BASE_URL: not set")
    assert second.startswith("drawbridge-exporter: BRIDGE_API_KEY_FILE: not set")


async def test_a_wrong_key_is_refused_before_it_starts() -> None:
    """And is not repeated."""
    ended = await run_exporter(HA_BASE_URL="http://127.0.0.1:8123", BRIDGE_API_KEY="hunter2")
    assert ended.status == 2
    assert "hunter2" not in ended.output


async def test_an_unknown_flag_is_refused() -> None:
    """With the usual status of a wrong command line."""
    ended = await run_exporter("--no-such-flag")
    assert ended.status == 2
    assert "--no-such-flag" in ended.output


@pytest.mark.parametrize(("flag", "said"), [("--version", "drawbridge-exporter 0.1.0"), ("--help", "HA_BASE_URL")])
async def test_it_tells_about_itself(flag: str, said: str) -> None:
    """Without any setting."""
    ended = await run_exporter(flag)
    assert ended.status == 0
    assert said in ended.output


async def test_the_exporter_under_test_is_from_this_repository() -> None:
    """The process and the tests import it from the source folder, not from an installed copy."""
    ended = await run_exporter("--version", PYTHONVERBOSE="1")
    assert drawbridge_exporter.__file__ == str(SOURCE / "drawbridge_exporter" / "__init__.py")
    loaded = set(re.findall(r"code object from '(/[^']*)/drawbridge_exporter/(?:__pycache__/)?main\b", ended.output))
    assert loaded == {str(SOURCE)}


async def test_a_taken_port_is_told() -> None:
    """Status 1 and the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        ended = await run_exporter(
            "--web.listen-address", address, HA_BASE_URL="http://127.0.0.1:1", BRIDGE_API_KEY=KEY
        )
    assert ended.status == 1
    assert f"Cannot listen on {address}: the port is in use." in ended.output


@pytest.mark.parametrize(
    ("host", "said"), [("192.0.2.1", "Check that this machine has the address."), ("a.invalid", "Check the host name.")]
)
async def test_an_address_of_another_machine_is_told(host: str, said: str) -> None:
    """The port is not the cause."""
    ended = await run_exporter(
        f"--web.listen-address={host}:9123", HA_BASE_URL="http://127.0.0.1:1", BRIDGE_API_KEY=KEY
    )
    assert ended.status == 1
    assert said in ended.output
    assert "None" not in ended.output


async def test_it_reads_a_bridge_with_a_key_from_a_file(bridge: BridgeServer, tmp_path: Path) -> None:
    """The usual way to run it."""
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    async with running_exporter(HA_BASE_URL=bridge.url, BRIDGE_API_KEY_FILE=str(file)) as running:
        assert "drawbridge_up 1.0" in await metrics(running)
    assert KEY not in running.output


@pytest.mark.parametrize(
    ("path", "key", "reason"),
    [("", KEY[:-1] + "b", "unauthorized"), ("/elsewhere", KEY, "not_found")],
)
async def test_a_wrong_key_or_url_is_told_in_the_log(bridge: BridgeServer, path: str, key: str, reason: str) -> None:
    """It serves all the same, with up 0, and says what to do in JSON."""
    async with running_exporter(
        "--log.format=json", HA_BASE_URL=bridge.url + path, BRIDGE_API_KEY=key, BRIDGE_LOG_LEVEL="DEBUG"
    ) as running:
        page = await metrics(running)
    assert "drawbridge_up 0.0" in page
    assert f'drawbridge_scrape_error{{reason="{reason}"}} 1.0' in page
    entries = [json.loads(line) for line in running.output.splitlines()]
    assert [entry["level"] for entry in entries if f"down ({reason})" in entry["message"]] == ["warning"]
    assert key not in running.output


async def test_a_target_that_is_down_and_comes_up() -> None:
    """The exporter starts before Home Assistant does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    async with running_exporter(HA_BASE_URL=f"http://127.0.0.1:{port}", BRIDGE_API_KEY=KEY) as running:
        assert "drawbridge_up 0.0" in await metrics(running)
        async with running_bridge(port=port):
            assert "drawbridge_up 1.0" in await metrics(running)


async def test_sigterm_finishes_an_open_scrape(bridge: BridgeServer) -> None:
    """The scrape under way is answered in full, then the process ends with 0."""
    bridge.gate.clear()
    async with running_exporter(HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY) as running:
        scrape = asyncio.create_task(metrics(running))
        await bridge.asked.wait()
        running.process.terminate()
        while "Stopping" not in running.output:
            await running.read_line()
        bridge.gate.set()
        assert "drawbridge_up 1.0" in await scrape
        ended = await running.end()
    assert ended.status == 0
    assert "Traceback" not in ended.output


async def test_sigterm_with_an_idle_connection_ends_at_once(bridge: BridgeServer) -> None:
    """Prometheus keeps its connection open between scrapes."""
    async with (
        running_exporter(HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY) as running,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(running.url + "/metrics") as response:
            await response.read()
        running.process.terminate()
        ended = await asyncio.wait_for(running.end(), 5)
    assert ended.status == 0
