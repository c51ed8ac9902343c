"""Every function, filter, test and method that a template may use, with the check of its cost.

Nothing else exists for a template. A check inspects the arguments before the operation runs: it counts the work,
refuses excessive results, and may replace the arguments. The result of the operation is measured too.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.core import State

from . import formats
from .errors import TemplateTooMuchError
from .meter import MAX_TEXT
from .run import Run
from .sizes import ensure_hashable

type Args = tuple[Any, ...]
type Check = Callable[[Run, Args, Mapping[str, Any]], Args]

MAX_RANGE: Final = 10_000
MAX_PRECISION: Final = 100
MAX_SHORT: Final = 1_000
_MAX_PRINTED: Final = 1_048_576
_SLUG_SEPARATOR: Final = 16
_LOOKUP_STEPS: Final = 8
_SEARCH_STEPS: Final = 2_000
_BITS_PER_STEP: Final = 64


def light(run: Run, args: Args, _more: Mapping[str, Any]) -> Args:
    """Allow functions that only pass values on or test their type."""
    run.meter.step(1 + len(args))
    return args


def timed(check: Check) -> Check:
    """Return the check of a function whose result also depends on the time."""

    def timed_check(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
        run.home.uses_time = True
        return check(run, args, more)

    return timed_check


def scalar(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow functions that read their arguments once, and may print them in an error message."""
    for arg in (*args, *more.values()):
        if isinstance(arg, range):
            run.meter.step(4 * len(arg))
        elif not isinstance(arg, Iterator):
            run.meter.step(1 + run.sizes.printed(arg, _MAX_PRINTED) // 16)
    return args


def short(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow functions that parse strings no longer than a date, a time or a name."""
    for arg in (*args, *more.values()):
        if run.sizes.printed(arg, _MAX_PRINTED) > MAX_SHORT:
            raise TemplateTooMuchError(f"A text to be parsed is longer than {MAX_SHORT} characters.")
    run.meter.step(4)
    return args


def collection(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow functions that iterate over, sort or copy collections."""
    for arg in more.values():
        run.weigh(arg)
    found = tuple(map(run.listed, args))
    for arg in found:
        run.weigh(arg)
        if not isinstance(arg, str | bytes) and hasattr(arg, "__len__"):
            run.meter.step(len(arg))
    return found


def measured(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow functions that read a collection without copying it."""
    for arg in (*args, *more.values()):
        run.weigh(arg)
    return args


def hashed(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow functions that deduplicate values or look them up by their hash."""
    found = collection(run, args, more)
    for arg in (*found, *more.values()):
        if isinstance(arg, str | bytes | range | State) or not hasattr(arg, "__iter__"):
            continue
        ensure_hashable(item[0] if isinstance(item, tuple) and item else item for item in arg)
        ensure_hashable(arg)
    return found


def mapping(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow functions that create a mapping from pairs or from other mappings."""
    found = collection(run, args, more)
    for arg in found:
        if isinstance(arg, Mapping):
            ensure_hashable(arg)
        elif isinstance(arg, list | tuple | set | frozenset):
            ensure_hashable(pair[0] for pair in arg if isinstance(pair, list | tuple) and pair)
    return found


def lookup(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow functions that look up entities or registry items.

    An argument that is no entity ID may require a full scan.
    """
    found = collection(run, args, more)
    known = bool(args) and isinstance(args[0], str) and run.home.is_known(args[0])
    run.meter.step(_LOOKUP_STEPS if known else _SEARCH_STEPS)
    return found


def state_lookup(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow functions that read the state of one entity."""
    run.meter.step(3)
    for arg in (*args, *more.values()):
        run.weigh(arg)
    return args


def numeric(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow arithmetic with numbers. For a string, ``%`` would be a format."""
    if any(isinstance(arg, str | bytes) for arg in args):
        raise TypeError("not a number")
    return measured(run, args, more)


def sorted_keys(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow what sorts a collection."""
    found = collection(run, args, more)
    if args and hasattr(found[0], "__len__"):
        run.meter.step(4 * len(found[0]))
    return found


def summed(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow the sum of numbers. A sum of lists would copy the result for each element."""
    beginning = more.get("start", args[2] if len(args) > 2 else 0)  # noqa: PLR2004 - after what, and by which attribute
    if not isinstance(beginning, int | float | timedelta):
        raise TemplateTooMuchError("Only numbers can be summed.")
    return collection(run, args, more)


def ranged(run: Run, args: Args, _more: Mapping[str, Any]) -> Args:
    """Allow a range of limited length."""
    if len(range(*args)) > MAX_RANGE:
        raise TemplateTooMuchError(f"A range has more than {MAX_RANGE} items.")
    run.meter.step()
    return args


def rounded(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow rounding to a valid precision."""
    precision = more.get("precision", args[1] if len(args) > 1 else 0)
    if abs(operator.index(precision)) > MAX_PRECISION:
        raise TemplateTooMuchError(f"A precision is more than {MAX_PRECISION} digits.")
    return scalar(run, args, more)


def slug(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow the slug of a short name."""
    separator = more.get("separator", args[1] if len(args) > 1 else "_")
    if not isinstance(separator, str) or len(separator) > _SLUG_SEPARATOR:
        raise TemplateTooMuchError(f"The separator of a slug is longer than {_SLUG_SEPARATOR} characters.")
    found = short(run, args, more)
    run.meter.step(200)
    return found


def formatted(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow the filter ``format``, limited by the length of its result."""
    if not args or not isinstance(args[0], str):
        raise TemplateTooMuchError("Only a text can be a format.")
    run.meter.text(formats.formatted_length(run.sizes, args[0], dict(more) if more else args[1:]))
    return args


def time_format(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow functions that format or parse a time."""
    for arg in (*args, *more.values()):
        if isinstance(arg, str | bytes):
            formats.ensure_time_format(arg)
    return short(run, args, more)


def replaced(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow a replacement, limited by the length of its result."""
    given = {**dict(zip(("s", "old", "new"), args, strict=False)), **more}
    texts = [_as_text(run, given.get(name, "")) for name in ("s", "old", "new")]
    run.weigh(texts[0])
    run.meter.text(formats.replaced_length(*texts))
    return args


def padded(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow stripping characters, limited by the number of comparisons."""
    lengths = [run.sizes.printed(arg) for arg in (*args, *more.values())]
    run.meter.step(1 + sum(lengths) // 64 + lengths[0] * sum(lengths[1:]) // 512)
    return args


def searched_backwards(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow a search from the end, limited by the number of comparisons that Python makes."""
    return padded(run, args, more)


def split(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow splitting a string, limited by the number of parts."""
    text, separator = args[0], more.get("sep", args[1] if len(args) > 1 else None)
    run.meter.items(text.count(separator) if isinstance(separator, str) and separator else len(text) // 2)
    return searched_backwards(run, (text, separator), {})


def as_json(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow encoding a value as JSON."""
    length = run.sizes.printed(args[0]) if args else 0
    pretty = more.get("pretty_print", args[2] if len(args) > 2 else False)  # noqa: PLR2004 - what, and only ASCII
    run.meter.text(length + (run.sizes.indentation(args[0]) if pretty and args else 0))
    return args


def from_json(run: Run, args: Args, more: Mapping[str, Any]) -> Args:
    """Allow parsing JSON, limited by the number of values that it can contain."""
    if args and isinstance(args[0], str):
        run.meter.items(min(args[0].count(",") + args[0].count("["), MAX_TEXT))
        run.meter.make(8 * len(args[0]))
    return scalar(run, args, more)


def _as_text(run: Run, value: object) -> str:
    run.sizes.printed(value)
    return str(value)


def _names(check: Check, names: str) -> dict[str, Check]:
    return dict.fromkeys(names.split(), check)


_DATES: Final = _names(short, "as_datetime as_local as_timedelta as_timestamp timedelta_string") | _names(
    timed(short), "relative_time time_since time_until today_at"
)
_NUMBERS: Final = _names(
    scalar,
    "acos asin atan atan2 average bitwise_and bitwise_or bitwise_xor bool clamp cos float int is_number log max md5"
    " median min remap sha1 sha256 sha512 sin sqrt tan urlencode wrap",
)
_SETS: Final = _names(hashed, "difference intersect set statistical_mode symmetric_difference union")
_BOTH: Final = (
    _DATES
    | _NUMBERS
    | {"combine": mapping, "flatten": collection, "iif": light, "shuffle": collection, "typeof": light}
)

GLOBALS: Final[Mapping[str, Check]] = (
    _BOTH
    | _SETS
    | _names(light, "cycler e joiner namespace pi tau timedelta zip")
    | _names(timed(light), "now utcnow")
    | {
        "dict": mapping, "max": collection, "min": collection, "range": ranged, "slugify": slug,
        "strptime": time_format, "tuple": collection,
    }
)  # fmt: skip
"""Functions and constants."""

FILTERS: Final[Mapping[str, Check]] = (
    _BOTH
    | {name: check for name, check in _SETS.items() if name != "set"}
    | _names(
        scalar,
        "abs add base64_decode base64_encode capitalize filesizeformat lower multiply ord ordinal string title"
        " upper wordcount",
    )
    | _names(short, "timestamp_local timestamp_utc")
    | _names(light, "attr d default is_defined items map reject rejectattr select selectattr")
    | _names(measured, "contains count first last length random")
    | _names(collection, "list reverse")
    | _names(sorted_keys, "dictsort groupby max min sort")
    | {
        "format": formatted, "from_json": from_json, "replace": replaced, "round": rounded, "slugify": slug,
        "sum": summed, "timestamp_custom": time_format, "to_json": as_json, "trim": padded, "truncate": scalar,
        "unique": hashed,
    }
)  # fmt: skip
"""Filters. ``join`` and ``states`` are Drawbridge's own, in the environment."""

TESTS: Final[Mapping[str, Check]] = (
    _names(measured, "!= < <= == > >= contains eq equalto ge greaterthan gt in is_number le lessthan lt ne")
    | _names(
        light,
        "boolean datetime defined false float integer iterable list mapping none number sameas sequence set string"
        " string_like"
        " true tuple undefined",
    )
    | _names(numeric, "divisibleby even odd")
    | _names(scalar, "lower upper")
)
"""Tests."""

METHODS: Final[Mapping[str, Check]] = {
    "replace": replaced, "lstrip": padded, "rstrip": padded, "strip": padded, "split": split, "rsplit": split,
    "splitlines": split, "rfind": searched_backwards, "rpartition": searched_backwards,
}  # fmt: skip
"""String methods with a specific check. All other methods use ``measured``."""
