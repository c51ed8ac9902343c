"""The exporter as an operator runs it: a process with an environment."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sandbox.exporter import COMMAND, ENVIRONMENT

_LISTENING = re.compile(r"Listening on ([\d.]+):(\d+)")
_INHERITED = ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_START", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that has ended."""

    status: int
    output: str


def environment(variables: dict[str, str]) -> dict[str, str]:
    """Return the environment of an exporter, with variables of its own."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, **ENVIRONMENT, **variables}


async def _start(arguments: tuple[str, ...], variables: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *COMMAND,
        *arguments,
        env=environment(variables),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def run_exporter(*arguments: str, **variables: str) -> Ended:
    """Run the exporter to its end."""
    process = await _start(arguments, variables)
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    return Ended(process.returncode or 0, output.decode())


class Running:
    """A process that listens at ``url``; ``output`` grows as it speaks."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Wrap ``process``."""
        self.process = process
        self.output = ""
        self.url = ""

    async def wait_until_listening(self) -> None:
        """Read the log up to the line that tells the address."""
        while not (found := _LISTENING.search(self.output)):
            await self.read_line()
        self.url = f"http://{found[1]}:{found[2]}"

    async def read_line(self) -> None:
        """Read one more line of the log."""
        stream = self.process.stdout
        line = await asyncio.wait_for(stream.readline(), 30) if stream else b""
        if not line:
            message = f"the exporter ended: {self.output}"
            raise AssertionError(message)
        self.output += line.decode()

    async def end(self) -> Ended:
        """Wait for the end and return what there is to know."""
        rest, _ = await asyncio.wait_for(self.process.communicate(), 30)
        self.output += rest.decode()
        return Ended(self.process.returncode or 0, self.output)


@asynccontextmanager
async def running_exporter(*arguments: str, **variables: str) -> AsyncIterator[Running]:
    """Run the exporter on a free port of 127.0.0.1 until the block ends."""
    running = Running(await _start(("--web.listen-address", "127.0.0.1:0", *arguments), variables))
    try:
        await running.wait_until_listening()
        yield running
    finally:
        if running.process.returncode is None:
            running.process.terminate()
            await running.end()
