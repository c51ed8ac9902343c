"""Puts together the states that a client of ``subscribe_entities`` has received."""

import json
from collections.abc import Iterator
from typing import Any, Final

_MEDIUM: Final = 126
_LONG: Final = 127
_TEXT: Final = 1
_SUBSCRIPTION: Final = 2
_SYNTHETIC: Final = "sensor.synthetic_"
_SAME_SECONDS: Final = 1e-5

type States = dict[str, dict[str, Any]]


def states_of(received: bytes) -> States:
    """Return the states of the synthetic sensors after everything that a connection received."""
    states: States = {}
    for payload in _messages(received, received.index(b"\r\n\r\n") + 4):
        content = json.loads(payload)
        for message in content if isinstance(content, list) else [content]:
            if message.get("id") == _SUBSCRIPTION and message["type"] == "event":
                _apply(states, message["event"])
    return {entity_id: state for entity_id, state in states.items() if entity_id.startswith(_SYNTHETIC)}


def are_equal(one: States, other: States) -> bool:
    """Return whether both have the same entities, states, attributes and times."""
    return one.keys() == other.keys() and all(_is_same(one[item], other[item]) for item in one)


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    values = [(one[name], other[name]) for name in ("lc", "lu")]
    return (one["s"], one["a"]) == (other["s"], other["a"]) and all(abs(a - b) < _SAME_SECONDS for a, b in values)


def _messages(received: bytes, position: int) -> Iterator[bytes]:
    """Yield the payload of each complete text frame. A server does not mask."""
    while position + 2 <= len(received):
        kind, length, start = received[position] & 15, received[position + 1], position + 2
        if length in {_MEDIUM, _LONG}:
            size = 2 if length == _MEDIUM else 8
            length, start = int.from_bytes(received[start : start + size]), start + size
        position = start + length
        if kind == _TEXT and position <= len(received):
            yield received[start:position]


def _apply(states: States, event: dict[str, Any]) -> None:
    for entity_id, state in event.get("a", {}).items():
        states[entity_id] = {**state, "lu": state.get("lu", state["lc"])}
    for entity_id in event.get("r", []):
        states.pop(entity_id, None)
    for entity_id, change in event.get("c", {}).items():
        state, added = states[entity_id], change.get("+", {})
        gone = change.get("-", {}).get("a", [])
        attributes = {name: value for name, value in state["a"].items() if name not in gone} | added.get("a", {})
        updated = {"lu": added["lc"]} if "lc" in added else {}
        states[entity_id] = {**state, **added, **updated, "a": attributes}
