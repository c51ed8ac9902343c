"""The sandboxes of one machine choose different ports, and do not take each other's servers for their own."""

import socket
import subprocess
import sys
from pathlib import Path

from sandbox import ports
from sandbox.process import Process
from sandbox.wait import until

_HOLDER = "from sandbox import ports; print(ports.choose({port}), flush=True); input()"


def test_a_port_that_another_sandbox_has_chosen_is_not_chosen_again() -> None:
    """A reserved port is not chosen again, even if nothing listens on it yet."""
    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
    command = [sys.executable, "-c", _HOLDER.format(port=port)]
    other = subprocess.Popen(  # noqa: S603 - the command is the test's own
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    try:
        assert other.stdout is not None
        assert int(other.stdout.readline()) == port
        assert ports.is_free(port)
        assert ports.choose(port) != port
    finally:
        other.communicate("\n")
    # This process may choose its own port again.
    assert [ports.choose(port), ports.choose(port)] == [port, port]


async def test_only_the_log_of_the_latest_start_counts(tmp_path: Path) -> None:
    """Log lines of an earlier process do not count for a new one."""
    log = tmp_path / "x.log"
    log.write_text("Listening on 127.0.0.1:1\n", encoding="utf-8")
    process = Process("x", [sys.executable, "-c", "print('begun', flush=True); input()"], log=log)
    process.start()

    async def begun() -> bool:
        return process.has_logged("begun")

    try:
        await until(begun, seconds=30)
        assert not process.has_logged("Listening on")
    finally:
        await process.stop()
