"""Renders templates for keys: with Home Assistant's own functions, of those that a key may use, and within bounds."""

import functools
import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Final, override

import jinja2
from homeassistant.core import Context
from homeassistant.helpers.template import (
    TemplateEnvironment,
    TemplateState,
    is_template_string,
)
from homeassistant.helpers.template.context import template_context_manager
from jinja2.runtime import LoopContext, Macro
from jinja2.utils import Joiner, Namespace

from .policy import template_rules as rules
from .policy.template_rules import Allowance, Names, TemplateRefusedError, TemplateTooMuchError
from .template_sight import (
    ENTITIES_OF,
    OF_ENTITY,
    OF_PLACES,
    OF_REGISTRIES,
    Domain,
    Function,
    Sight,
    States,
    guarded,
    state_functions,
)

_KINDS: Final = ("function", "filter", "test")
_OF_STATES: Final = frozenset({"expand", "state_attr_translated", "state_translated"})
_OF_HOUSE: Final = OF_ENTITY | ENTITIES_OF | OF_REGISTRIES | OF_PLACES | _OF_STATES
_DATETIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"


def render(template: str, variables: Mapping[str, Any], sight: Sight) -> str:
    """Render a template.

    Raises ``TemplateRefusedError`` for what the key may not use or see, ``TemplateTooMuchError``, and whatever the
    template itself does wrong.
    """
    if len(template) > rules.MAX_LENGTH:
        raise TemplateTooMuchError(f"The template is longer than {rules.MAX_LENGTH} characters.")
    template = template.strip()
    if not is_template_string(template):
        return template
    environment = KeyEnvironment(sight, len(template))
    tree = environment.parse(template)
    rules.ensure_allowed(tree, environment.names, variables)
    code = environment.compile(rules.Bounding().visit(tree), "template")
    compiled = jinja2.Template.from_code(environment, code, environment.globals, None)
    with template_context_manager as context:
        context.set_template(template, "rendering")
        result = compiled.render(variables)
    if len(result) > rules.MAX_TEXT:
        raise TemplateTooMuchError(f"The result is longer than {rules.MAX_TEXT} characters.")
    return result.strip()


