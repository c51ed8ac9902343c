"""What a template may take, without Home Assistant."""

from itertools import count

import jinja2
import pytest

from custom_components.drawbridge.policy import template_rules as rules
from custom_components.drawbridge.policy.template_rules import (
    Allowance,
    Names,
    TemplateRefusedError,
    TemplateTooMuchError,
    ensure_allowed,
    ensure_format,
    ensure_operation,
    ensure_size,
)

ENVIRONMENT = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
NAMES = Names(
    {"function": {"range", "secret"}, "filter": {"upper", "eval"}, "test": {"odd", "callable"}},
    {"function": {"range"}, "filter": {"upper"}, "test": {"odd"}},
)


@pytest.mark.parametrize(
    "template", ["{{ range(3) }}", "{{ x | upper }}", "{{ 1 is odd }}", "{{ secret }}", "{{ unknown }}"]
)
def test_allowed(template: str) -> None:
    """What is on the list, what the caller brings, and what nobody knows."""
    ensure_allowed(ENVIRONMENT.parse(template), NAMES, {"secret"})


@pytest.mark.parametrize(
    "template",
    [
        "{{ secret }}", "{{ x | eval }}", "{{ 1 is callable }}", "{{ x.__class__ }}", "{% include 'x' %}", "{{ self }}",
        "{% import 'x' as y %}", "{% extends 'x' %}", "{% from 'x' import y %}", "{% block b %}{% endblock %}",
        "{% call range() %}{% endcall %}", "{% filter upper %}{% endfilter %}",
        "{% for i in x recursive %}{% endfor %}",
    ],
)  # fmt: skip
def test_refused(template: str) -> None:
    """What is not on the list."""
    with pytest.raises(TemplateRefusedError):
        ensure_allowed(ENVIRONMENT.parse(template), NAMES, ())


def test_too_large_a_template() -> None:
    """Parts and depth have a bound."""
    for template in ("{{ 1 }}" * 3001, "{{ 1" + " | upper" * 90 + " }}"):
        with pytest.raises(TemplateTooMuchError):
            ensure_allowed(ENVIRONMENT.parse(template), NAMES, ())


def test_sizes() -> None:
    """What is in a value counts as often as it is there."""
    for value in ("x", [1] * 10_000, {"a": [("b", 2)] * 1000}, 2**8000, b"x", None, 1.5):
        ensure_size(value)
    nested: list[object] = ["x"]
    for _ in range(40):
        nested = [nested, nested]
    for large in ("x" * 300_000, [1] * 60_000, nested, 2**9000, {"a": nested}, ["y" * 1000] * 10_000):
        with pytest.raises(TemplateTooMuchError):
            ensure_size(large)


@pytest.mark.parametrize(
    ("operator", "left", "right"),
    [
        ("*", "ab", 10**9),
        ("*", 10**9, "ab"),
        ("*", [1], 10**9),
        ("**", 10, 10**9),
        ("**", 2**4000, 3),
        ("%", "%999d", 1),
    ],
)
def test_operations(operator: str, left: object, right: object) -> None:
    """An operation is refused before its result is made."""
    with pytest.raises(TemplateTooMuchError):
        ensure_operation(operator, left, right)
    ensure_operation("+", left, right)
    ensure_operation("*", "ab", -5)
    ensure_operation("**", 2.5, 100)


WIDE = (
    "%0100d",
    "%.500f",
    "%*d",
    "%-1000s",
    "%(a)1000s",
    "%((b))1000s",
    "%((((b))))*d",
    "%_1000d",
    "% 1000d",
    "%^.1000s",
)


@pytest.mark.parametrize("text", [*WIDE, 5, None])
def test_formats(text: object) -> None:
    """A field of hundreds of characters is refused."""
    ensure_format("%d %5.2f %-10s %% %(a)s 100% sure")
    with pytest.raises(TemplateTooMuchError):
        ensure_format(text)


def test_time() -> None:
    """When time is up, the next thing is refused."""
    ticks = count(0, 0.1)
    allowance = Allowance(lambda: next(ticks))
    allowance.step()
    with pytest.raises(TemplateTooMuchError):
        list(allowance.counted(iter(range(100))))


def test_writing_and_counting() -> None:
    """Texts and iterators have a bound, however small their pieces."""
    allowance = Allowance(lambda: 0.0)
    allowance.write(rules.MAX_WRITTEN)
    with pytest.raises(TemplateTooMuchError):
        allowance.write(1)
    with pytest.raises(TemplateTooMuchError):
        list(allowance.bounded(iter(range(rules.MAX_ITEMS + 1))))
