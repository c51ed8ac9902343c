"""Events in the form of ``subscribe_entities``."""

from collections.abc import Iterable
from typing import NamedTuple

from homeassistant.core import State
from homeassistant.helpers.json import json_bytes


class Shown(NamedTuple):
    """An entity, and its state as last sent to the subscribers; ``None`` if it was not sent before."""

    entity_id: str
    before: State | None


class EntityEvents:
    """Collects changes into as few events as possible, without losing a change or the order.

    An event contains changes of one kind, and at most one for each entity.
    """

    def __init__(self) -> None:
        """Create an empty collection."""
        self.shown: list[Shown] = []
        self._groups: list[tuple[str, dict[str, bytes]]] = []

    def added(self, entity_id: str, text: bytes) -> None:
        """Add an entity that appeared. ``text`` is its state with its ID."""
        self._add("a", entity_id, text)
        self.shown.append(Shown(entity_id, None))

    def changed(self, entity_id: str, text: bytes, old: State) -> None:
        """Add a difference with the ID of its entity."""
        self._add("c", entity_id, text)
        self.shown.append(Shown(entity_id, old))

    def removed(self, entity_id: str, old: State | None) -> None:
        """Add a removed entity."""
        self._add("r", entity_id, json_bytes(entity_id))
        self.shown.append(Shown(entity_id, old))

    def payloads(self) -> list[bytes]:
        """Return the events."""
        return [entity_event(kind, texts.values()) for kind, texts in self._groups]

    def _add(self, kind: str, entity_id: str, text: bytes) -> None:
        if not self._groups or self._groups[-1][0] != kind or entity_id in self._groups[-1][1]:
            self._groups.append((kind, {}))
        self._groups[-1][1][entity_id] = text


def entity_event(kind: str, texts: Iterable[bytes]) -> bytes:
    """Return an event of ``subscribe_entities`` of one kind: ``a``, ``c`` or ``r``."""
    opening, closing = (b"[", b"]") if kind == "r" else (b"{", b"}")
    return b"".join((b'{"', kind.encode(), b'":', opening, b",".join(texts), closing, b"}"))
