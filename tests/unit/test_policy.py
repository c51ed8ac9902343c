"""Scopes, and which services a key may call, without Home Assistant."""

from typing import Any

import pytest

from custom_components.drawbridge.scope.model import NOTHING, EntityFacts, Scope, Selection
from custom_components.drawbridge.scope.references import TooDeepError, find_references
from custom_components.drawbridge.scope.service_rules import decide_reach, decide_service

LAMP = EntityFacts("light.lamp", "hall", "ground", frozenset({"dev1"}), frozenset({"cosy"}))
SENSOR = EntityFacts("sensor.outside")


def only(**names: str) -> Selection:
    """Return a selection of one name of each kind."""
    return Selection(**{kind: frozenset({name}) for kind, name in names.items()})


@pytest.mark.parametrize(
    ("scope", "lamp", "sensor"),
    [
        (Scope(), False, False),
        (Scope(everything=True), True, True),
        (Scope(include=only(areas="hall")), True, False),
        (Scope(include=only(floors="ground")), True, False),
        (Scope(include=only(devices="dev1")), True, False),
        (Scope(include=only(labels="cosy")), True, False),
        (Scope(include=only(domains="sensor")), False, True),
        (Scope(include=only(entities="light.lamp")), True, False),
        (Scope(include=only(globs="light.*")), True, False),
        (Scope(include=only(globs="*s?d[e]")), False, True),
        (Scope(include=only(globs="light")), False, False),
        (Scope(include=only(areas="hall", domains="sensor")), True, True),
        (Scope(include=only(domains="sens", areas="", floors="")), False, False),
        (Scope(everything=True, exclude=only(areas="hall")), False, True),
        (Scope(everything=True, exclude=only(globs="*.outside")), True, False),
        (Scope(include=only(entities="light.lamp"), exclude=only(labels="cosy")), False, False),
        (Scope(exclude=only(labels="cosy")), False, False),
    ],
)
def test_scope(scope: Scope, lamp: bool, sensor: bool) -> None:  # noqa: FBT001  a table
    """An entity is in scope if it is included and not excluded."""
    assert (scope.matches(LAMP), scope.matches(SENSOR)) == (lamp, sensor)
    assert Scope.from_mapping(scope.as_dict()) == scope
    for entity, included in ((LAMP, lamp), (SENSOR, sensor)):
        assert scope.rule(entity).startswith("included by") is included


def test_the_rule_that_decides() -> None:
    """Each decision has its rule."""
    hall = Scope(include=only(areas="hall"), exclude=only(labels="cosy"))
    assert hall.rule(LAMP) == "excluded by label cosy"
    assert hall.rule(SENSOR) == "not included"
    assert Scope(include=only(globs="light.*")).rule(LAMP) == "included by glob light.*"


@pytest.mark.parametrize(
    ("name", "listed", "allowed"),
    [
        ("light.turn_on", (), True),
        ("light.reload", (), False),
        ("homeassistant.turn_on", (), True),
        ("homeassistant.restart", (), False),
        ("homeassistant.restart", ("homeassistant.*",), False),
        ("homeassistant.restart", ("homeassistant.restart",), True),
        ("light.no_such", (), False),
        ("remote.send_command", ("remote.*",), False),
        ("vacuum.send_command", (), False),
        ("sonos.snapshot", ("sonos.*",), False),
        ("sonos.snapshot", ("sonos.snapshot",), True),
        ("shell_command.x", ("shell_command.*",), False),
        ("shell_command.x", ("shell_command.x",), True),
        ("hassio.addon_stop", ("*.*", "hassio.*"), False),
        ("recorder.purge", ("recorder.*",), False),
        ("light.turn_on", ("light.*",), True),
        ("light.turn_on", ("light.turn_off",), False),
        ("switch.turn_on", ("light.*",), False),
        ("notify.phone", ("notify.phone",), True),
        ("notify.phone", (), False),
        ("script.reload", ("script.*",), False),
        ("update.install", ("update.*",), False),
        ("camera.snapshot", (), False),
        ("camera.turn_on", (), True),
        ("drawbridge.create_key", ("drawbridge.*",), False),
    ],
)
def test_service_list(name: str, listed: tuple[str, ...], allowed: bool) -> None:  # noqa: FBT001  a table
    """Services are listed by name or domain, dangerous ones only by name. Without a list, reviewed ones are allowed."""
    domain, _, service = name.partition(".")
    decision = decide_service(domain, service, listed)
    assert decision.allowed is allowed
    assert decision.rule.startswith(("service", f"service {domain}."))


