"""The wall clock of a process, with libfaketime."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from sandbox.files import write_private
from sandbox.process import SandboxError

_LIBRARY: Final = "*/faketime/libfaketimeMT.so.1"


class Clock:
    """A clock that differs from that of the machine."""

    def __init__(self, file: Path) -> None:
        """Create a clock that is right, with its offset in `file`."""
        library = next(Path("/usr/lib").glob(_LIBRARY), None)
        if library is None:
            raise SandboxError("libfaketime is not installed. Run scripts/setup.")
        self._file = file
        self.set(timedelta())
        self.environment: Mapping[str, str] = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "NO_FAKE_STAT": "1",
        }
        """The environment variables of a process with this clock."""

    def set(self, offset: timedelta) -> None:
        """Change the offset while the process is stopped, because its monotonic clock would jump as well."""
        write_private(self._file, f"{offset.total_seconds():+.0f}\n")
