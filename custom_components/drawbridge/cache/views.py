"""What a scope shows of the states: who is in it, what changed when, and the prepared answer."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..encoding.codecs import Chain, Coding, Family, Part, Payload
from ..states.index import Group, Ledger
from .directory import LiveScope
from .segments import OPENING, SEPARATOR, Bundle, SharedNodes

_EMPTY: Final = b"[]"
_END: Final = b"]"
_NEVER: Final = -1

_OFTEN: Final = 8
"""Requests for one body after which its pieces are joined: fewer are sent faster, and a join costs a few requests."""

_MOST_TO_JOIN: Final = 1 << 20


class Membership:
    """Which entities are in a scope, and how often something changed there.

    ``version`` counts the times that something in scope had changed when somebody asked, so it
    tells nothing of what happens out of scope.
    """

    def __init__(self, scope: LiveScope, ledger: Ledger) -> None:
        """Follow a scope; nothing is looked at before the first ``update``."""
        self._scope = scope
        self._ledger = ledger
        self.seen = -1
        """The version of the ledger up to which changes are known, though perhaps not yet taken in."""
        self._pending: dict[str, None] = {}
        self._members: set[str] = set()
        self.version = 0

    @property
    def has_pending(self) -> bool:
        """Tell whether there are changes known that are not taken in."""
        return bool(self._pending)

    def update(self, deadline: float) -> bool:
        """Take in what has happened, until done or until the clock passes ``deadline``; tell which."""
        if self.seen != self._ledger.version:
            self._collect()
        if not self._pending:
            return True
        affected = False
        while self._pending:
            affected |= self._take(self._pending.popitem()[0])
            if time.monotonic() > deadline:
                break
        self.version += affected
        return not self._pending

    def _collect(self) -> None:
        ledger = self._ledger
        if self.seen < ledger.horizon:
            self._pending.update(dict.fromkeys(self._members))
            self._pending.update(dict.fromkeys(ledger.entity_ids()))
        else:
            self._pending.update(dict.fromkeys(ledger.changed_since(self.seen)))
        self.seen = ledger.version

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


@dataclass(slots=True)
class _Answer:
    """A body, of which version of the view and of the ledger, what it was made of, and how often it was asked for."""

    version: int
    at: int
    bundles: Sequence[Bundle]
    parts: Chain
    body: Payload
    asked: int = 1

    def again(self) -> Payload:
        """Return the body once more; joined, where it is asked for so often that this pays."""
        self.asked += 1
        if self.asked == _OFTEN and self.body.size <= _MOST_TO_JOIN:
            self.body = Payload.of(b"".join(self.body.pieces))
        return self.body

    def kept(self) -> Iterator[Part]:
        """Yield what is kept."""
        yield from self.parts.parts
        yield Part(self.body.pieces)


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
        self.cursor = ((-1, 0), "")
        """The cursor that was handed out last, and of which version, in which second."""
        self._name = name
        self.shows = scope.allows
        self._ledger = ledger
        self._nodes = nodes
        self._on_change = on_change
        self._places: dict[Group, _Place] = {}
        self._bundles: list[Bundle] = []
        self._layout = -1
        self._answers: dict[Coding, _Answer | None] = {}
        self._closings: dict[tuple[Family, bytes], Part] = {}
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
        return bool(self._answers)

    def codings(self) -> tuple[Coding, ...]:
        """Return the codings in which something is prepared, the one used longest ago first."""
        return tuple(self._answers)

    def is_prepared(self, coding: Coding) -> bool:
        """Tell whether a body was made before, so that only what changed since is made anew."""
        return coding in self._answers

    def body(self, coding: Coding) -> Payload | None:
        """Return the body, if it is there and nothing in it has changed."""
        answer = self._answers.get(coding)
        return answer.again() if answer is not None and answer.version == self.members.version else None

    @property
    def is_current(self) -> bool:
        """Tell whether the validator is up to date as it is."""
        ledger, members = self._ledger, self.members
        return members.seen == ledger.version and ledger.is_current and not members.has_pending

    def advance(self, deadline: float) -> bool:
        """Bring the validator up to date, or as near as is possible until ``deadline``; tell which."""
        self._ledger.sync()
        version = self.members.version
        done = self.members.update(deadline)
        if self._answers and self.members.version != version:
            self._on_change()
        return done

    def build(self, coding: Coding, deadline: float) -> Payload | None:
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
        answer, family = self._answers.get(coding), coding.family
        known = answer is not None and answer.bundles is bundles
        since = answer.at if answer is not None and known else _NEVER
        changed = [index for index, bundle in enumerate(bundles) if bundle.group.version > since]
        made: list[tuple[int, Part]] = []
        for index in changed:
            if (part := bundles[index].part(family, deadline)) is None:
                return None
            made.append((index, part))
        if answer is not None and known:
            parts = answer.parts
            parts.replace(made)
        else:
            closing = self._closing(family, _END if bundles else _EMPTY)
            parts = Chain(family, [*(part for _, part in made), closing])
        self._forget_outdated()
        self._answers.pop(coding, None)
        body = coding.body(parts)
        self._answers[coding] = _Answer(self.members.version, self._ledger.version, bundles, parts, body)
        return body

    def drop(self, coding: Coding) -> None:
        """Let go of what is prepared in one coding. The validator stays what it is."""
        del self._answers[coding]
        if not self._answers:
            self.clear()
        for bundle in self._bundles:
            bundle.drop(coding.family)

    def clear(self) -> None:
        """Let go of all that is prepared."""
        self._answers.clear()
        self._places.clear()
        self._bundles = []
        self._layout = -1

    def kept(self) -> Iterator[Part]:
        """Yield all parts that answers are made of."""
        for answer in self._answers.values():
            if answer is not None:
                yield from answer.kept()

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

    def _forget_outdated(self) -> None:
        """Let go of outdated answers, and remember only that there were some."""
        for coding, answer in self._answers.items():
            if answer is not None and answer.version != self.members.version:
                self._answers[coding] = None

    def _closing(self, family: Family, text: bytes) -> Part:
        part = self._closings.get((family, text))
        if part is None:
            part = self._closings[family, text] = family.encode(text)
        return part
