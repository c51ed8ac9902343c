"""Reads the states of entities in a period from the recorder's database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes, json_fragment

from ..scope.redaction import Redaction, without_bearer_text
from .caller import Caller

type CompressedState = dict[str, Any]
"""A state in Home Assistant's compressed form."""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """A query. Entities outside the scope are left out of the response.

    Attributes:
        start: The start of the period, in UTC.
        end: Its end, in UTC.
        entity_ids: The entities.
        initial_state: Whether to include the state at the start of the period.
        significant: Whether to leave out changes that affect only attributes, for most domains.
        minimal: Whether to return only state and time, except for the first state of an entity.
        no_attributes: Whether to leave out attributes.

    """

    start: datetime
    end: datetime
    entity_ids: Sequence[str]
    initial_state: bool = True
    significant: bool = True
    minimal: bool = False
    no_attributes: bool = False


def any_changed(caller: Caller, query: HistoryQuery) -> bool:
    """Return whether an entity in scope may have changed after the start of the period."""
    for entity_id in filter(caller.home.allows, query.entity_ids):
        state = caller.home.state(entity_id)
        if state is None or (state.last_changed if query.no_attributes else state.last_updated) > query.start:
            return True
    return False


def read_states(
    hass: HomeAssistant, query: HistoryQuery, endings: dict[str, str | None], redaction: Redaction
) -> dict[str, list[CompressedState]]:
    """Read and redact the states of each entity that has some. Call this in the recorder's executor.

    The attributes are encoded. ``endings`` has the last state of each entity in the previous part of the period, and is
    updated.
    """
    from homeassistant.components.recorder.history import get_significant_states  # noqa: PLC0415 - may not be set up

    found: Mapping[str, list[Any]] = get_significant_states(
        hass,
        query.start,
        query.end,
        list(query.entity_ids),
        include_start_time_state=query.initial_state,
        significant_changes_only=query.significant,
        minimal_response=query.minimal,
        no_attributes=query.no_attributes,
        compressed_state_format=True,
    )
    read = {}
    for entity_id, listed in found.items():
        states = listed
        if query.minimal and entity_id in endings:
            states = _continued(entity_id, states, endings[entity_id])
        if states:
            endings[entity_id] = states[-1]["s"]
            redact(entity_id, states, redaction)
            read[entity_id] = states
    return read


def redact(entity_id: str, states: Sequence[CompressedState], redaction: Redaction) -> None:
    """Redact states in place, and encode their attributes. Equal values are redacted once."""
    texts: dict[str, str] = {}
    # Rows with equal attributes share an object. Keeping a reference prevents another object from getting the same
    # `id()`.
    shown: dict[int, tuple[Mapping[str, Any], json_fragment]] = {}
    for item in states:
        # Null marks the removal of an entity.
        if (text := item["s"]) is not None:
            if text not in texts:
                texts[text] = without_bearer_text(text)
            item["s"] = texts[text]
        if "a" in item:
            attributes = item["a"]
            if id(attributes) not in shown:
                shown[id(attributes)] = attributes, json_fragment(_encoded(entity_id, attributes, redaction))
            item["a"] = shown[id(attributes)][1]


def _encoded(entity_id: str, attributes: Mapping[str, Any], redaction: Redaction) -> bytes:
    """Return attributes as JSON, redacted. Most have nothing to redact, which their JSON shows at once."""
    encoded = json_bytes(attributes)
    if not redaction.may_change(attributes, encoded, braces=1):
        return encoded
    return json_bytes(redaction.attributes(entity_id, attributes))


def _continued(entity_id: str, states: list[CompressedState], last: str | None) -> list[CompressedState]:
    """Return a part of a minimal list that continues the previous part.

    Only the first state of the list has attributes, and consecutive states differ.
    """
    from homeassistant.components.recorder.history import NEED_ATTRIBUTE_DOMAINS  # noqa: PLC0415 - may not be set up

    if not states or entity_id.partition(".")[0] in NEED_ATTRIBUTE_DOMAINS:
        return states
    if states[0]["s"] == last:
        return states[1:]
    return [{"s": states[0]["s"], "lu": states[0]["lu"]}, *states[1:]]
