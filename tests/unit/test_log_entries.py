"""What a narrow scope sees of the logbook."""

from typing import Any

import pytest

from custom_components.drawbridge.operations.log_entries import LogFilter

FILTER = LogFilter(lambda entity_id: entity_id in {"light.mine", "script.mine"}, {"light", "script", "automation"})
MINE = {"entity_id": "light.mine", "state": "on", "when": "now"}


@pytest.mark.parametrize("entry", [{}, {"name": "House"}, {"entity_id": "light.other"}, {"entity_id": ["light.mine"]}])
def test_entries_about_others(entry: dict[str, Any]) -> None:
    """An entry that is not about an entity in scope is not seen."""
    assert FILTER.entry(entry) is None


def test_everything() -> None:
    """A scope of everything sees what is about no entity, and what caused it."""
    everything = LogFilter(lambda entity_id: entity_id != "switch.key", {"light", "switch"}, everything=True)
    for entry in ({"name": "House"}, MINE | {"context_domain": "automation", "context_name": "Secret"}):
        assert everything.entry(entry) == entry
    assert everything.entry({"entity_id": "switch.key"}) is None
    assert everything.entry(MINE | {"context_entity_id": "switch.key", "context_state": "on"}) == MINE


@pytest.mark.parametrize(
    ("cause", "seen"),
    [
        ({"context_entity_id": "light.mine", "context_state": "on"}, True),
        ({"context_entity_id": "light.other", "context_state": "on", "context_entity_id_name": "Other"}, False),
        ({"context_domain": "light", "context_service": "turn_on", "context_event_type": "call_service"}, True),
        ({"context_domain": "script", "context_service": "mine"}, True),
        ({"context_domain": "script", "context_service": "other"}, False),
        ({"context_domain": "automation", "context_name": "Secret", "context_message": "triggered"}, False),
        ({"context_domain": "homekit", "context_event_type": "x", "context_entity_id": ["light.other"]}, False),
    ],
)
def test_causes(cause: dict[str, Any], seen: bool) -> None:  # noqa: FBT001 - a parameter
    """A cause is seen if it is in scope; who it was always."""
    entry = FILTER.entry(MINE | cause | {"context_user_id": "u"})
    assert entry == MINE | {"context_user_id": "u"} | (cause if seen else {})


@pytest.mark.parametrize(
    "text", ["state of light.other", "LIGHT.OTHER", "from (light.other)", "x light.mine,light.other"]
)
def test_texts(text: str) -> None:
    """A text that names an entity out of scope is left out, others stay."""
    assert FILTER.entry(MINE | {"message": text, "source": text}) == MINE
    assert FILTER.entry(MINE | {"message": "by light.mine"}) == MINE | {"message": "by light.mine"}


HIDING = LogFilter(
    lambda _entity_id: True, {"light"}, everything=True, hidden_domain="drawbridge", hidden_users={"of another key"}
)


@pytest.mark.parametrize(
    "entry", [{"domain": "drawbridge", "name": "Key"}, {"domain": "drawbridge", "entity_id": "light.mine"}]
)
def test_entries_of_the_hidden_domain(entry: dict[str, Any]) -> None:
    """A scope of everything does not see what the bridge says of keys."""
    assert HIDING.entry(entry) is None
    assert HIDING.entry(entry | {"domain": "light"}) is not None


@pytest.mark.parametrize(
    "cause",
    [
        {"context_domain": "drawbridge", "context_name": "Key"},
        {"context_event_type": "drawbridge_audit", "context_name": "Key"},
        {"context_domain": "drawbridge", "context_entity_id": "light.mine"},
    ],
)
def test_causes_of_the_hidden_domain(cause: dict[str, Any]) -> None:
    """The bridge is no cause, whatever else is told of it."""
    assert HIDING.entry(MINE | cause) == MINE


def test_hidden_users() -> None:
    """The users of other keys are no causes; others are."""
    assert HIDING.entry(MINE | {"context_user_id": "of another key"}) == MINE
    assert HIDING.entry(MINE | {"context_user_id": "mine"}) == MINE | {"context_user_id": "mine"}
