"""Writes the audit trail to files, as JSON lines."""

import contextlib
import errno
import json
import os
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ..log import get_logger
from .shares import AuditShares, Missing
from .trail import AuditRecord

_LOGGER = get_logger(__name__)

REFUSALS: Final = "refusals.jsonl"
_MAX_FILE_BYTES: Final = 5_000_000
_MAX_OLD_FILES: Final = 4
_MAX_QUEUED: Final = 10_000
_SECONDS_PER_DAY: Final = 86_400
_RETRY_SECONDS: Final = 30.0

type _Job = Callable[[], object]


class RotatedFile:
    """A file with mode 600 that is rotated at 5 MB, with four older files. Its methods block."""

    def __init__(self, path: Path) -> None:
        """Create the file object for a path."""
        self.path = path
        self._file: int | None = None
        self._size = 0

    def open(self) -> None:
        """Open the file, if it is not open. Raises ``OSError``."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.fchmod(self._file, 0o600)
            self._size = os.fstat(self._file).st_size

    def append(self, line: bytes) -> None:
        """Append a complete line or nothing. Raises ``OSError``."""
        self.open()
        if self._size and self._size + len(line) > _MAX_FILE_BYTES:
            self._rotate()
        assert self._file is not None  # noqa: S101 - for the type checker: open() or _rotate() has set it
        try:
            _write_whole(self._file, line)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(line)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)

    def prune(self, oldest: float) -> None:
        """Remove files whose last write was before the Unix time ``oldest``. Raises ``OSError``."""
        for file in self.path.parent.glob(f"{self.path.name}*"):
            if file.stat().st_mtime < oldest:
                if file == self.path:
                    self.close()
                file.unlink(missing_ok=True)

    def _rotate(self) -> None:
        self.close()
        for number in range(_MAX_OLD_FILES, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = self.path if number == 1 else self.path.with_name(f"{self.path.name}.{number - 1}")
            if newer.exists():
                newer.replace(older)
        self.open()


class AuditFile:
    """Writes records in a separate thread, so that requests do not wait for the disk.

    Changes by keys are written to the given path and refusals to ``refusals.jsonl`` next to it, so that refusals
    cannot displace changes. Each uses at most 25 MB. Each kind of record has a limited share (``AuditShares``).
    Records beyond their share, the queue of 10,000 records or the disk space are counted. Summary lines in the
    files state how many records are missing, by key and by domain or reason.
    """

    def __init__(self) -> None:
        """Create a closed writer."""
        self._queue: queue.Queue[_Job | None] = queue.Queue(_MAX_QUEUED)
        self._thread: threading.Thread | None = None
        self._is_open = threading.Lock()
        self._shares = AuditShares()
        self._done = self._refused = RotatedFile(Path())
        self._days = 0
        self._lost: Counter[str] = Counter()
        self._unsaid: Counter[Missing] = Counter()
        self._retry_at = 0.0
        self.error: str | None = None
        """Why the file currently cannot be written, or ``None``."""

    @property
    def _open_all(self) -> tuple[_Job, ...]:
        return self._done.open, self._refused.open

    @property
    def waiting(self) -> int:
        """The number of queued records."""
        return self._queue.qsize()

    @property
    def dropped(self) -> dict[str, int]:
        """The number of records not written since the start, by kind."""
        dropped = Counter(self._shares.dropped)
        # Copy in one step, because the writer thread updates it.
        dropped.update(dict(self._lost))
        return dict(dropped)

    def open(self, path: Path, days: int) -> None:
        """Start writing, and keep files for ``days`` days. Blocks. Retries if a file cannot be opened.

        Raises ``RuntimeError`` if the writer is already open.
        """
        if not self._is_open.acquire(blocking=False):
            raise RuntimeError("The audit file is open already")
        self._done, self._refused = RotatedFile(path), RotatedFile(path.with_name(REFUSALS))
        self._days, self._retry_at = days, 0.0
        self._attempt(self._prune, *self._open_all)
        self._thread = threading.Thread(target=self._run, name="drawbridge audit file", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write the queued records and close the files. Blocks."""
        if self._thread is None:
            return
        self.write_sums()
        self._queue.put(None)
        self._thread.join()
        self._thread = None
        self.error = None
        self._is_open.release()

    def keep(self, days: int) -> None:
        """Keep files for ``days`` days, and remove older ones."""
        self._days = days
        with contextlib.suppress(queue.Full):
            # Clear the error only after the failed operation succeeds.
            self._queue.put_nowait(lambda: self._attempt(self._prune, *self._open_all, self._say_what_was_lost))

    def write(self, record: AuditRecord) -> None:
        """Queue a record if its shares allow it."""
        if self._shares.take(record, time.monotonic()):
            self._put(Missing.of(record), record.as_dict())

    def write_sums(self) -> None:
        """Queue summary lines for records not written since the last call."""
        for item, count in self._shares.drain().items():
            self._put(item, item.as_dict(count), already_missing=count)

    def _put(self, about: Missing, document: Mapping[str, Any], already_missing: int = 0) -> None:
        line = json.dumps(document, ensure_ascii=False).encode() + b"\n"
        try:
            self._queue.put_nowait(lambda: self._append(about, line, already_missing))
        except queue.Full:
            if already_missing:
                self._shares.say_again(about, already_missing)
            else:
                self._shares.miss(about)

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            job()
        for file in (self._done, self._refused):
            file.close()

    def _append(self, about: Missing, line: bytes, already_missing: int) -> None:
        file = self._file_of(about)
        if time.monotonic() >= self._retry_at and self._attempt(self._say_what_was_lost, lambda: file.append(line)):
            return
        # The records of a summary line were counted before.
        self._lost[about.kind] += not already_missing
        self._unsaid[about] += already_missing or 1

    def _say_what_was_lost(self) -> None:
        for item, count in list(self._unsaid.items()):
            self._file_of(item).append(json.dumps(item.as_dict(count), ensure_ascii=False).encode() + b"\n")
            del self._unsaid[item]

    def _attempt(self, *actions: _Job) -> bool:
        """Run disk operations, and tell whether they succeeded."""
        try:
            for action in actions:
                action()
        except OSError as err:
            if self.error is None:
                _LOGGER.error("The audit file %s cannot be written: %s", self._done.path, err.strerror)  # noqa: TRY400
            self.error = err.strerror or type(err).__name__
            self._retry_at = time.monotonic() + _RETRY_SECONDS
            return False
        self.error = None
        return True

    def _prune(self) -> None:
        oldest = time.time() - self._days * _SECONDS_PER_DAY
        for file in (self._done, self._refused):
            file.prune(oldest)

    def _file_of(self, about: Missing) -> RotatedFile:
        return self._refused if about.refused else self._done


def _write_whole(file: int, line: bytes) -> None:
    # A full disk may accept part of the line, and raise an error only at the next write.
    if os.write(file, line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
