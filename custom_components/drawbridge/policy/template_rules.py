"""What a template may be made of, and what it may take."""

import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final, cast

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

MAX_LENGTH: Final = 16_384
MAX_NODES: Final = 3_000
MAX_DEPTH: Final = 60
MAX_TEXT: Final = 262_144
MAX_WRITTEN: Final = 2_097_152
MAX_ITEMS: Final = 50_000
MAX_RANGE: Final = 10_000
MAX_BITS: Final = 8_192
MAX_PRECISION: Final = 100
MAX_SECONDS: Final = 0.25

STEP: Final = "bridge_step"
BOUND: Final = "bridge_bound"
CONCAT: Final = "bridge_concat"

_NODES: Final = frozenset(
    {
        "Add", "And", "Assign", "AssignBlock", "Break", "Call", "Compare", "Concat", "CondExpr", "Const", "Continue",
        "Dict", "Div", "ExprStmt", "Filter", "FloorDiv", "For", "Getattr", "Getitem", "If", "Keyword", "List", "Macro",
        "Mod", "Mul", "NSRef", "Name", "Neg", "Not", "Operand", "Or", "Output", "Pair", "Pos", "Pow", "Slice", "Sub",
        "Template", "TemplateData", "Test", "Tuple", "With",
    }
)  # fmt: skip
"""All but what brings in other templates, and what calls back into this one."""

GLOBALS: Final = frozenset(
    {
        "acos", "as_datetime", "as_local", "as_timedelta", "as_timestamp", "asin", "atan", "atan2", "average",
        "bitwise_and", "bitwise_or", "bitwise_xor", "bool", "clamp", "combine", "cos", "cycler", "dict", "difference",
        "e", "flatten", "float", "iif", "int", "intersect", "is_number", "joiner", "log", "max", "md5", "median", "min",
        "namespace", "now", "pi", "relative_time", "remap", "set", "sha1", "sha256", "sha512", "shuffle", "sin", "sqrt",
        "statistical_mode", "strptime", "symmetric_difference", "tan", "tau", "time_since", "time_until", "timedelta",
        "timedelta_string", "today_at", "tuple", "typeof", "union", "urlencode", "utcnow", "wrap", "zip",
    }
)  # fmt: skip
"""Functions and constants that know nothing of the house."""

FILTERS: Final = frozenset(
    {
        "abs", "acos", "add", "as_datetime", "as_local", "as_timedelta", "as_timestamp", "asin", "atan", "atan2",
        "attr", "average", "base64_decode", "base64_encode", "bitwise_and", "bitwise_or", "bitwise_xor", "bool",
        "capitalize", "clamp", "combine", "contains", "cos", "count", "d", "default", "dictsort", "difference",
        "filesizeformat", "first", "flatten", "float", "from_json", "groupby", "iif", "int", "intersect",
        "is_defined", "is_number", "items", "last", "length", "list", "log", "lower", "map", "max", "md5", "median",
        "min", "multiply", "ord", "ordinal", "random", "reject", "rejectattr", "relative_time", "remap", "reverse",
        "select", "selectattr", "sha1", "sha256", "sha512", "shuffle", "sin", "sort", "sqrt", "statistical_mode",
        "string", "symmetric_difference", "tan", "time_since", "time_until", "timedelta_string", "timestamp_local",
        "timestamp_utc", "title", "to_json", "today_at", "trim", "truncate", "typeof", "union", "unique", "upper",
        "urlencode", "wordcount", "wrap",
    }
)  # fmt: skip

TESTS: Final = frozenset(
    {
        "!=", "<", "<=", "==", ">", ">=", "boolean", "contains", "datetime", "defined", "divisibleby", "eq", "equalto",
        "even", "false", "float", "ge", "greaterthan", "gt", "in", "integer", "is_number", "iterable", "le", "lessthan",
        "list", "lower", "lt", "mapping", "ne", "none", "number", "odd", "sameas", "sequence", "set", "string",
        "string_like", "true", "tuple", "undefined", "upper",
    }
)  # fmt: skip

STATE_MEMBERS: Final = frozenset(
    {
        "attributes", "context", "domain", "entity_id", "last_changed", "last_reported", "last_updated", "name",
        "object_id", "state", "state_with_unit",
    }
)  # fmt: skip
CONTEXT_MEMBERS: Final = frozenset({"id", "parent_id", "user_id"})

