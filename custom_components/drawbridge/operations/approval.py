"""Calls that wait until a person approves them."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant

from ..approvals.approvals import is_same
from ..approvals.model import Answer, Requested
from ..refusal import Refusal, RefusedError
from ..scope.references import find_references
from .delegates import chain
from .targets import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .caller import Caller
    from .service_calls import PlannedCall

_ALL: Final = "*"


def requested(hass: HomeAssistant, service: str, planned: PlannedCall) -> Requested:
    """Return what a person is asked for: the service, and all entities that the call reaches or names in its data."""
    found = find_references(planned.data)
    named = resolve(hass, found)
    everything = {_ALL} if found.matches_all else set()
    return Requested(service, planned.reached | named.entities | everything)


async def ensure_approved(caller: Caller, plan: Callable[[Caller], Sequence[Requested]]) -> Caller:
    """Wait until a person has approved the calls that need it, and return the caller to make them with.

    Nothing is asked if no call needs an approval. The time limit of the request stops during the wait.

    Args:
        caller: The key.
        plan: Checks whether a caller may make the calls, and returns them. It is called again after the wait: calls
            that reach more than what was approved are refused.

    Raises:
        RefusedError: The calls were not approved, or the key may no longer make them.

    """
    waiting = [item for item in plan(caller) if needs_approval(caller, item)]
    if not waiting:
        return caller
    with _stopped(caller):
        approval = await caller.resources.approvals.ask(caller.key, waiting, caller.is_present)
    caller.activity.approval = approval
    if approval.answer is Answer.DENY:
        raise RefusedError(Refusal.APPROVAL_DENIED)
    if not caller.is_present():
        raise RefusedError(Refusal.APPROVAL_TIMED_OUT)
    current = _renewed(caller)
    approved = frozenset().union(*(item.items for item in waiting))
    if any(needs_approval(current, item) and not item.items <= approved for item in plan(current)):
        raise RefusedError(Refusal.APPROVAL_DENIED)
    return current


def needs_approval(caller: Caller, item: Requested) -> bool:
    """Return whether a call of a key waits for a person."""
    key = caller.key
    if not _matches(caller.hass, key.ask, item):
        return False
    return not item.items <= key.approved and not caller.resources.approvals.is_granted(key.id, item)


def _matches(hass: HomeAssistant, ask: frozenset[str], item: Requested) -> bool:
    """Return whether a list of calls that wait includes a call, by its service or by anything that it acts on."""
    if _ALL in ask or not ask.isdisjoint(_names(item.service)):
        return True
    if _ALL in item.entities:
        return True
    if any(not ask.isdisjoint(_names(name)) for name in item.entities):
        return True
    for _, acted_on in chain(hass, item.entities):
        if acted_on is None or acted_on.unknown or acted_on.is_endless:
            return True
        if any(not ask.isdisjoint(_names(name)) for name in acted_on.entities):
            return True
    return False


def _names(name: str) -> Iterable[str]:
    """Return the items of a list that include a service or an entity."""
    domain = name.partition(".")[0]
    return name, domain, f"{domain}.*"


def _renewed(caller: Caller) -> Caller:
    """Return the caller with the current key. Raises ``RefusedError`` if the key was changed during the wait."""
    current = caller.resources.keys.get(caller.key.id)
    if current is None or not is_same(caller.key, current):
        raise RefusedError(Refusal.KEY_CHANGED)
    if current.is_expired(time.time()):
        raise RefusedError(Refusal.KEY_EXPIRED)
    return caller.with_key(current)


@contextmanager
def _stopped(caller: Caller) -> Iterator[None]:
    """Stop the time limit of a request."""
    clock, loop = caller.clock, asyncio.get_running_loop()
    began, deadline = loop.time(), clock.when() if clock is not None else None
    if clock is not None:
        clock.reschedule(None)
    try:
        yield
    finally:
        waited = loop.time() - began
        caller.activity.held += waited
        if clock is not None and deadline is not None and not clock.expired():
            clock.reschedule(deadline + waited)
