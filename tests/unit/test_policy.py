"""Scope, and which services may be called: decisions alone."""

import pytest
from custom_components.drawbridge.policy.scope import EntityFacts, Scope, Selection
from custom_components.drawbridge.policy.services import may_call

LAMP = EntityFacts("light.lamp", area="hall")
SENSOR = EntityFacts("sensor.outside")


@pytest.mark.parametrize(
    ("scope", "lamp", "sensor"),
    [
        (Scope(), False, False),
        (Scope(everything=True), True, True),
        (Scope(include=Selection(areas=frozenset({"hall"}))), True, False),
        (Scope(include=Selection(domains=frozenset({"sensor"}))), False, True),
        (Scope(include=Selection(entities=frozenset({"light.lamp"}))), True, False),
        (Scope(include=Selection(frozenset({"hall"}), frozenset({"sensor"}))), True, True),
        (Scope(include=Selection(domains=frozenset({"sens", "sensor.outside"}))), False, False),
    ],
)
def test_scope(scope: Scope, lamp: bool, sensor: bool) -> None:  # noqa: FBT001  a table
    """An entity is in scope when one of the choices names it."""
    assert (scope.matches(LAMP), scope.matches(SENSOR)) == (lamp, sensor)
    assert Scope.from_mapping(scope.as_dict()) == scope
    assert scope.matches_anything == (scope != Scope())


@pytest.mark.parametrize(
    ("reached", "allowed"),
    [
        ({"light.lamp"}, True),
        ({"light.lamp", "switch.tv"}, True),
        ({"switch.tv"}, False),
        ({"light.lamp", "light.other"}, False),
        ({"lightning.lamp"}, False),
        (set(), False),
    ],
)
def test_service_calls(reached: set[str], allowed: bool) -> None:  # noqa: FBT001  a table
    """At least one entity of the service's domain, none out of scope."""
    in_scope = {"light.lamp", "switch.tv", "lightning.lamp"}.__contains__
    assert may_call("light", reached, in_scope) is allowed
