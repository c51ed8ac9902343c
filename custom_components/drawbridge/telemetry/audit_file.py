"""The audit trail as JSON lines in a file."""

import json
import logging
import logging.handlers
import queue
import time
from pathlib import Path
from typing import Final

from .audit import AuditRecord

_MAX_BYTES: Final = 5_000_000
_BACKUPS: Final = 9
_MAX_QUEUED: Final = 10_000
_SECONDS_PER_DAY: Final = 86_400


class AuditFile:
    """Writes records to a file in a thread of its own, so that no request waits for a disk.

    The file is rotated at 5 MB, ten files are kept, and those not written to for ``days``
    days are removed when the file is opened: 50 MB at most, whatever an attacker sends. When
    the disk is slower than the requests, records beyond 10,000 are dropped and counted.
    """

    def __init__(self, path: Path, days: int) -> None:
        """Write to ``path``, and keep files for ``days`` days."""
        self._path = path
        self._days = days
        self._queue: queue.Queue[logging.LogRecord] = queue.Queue(_MAX_QUEUED)
        self._listener: logging.handlers.QueueListener | None = None
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """Records that are queued."""
        return self._queue.qsize()

    def open(self) -> None:
        """Open the file and start writing. Blocks. Raises ``OSError``."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._remove_old()
        handler = logging.handlers.RotatingFileHandler(
            self._path, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8"
        )
        self._path.chmod(0o600)
        self._listener = logging.handlers.QueueListener(self._queue, handler)
        self._listener.start()

    def close(self) -> None:
        """Write what is queued and close the file. Blocks."""
        if self._listener is not None:
            self._listener.stop()
            for handler in self._listener.handlers:
                handler.close()
            self._listener = None

    def write(self, record: AuditRecord) -> None:
        """Queue a record."""
        line = json.dumps(record.as_dict(), ensure_ascii=False)
        item = logging.LogRecord("audit", logging.INFO, "", 0, line, None, None)
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            self.dropped += 1

    def _remove_old(self) -> None:
        oldest = time.time() - self._days * _SECONDS_PER_DAY
        for file in self._path.parent.glob(f"{self._path.name}*"):
            if file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)
