"""Reads the values of flags."""

import os
import re
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Final

_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#@\s]+")


def read_flag[T](flag: str, parse: Callable[[str], T], text: str) -> T:
    """Return the value of a flag. Raises ValueError with the name of the flag if it is invalid."""
    try:
        return parse(text)
    except ValueError as error:
        message = f"{flag}: {error}"
        raise ValueError(message) from error


def read_optional[T](flag: str, parse: Callable[[str], T], text: str | None) -> T | None:
    """Return the value of a flag, or None if it is not given. Raises ValueError like ``read_flag``."""
    return None if text is None else read_flag(flag, parse, text)


def existing_path(text: str) -> Path:
    """Return the path of a file or folder. Raises ValueError if it does not exist."""
    path = Path(text)
    if not path.exists():
        message = f"cannot read {path}: it does not exist."
        raise ValueError(message)
    return path


def writable_file(text: str) -> Path:
    """Return the path of a file to write. Raises ValueError if it cannot be written."""
    path = Path(text)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        message = f"cannot write {path}. Check the path and its permissions."
        raise ValueError(message)
    return path


def parse_origin(text: str) -> str:
    """Return the origin of a web page. Raises ValueError if it is not one."""
    if not _ORIGIN.fullmatch(text):
        message = f"{text!r:.80} is not an origin. Give one such as https://panel.example, without a path."
        raise ValueError(message)
    return text


def check_together(options: Namespace) -> None:
    """Raise ValueError for a flag that has no effect without another one."""
    load = options.load or options.load_profile is not None
    for flag, given, needed, has_needed in (
        ("--soak", options.soak, "--load", load),
        ("--load-key-file", options.load_key_file, "--load", load),
        ("--rto", options.rto, "--rpo", options.rpo),
        ("--rpo", options.rpo, "--rto", options.rto),
        ("--files", options.files, "--files-backup", options.files_backup),
        ("--files-backup", options.files_backup, "--files", options.files),
        ("--grafana-token-file", options.grafana_token_file, "--grafana", options.grafana),
    ):
        if given is not None and not has_needed:
            message = f"{flag}: has no effect without {needed}. Give both."
            raise ValueError(message)