MEMBERS: Final[Mapping[str, frozenset[str]]] = {
    "str": frozenset(
        {
            "capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha", "isdigit",
            "islower", "isnumeric", "isspace", "istitle", "isupper", "lower", "lstrip", "partition", "removeprefix",
            "removesuffix", "replace", "rfind", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith",
            "strip", "swapcase", "title", "upper",
        }
    ),
    "dict": frozenset({"get", "items", "keys", "values"}),
    "list": frozenset({"count", "index"}),
    "tuple": frozenset({"count", "index"}),
    "set": frozenset({"difference", "intersection", "isdisjoint", "issubset", "issuperset", "union"}),
    "int": frozenset({"bit_length"}),
    "float": frozenset({"is_integer"}),
    "datetime": frozenset(
        {
            "astimezone", "date", "day", "fold", "hour", "isocalendar", "isoformat", "isoweekday", "microsecond",
            "minute", "month", "replace", "second", "strftime", "time", "timestamp", "timetuple", "tzinfo", "utcoffset",
            "weekday", "year",
        }
    ),
    "date": frozenset(
        {"day", "isocalendar", "isoformat", "isoweekday", "month", "replace", "strftime", "weekday", "year"}
    ),
    "time": frozenset({"hour", "isoformat", "microsecond", "minute", "replace", "second", "strftime"}),
    "timedelta": frozenset({"days", "microseconds", "seconds", "total_seconds"}),
    "IsoCalendarDate": frozenset({"week", "weekday", "year"}),
    "LoopContext": frozenset(
        {
            "changed", "cycle", "depth", "depth0", "first", "index", "index0", "last", "length", "nextitem", "previtem",
            "revindex", "revindex0",
        }
    ),
    "Enum": frozenset({"name", "value"}),
    "_GroupTuple": frozenset({"grouper", "list"}),
    "Cycler": frozenset({"current", "next", "reset"}),
}  # fmt: skip
"""Attributes and methods by the name of the type that has them. Of others, there are none."""

_WIDTH: Final = re.compile(r"[%)][#0\- +_^]*(?:\*|\d{3,}|\d*\.(?:\*|\d{3,}))")
"""A field of hundreds of characters, or of as many as an argument says; also after the name of one in brackets."""


class TemplateRefusedError(Exception):
    """The template uses what it may not use, or touches what the key may not see.

    ``reason`` is a short fixed word.
    """

    def __init__(self, reason: str, detail: str) -> None:
        """Refuse for a reason."""
        super().__init__(detail)
        self.reason = reason


class TemplateTooMuchError(Exception):
    """The template takes more than a template may."""


class Allowance:
    """What one rendering may still take. Every operation asks, and each one that passes is short by itself."""

    def __init__(self, clock: Callable[[], float] = time.thread_time) -> None:
        """Begin now, by a clock that counts seconds of work."""
        self._clock = clock
        self._until = clock() + MAX_SECONDS
        self._written = 0

    def step(self) -> None:
        """Do one thing more. Raises ``TemplateTooMuchError`` when time is up."""
        if self._clock() > self._until:
            raise TemplateTooMuchError(f"The template takes more than {MAX_SECONDS} s of work.")

    def write(self, length: int) -> None:
        """Write so many characters more, into the result or into a text that is set."""
        self.step()
        self._written += length
        if self._written > MAX_WRITTEN:
            raise TemplateTooMuchError(f"The template writes more than {MAX_WRITTEN} characters.")

    def bounded(self, value: Any) -> Any:  # noqa: ANN401 - templates work with values of any kind
        """Return a value if it is not too large. An iterator is counted as it is used."""
        self.step()
        if isinstance(value, Iterator):
            return self.counted(value)
        ensure_size(value)
        return value

    def counted(self, values: Iterator[Any]) -> Iterator[Any]:
        """Yield values while they last and time is left."""
        for number, value in enumerate(values):
            self.step()
            if number >= MAX_ITEMS:
                raise TemplateTooMuchError(f"A list has more than {MAX_ITEMS} items.")
            yield value


def ensure_size(value: object) -> None:
    """Refuse a value that is too large, with all that is in it, however often the same. Raises."""
    left, stack = MAX_ITEMS, [value]
    while stack:
        item = stack.pop()
        left -= 1
        if left < 0:
            raise TemplateTooMuchError(f"A list has more than {MAX_ITEMS} items.")
        if isinstance(item, str | bytes):
            ensure_length(len(item))
            left -= len(item) // 64
        elif isinstance(item, int):
            if item.bit_length() > MAX_BITS:
                raise TemplateTooMuchError("A number is too large.")
        elif isinstance(item, Mapping):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list | tuple | set | frozenset):
            if len(item) > left:
                raise TemplateTooMuchError(f"A list has more than {MAX_ITEMS} items.")
            stack.extend(item)


