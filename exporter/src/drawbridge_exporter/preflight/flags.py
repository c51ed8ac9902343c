"""Reads the values of flags."""

from collections.abc import Callable


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
