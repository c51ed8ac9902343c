"""The limits of templates: steps, sizes and CPU time."""

import gc
import time

import jinja2
import pytest
from jinja2.utils import Namespace

from custom_components.drawbridge.operations.templates import rules
from custom_components.drawbridge.operations.templates.budget import Budget, WorkClock
from custom_components.drawbridge.operations.templates.errors import TemplateRefusedError, TemplateTooMuchError
from custom_components.drawbridge.operations.templates.formats import (
    ensure_fields,
    ensure_time_format,
    formatted_length,
)
from custom_components.drawbridge.operations.templates.meter import MAX_ITEMS, MAX_MADE, MAX_STEPS, MAX_TEXT, Meter
from custom_components.drawbridge.operations.templates.sizes import MAX_ODD_KEYS, Sizes, ensure_hashable

ENVIRONMENT = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
NAMES = rules.Names(
    {"function": {"range", "secret"}, "filter": {"upper", "eval"}, "test": {"odd", "callable"}},
    {"function": {"range"}, "filter": {"upper"}, "test": {"odd"}},
)


def meter() -> Meter:
    """Return a meter that never pauses."""
    return Meter(MAX_STEPS, lambda: None)


@pytest.mark.parametrize("template", ["{{ range(3) }}", "{{ x | upper }}", "{{ 1 is odd }}", "{{ unknown }}"])
def test_allowed(template: str) -> None:
    """Listed functions are allowed, and unknown names are left to the template."""
    assert rules.ensure_allowed(ENVIRONMENT.parse(template), NAMES) == frozenset()


def test_functions_behind_variables() -> None:
    """A refused function is refused unless a variable has its name."""
    refused = rules.ensure_allowed(ENVIRONMENT.parse("{{ secret }}"), NAMES)
    rules.ensure_functions(refused, {"secret"})
    with pytest.raises(TemplateRefusedError):
        rules.ensure_functions(refused, ())


@pytest.mark.parametrize(
    "template",
    [
        "{{ x | eval }}", "{{ 1 is callable }}", "{{ x.__class__ }}", "{% include 'x' %}", "{{ self }}",
        "{% import 'x' as y %}", "{% extends 'x' %}", "{% from 'x' import y %}", "{% block b %}{% endblock %}",
        "{% call range() %}{% endcall %}", "{% filter upper %}{% endfilter %}",
        "{% for i in x recursive %}{% endfor %}",
    ],
)  # fmt: skip
def test_refused(template: str) -> None:
    """Filters, tests, attributes and statements that are not listed are refused."""
    with pytest.raises(TemplateRefusedError):
        rules.ensure_allowed(ENVIRONMENT.parse(template), NAMES)


def test_too_large_a_template() -> None:
    """The number of parts and the depth of a template are limited."""
    for template in ("{{ 1 }}" * 3001, "{{ 1" + " | upper" * 90 + " }}"):
        with pytest.raises(TemplateTooMuchError):
            rules.ensure_allowed(ENVIRONMENT.parse(template), NAMES)


