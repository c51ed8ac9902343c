"""Sockets that systemd passes, and what would be listened on and scraped."""

import asyncio
import configparser
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from drawbridge_exporter.server.listening import ListenError, passed_sockets
from sandbox.exporter import COMMAND

from .bridge import BridgeServer
from .certificates import Authority
from .documents import KEY
from .files import targets_file
from .process import Running, environment, run_exporter

SYSTEMD = Path(__file__).parents[2] / "exporter" / "systemd"
# What systemd does before it starts a service: the sockets become the descriptors 3, 4, …, and two variables say so.
ACTIVATE = """
import os, sys
count = int(sys.argv[1])
for number in range(count):
    os.dup2(int(sys.argv[2 + number]), 3 + number)
    os.set_inheritable(3 + number, True)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(count), "LISTEN_FDNAMES": ":".join("x" * count)}
os.execv(sys.argv[2 + count], sys.argv[2 + count:])
"""


@asynccontextmanager
async def activated(sockets: Sequence[socket.socket], *arguments: str, **variables: str) -> AsyncIterator[Running]:
    """Run the exporter as systemd does, with these sockets, until the block ends."""
    # Well above 3, so that none is overwritten before it is passed.
    numbers = [os.dup(passed.fileno()) for passed in sockets]
    high = [_moved(number, 50 + index) for index, number in enumerate(numbers)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ACTIVATE, str(len(high)), *map(str, high), *COMMAND, "--web.systemd-socket", *arguments,
        env=environment(variables), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, pass_fds=high,
    )  # fmt: skip
    for number in high:
        os.close(number)
    running = Running(process)
    try:
        for _ in sockets:
            await running.read_line()
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
            await running.end()


def _moved(number: int, wanted: int) -> int:
    os.dup2(number, wanted)
    os.close(number)
    return wanted


async def test_it_listens_on_the_sockets_of_systemd(bridge: BridgeServer, tmp_path: Path) -> None:
    """All of them, of any kind, and on no other."""
    path = tmp_path / "exporter.sock"
    with socket.create_server(("127.0.0.1", 0)) as port, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(path))
        unix.listen()
        address = f"127.0.0.1:{port.getsockname()[1]}"
        async with activated([port, unix], HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY) as running:
            assert re.findall(r"Listening on (\S+)", running.output) == [address, str(path)]
            async with aiohttp.ClientSession() as session:
                assert "drawbridge_up 1.0" in await (await session.get(f"http://{address}/metrics")).text()
            async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as session:
                assert (await session.get("http://exporter/-/healthy")).status == 200


async def test_a_scrape_during_a_restart_waits(bridge: BridgeServer) -> None:
    """The socket stays open, so that a connection between two processes is not refused."""
    variables = {"HA_BASE_URL": bridge.url, "BRIDGE_API_KEY": KEY}
    with socket.create_server(("127.0.0.1", 0)) as port:
        url = f"http://127.0.0.1:{port.getsockname()[1]}/-/healthy"
        async with activated([port], **variables):
            pass
        async with aiohttp.ClientSession() as session:
            waiting = asyncio.create_task(session.get(url))
            await asyncio.sleep(0.2)
            assert not waiting.done()
            async with activated([port], **variables):
                assert (await waiting).status == 200


async def test_the_sockets_of_systemd_serve_tls_too(bridge: BridgeServer, tmp_path: Path) -> None:
    """As the web config file says."""
    authority = Authority()
    authority.issue("127.0.0.1").write(tmp_path)
    file = tmp_path / "web.yml"
    file.write_text("tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n")
    with socket.create_server(("127.0.0.1", 0)) as port:
        url = f"https://127.0.0.1:{port.getsockname()[1]}/-/healthy"
        async with activated(
            [port], f"--web.config.file={file}", HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY
        ), aiohttp.ClientSession() as session:  # fmt: skip
            assert (await session.get(url, ssl=authority.trusting())).status == 200


async def test_without_a_socket_it_does_not_start() -> None:
    """Status 1, and what to do. Both ways of listening at once are refused."""
    variables = {"HA_BASE_URL": "http://127.0.0.1:1", "BRIDGE_API_KEY": KEY}
    alone = await run_exporter("--web.systemd-socket", **variables)
    assert alone.status == 1
    assert "systemd passed no socket" in alone.output
    both = await run_exporter("--web.systemd-socket", "--web.listen-address=:9123", **variables)
    assert both.status == 2
    assert "--web.listen-address is set too" in both.output


@pytest.mark.parametrize(
    "variables",
    [{}, {"LISTEN_PID": "1", "LISTEN_FDS": "1"}, {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "0"}],
)
def test_sockets_of_another_process_are_not_taken(variables: dict[str, str]) -> None:
    """A child must not take its parent's sockets for its own."""
    with pytest.raises(ListenError):
        passed_sockets(variables)
    assert variables == {}


def test_the_units_belong_together() -> None:
    """The socket has the name of the service, whose drop-in changes only the flag."""
    service, drop_in, unit = (configparser.ConfigParser(strict=False, interpolation=None) for _ in range(3))
    for parser in (service, drop_in, unit):
        parser.optionxform = str  # type: ignore[assignment,method-assign] # as the standard library's documentation has it
    service.read(SYSTEMD / "drawbridge-exporter.service")
    drop_in.read(SYSTEMD / "drawbridge-exporter.service.d" / "socket.conf")
    unit.read(SYSTEMD / "drawbridge-exporter.socket")
    assert unit["Socket"]["ListenStream"] == "9123"
    assert unit["Install"]["WantedBy"] == "sockets.target"
    assert drop_in["Unit"]["Requires"] == "drawbridge-exporter.socket"
    assert drop_in["Service"]["ExecStart"] == service["Service"]["ExecStart"] + " --web.systemd-socket"
    assert "\nExecStart=\nExecStart=" in (SYSTEMD / "drawbridge-exporter.service.d" / "socket.conf").read_text()


async def test_a_dry_run_prints_what_would_be_scraped(bridge: BridgeServer, tmp_path: Path) -> None:
    """Without keys, and without a request or a listening socket."""
    file = targets_file(tmp_path, {"cabin": bridge.url})
    file.write_text(file.read_text() + "    timeout: 5\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = await run_exporter(
            "--dry-run", f"--web.listen-address={address}", "--web.listen-address=[::1]:9123",
            "--web.route-prefix=/x", f"--config.file={file}",
            HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY,
        )  # fmt: skip
    metrics = f"{bridge.url}/api/drawbridge/metrics"
    assert ended.status == 0
    assert ended.output.splitlines() == [
        f"Listen on http://{address}/x/, no password",
        "Listen on http://[::1]:9123/x/, no password",
        f"Scrape {metrics} for /x/metrics: timeout 30 s",
        f"Scrape {metrics} for /x/probe?target=cabin: timeout 5 s, key in {tmp_path / 'bridge.key'}",
    ]
    assert bridge.requests == 0


async def test_a_dry_run_of_invalid_settings_fails(tmp_path: Path) -> None:
    """With each problem, as --config.check."""
    file = targets_file(tmp_path, {"cabin": "nowhere"})
    ended = await run_exporter("--dry-run", f"--config.file={file}")
    assert ended.status == 2
    assert f"{file}:3: targets.cabin.url" in ended.output
    file.write_text("{")
    broken = await run_exporter("--dry-run", f"--web.config.file={file}", HA_BASE_URL="http://h", BRIDGE_API_KEY=KEY)
    assert broken.output.count("is not YAML") == 1
    nothing = await run_exporter("--dry-run")
    assert nothing.status == 2
