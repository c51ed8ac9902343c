"""Estimates the length of formatted strings before they are created."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from .errors import TemplateTooMuchError
from .meter import MAX_TEXT
from .sizes import Sizes

MAX_TIME_FORMAT: Final = 256

_WIDTH: Final = re.compile(r"[%)][#0\- +_^EO]*(?:\*|\d{3,}|\d*\.(?:\*|\d{3,}))")
"""A field that is hundreds of characters wide, or whose width is an argument, with or without a name in parentheses."""
_FIELD_CHARACTERS: Final = 512
"""The maximum length of a number in a field with a width of up to 99."""


def ensure_fields(text: object) -> None:
    """Raise ``TemplateTooMuchError`` if a format has a wide field."""
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    if not isinstance(text, str) or _WIDTH.search(text):
        raise TemplateTooMuchError("A format asks for a field that is too wide.")


def ensure_time_format(text: object) -> None:
    """Raise ``TemplateTooMuchError`` if a date or time format is too long."""
    ensure_fields(text)
    if isinstance(text, str) and len(text) > MAX_TIME_FORMAT:
        raise TemplateTooMuchError(f"A format of a time is longer than {MAX_TIME_FORMAT} characters.")


def formatted_length(sizes: Sizes, text: str | bytes, values: object) -> int:
    """Return an upper bound of the length of ``text % values``.

    Each field may contain any of the values as its ``repr``, because a name or position can be used more than once.
    """
    ensure_fields(text)
    fields = text.count("%") if isinstance(text, str) else text.count(b"%")
    if not fields:
        return len(text)
    largest = max((_as_printed(sizes, value) for value in _values(values)), default=0)
    largest = max(largest, _as_printed(sizes, values) if isinstance(values, Mapping) else 0)
    return len(text) + fields * (largest + _FIELD_CHARACTERS)


def _values(values: object) -> Iterable[object]:
    if isinstance(values, Mapping):
        return values.values()
    return values if isinstance(values, tuple) else (values,)


def _as_printed(sizes: Sizes, value: object) -> int:
    # Wrap it in a list, so that a string counts as its `repr`.
    return sizes.printed([value], MAX_TEXT)


def replaced_length(text: str, old: str, new: str) -> int:
    """Return the length of a string after a replacement."""
    return len(text) + text.count(old) * max(len(new) - len(old), 0)
