"""The syntax, attributes and methods that a template may use."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from jinja2 import nodes

from ...refusal import Refusal
from .errors import TemplateRefusedError, TemplateTooMuchError

MAX_LENGTH: Final = 16_384
MAX_NODES: Final = 3_000
MAX_DEPTH: Final = 60

_NODES: Final = frozenset(
    {
        "Add", "And", "Assign", "AssignBlock", "Break", "Call", "Compare", "Concat", "CondExpr", "Const", "Continue",
        "Dict", "Div", "ExprStmt", "Filter", "FloorDiv", "For", "Getattr", "Getitem", "If", "Keyword", "List", "Macro",
        "Mod", "Mul", "NSRef", "Name", "Neg", "Not", "Operand", "Or", "Output", "Pair", "Pos", "Pow", "Slice", "Sub",
        "Template", "TemplateData", "Test", "Tuple", "With",
    }
)  # fmt: skip
"""All nodes except those that load other templates or call back into the current one."""

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
"""Attributes and methods by type name. Other types have none."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names in Home Assistant's environment, and those that a template may use.

    By kind: ``function``, ``filter`` and ``test``.
    """

    known: Mapping[str, Collection[str]]
    allowed: Mapping[str, Collection[str]]

    def is_refused(self, kind: str, name: str) -> bool:
        """Return whether a name exists in Home Assistant but is not allowed."""
        return name in self.known[kind] and name not in self.allowed[kind]


def ensure_allowed(template: nodes.Template, names: Names) -> frozenset[str]:
    """Check all nodes of a template.

    Returns:
        The names of functions that are refused unless a variable has the same name.

    Raises:
        TemplateRefusedError: The template uses something that is not allowed.
        TemplateTooMuchError: The template is too large.

    """
    assigned = {node.name for node in template.find_all(nodes.Name) if node.ctx != "load"}
    assigned |= {node.name for node in template.find_all(nodes.Macro)}
    refused = set()
    stack: list[tuple[nodes.Node, int]] = [(template, 0)]
    count = 0
    while stack:
        node, depth = stack.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise TemplateTooMuchError(f"The template has more than {MAX_NODES} parts, or is nested too deep.")
        _ensure_node(node, names)
        if isinstance(node, nodes.Name) and node.name not in assigned and names.is_refused("function", node.name):
            refused.add(node.name)
        stack.extend((child, depth + 1) for child in node.iter_child_nodes())
    return frozenset(refused)


def ensure_functions(refused: Collection[str], variables: Collection[str]) -> None:
    """Raise ``TemplateRefusedError`` for refused functions, unless variables have their names."""
    for name in sorted(refused):
        if name not in variables:
            raise not_to_be_used("function", name)


def not_to_be_used(kind: str, name: str) -> TemplateRefusedError:
    """Return the refusal of a name."""
    return TemplateRefusedError(
        Refusal.TEMPLATE_FUNCTION, f"The {kind} '{name[:64]}' may not be used in this template."
    )


def _ensure_node(node: nodes.Node, names: Names) -> None:
    kind = type(node).__name__
    if kind not in _NODES or (isinstance(node, nodes.For) and node.recursive):
        raise TemplateRefusedError(Refusal.TEMPLATE_FUNCTION, f"'{kind.lower()}' may not be used in this template.")
    match node:
        case nodes.Name(name="self"):
            raise TemplateRefusedError(Refusal.TEMPLATE_FUNCTION, "'self' may not be used in this template.")
        case nodes.Filter() if names.is_refused("filter", node.name):
            raise not_to_be_used("filter", node.name)
        case nodes.Test() if names.is_refused("test", node.name):
            raise not_to_be_used("test", node.name)
        case nodes.Getattr() if node.attr.startswith("_"):
            raise not_to_be_used("attribute", node.attr)
