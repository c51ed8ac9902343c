"""What Home Assistant's process uses: processor time, memory, threads, files and the garbage collector."""

import asyncio
import gc
import os
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

_PROC: Final = Path("/proc/self")
_PAGE_BYTES: Final = resource.getpagesize()
_SOCKET: Final = "socket:"
_THREADS_FIELD: Final = 17
"""The number of threads in ``/proc/self/stat``, counted from the field after the name of the program."""
_GENERATIONS: Final = range(3)

_REFRESH_SECONDS: Final = 1.0

type Run = Callable[[Callable[[], ProcessUse | None]], asyncio.Future[ProcessUse | None]]
"""Runs a function that blocks, outside the event loop."""


@dataclass(frozen=True, slots=True)
class ProcessUse:
    """What the process uses.

    Attributes:
        cpu_seconds: Processor time since the start, in user mode and in the kernel.
        resident_bytes: Resident memory.
        threads: Threads.
        open_files: Open file descriptors.
        max_files: The limit of open file descriptors; ``None`` for no limit.
        sockets: Open sockets: connections, and ports that are listened on.

    """

    cpu_seconds: float
    resident_bytes: int
    threads: int
    open_files: int
    max_files: int | None
    sockets: int


def read_process(proc: Path = _PROC) -> ProcessUse | None:
    """Return what the process uses, or ``None`` on a system without ``/proc``. Blocks for microseconds per file."""
    try:
        resident = int((proc / "statm").read_text().split()[1]) * _PAGE_BYTES
        # The name of the program, in parentheses, may contain anything.
        threads = int((proc / "stat").read_text().rpartition(")")[2].split()[_THREADS_FIELD])
        files = list((proc / "fd").iterdir())
    except OSError, ValueError, IndexError:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return ProcessUse(
        cpu_seconds=time.process_time(),
        resident_bytes=resident,
        threads=threads,
        open_files=len(files),
        max_files=None if soft == resource.RLIM_INFINITY else soft,
        sockets=sum(map(_is_socket, files)),
    )


def _is_socket(file: Path) -> bool:
    try:
        return os.readlink(file).startswith(_SOCKET)  # noqa: PTH115 - without a path object for each file
    except OSError:
        # It was closed in the meantime.
        return False


class CollectorPauses:
    """Counts and times the runs of the garbage collector. The process does nothing else meanwhile."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Create counters at 0. ``clock`` returns seconds and never runs backwards."""
        self.counts = [0 for _ in _GENERATIONS]
        self.seconds = [0.0 for _ in _GENERATIONS]
        self._clock = clock
        self._started: float | None = None

    def start(self) -> None:
        """Start counting."""
        gc.callbacks.append(self._called)

    def stop(self) -> None:
        """Stop counting."""
        gc.callbacks.remove(self._called)
        self._started = None

    def as_list(self) -> list[dict[str, float]]:
        """Return the counters by generation, as JSON."""
        return [
            {"generation": number, "collections": self.counts[number], "seconds": self.seconds[number]}
            for number in _GENERATIONS
        ]

    def _called(self, phase: str, info: Mapping[str, int]) -> None:
        if phase == "start":
            self._started = self._clock()
        elif self._started is not None:
            generation = info["generation"]
            self.counts[generation] += 1
            self.seconds[generation] += self._clock() - self._started
            self._started = None


class ProcessMonitor:
    """The latest reading of what the process uses, and the runs of its garbage collector."""

    def __init__(self, run: Run, wait_seconds: float = _REFRESH_SECONDS) -> None:
        """Create a monitor. ``run`` runs a function that blocks, outside the event loop."""
        self.pauses = CollectorPauses()
        self._run = run
        self._wait_seconds = wait_seconds
        self._reading: asyncio.Future[ProcessUse | None] | None = None
        self._latest: ProcessUse | None = None

    async def refresh(self) -> None:
        """Read what the process uses now. The values are unknown while all threads of Home Assistant are busy."""
        reading = self._reading or self._run(read_process)
        self._reading = reading
        await asyncio.wait([reading], timeout=self._wait_seconds)
        self._latest = reading.result() if reading.done() else None
        if reading.done() and self._reading is reading:
            self._reading = None

    def as_dict(self) -> dict[str, Any]:
        """Return the latest reading as JSON. Values that are not known are ``None``."""
        latest = dict.fromkeys(ProcessUse.__slots__) if self._latest is None else asdict(self._latest)
        return {**latest, "collector": self.pauses.as_list()}
