"""Which services a key may call: the decision and the rule that it names."""

import pytest

from custom_components.drawbridge.scope.service_rules import Decision, decide_reach, decide_service, is_opened


@pytest.mark.parametrize(
    ("domain", "service", "allowed", "decision"),
    [
        ("light", "turn_on", (), Decision(allowed=True, rule="services of entities are allowed")),
        ("light", "turn_on", ("light.turn_on",), Decision(allowed=True, rule="service light.turn_on is listed")),
        ("light", "turn_on", ("light.turn_on.*",), Decision(allowed=True, rule="service light.turn_on is listed")),
        ("light", "turn_on", ("light.*",), Decision(allowed=True, rule="service light.* is listed")),
        (
            "light",
            "turn_on",
            ("None.*",),
            Decision(allowed=False, rule="service light.turn_on is not listed", lacks="service"),
        ),
        (
            "light",
            "turn_on",
            ("switch.*",),
            Decision(allowed=False, rule="service light.turn_on is not listed", lacks="service"),
        ),
        ("homeassistant", "turn_on", (), Decision(allowed=True, rule="services of entities are allowed")),
        (
            "x",
            "run",
            ("x.*",),
            Decision(allowed=False, rule="service x.run must be listed by its exact name", lacks="service"),
        ),
        (
            "x",
            "run",
            (),
            Decision(allowed=False, rule="service x.run must be listed by its exact name", lacks="service"),
        ),
        ("x", "run", ("x.run",), Decision(allowed=True, rule="service x.run is listed")),
        ("x", "run", ("x.run.*",), Decision(allowed=True, rule="service x.run is listed")),
    ],
)
def test_services(domain: str, service: str, allowed: tuple[str, ...], decision: Decision) -> None:
    """The decision about a service, and its rule for administrators."""
    assert decide_service(domain, service, allowed) == decision


@pytest.mark.parametrize(
    ("domain", "service", "allowed", "opened"),
    [
        ("light", "turn_on", (), False),
        ("light", "turn_on", ("light.turn_on",), False),
        ("light", "turn_on", ("light.*",), False),
        ("light", "turn_on", ("light.turn_on.*",), True),
        ("light", "turn_on", ("None.*",), False),
        ("homeassistant", "turn_on", ("homeassistant.turn_on",), False),
        ("x", "run", (), False),
        ("x", "run", ("y.run",), False),
        ("x", "run", ("x.run",), True),
        ("x", "run", ("x.run.*",), True),
    ],
)
def test_opened(domain: str, service: str, allowed: tuple[str, ...], *, opened: bool) -> None:
    """All fields of a service are open if it is listed with `.*`, or if it is not reviewed and listed by its name."""
    assert is_opened(domain, service, allowed) is opened


@pytest.mark.parametrize(
    ("domain", "reached", "needs_target", "decision"),
    [
        ("light", ("light.a",), True, Decision(allowed=True, rule="every entity that the call reaches is in scope")),
        ("light", (), False, Decision(allowed=True, rule="every entity that the call reaches is in scope")),
        ("light", (), True, Decision(allowed=False, rule="the call reaches no entity of its domain")),
        ("light", ("switch.a",), True, Decision(allowed=False, rule="the call reaches no entity of its domain")),
        ("light", ("lights.a",), True, Decision(allowed=False, rule="the call reaches no entity of its domain")),
        (
            "homeassistant",
            ("switch.a",),
            True,
            Decision(allowed=True, rule="every entity that the call reaches is in scope"),
        ),
        ("homeassistant", (), True, Decision(allowed=False, rule="the call reaches no entity of its domain")),
        (
            "light",
            ("light.y_hidden", "light.a", "light.x_hidden"),
            False,
            Decision(allowed=False, rule="entity light.x_hidden is not in scope", lacks="entity"),
        ),
    ],
)
def test_reach(domain: str, reached: tuple[str, ...], decision: Decision, *, needs_target: bool) -> None:
    """Everything that a call reaches must be in scope, and it must reach a target."""

    def in_scope(entity_id: str) -> bool:
        return not entity_id.endswith("hidden")

    assert decide_reach(domain, reached, in_scope, needs_target=needs_target) == decision