def test_the_meter() -> None:
    """Steps, texts, lists and the total size are limited. The meter pauses after a number of steps."""
    for take in (
        lambda one: one.step(MAX_STEPS),
        lambda one: one.text(MAX_TEXT + 1),
        lambda one: one.items(MAX_ITEMS + 1),
        lambda one: [one.text(MAX_TEXT) for _ in range(1 + MAX_MADE // MAX_TEXT)],
        lambda one: [one.enter() for _ in range(100)],
    ):
        with pytest.raises(TemplateTooMuchError):
            take(meter())
    pauses: list[int] = []
    paused = Meter(100, lambda: pauses.append(paused.steps))
    for _ in range(1000):
        paused.step()
    assert pauses == list(range(100, 1001, 100))


def doubled(times: int) -> list[object]:
    """Return a list that prints twice as much each time, of which little is held in memory."""
    nested: list[object] = ["x"]
    for _ in range(times):
        nested = [nested, nested]
    return nested


def test_what_is_held() -> None:
    """Each occurrence of a nested value counts towards its size."""
    for value in ("x", [1] * 10_000, {"a": [("b", 2)] * 1000}, 2**8000, b"x", None, 1.5):
        Sizes(meter()).held(value)
    for large in (doubled(40), 2**9000, {"a": doubled(40)}, ["y" * 1000] * 10_000):
        with pytest.raises(TemplateTooMuchError):
            Sizes(meter()).held(large)


def test_what_is_printed() -> None:
    """The measured size is at least that of the printed text, and measuring stops at the limit."""
    values: tuple[object, ...] = (
        "x",
        "it's",
        ["it's \n", 'b"', b"\0"],
        {"a": (1, 2.5)},
        {1, 2},
        None,
        True,
        -(2**70),
        [[]] * 9,
        {"é": "\U000e0001"},
    )
    for value in values:
        assert Sizes(meter()).printed(value) >= len(str(value))
    namespace = Namespace(a="x" * 100)
    for _ in range(40):
        namespace = Namespace(a=namespace, b=namespace)
    cycle = Namespace()
    cycle["a"] = cycle
    for large in (doubled(40), namespace, cycle, ["\n" * 200_000]):
        with pytest.raises(TemplateTooMuchError):
            Sizes(meter()).printed(large)


def test_equal_hashes() -> None:
    """The number of values whose hashes a client can choose is limited. Other values are not."""
    ensure_hashable([*range(10_000), *map(str, range(10_000)), *((1, number) for number in range(MAX_ODD_KEYS))])
    for values in (((1, number) for number in range(1000)), (number << 61 for number in range(1, 1000))):
        with pytest.raises(TemplateTooMuchError):
            ensure_hashable(values)


WIDE = (
    "%0100d", "%.500f", "%*d", "%-1000s", "%(a)1000s", "%((b))1000s", "%((((b))))*d", "%_1000d", "% 1000d",
    "%^.1000s",
)  # fmt: skip


@pytest.mark.parametrize("text", [*WIDE, 5, None, b"%0999d"])
def test_wide_fields(text: object) -> None:
    """A field of hundreds of characters is refused."""
    ensure_fields("%d %5.2f %-10s %% %(a)s 100% sure")
    for ensure in (ensure_fields, ensure_time_format):
        with pytest.raises(TemplateTooMuchError):
            ensure(text)


def test_formats() -> None:
    """A format counts what each of its fields could print."""
    for text, values in (
        ("%s and %r", ("a", "it's")),
        ("%(a)s", {"a": "x" * 1000}),
        ("%d%%", 2**80),
        ("%s", [["x"] * 9]),
    ):
        assert formatted_length(Sizes(meter()), text, values) >= len(text % values)
    assert formatted_length(Sizes(meter()), "%(a)s" * 8000, {"a": "b" * 100_000}) >= 8000 * 100_000


def test_the_budget() -> None:
    """A key that has used up its CPU time has to wait. Other keys do not."""
    budget = Budget(3.0)
    budget.spend("a", 2.9, 0.0)
    assert budget.wait("a", 0.0) == 0
    budget.spend("a", 1.1, 0.0)
    assert (budget.wait("a", 0.0), budget.wait("b", 0.0)) == (20, 0)
    assert (budget.wait("a", 19.0), budget.wait("a", 20.1)) == (1, 0)


def test_a_collection_is_not_work() -> None:
    """The time of the garbage collector is not counted."""
    cycles: list[list[object]] = [[] for _ in range(200_000)]
    for item in cycles:
        item.append(item)
    began = time.thread_time()
    with WorkClock() as clock:
        for _ in range(5):
            gc.collect()
    assert clock.seconds < (time.thread_time() - began) / 5
    assert not [item for item in gc.callbacks if getattr(item, "__self__", None) is clock]
