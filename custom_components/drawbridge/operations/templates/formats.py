"""How long a formatted text would be, before it is made."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from .errors import TemplateTooMuchError
from .meter import MAX_TEXT
from .sizes import Sizes

MAX_TIME_FORMAT: Final = 256

_WIDTH: Final = re.compile(r"[%)][#0\- +_^EO]*(?:\*|\d{3,}|\d*\.(?:\*|\d{3,}))")
"""A field of hundreds of characters, or of as many as an argument says; also after the name of one in brackets."""
_FIELD_CHARACTERS: Final = 512
"""The most that a field of up to 99 characters prints of a number."""


def ensure_fields(text: object) -> None:
    """Refuse a format that asks for a wide field. Raises ``TemplateTooMuchError``."""
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    if not isinstance(text, str) or _WIDTH.search(text):
        raise TemplateTooMuchError("A format asks for a field that is too wide.")


def ensure_time_format(text: object) -> None:
    """Refuse a long format of a date or time. Raises ``TemplateTooMuchError``."""
    ensure_fields(text)
    if isinstance(text, str) and len(text) > MAX_TIME_FORMAT:
        raise TemplateTooMuchError(f"A format of a time is longer than {MAX_TIME_FORMAT} characters.")


def formatted_length(sizes: Sizes, text: str | bytes, values: object) -> int:
    """Return the most that ``text % values`` prints.

    Each field may print any of the values, since a name or a position can be used more than once, and as its ``repr``.
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
    # In a list, so that a text counts as its ``repr``.
    return sizes.printed([value], MAX_TEXT)


def replaced_length(text: str, old: str, new: str) -> int:
    """Return the length of a text after a replacement."""
    return len(text) + text.count(old) * max(len(new) - len(old), 0)
