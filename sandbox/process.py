"""Child processes: start them with a log file, wait for them, and stop them with their children."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from sandbox.files import open_private, write_private_json
from sandbox.wait import until

TAIL_LINES: Final = 20


class SandboxError(Exception):
    """A process or a step failed. The message says which one, and what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Identifies a process even if its id is reused: its id and its start time."""

    pid: int
    born: str

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Return the identity of the process with the id `pid`, or None if there is none."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
        except OSError:
            return None
        # proc(5): after the command in parentheses comes the state (field 3); field 22 is the start time.
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] == "Z" else cls(pid, f"{boot}/{fields[19]}")

    @classmethod
    def recorded(cls, path: Path) -> Self | None:
        """Return the recorded identity of a process, or None if the record is missing or invalid."""
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return cls(record["pid"], record["born"])
        except OSError, ValueError, TypeError, KeyError:
            return None

    @property
    def alive(self) -> bool:
        """Whether this process is still running."""
        return Identity.of(self.pid) == self

    async def end(self, grace: float = 20.0) -> None:
        """Terminate the process and its children, and kill them if they still run after `grace` seconds."""
        for number, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
            self._signal(number)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.gone()
                return

    async def kill(self) -> None:
        """Kill the process and its children without a shutdown, and wait until the process has ended."""
        self._signal(signal.SIGKILL)
        await self.gone()

    async def gone(self) -> None:
        """Wait until the process has ended."""

        async def ended() -> bool:
            return not self.alive

        await until(ended)

    def _signal(self, number: signal.Signals) -> None:
        # A `Process` leads its own process group, so that the signal reaches its children too.
        if self.alive:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)


class Process:
    """One command in its own session, so that it does not receive the terminal's Ctrl-C.

    While it runs, its identity is in a file beside its log (`x.pid` beside `x.log`), so that another process can
    stop it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        """Create a process without starting it. `environment` is added to the basic environment."""
        self.name = name
        self.log = log
        self._command = list(command)
        self._environment = _basic_environment() | dict(environment or {})
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        self._identity: Identity | None = None
        self._log_start = 0
        """The size of the log, in bytes, when the process started."""

    def start(self) -> Identity:
        """Start the command, and append its output to the log.

        Raises:
            SandboxError: The command cannot be run.

        """
        with open_private(self.log, append=True) as log:
            self._log_start = self.log.stat().st_size
            try:
                self._child = subprocess.Popen(  # noqa: S603 - the commands are the demo's own
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self._environment,
                    cwd=self._folder,
                    start_new_session=True,
                    umask=0o077,
                )
            except OSError as error:
                raise SandboxError(f"{self.name} could not be started: {error}") from error
        self._identity = Identity.of(self._child.pid)
        if self._identity is None:
            self._child.wait()
            raise self.failure("ended as soon as it was started")
        write_private_json(self._record, asdict(self._identity))
        return self._identity

    @property
    def identity(self) -> Identity:
        """The identity of the process. Raises SandboxError before the first start."""
        if self._identity is None:
            raise SandboxError(f"{self.name} has not been started")
        return self._identity

    @property
    def running(self) -> bool:
        """Whether the process is running."""
        return self._identity is not None and self._identity.alive

    async def until(self, ready: Callable[[], Awaitable[bool]], *, seconds: float, what: str) -> None:
        """Wait until `ready` returns True.

        Raises:
            SandboxError: The process ended, or `ready` did not return True within `seconds`. The message has the end
                of the log.

        """

        async def ready_or_ended() -> bool:
            return await ready() or not self.running

        try:
            await until(ready_or_ended, seconds=seconds)
        except TimeoutError as error:
            raise self.failure(f"did not reach {what} within {seconds:g} s") from error
        if not self.running:
            raise self.failure(f"ended before {what}")

    def failure(self, happened: str) -> SandboxError:
        """Return an error with the exit code and the end of the log."""
        code = self._child.poll() if self._child else None
        ended = "" if code is None else f" (exit code {code})"
        return SandboxError(f"{self.name} {happened}{ended}.\nThe end of {self.log}:\n{self.tail()}")

    def has_logged(self, text: str) -> bool:
        """Whether the process has logged a text since it was last started."""
        return text.encode() in self.log.read_bytes()[self._log_start :]

    def tail(self, lines: int = TAIL_LINES) -> str:
        """Return the last lines of the log, each with an indent."""
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return "  (no log)"
        return "\n".join(f"  {line}" for line in text.splitlines()[-lines:]) or "  (empty)"

    async def stop(self, grace: float = 20.0) -> None:
        """Terminate the process, and kill it after `grace` seconds. Do nothing if it has ended."""
        if self._identity is not None:
            await self._identity.end(grace)
        self._reap()

    async def kill(self) -> None:
        """Kill the process without a shutdown."""
        await self.identity.kill()
        self._reap()

    @property
    def _record(self) -> Path:
        return self.log.with_suffix(".pid")

    def _reap(self) -> None:
        if self._child is not None:
            self._child.wait()
            self._record.unlink(missing_ok=True)


def program(name: str) -> Path:
    """Return the path of a program in the current virtual environment."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise SandboxError(f"{path} is missing. Run scripts/setup.")
    return path


def _basic_environment() -> dict[str, str]:
    """Return the environment variables that every child process inherits."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR") if name in os.environ}
