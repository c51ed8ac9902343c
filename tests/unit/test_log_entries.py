"""The logbook entries that a limited scope sees."""

from typing import Any

import pytest

from custom_components.drawbridge.operations.log_entries import LogFilter

FILTER = LogFilter(lambda entity_id: entity_id in {"light.mine", "script.mine"}, {"light", "script", "automation"})
MINE = {"entity_id": "light.mine", "state": "on", "when": "now"}


@pytest.mark.parametrize("entry", [{}, {"name": "House"}, {"entity_id": "light.other"}, {"entity_id": ["light.mine"]}])
def test_entries_about_others(entry: dict[str, Any]) -> None:
    """Entries about entities out of scope are hidden."""
    assert FILTER.entry(entry) is None


def test_everything() -> None:
    """A scope without limits sees entries that are about no entity, and causes."""
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
    """A cause is visible if it is in scope. The user is always visible."""
    entry = FILTER.entry(MINE | cause | {"context_user_id": "u"})
    assert entry == MINE | {"context_user_id": "u"} | (cause if seen else {})


@pytest.mark.parametrize(
    "text", ["state of light.other", "LIGHT.OTHER", "from (light.other)", "x light.mine,light.other"]
)
def test_texts(text: str) -> None:
    """Texts that name an entity out of scope are left out. Others stay."""
    assert FILTER.entry(MINE | {"message": text, "source": text}) == MINE
    assert FILTER.entry(MINE | {"message": "by light.mine"}) == MINE | {"message": "by light.mine"}


HIDING = LogFilter(
    lambda _entity_id: True, {"light"}, everything=True, hidden_domain="drawbridge", hidden_users={"of another key"}
)


@pytest.mark.parametrize(
    "entry", [{"domain": "drawbridge", "name": "Key"}, {"domain": "drawbridge", "entity_id": "light.mine"}]
)
def test_entries_of_the_hidden_domain(entry: dict[str, Any]) -> None:
    """Entries of the bridge about keys are hidden even from a scope without limits."""
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
    """The bridge is left out of causes."""
    assert HIDING.entry(MINE | cause) == MINE


def test_hidden_users() -> None:
    """The system users of other keys are left out of causes. Other users stay."""
    assert HIDING.entry(MINE | {"context_user_id": "of another key"}) == MINE
    assert HIDING.entry(MINE | {"context_user_id": "mine"}) == MINE | {"context_user_id": "mine"}
