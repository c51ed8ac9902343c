"""Parses stored values strictly: a value of the wrong type is invalid, and is never converted."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, overload


class DamagedValueError(ValueError):
    """A stored value is invalid. ``field`` names it. The error does not contain the value."""

    def __init__(self, field: str) -> None:
        """Create the error for a field."""
        super().__init__(f"The stored value of '{field}' is invalid")
        self.field = field


_MISSING: Final = object()
_MAX_PERCENT: Final = 100
_MAX_PORT: Final = 65_535


def flag(value: object) -> bool:
    """Return a boolean. Raises ``ValueError`` for anything else."""
    if not isinstance(value, bool):
        raise ValueError("not a boolean")  # noqa: TRY004 - one error type for all invalid values
    return value


def text(value: object) -> str:
    """Return a text. Raises ``ValueError`` for anything else."""
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - one error type for all invalid values
    return value


def texts(value: object) -> tuple[str, ...]:
    """Return a list of texts. Raises ``ValueError`` for anything else, including a single text."""
    if not isinstance(value, list | tuple | set | frozenset):
        raise ValueError("not a list")  # noqa: TRY004 - one error type for all invalid values
    return tuple(text(item) for item in value)


def mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping. Raises ``ValueError`` for anything else."""
    if not isinstance(value, Mapping):
        raise ValueError("not a mapping")  # noqa: TRY004 - one error type for all invalid values
    return value


def number(value: object) -> float:
    """Return a finite number that is not negative. Raises ``ValueError`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")  # noqa: TRY004 - one error type for all invalid values
    if not 0 <= value < math.inf:
        raise ValueError("not a finite number")
    return value


def positive(value: object) -> float:
    """Return a finite number above 0. Raises ``ValueError`` for anything else."""
    if not (read := number(value)):
        raise ValueError("not positive")
    return read


def whole(value: object) -> int:
    """Return a whole number that is not negative. Raises ``ValueError`` for anything else."""
    read = number(value)
    if not isinstance(read, int):
        raise ValueError("not a whole number")  # noqa: TRY004 - one error type for all invalid values
    return read


def positive_whole(value: object) -> int:
    """Return a whole number above 0. Raises ``ValueError`` for anything else."""
    if not (read := whole(value)):
        raise ValueError("not positive")
    return read


def percentage(value: object) -> int:
    """Return a whole number from 0 to 100. Raises ``ValueError`` for anything else."""
    if (read := whole(value)) > _MAX_PERCENT:
        raise ValueError("not a percentage")
    return read


def port(value: object) -> int:
    """Return a number of a TCP port. Raises ``ValueError`` for anything else."""
    if (read := positive_whole(value)) > _MAX_PORT:
        raise ValueError("not a port")
    return read


def optional[T](parse: Callable[[object], T]) -> Callable[[object], T | None]:
    """Return a parser that also accepts ``None``."""
    return lambda value: None if value is None else parse(value)


@overload
def field[T](data: Mapping[str, Any], name: str, parse: Callable[[Any], T]) -> T: ...
@overload
def field[T, D](data: Mapping[str, Any], name: str, parse: Callable[[Any], T], default: D) -> T | D: ...
def field(data: Mapping[str, Any], name: str, parse: Callable[[Any], Any], default: object = _MISSING) -> Any:
    """Return a field of stored data, parsed by ``parse``, or the default if it is missing.

    Raises:
        DamagedValueError: The field is invalid, or missing without a default.

    """
    value = data.get(name, _MISSING)
    if value is _MISSING and default is not _MISSING:
        return default
    try:
        return parse(value)
    except ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError:
        # Not chained, because the error message may quote the value.
        raise DamagedValueError(name) from None
