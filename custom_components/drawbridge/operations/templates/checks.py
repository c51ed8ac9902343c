"""Checks before a template calls a method or computes a value."""

import functools
from collections.abc import Hashable, Mapping
from typing import Any, Final, cast

from homeassistant.core import Context
from homeassistant.helpers.template import TemplateState
from jinja2.runtime import LoopContext

from ...refusal import Refusal
from . import catalog, formats, rules
from .errors import TemplateRefusedError, TemplateTooMuchError
from .run import current
from .sizes import MAX_BITS

CALL_VARIABLES: Final = ("_loop_vars", "_block_vars")
"""The arguments that Jinja adds to each call."""


def members(obj: object) -> frozenset[str]:
    """Return the attributes and methods of an object that a template may use."""
    if isinstance(obj, TemplateState):
        return rules.STATE_MEMBERS
    if isinstance(obj, Context):
        return rules.CONTEXT_MEMBERS
    if isinstance(obj, LoopContext):
        return rules.MEMBERS["LoopContext"]
    return _members_of(cast("Hashable", type(obj).__mro__))


@functools.lru_cache(256)
def _members_of(kinds: tuple[type, ...]) -> frozenset[str]:
    names = (rules.MEMBERS.get(item.__name__) for item in kinds)
    return frozenset().union(*(item for item in names if item))


def ensure_method(method: Any, args: tuple[Any, ...], more: Mapping[str, Any]) -> None:  # noqa: ANN401 - whatever a template calls
    """Raise if a method is not allowed, or if its result would be too large."""
    owner, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
    if owner is None or name not in members(owner):
        raise TemplateRefusedError(Refusal.TEMPLATE_FUNCTION, f"'{name[:64]}' may not be called in this template.")
    given = {key: value for key, value in more.items() if key not in CALL_VARIABLES}
    check = catalog.METHODS.get(name, catalog.measured) if isinstance(owner, str) else catalog.measured
    if name in {"strftime", "isoformat"}:
        check = catalog.time_format
    check(current(), (owner, *args), given)


def ensure_operation(run: Any, operator: str, left: Any, right: Any) -> None:  # noqa: ANN401 - values of any kind
    """Raise ``TemplateTooMuchError`` if the result of an operation would be too large."""
    if operator == "*":
        for some, times in ((left, right), (right, left)):
            if isinstance(some, str | bytes) and isinstance(times, int):
                run.meter.text(len(some) * max(times, 0))
            elif isinstance(some, list | tuple) and isinstance(times, int):
                run.meter.items(len(some) * max(times, 0))
    elif operator == "%" and isinstance(left, str | bytes):
        run.meter.text(formats.formatted_length(run.sizes, left, right))
    elif operator == "**" and isinstance(left, int) and isinstance(right, int):
        if left.bit_length() * abs(right) > MAX_BITS:
            raise TemplateTooMuchError("A number is too large.")
    elif operator in {"+", "-"}:
        _ensure_sum(run, left, right)


def _ensure_sum(run: Any, left: Any, right: Any) -> None:  # noqa: ANN401 - the same
    if isinstance(left, str | bytes) and isinstance(right, str | bytes):
        run.meter.text(len(left) + len(right))
    elif isinstance(left, list | tuple) and isinstance(right, list | tuple):
        run.meter.items(len(left) + len(right))
    elif isinstance(left, set | frozenset):
        catalog.hashed(run, (left, right), {})
