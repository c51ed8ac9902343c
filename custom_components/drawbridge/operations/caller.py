"""The key that an operation runs for, and the resources that operations use."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from homeassistant.core import Context, HomeAssistant
from homeassistant.util.ulid import bytes_to_ulid

from ..approvals.approvals import Approvals
from ..approvals.model import Approval
from ..keys import ApiKey, Capability, KeyRing
from ..limits.concurrency import Concurrency
from ..limits.created_states import CreatedStates
from ..options import Options
from ..refusal import Refusal, RefusedError
from ..scope.redaction import Redaction
from ..scope.resolver import EntityDirectory
from ..scope.service_rules import Decision
from ..states.changes import ChangeLog
from ..states.cursor import Cursors
from ..states.state_json import StateJson
from ..trace_context import CURRENT
from .entry_json import EntryJson
from .home import ScopedHome
from .preferences import Preferences
from .revealed import RevealedCache


class KeyUsers(Protocol):
    """The Home Assistant users that represent keys."""

    async def user_id(self, key: ApiKey) -> str:
        """Return the ID of the user that represents a key."""

    def users_of_others(self, key_id: str) -> frozenset[str]:
        """Return the IDs of the users that represent all other keys."""


@dataclass(frozen=True, slots=True)
class Resources:
    """The parts of the bridge that operations use, the same for all callers.

    Attributes:
        hass: Home Assistant.
        keys: The current keys.
        directory: The facts about entities that scopes are evaluated against.
        state_json: Encodes states.
        changes: The log of entity changes.
        cursors: Encrypts positions in the log.
        users: The users that represent keys.
        created_states: Counts the states that keys created.
        unfinished: Counts the calls that continue after their request has ended.
        preferences: The preferences that pages stored for keys.
        approvals: The calls that wait for a person.
        options: Returns the options of the bridge.
        revealed: What each scope reveals of the registries.
        entry_json: Encodes registry entries.

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
    preferences: Preferences
    approvals: Approvals
    options: Callable[[], Options]
    revealed: RevealedCache = field(default_factory=RevealedCache)
    entry_json: EntryJson = field(default_factory=EntryJson)


@dataclass(init=False)
class Activity:
    """The effects of an operation.

    Created for every request, so the defaults stay on the class until an operation sets something.

    Attributes:
        target: What it changed, for the audit trail.
        reached: The entities that it reached, for learn mode.
        service: The service that it is equal to, or the one of several that was refused, for learn mode.
        approval: The answer of the person that it waited for, for the audit trail.
        held: How long it waited, in seconds.
        named: Entities that a refused call named, for the audit trail.
        refused: The decision that refused a call.

    """

    target: str | None = None
    reached: frozenset[str] = frozenset()
    service: str | None = None
    approval: Approval | None = None
    held: float = 0.0
    named: frozenset[str] = frozenset()
    refused: Decision | None = None


def _always() -> bool:
    return True


@dataclass(slots=True, eq=False)
class Caller:
    """An admitted key, and its view of Home Assistant.

    Created for every request. A frozen class would take five times as long to create.

    Attributes:
        key: The key at the time of admission.
        home: The part of Home Assistant in the key's scope.
        redaction: What to remove from returned data, according to the key's capabilities.
        resources: The resources that operations use.
        activity: The effects of the operation. The operation fills it in.
        clock: The time limit of the request, which stops while it waits for a person.
        is_present: Returns whether the client is still connected.

    """

    key: ApiKey
    home: ScopedHome
    redaction: Redaction
    resources: Resources
    activity: Activity = field(default_factory=Activity)
    clock: asyncio.Timeout | None = None
    is_present: Callable[[], bool] = _always

    @classmethod
    def of(cls, key: ApiKey, resources: Resources, activity: Activity | None = None) -> Caller:
        """Return the caller for a key, whose operations record what they did in ``activity``."""
        home = ScopedHome(resources.hass, resources.directory.live(key.scope))
        return cls(key, home, Redaction.of(key.capabilities), resources, activity or Activity())

    def with_key(self, key: ApiKey) -> Caller:
        """Return the caller of the same request with the current key, which a person changed while it waited."""
        caller = Caller.of(key, self.resources, self.activity)
        caller.clock, caller.is_present = self.clock, self.is_present
        return caller

    @property
    def hass(self) -> HomeAssistant:
        """Home Assistant itself, for data that scopes do not apply to."""
        return self.resources.hass

    def may(self, capability: Capability) -> bool:
        """Return whether the key has a capability."""
        return capability in self.key.capabilities

    async def compute[T](self, function: Callable[[], T]) -> T:
        """Run a slow function that reads no state in the executor, and return its result."""
        return await self.hass.async_add_executor_job(function)

    def ensure_unchanged(self) -> None:
        """Raise ``RefusedError`` if the key was revoked or changed after it was admitted."""
        if self.resources.keys.get(self.key.id) != self.key:
            raise RefusedError(Refusal.KEY_CHANGED)

    async def context(self) -> Context:
        """Return a context with the user that represents the key."""
        user_id, trace_id = await self.resources.users.user_id(self.key), CURRENT.get()
        # The ID of a context has as many bits as that of a trace, which is the cause of the context.
        cause = None if trace_id is None else bytes_to_ulid(bytes.fromhex(trace_id))
        context = Context(user_id=user_id, parent_id=cause)
        self.ensure_unchanged()
        return context

    async def finish[T](self, work: Coroutine[Any, Any, T], name: str) -> T:
        """Wait for work that continues if a time limit or a disconnecting client ends the request.

        Raises:
            RefusedError: Too many calls of the key are still running.

        """
        unfinished, holder = self.resources.unfinished, self.key.id
        if unfinished.is_full(holder, self.resources.options().max_concurrent):
            work.close()
            raise RefusedError(Refusal.UNFINISHED)
        unfinished.enter(holder)
        task = self.hass.async_create_task(work, name)
        task.add_done_callback(lambda _: unfinished.leave(holder))
        return await asyncio.shield(task)
