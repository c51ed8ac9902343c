"""Files and folders that only their owner can read, because they contain keys and tokens."""

import json
import os
from pathlib import Path
from typing import Any, BinaryIO


def private_folder(path: Path) -> Path:
    """Make the folder `path` with its parents, mode 700, and return it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def write_private(path: Path, text: str) -> Path:
    """Write `text` to `path`, mode 600, atomically."""
    draft = path.with_name(f".{path.name}.new")
    with open_private(draft) as file:
        file.write(text.encode())
    return draft.replace(path)


def write_private_json(path: Path, content: Any) -> Path:  # noqa: ANN401 - whatever JSON holds
    """Write `content` as JSON to `path`, mode 600."""
    return write_private(path, json.dumps(content, indent=2) + "\n")


def open_private(path: Path, *, append: bool = False) -> BinaryIO:
    """Open `path` for writing, with mode 600. Truncate it, or append to it with `append`."""
    how = os.O_APPEND if append else os.O_TRUNC
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "wb")
