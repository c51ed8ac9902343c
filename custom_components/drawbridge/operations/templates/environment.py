"""Home Assistant's template environment, restricted to the catalog, with a check before each operation.

One environment serves all renderings for a kind of key. Data of a single rendering is in its ``Run``.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Final, cast, override

import jinja2
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import TemplateEnvironment
from jinja2.runtime import LoopContext, Macro
from jinja2.utils import Joiner, Namespace

from . import catalog, rules
from .catalog import Check
from .checks import CALL_VARIABLES, ensure_method, ensure_operation, members
from .compiler import MeteredCodeGenerator, Metering
from .errors import TemplateRefusedError, TemplateTooMuchError
from .guards import ENTITIES_OF, OF_ENTITY, OF_PLACES, OF_REGISTRIES, Function, guarded, state_functions
from .meter import MAX_TEXT
from .rules import Names
from .run import current, current_home
from .visible_home import Domain, KeyKind, States

_KINDS: Final = ("function", "filter", "test")
_OF_STATES: Final = frozenset({"expand", "state_attr_translated", "state_translated"})
_OF_HOUSE: Final = OF_ENTITY | ENTITIES_OF | OF_REGISTRIES | OF_PLACES | _OF_STATES
_INDEXED: Final = (dict, list, tuple, str, range, Mapping)


class KeyEnvironment(TemplateEnvironment):
    """The environment for all keys of a kind.

    Names that are built while a template runs can access no more than literal names.
    """

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    code_generator_class = MeteredCodeGenerator

    def __init__(self, hass: HomeAssistant, kind: KeyKind, *, strict: bool = False) -> None:
        """Create the environment for a kind of key. With ``strict``, undefined variables are errors."""
        super().__init__(hass, limited=False, strict=strict, log_fn=_log)
        self.loader = None
        self.optimized = False
        self._own_finalize = self.finalize
        self.finalize = self._finalize
        known = dict(zip(_KINDS, (set(self.globals), set(self.filters), set(self.tests)), strict=True))
        self._restrict(kind)
        allowed = dict(zip(_KINDS, (set(self.globals), set(self.filters), set(self.tests)), strict=True))
        self.names = Names(known, allowed)

    def _restrict(self, kind: KeyKind) -> None:
        states = States(current_home)
        of_states = state_functions(current_home)
        slugify = _plain(cast("Function", self.globals["slugify"]))
        for names, checks in (
            (self.globals, catalog.GLOBALS),
            (self.filters, catalog.FILTERS),
            (self.tests, catalog.TESTS),
        ):
            functions = _of_house(kind, cast("Mapping[str, Function]", names), is_filter=names is self.filters)
            _take(names, checks, of_states, functions)
        self.globals |= {"states": states, "slugify": _checked(slugify, catalog.slug)}
        self.filters |= {"states": _checked(states, catalog.state_lookup), "join": self._joined_items}

    # Called by the compiled template, through nodes that a template cannot contain.

    def taken(self, value: Any) -> Any:  # noqa: ANN401 - templates work with values of any kind
        """Measure a literal."""
        return current().taken(value)

    def charge(self, steps: int, written: int) -> bool:
        """Count an iteration of a loop or a call of a macro."""
        meter = current().meter
        meter.step(steps)
        if written:
            meter.make(written)
        return True

    def rounds(self, values: Any) -> Any:  # noqa: ANN401 - whatever is looped over
        """Limit an iterable of a loop."""
        if isinstance(values, list | tuple | str | range) or not isinstance(values, Iterable):
            return values
        run = current()
        return run.counted(values) if isinstance(values, Iterator | States | Domain) else values

    def compared(self, value: Any) -> Any:  # noqa: ANN401 - whatever is compared
        """Count the cost of comparing a value, or of searching in it."""
        run = current()
        if isinstance(value, States | Domain | LoopContext):
            return run.counted(value)
        run.weigh(value)
        return value

    def sliced(self, value: Any, start: Any, stop: Any, step: Any) -> Any:  # noqa: ANN401 - the same
        """Take a slice."""
        run = current()
        if isinstance(value, str | list | tuple | range):
            return run.taken(value[start:stop:step])
        run.meter.step()
        return self.undefined(obj=value, name="slice")

    def joined(self, parts: tuple[Any, ...]) -> str:
        """Concatenate the strings of an expression with ``~``."""
        run = current()
        run.meter.text(sum(run.sizes.printed(part) for part in parts))
        return "".join([str(part) for part in parts])

    @override
    def concat(self, parts: Iterable[str], /) -> str:
        """Concatenate the output of a template, a macro or a block."""
        texts = list(parts)
        current().meter.text(sum(map(len, texts)))
        return "".join(texts)

    # Called by Jinja itself.

    @override
    def call(self, context: Any, obj: Any, /, *args: Any, **more: Any) -> Any:
        run = current()
        run.meter.step(1 + len(args) + len(more))
        if getattr(obj, "__drawbridge__", False):
            return self._call_checked(context, obj, args, more)
        if isinstance(obj, Macro):
            return self._call_macro(context, obj, args, more)
        if isinstance(obj, jinja2.Undefined):
            return obj()
        if isinstance(obj, States):
            for name in CALL_VARIABLES:
                more.pop(name, None)
            return run.taken(obj(*catalog.state_lookup(run, args, more), **more))
        if not isinstance(obj, Joiner):
            ensure_method(obj, args, more)
        return run.taken(context.call(obj, *args, **more))

    def _call_checked(self, context: Any, obj: Any, args: tuple[Any, ...], more: dict[str, Any]) -> Any:  # noqa: ANN401 - values of any kind
        if hasattr(obj, "jinja_pass_arg"):
            return context.call(obj, *args, **more)
        for name in CALL_VARIABLES:
            more.pop(name, None)
        try:
            return obj(*args, **more)
        except StopIteration:
            return self.undefined("value was undefined because a callable raised a StopIteration exception")

    def _call_macro(self, context: Any, obj: Macro, args: tuple[Any, ...], more: dict[str, Any]) -> Any:  # noqa: ANN401 - the same
        run = current()
        run.meter.enter()
        try:
            return context.call(obj, *args, **more)
        finally:
            run.meter.depth -= 1

    @override
    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        run = current()
        if not (isinstance(left, int | float) and isinstance(right, int | float) and operator != "**"):
            ensure_operation(run, operator, left, right)
        return run.taken(self.binop_table[operator](left, right))

    @override
    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute not in rules.MEMBERS["dict"]:
            found = obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
            return _found(found)
        return _found(self._member(obj, attribute))

    @override
    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, _INDEXED):
            try:
                return _found(obj[argument])
            except AttributeError, TypeError, LookupError:
                pass
        if isinstance(argument, str):
            return _found(self._member(obj, argument))
        current().meter.step()
        if isinstance(obj, jinja2.Undefined):
            return obj[argument]
        return self.undefined(obj=obj, name=argument)

    def _member(self, obj: Any, name: str) -> Any:  # noqa: ANN401 - templates work with values of any kind
        if name.startswith("_"):
            raise rules.not_to_be_used("attribute", name)
        match obj:
            case States() | Domain():
                return obj.member(name)
            case jinja2.Undefined():
                return getattr(obj, name)
            case Namespace():
                return super().getattr(obj, name)
        if name in members(obj):
            return getattr(obj, name)
        if hasattr(type(obj), name):
            raise rules.not_to_be_used("attribute", name)
        return self.undefined(obj=obj, name=name)

    def _joined_items(self, value: Any, d: Any = "", attribute: Any = None) -> str:  # noqa: ANN401 - the filter's own
        """Join items, limited by the length of the result."""
        run = current()
        found = run.listed(value)
        if attribute is not None:
            found = [self._attribute(item, attribute) for item in found]
        separator = str(d) if run.sizes.printed(d) else ""
        total, count = 0, 0
        for item in found:
            total += run.sizes.printed(item)
            count += 1
            run.meter.step()
            if total > MAX_TEXT:
                break
        run.meter.text(total + len(separator) * max(count - 1, 0))
        return separator.join([str(item) for item in found])

    def _attribute(self, item: Any, attribute: Any) -> Any:  # noqa: ANN401 - the same
        parts = attribute.split(".") if isinstance(attribute, str) else [attribute]
        for part in parts:
            item = self.getitem(item, int(part) if isinstance(part, str) and part.isdigit() else part)
        return item

    def _finalize(self, value: Any) -> Any:  # noqa: ANN401 - templates print values of any kind
        run = current()
        if type(value) is str:
            run.meter.text(len(value))
            return value
        run.sizes.printed(value)
        text = str(self._own_finalize(value) if self._own_finalize is not None else value)
        run.meter.text(len(text))
        return text

    def compile_metered(self, template: str) -> tuple[Any, frozenset[str]]:
        """Compile a template.

        Returns:
            The code, and the functions that are refused unless a variable has the same name.

        Raises:
            TemplateRefusedError: The template uses something that is not allowed.
            TemplateTooMuchError: The template is too large.
            jinja2.TemplateSyntaxError: The template is invalid.

        """
        tree = self.parse(template)
        refused = rules.ensure_allowed(tree, self.names)
        return self.compile(Metering().visit(tree), "template"), refused


def _found(value: Any) -> Any:  # noqa: ANN401 - an attribute or an item
    """Count a look-up. A method that copies a string for each item must stay within the limits."""
    if isinstance(value, (str, bytes)):
        current().meter.make(len(value))
    else:
        current().meter.step()
    return value


def _take(names: MutableMapping[str, Any], checks: Mapping[str, Check], *own: Mapping[str, Function]) -> None:
    """Keep the names that have a check, replace those that Drawbridge implements itself, and remove the rest."""
    of_states, of_house = own
    found = {name: _checked(item, checks[name]) for name, item in names.items() if name in checks}
    found |= {name: _checked(item, catalog.state_lookup) for name, item in of_states.items() if name in names}
    found |= {name: _checked(item, catalog.lookup) for name, item in of_house.items() if name in names}
    names.clear()
    names.update(found)


def _checked(item: Any, check: Check) -> Any:  # noqa: ANN401 - functions and constants
    """Return a function wrapped in its check. Constants are returned unchanged."""
    if not callable(item):
        return item
    first = 1 if hasattr(item, "jinja_pass_arg") else 0

    def checked(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - the signature is the function's own
        run = current()
        try:
            found = check(run, args[first:], more)
            return run.taken(item(*args[:first], *found, **more))
        except (TemplateRefusedError, TemplateTooMuchError) as err:
            run.refuse(err)
            raise

    if not isinstance(item, type | States):
        functools.update_wrapper(checked, item)
    checked.__drawbridge__ = True  # type: ignore[attr-defined]  # marks what may be called
    return checked


def _of_house(kind: KeyKind, functions: Mapping[str, Function], *, is_filter: bool) -> dict[str, Function]:
    found = {
        name: guarded(kind, current_home, name, _plain(functions[name]), is_filter=is_filter)
        for name in _OF_HOUSE & functions.keys()
    }
    return {name: function for name, function in found.items() if function is not None}


def _plain(function: Function) -> Function:
    """Remove Jinja's context argument from a function that only takes it to prevent evaluation at compile time."""
    return functools.partial(function, None) if hasattr(function, "jinja_pass_arg") else function


def _log(level: int, message: str) -> None:
    """Keep template errors of clients out of Home Assistant's log. They are sent to the client instead."""
    current_home().warn(level, message)
