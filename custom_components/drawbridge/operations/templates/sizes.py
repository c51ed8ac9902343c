"""Measures values: their size in memory, and the length of their string form.

Shared contents are counted each time they are reached: a list that contains the same list twice counts it twice. An
operation that traverses a value (to print, compare, hash or sort it) therefore does no more work than its size.
"""

from collections.abc import ItemsView, KeysView, Mapping, ValuesView
from enum import Enum
from typing import Any, Final

from homeassistant.core import State
from homeassistant.helpers.template import TemplateState
from jinja2 import Undefined
from jinja2.utils import Namespace

from .errors import TemplateTooMuchError
from .meter import ITEM_UNITS, MAX_TEXT, Meter

MAX_VALUE: Final = 2_097_152
MAX_BITS: Final = 8_192
MAX_DEPTH: Final = 50
MAX_ODD_KEYS: Final = 256

CONTAINERS: Final = (dict, list, tuple, set, frozenset, Mapping, KeysView, ValuesView, ItemsView)
"""What holds other values. The most frequent come first, since an abstract class is slow to check."""
SMALL: Final = frozenset({bool, float, type(None)})
"""The types of values that hold nothing else, and are all of one size."""
_SEQUENCES: Final = (list, tuple, set, frozenset, KeysView, ValuesView, ItemsView)
_HASH_BITS: Final = 61
_STATE_CHARACTERS: Final = 1024
_OBJECT_CHARACTERS: Final = 128
_FLOAT_CHARACTERS: Final = 26


class Sizes:
    """The sizes of the values of one rendering. The contents of containers do not change, so each is measured once."""

    def __init__(self, meter: Meter) -> None:
        """Create it for a meter, which counts the work of measuring."""
        self._meter = meter
        self._known: dict[int, tuple[object, int]] = {}

    def held(self, value: object, depth: int = 0) -> int:
        """Return the units of a value with its contents. Raises ``TemplateTooMuchError``."""
        if isinstance(value, (str, bytes)):
            return ITEM_UNITS + len(value)
        if isinstance(value, int):
            return ITEM_UNITS + _ensure_bits(value) // 8
        if type(value) in SMALL or not isinstance(value, CONTAINERS):
            return ITEM_UNITS
        known = self._known.get(id(value))
        return known[1] if known is not None and known[0] is value else self._measure(value, depth)

    def _measure(self, value: Any, depth: int) -> int:  # noqa: ANN401 - a container of any kind
        _ensure_depth(depth)
        self._meter.step(1 + len(value) // 4)
        total = ITEM_UNITS
        for item in value:
            total += self.held(item, depth + 1)
            if total > MAX_VALUE:
                raise _too_large()
        if isinstance(value, Mapping):
            for item in value.values():
                total += self.held(item, depth + 1)
                if total > MAX_VALUE:
                    raise _too_large()
        self._known[id(value)] = (value, total)
        return total

    def printed(self, value: object, limit: int = MAX_TEXT) -> int:
        """Return an upper bound of the length of a value as a string. Raises ``TemplateTooMuchError``."""
        kind = type(value)
        if kind is str:
            length = len(value)  # type: ignore[arg-type]  # a text
        elif kind is int or kind is float or kind is bool or value is None:
            return _number(value)
        else:
            length = _printed(value, limit, 0)
            self._meter.step(1 + length // 16)
        if length > limit:
            raise _too_long(limit)
        return length

    def indentation(self, value: object, depth: int = 1) -> int:
        """Return the number of characters that indent a value as JSON, with two spaces per level."""
        inner = _inner(value)
        if inner is None:
            return 0
        _ensure_depth(depth)
        return 2 * depth * (len(inner) + 1) + sum(self.indentation(item, depth + 1) for item in inner)


def ensure_hashable(values: Any) -> None:  # noqa: ANN401 - what is to be put into a set or a mapping
    """Raise ``TemplateTooMuchError`` for many values of types whose hashes a client can choose to be equal.

    Strings are hashed with a random seed. Tuples and very large numbers are not: with many values that share a hash,
    each look-up would compare all of them.
    """
    odd = 0
    for value in values:
        if type(value) is str or (isinstance(value, int | float) and _is_own_hash(value)):
            continue
        odd += 1
        if odd > MAX_ODD_KEYS:
            raise TemplateTooMuchError(
                f"More than {MAX_ODD_KEYS} values that are no texts or plain numbers are hashed."
            )


def _is_own_hash(value: float) -> bool:
    return isinstance(value, float) or value.bit_length() < _HASH_BITS


def _printed(value: object, left: int, depth: int) -> int:
    """Return the length of a value inside another one. Stops when it exceeds ``left``."""
    match value:
        case str():
            return _quoted(value) if depth else len(value)
        case bytes():
            return 4 * len(value) + 3
        case None | bool() | int() | float():
            return _number(value)
        case Undefined():
            return 0
        case Enum():
            return _OBJECT_CHARACTERS + _printed(value.value, left, depth + 1)
    inner = _inner(value)
    return _OBJECT_CHARACTERS if inner is None else _inside(value, inner, left, depth)


def _inner(value: object) -> list[object] | None:
    """Return the printed contents of a container; ``None`` for other values."""
    if isinstance(value, Namespace):
        value = object.__getattribute__(value, "_Namespace__attrs")
    elif isinstance(value, TemplateState):
        value = value.attributes
    elif isinstance(value, State):
        value = dict(value.attributes)
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    return list(value) if isinstance(value, _SEQUENCES) else None


def _inside(value: object, inner: list[object], left: int, depth: int) -> int:
    _ensure_depth(depth)
    total = _STATE_CHARACTERS if isinstance(value, State) else 4 if type(value) in {list, tuple, dict} else 32
    for item in inner:
        total += 2 + _printed(item, left - total, depth + 1)
        if total > left:
            raise _too_long(left)
    return total


def _quoted(text: str) -> int:
    if text.isascii() and text.isprintable() and "\\" not in text and "'" not in text:
        return len(text) + 2
    return len(repr(text)) if len(text) <= MAX_TEXT else 10 * len(text)


def _number(value: object) -> int:
    if isinstance(value, int):
        return 6 if isinstance(value, bool) else 2 + _ensure_bits(value) // 3
    return _FLOAT_CHARACTERS


def _ensure_bits(value: int) -> int:
    bits = value.bit_length()
    if bits > MAX_BITS:
        raise TemplateTooMuchError("A number is too large.")
    return bits


def _ensure_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise TemplateTooMuchError(f"A value is nested more than {MAX_DEPTH} deep.")


def _too_large() -> TemplateTooMuchError:
    return TemplateTooMuchError(f"A value holds more than {MAX_VALUE} characters, or as much in lists.")


def _too_long(limit: int) -> TemplateTooMuchError:
    return TemplateTooMuchError(f"A text is longer than {limit} characters.")