class KeyEnvironment(TemplateEnvironment):
    """Home Assistant's environment for one rendering, with what is on the list in it, and nothing else.

    A name that is made while the template runs finds no more than one that is written in it.
    """

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, sight: Sight, written: int) -> None:
        """Prepare to render a template of so many characters."""
        super().__init__(sight.hass, limited=False, strict=False, log_fn=_no_log)
        self.allowance = Allowance()
        self._written = written
        self.loader = None
        self.optimized = False
        self._own_finalize = self.finalize
        self.finalize = self._finalize
        known = dict(zip(_KINDS, (set(self.globals), set(self.filters), set(self.tests)), strict=True))
        self._restrict(sight)
        allowed = dict(zip(_KINDS, (set(self.globals), set(self.filters), set(self.tests)), strict=True))
        self.names = Names(known, allowed)

    def _restrict(self, sight: Sight) -> None:
        functions: dict[str, Any] = dict(self.globals)
        filters: dict[str, Any] = dict(self.filters)
        tests: dict[str, Any] = dict(self.tests)
        of_states, slugify = state_functions(sight), _slugify(_plain(functions["slugify"]))
        self._take(self.globals, rules.GLOBALS, of_states, _of_house(sight, functions))
        self._take(self.filters, rules.FILTERS, of_states, _of_house(sight, filters), self._cautious(filters))
        self._take(self.tests, rules.TESTS, of_states, _of_house(sight, tests))
        self.globals |= {"range": self._bounded(_range), "slugify": self._bounded(slugify), "states": States(sight)}
        self.filters |= {"slugify": self._bounded(slugify), "states": self._bounded(States(sight))}
        self.filters |= {rules.STEP: self._steps, rules.BOUND: self.allowance.bounded, rules.CONCAT: self._concat}

    def _take(self, names: MutableMapping[str, Any], harmless: Collection[str], *own: Mapping[str, Function]) -> None:
        """Leave those names that are harmless, put our own in place of those that we have, and drop the rest."""
        found = {name: item for name, item in names.items() if name in harmless}
        for functions in own:
            found |= {name: item for name, item in functions.items() if name in names}
        names.clear()
        names.update({name: self._bounded(item) for name, item in found.items()})

    def _cautious(self, filters: Mapping[str, Function]) -> dict[str, Function]:
        """Return the filters that could make much of little, each looking at what it is given first."""
        return {
            "format": _formatting(filters["format"]),
            "join": _joining(filters["join"]),
            "replace": _replacing(filters["replace"]),
            "round": _rounding(filters["round"]),
            "sum": _summing(filters["sum"]),
            "timestamp_custom": _formatting_time(filters["timestamp_custom"]),
        }

    def _bounded(self, item: Any) -> Any:  # noqa: ANN401 - functions and constants
        """Return a function whose result is looked at; a constant as it is."""
        if not callable(item):
            return item

        def bounded(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - the signature is the function's own
            self.allowance.step()
            return self.allowance.bounded(item(*args, **more))

        if not isinstance(item, type | States):
            functools.update_wrapper(bounded, item)
        bounded.__bridge__ = True  # type: ignore[attr-defined]  # marks what may be called
        return bounded

    @override
    def call(self, context: Any, obj: Any, /, *args: Any, **more: Any) -> Any:
        if isinstance(obj, Macro):
            self.allowance.write(self._written)
        elif isinstance(obj, jinja2.Undefined):
            return obj()
        elif not (getattr(obj, "__bridge__", False) or isinstance(obj, States | Joiner)):
            _ensure_method(obj, args)
        return self.allowance.bounded(context.call(obj, *args, **more))

    @override
    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        rules.ensure_operation(operator, left, right)
        return self.allowance.bounded(self.binop_table[operator](left, right))

    @override
    def getattr(self, obj: Any, attribute: str) -> Any:
        self.allowance.step()
        if isinstance(obj, Mapping) and attribute not in rules.MEMBERS["dict"]:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return self._member(obj, attribute)

    @override
    def getitem(self, obj: Any, argument: Any) -> Any:
        self.allowance.step()
        if isinstance(obj, Mapping | list | tuple | str | range):
            try:
                return obj[argument]
            except AttributeError, TypeError, LookupError:
                pass
        if isinstance(argument, str):
            return self._member(obj, argument)
        if isinstance(obj, jinja2.Undefined):
            return obj[argument]
        return self.undefined(obj=obj, name=argument)

    def _member(self, obj: Any, name: str) -> Any:  # noqa: ANN401 - templates work with values of any kind
        if name.startswith("_"):
            raise _no_attribute(name)
        match obj:
            case States() | Domain():
                return obj.member(name)
            case jinja2.Undefined():
                return getattr(obj, name)
            case Namespace():
                return super().getattr(obj, name)
        if name in _members(obj):
            return getattr(obj, name)
        if hasattr(type(obj), name):
            raise _no_attribute(name)
        return self.undefined(obj=obj, name=name)

    def _steps(self, values: Iterable[Any], written: int) -> Iterator[Any]:
        for value in values:
            self.allowance.write(written)
            yield value

    def _concat(self, parts: list[Any]) -> str:
        texts = [str(part) for part in parts]
        rules.ensure_length(sum(map(len, texts)))
        self.allowance.step()
        return "".join(texts)

    def _finalize(self, value: Any) -> Any:  # noqa: ANN401 - templates print values of any kind
        rules.ensure_size(value)
        final = self._own_finalize(value) if self._own_finalize is not None else value
        text = str(final)
        self.allowance.write(len(text))
        return text


def _no_attribute(name: str) -> TemplateRefusedError:
    return TemplateRefusedError("template_function", f"The attribute '{name[:64]}' may not be used here.")


def _of_house(sight: Sight, functions: Mapping[str, Function]) -> dict[str, Function]:
    found = {name: guarded(sight, name, _plain(functions[name])) for name in _OF_HOUSE & functions.keys()}
    return {name: function for name, function in found.items() if function is not None}


def _plain(function: Function) -> Function:
    """Return a function of Home Assistant's without Jinja's context, which it only takes to be called anew."""
    return functools.partial(function, None) if hasattr(function, "jinja_pass_arg") else function


def _members(obj: object) -> frozenset[str]:
    """Return the attributes and methods of an object that templates may use."""
    if isinstance(obj, TemplateState):
        return rules.STATE_MEMBERS
    if isinstance(obj, Context):
        return rules.CONTEXT_MEMBERS
    if isinstance(obj, LoopContext):
        return rules.MEMBERS["LoopContext"]
    names = (rules.MEMBERS.get(kind.__name__) for kind in type(obj).__mro__)
    return frozenset().union(*(item for item in names if item))


def _ensure_method(method: Any, args: tuple[Any, ...]) -> None:  # noqa: ANN401 - whatever a template calls
    """Refuse to call what is no method on the list, or one that would make too much."""
    owner, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
    if owner is None or name not in _members(owner):
        raise TemplateRefusedError("template_function", f"'{name[:64]}' may not be called in this template.")
    if name == "replace" and isinstance(owner, str):
        _ensure_replacement(owner, args)
    if name == "strftime":
        for arg in args:
            rules.ensure_format(arg)


def _ensure_replacement(text: str, args: tuple[Any, ...]) -> None:
    if len(args) >= 2 and isinstance(args[0], str) and isinstance(args[1], str):  # noqa: PLR2004 - what, and by what
        rules.ensure_length(len(text) + text.count(args[0]) * len(args[1]))


def _range(*args: int) -> range:
    found = range(*args)
    if len(found) > rules.MAX_RANGE:
        raise TemplateTooMuchError(f"A range has more than {rules.MAX_RANGE} items.")
    return found


def _slugify(own: Function) -> Function:
    def slugify(value: object, separator: str = "_") -> Any:  # noqa: ANN401 - a text
        if len(text := str(value)) > 1000 or len(separator) > 16:  # noqa: PLR2004 - no name is longer
            raise TemplateTooMuchError("A text to make a slug of is longer than 1000 characters.")
        return own(text, separator)

    return slugify


def _same(own: Function) -> Callable[[Function], Function]:
    """Keep what Jinja passes to a filter first: its environment, or how the template is evaluated."""
    return functools.wraps(own)


def _formatting(own: Function) -> Function:
    @_same(own)
    def formatted(value: Any, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - the signature is the filter's own
        rules.ensure_format(value)
        return own(value, *args, **more)

    return formatted


def _formatting_time(own: Function) -> Function:
    @_same(own)
    def formatted(value: Any, date_format: Any = _DATETIME_FORMAT, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - the same
        rules.ensure_format(date_format)
        return own(value, date_format, *args, **more)

    return formatted


def _joining(own: Function) -> Function:
    @_same(own)
    def joined(first: Any, value: Any, d: str = "", attribute: Any = None) -> Any:  # noqa: ANN401 - the same
        items = list(value)
        if attribute is None:
            items = [str(item) for item in items]
        rules.ensure_length(sum(len(item) for item in items if isinstance(item, str)) + len(str(d)) * len(items))
        return own(first, items, d, attribute)

    return joined


def _replacing(own: Function) -> Function:
    @_same(own)
    def replaced(first: Any, value: Any, old: str, new: str, count: int | None = None) -> Any:  # noqa: ANN401 - the same
        _ensure_replacement(str(value), (str(old), str(new)))
        return own(first, value, old, new, count)

    return replaced


def _rounding(own: Function) -> Function:
    @_same(own)
    def rounded(value: Any, precision: int = 0, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - the same
        if abs(operator.index(precision)) > rules.MAX_PRECISION:
            raise TemplateTooMuchError(f"A precision is more than {rules.MAX_PRECISION} digits.")
        return own(value, precision, *args, **more)

    return rounded


def _summing(own: Function) -> Function:
    @_same(own)
    def summed(first: Any, iterable: Any, attribute: Any = None, start: Any = 0) -> Any:  # noqa: ANN401 - the same
        if not isinstance(start, int | float):
            raise TemplateTooMuchError("Only numbers can be summed.")
        return own(first, iterable, attribute, start)

    return summed


def _no_log(_level: int, _message: str) -> None:
    """Keep what a client's template does wrong out of Home Assistant's log: it is in the answer."""
