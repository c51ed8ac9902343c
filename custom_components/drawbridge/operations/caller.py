"""Who asks for an operation, and what operations have at hand."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from homeassistant.core import Context, HomeAssistant

from ..keys import ApiKey, Capability, KeyRing
from ..limits.concurrency import Concurrency
from ..limits.created_states import CreatedStates
from ..options import Options
from ..refusal import Refusal, RefusedError
from ..scope.redaction import Redaction
from ..scope.resolver import EntityDirectory
from ..states.changes import ChangeLog
from ..states.cursor import Cursors
from ..states.state_json import StateJson
from .entry_json import EntryJson
from .home import ScopedHome
from .revealed import RevealedCache


class KeyUsers(Protocol):
    """The Home Assistant users that stand for keys."""

    async def user_id(self, key: ApiKey) -> str:
        """Return the id of the user that stands for a key."""

    def users_of_others(self, key_id: str) -> frozenset[str]:
        """Return the ids of the users that stand for all other keys."""


@dataclass(frozen=True, slots=True)
class Resources:
    """The parts of the bridge that operations use, the same for all callers.

    Attributes:
        hass: Home Assistant.
        keys: The keys as they are now.
        directory: The facts about entities that scopes ask for.
        state_json: Encodes states.
        changes: Which entities changed since when.
        cursors: Encrypts positions in the changes.
        users: The users that stand for keys.
        created_states: Counts the states that keys created.
        unfinished: Counts the calls that outlast their requests.
        options: Returns the options of the bridge.
        revealed: What each scope reveals of the registries.
        entry_json: Encodes entries of the registries.

    """

    hass: HomeAssistant
    keys: KeyRing
    directory: EntityDirectory
    state_json: StateJson
    changes: ChangeLog
    cursors: Cursors
    users: KeyUsers
    created_states: CreatedStates
    unfinished: Concurrency
    options: Callable[[], Options]
    revealed: RevealedCache = field(default_factory=RevealedCache)
    entry_json: EntryJson = field(default_factory=EntryJson)


@dataclass(slots=True)
class Activity:
    """What an operation did.

    Attributes:
        target: What it changed, for the audit trail.
        reached: The entities that it reached, for learn mode.
        service: The service that it is equal to, for learn mode.

    """

    target: str | None = None
    reached: frozenset[str] = frozenset()
    service: str | None = None


@dataclass(slots=True, eq=False)
class Caller:
    """A key that was admitted, and Home Assistant as it sees it.

    Each request makes one, which would take five times as long if the class were frozen.

    Attributes:
        key: The key, as it was when the operation was admitted.
        home: What the key sees.
        redaction: What the capabilities leave of the data that is returned.
        resources: What operations use.
        activity: What the operation did, filled by the operation.

    """

    key: ApiKey
    home: ScopedHome
    redaction: Redaction
    resources: Resources
    activity: Activity = field(default_factory=Activity)

    @classmethod
    def of(cls, key: ApiKey, resources: Resources) -> Caller:
        """Return the caller for a key."""
        home = ScopedHome(resources.hass, resources.directory.live(key.scope))
        return cls(key, home, Redaction.of(key.capabilities), resources)

    @property
    def hass(self) -> HomeAssistant:
        """Home Assistant itself, for what a scope does not cover."""
        return self.resources.hass

    def may(self, capability: Capability) -> bool:
        """Return whether the key has a capability."""
        return capability in self.key.capabilities

    async def compute[T](self, function: Callable[[], T]) -> T:
        """Return what a function returns that takes long and reads no state, run in the executor."""
        return await self.hass.async_add_executor_job(function)

    def ensure_unchanged(self) -> None:
        """Raise ``RefusedError`` if the key was revoked or changed since it was admitted."""
        if self.resources.keys.get(self.key.id) != self.key:
            raise RefusedError(Refusal.KEY_CHANGED)

    async def context(self) -> Context:
        """Return a context of the user that stands for the key, for whatever is done on its behalf."""
        context = Context(user_id=await self.resources.users.user_id(self.key))
        self.ensure_unchanged()
        return context

    async def finish[T](self, work: Coroutine[Any, Any, T], name: str) -> T:
        """Wait for work that goes on when the request ends, by a time limit or because the client has gone.

        Raises:
            RefusedError: Too many calls of the key have not ended yet.

        """
        unfinished, holder = self.resources.unfinished, self.key.id
        if unfinished.is_full(holder, self.resources.options().max_concurrent):
            work.close()
            raise RefusedError(Refusal.UNFINISHED)
        unfinished.enter(holder)
        task = self.hass.async_create_task(work, name)
        task.add_done_callback(lambda _: unfinished.leave(holder))
        return await asyncio.shield(task)
