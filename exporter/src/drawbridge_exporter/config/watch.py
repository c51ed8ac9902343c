"""Detects changes of files by comparing signatures."""

from collections.abc import Iterable
from pathlib import Path

type Signature = tuple[tuple[int, int, int] | None, ...]


def signature(paths: Iterable[Path]) -> Signature:
    """Return a value that changes when a file is written, replaced or removed.

    It has the inode, size and modification time in nanoseconds of each file,
    or None if the file is missing. It follows symbolic links, because
    Kubernetes replaces mounted secrets and config maps by changing a link.
    """
    return tuple(_one(path) for path in paths)


def _one(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
