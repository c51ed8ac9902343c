"""What a scope shows of the states: who is in it, what changed when, and the prepared answer."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from .codings import Coding, Family, Part
from .directory import LiveScope
from .ledger import Group, Ledger
from .nodes import OPENING, SEPARATOR, Bundle, SharedNodes

_EMPTY: Final = b"[]"
_END: Final = b"]"
_OUTDATED: Final = (-1, b"")


class Membership:
    """Which entities are in a scope, and how often something changed there.

    ``version`` counts the times that something in scope had changed when somebody asked, so it
    tells nothing of what happens out of scope.
    """

    def __init__(self, scope: LiveScope, ledger: Ledger) -> None:
        """Follow a scope; nothing is looked at before the first ``update``."""
        self._scope = scope
        self._ledger = ledger
        self._seen = -1
        self._pending: set[str] = set()
        self._members: set[str] = set()
        self.version = 0

    def update(self, deadline: float) -> bool:
        """Take in what has happened, until done or until the clock passes ``deadline``; tell which."""
        if self._seen != self._ledger.version:
            self._collect()
        if not self._pending:
            return True
        affected = False
        while self._pending:
            affected |= self._take(self._pending.pop())
            if time.monotonic() > deadline:
                break
        self.version += affected
        return not self._pending

    def _collect(self) -> None:
        ledger = self._ledger
        if self._seen < ledger.horizon:
            self._pending.update(self._members, ledger.entity_ids())
        self._pending.update(ledger.changed_since(self._seen))
        self._seen = ledger.version

    def _take(self, entity_id: str) -> bool:
        """Look at an entity that changed somehow; tell whether it was in scope, or is now."""
        if self._ledger.holds(entity_id) and self._scope.allows(entity_id):
            self._members.add(entity_id)
            return True
        if entity_id in self._members:
            self._members.remove(entity_id)
            return True
        return False


class _Place:
    """What a view has for a group: its bundle, and of which layout, and what stands before it."""

    __slots__ = ("bundle", "layout", "opening")

    def __init__(self, layout: int, opening: bytes, bundle: Bundle | None) -> None:
        self.layout = layout
        self.opening = opening
        self.bundle = bundle


class StateView:
    """The states of one scope, as one array of JSON in Home Assistant's order."""

    def __init__(
        self, name: str, scope: LiveScope, ledger: Ledger, nodes: SharedNodes, on_change: Callable[[], None]
    ) -> None:
        """Prepare nothing yet.

        ``name`` tells the view from every other, before a restart and after. ``on_change`` is
        called when what is prepared turns out to be outdated.
        """
        self.members = Membership(scope, ledger)
        self.used = 0.0
        """When a body was asked for last, by the monotonic clock."""
        self._name = name
        self.shows = scope.allows
        self._ledger = ledger
        self._nodes = nodes
        self._on_change = on_change
        self._places: dict[Group, _Place] = {}
        self._bundles: list[Bundle] = []
        self._layout = -1
        self._bodies: dict[Coding, tuple[int, bytes]] = {}
        self._tails: dict[tuple[Family, bytes], Part] = {}
        self._etag = (-1, "")

    @property
    def etag(self) -> str:
        """The weak validator of what ``advance`` has brought up to date."""
        version = self.members.version
        if self._etag[0] != version:
            self._etag = (version, f'W/"{self._name}-{version}"')
        return self._etag[1]

    @property
    def holds_bodies(self) -> bool:
        """Tell whether anything is prepared."""
        return bool(self._bodies)

    def codings(self) -> tuple[Coding, ...]:
        """Return the codings in which something is prepared, the one used longest ago first."""
        return tuple(self._bodies)

    def is_prepared(self, coding: Coding) -> bool:
        """Tell whether a body was made before, so that only what changed since is made anew."""
        return coding in self._bodies

    def body(self, coding: Coding) -> bytes | None:
        """Return the body, if it is there and nothing in it has changed."""
        version, body = self._bodies.get(coding, _OUTDATED)
        return body if version == self.members.version else None

    def advance(self, deadline: float) -> bool:
        """Bring the validator up to date, or as near as is possible until ``deadline``; tell which."""
        self._ledger.sync()
        version = self.members.version
        done = self.members.update(deadline)
        if self._bodies and self.members.version != version:
            self._on_change()
        return done

    def build(self, coding: Coding, deadline: float) -> bytes | None:
        """Return the body, or build as much of it as is possible until ``deadline``.

        What was built is there the next time, so whoever asks again and again gets it.
        """
        if not self.advance(deadline):
            return None
        if (body := self.body(coding)) is not None:
            return body
        bundles = self._arranged(deadline)
        if bundles is None:
            return None
        family = coding.family
        for bundle in bundles:
            if not bundle.is_ready(family) and not _make(bundle, family, deadline):
                return None
        parts = [part for bundle in bundles for part in bundle.parts(family)]
        parts.append(self._tail(family, _END if bundles else _EMPTY))
        body = coding.whole(parts)
        self._forget_outdated_bodies()
        self._bodies.pop(coding, None)
        self._bodies[coding] = (self.members.version, body)
        return body

    def drop(self, coding: Coding) -> None:
        """Let go of what is prepared in one coding. The validator stays what it is."""
        del self._bodies[coding]
        if not self._bodies:
            self.clear()
        for bundle in self._bundles:
            bundle.drop(coding.family)

    def clear(self) -> None:
        """Let go of all that is prepared."""
        self._bodies.clear()
        self._places.clear()
        self._bundles = []
        self._layout = -1

    def bodies(self) -> int:
        """Return the bytes of all bodies."""
        return sum(len(body) for _, body in self._bodies.values())

    def bundles(self) -> Sequence[Bundle]:
        """Return the bundles in use."""
        return self._bundles

    def _place(self, group: Group, opening: bytes) -> _Place:
        place = self._places.get(group)
        if place is None or place.layout != group.layout or place.opening != opening:
            place = self._places[group] = _Place(group.layout, opening, self._bundle(group, opening))
        return place

    def _bundle(self, group: Group, opening: bytes) -> Bundle | None:
        leaves = []
        for shard in group.shards:
            if members := tuple(filter(self.shows, shard.entity_ids)):
                leaves.append(self._nodes.leaf(shard, members, opening))
                opening = SEPARATOR
        return self._nodes.bundle(group, tuple(leaves)) if leaves else None

    def _arranged(self, deadline: float) -> list[Bundle] | None:
        """Return the bundles in their order; ``None`` where there was no time to look at all groups."""
        ledger = self._ledger
        if self._layout == ledger.layout:
            return self._bundles
        bundles: list[Bundle] = []
        for group in ledger.groups:
            before = self._places.get(group)
            place = self._place(group, SEPARATOR if bundles else OPENING)
            if place.bundle is not None:
                bundles.append(place.bundle)
            if place is not before and time.monotonic() > deadline:
                return None
        self._places = {group: self._places[group] for group in ledger.groups}
        self._layout = ledger.layout
        self._bundles = bundles
        return bundles

    def _forget_outdated_bodies(self) -> None:
        for coding, (version, _) in self._bodies.items():
            if version != self.members.version:
                self._bodies[coding] = _OUTDATED

    def _tail(self, family: Family, text: bytes) -> Part:
        part = self._tails.get((family, text))
        if part is None:
            part = self._tails[family, text] = family.encode(text)
        return part


def _make(bundle: Bundle, family: Family, deadline: float) -> bool:
    """Make a bundle's part; tell whether there was time for all of it."""
    for leaf in bundle.leaves:
        if not leaf.is_ready(family):
            leaf.part(family)
            if time.monotonic() > deadline:
                return False
    return True