@pytest.mark.parametrize(
    ("domain", "reached", "allowed"),
    [
        ("light", {"light.lamp"}, True),
        ("light", {"light.lamp", "switch.tv"}, True),
        ("light", {"switch.tv"}, False),
        ("light", {"light.lamp", "light.other"}, False),
        ("light", {"lightning.lamp"}, False),
        ("light", set(), False),
        ("homeassistant", {"switch.tv"}, True),
        ("homeassistant", set(), False),
    ],
)
def test_reach(domain: str, reached: set[str], allowed: bool) -> None:  # noqa: FBT001  a table
    """A call must reach at least one entity of the service's domain, and none out of scope."""
    in_scope = {"light.lamp", "switch.tv", "lightning.lamp"}.__contains__
    assert decide_reach(domain, reached, in_scope, needs_target=True).allowed is allowed


def test_a_listed_service_without_a_target_needs_none() -> None:
    """A listed service needs no target, but may not reach anything out of scope."""
    assert decide_reach("notify", set(), lambda _: False, needs_target=False).allowed
    assert not decide_reach("notify", {"light.x"}, lambda _: False, needs_target=False).allowed


@pytest.mark.parametrize(
    "data",
    [
        "light.lamp",
        "LIGHT.Lamp",
        ["x", ["light.lamp"]],
        {"a": {"b": [{"c": "light.lamp"}]}},
        {"light.lamp": "on"},
        {"entities": {"light.lamp": {"state": "on"}}},
        "switch.tv, light.lamp",
        "switch.tv,light.lamp,cover.x",
        "{{ states('light.lamp') }}",
        "{{ states.light.lamp.state }}",
        "http://host/light.lamp?x",
        "(light.lamp)",
        '{"entity_id": "light.lamp"}',
        "x.light.lamp",
        ("light.lamp",),
    ],
)
def test_hidden_references_are_found(data: Any) -> None:
    """Entity IDs are found in keys, values, lists and texts, in any case."""
    assert "light.lamp" in find_references(data, {"light", "switch"}).entities


@pytest.mark.parametrize("data", ["song.mp3", "1.5", "light", "light.", ".lamp", 7, None, "a.b"])
def test_what_is_no_reference(data: Any) -> None:
    """A text is no entity ID if no entity has its domain."""
    assert not find_references(data, {"light", "switch"}).entities


def test_registry_ids_targets_and_templates() -> None:
    """Registry IDs, targets and templates are found."""
    found = find_references(
        {"x": "0123456789abcdef0123456789ABCDEF", "y": [{"area_id": "hall"}], "z": "{% if %}"}, set()
    )
    assert found.registry_ids == {"0123456789abcdef0123456789abcdef"}
    assert found.targets == [{"area_id": "hall"}]
    assert found.templated


def test_depth() -> None:
    """Data that is nested too deeply is refused."""
    data: Any = "x"
    for _ in range(33):
        data = [data]
    with pytest.raises(TooDeepError):
        find_references(data, set())


def test_an_empty_scope_is_nothing() -> None:
    """An empty scope selects nothing."""
    assert Scope.from_mapping({}) == NOTHING
    assert not Scope.from_mapping({}).everything


def test_equal_scopes_have_equal_hashes() -> None:
    """Equal scopes have equal hashes. Other scopes usually have other hashes."""
    scopes = [Scope(everything=True), NOTHING, *(Scope(include=Selection(areas=frozenset({str(n)}))) for n in range(9))]
    again = [Scope.from_mapping(scope.as_dict()) for scope in scopes]
    assert [hash(scope) for scope in scopes] == [hash(scope) for scope in again]
    assert len({hash(scope) for scope in scopes}) == len(scopes)