def ensure_length(length: int) -> None:
    """Refuse a text of so many characters, before it is made. Raises ``TemplateTooMuchError``."""
    if length > MAX_TEXT:
        raise TemplateTooMuchError(f"A text is longer than {MAX_TEXT} characters.")


def ensure_format(text: object) -> None:
    """Refuse a format that asks for a wide field. Raises ``TemplateTooMuchError``."""
    if not isinstance(text, str) or _WIDTH.search(text):
        raise TemplateTooMuchError("A format asks for a field that is too wide.")


def ensure_operation(operator: str, left: Any, right: Any) -> None:  # noqa: ANN401 - values of any kind
    """Refuse an operation whose result would be too large, before it is made. Raises ``TemplateTooMuchError``."""
    if operator == "*":
        for some, times in ((left, right), (right, left)):
            if isinstance(some, str | bytes | list | tuple) and isinstance(times, int):
                ensure_length(len(some) * max(times, 0))
    elif operator == "%" and isinstance(left, str | bytes):
        ensure_format(left)
    elif operator == "**" and isinstance(left, int) and isinstance(right, int) and _bits(left, right) > MAX_BITS:
        raise TemplateTooMuchError("A number is too large.")


def _bits(base: int, exponent: int) -> int:
    return base.bit_length() * abs(exponent)


class Names:
    """What a template may use by name, of all that Home Assistant has."""

    def __init__(self, known: Mapping[str, Collection[str]], allowed: Mapping[str, Collection[str]]) -> None:
        """Take ``known`` and ``allowed`` names, each by kind: ``function``, ``filter`` and ``test``."""
        self._known = known
        self._allowed = allowed

    def ensure(self, kind: str, name: str) -> None:
        """Refuse a name that Home Assistant has and a template may not use. Raises ``TemplateRefusedError``."""
        if name in self._known[kind] and name not in self._allowed[kind]:
            raise TemplateRefusedError("template_function", f"The {kind} '{name}' may not be used in this template.")


def ensure_allowed(template: nodes.Template, names: Names, variables: Collection[str]) -> None:
    """Walk a template, and refuse what is not on the list. Raises."""
    assigned = {node.name for node in template.find_all(nodes.Name) if node.ctx != "load"} | set(variables)
    assigned |= {node.name for node in template.find_all(nodes.Macro)}
    stack: list[tuple[nodes.Node, int]] = [(template, 0)]
    count = 0
    while stack:
        node, depth = stack.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise TemplateTooMuchError(f"The template has more than {MAX_NODES} parts, or is nested too deep.")
        _ensure_node(node, names, assigned)
        stack.extend((child, depth + 1) for child in node.iter_child_nodes())


def _ensure_node(node: nodes.Node, names: Names, assigned: Collection[str]) -> None:
    kind = type(node).__name__
    if kind not in _NODES or (isinstance(node, nodes.For) and node.recursive):
        raise TemplateRefusedError("template_function", f"'{kind.lower()}' may not be used in this template.")
    match node:
        case nodes.Name(name="self"):
            raise TemplateRefusedError("template_function", "'self' may not be used in this template.")
        case nodes.Name(ctx="load") if node.name not in assigned:
            names.ensure("function", node.name)
        case nodes.Filter():
            names.ensure("filter", node.name)
        case nodes.Test():
            names.ensure("test", node.name)
        case nodes.Getattr() if node.attr.startswith("_"):
            raise TemplateRefusedError("template_function", f"The attribute '{node.attr[:64]}' may not be used.")


class Bounding(NodeTransformer):
    """Puts a check wherever a template could make much of little: loops, lists, joined texts."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's name for it
        """Count the steps of a loop, and what each writes."""
        written = sum(len(item.data) for item in node.find_all(nodes.TemplateData))
        self.generic_visit(node)
        node.iter = _filter(node.iter, STEP, nodes.Const(written))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - Jinja's name for it
        """Look at texts before they are joined."""
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes), CONCAT)

    def visit_List(self, node: nodes.List) -> nodes.Filter:  # noqa: N802 - Jinja's name for it
        """Look at a list with all that is in it."""
        self.generic_visit(node)
        return _filter(node, BOUND)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Filter:  # noqa: N802 - Jinja's name for it
        """Look at a mapping with all that is in it."""
        self.generic_visit(node)
        return _filter(node, BOUND)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:  # noqa: N802 - Jinja's name for it
        """Look at a tuple with all that is in it, unless it is assigned to."""
        self.generic_visit(node)
        return _filter(node, BOUND) if node.ctx == "load" else node


def _filter(node: nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(cast("nodes.Expr", node), name, list(args), [], None, None)
