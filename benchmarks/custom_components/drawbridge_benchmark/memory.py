"""Measures the memory of the process."""

import gc
from pathlib import Path

_PAGE = 4096


def resident_bytes() -> int:
    """Return the resident memory of this process in bytes, after garbage collection."""
    gc.collect()
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * _PAGE
