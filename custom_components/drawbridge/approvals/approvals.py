"""The calls that currently wait for an answer, and the answers that are valid for a while."""

import asyncio
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ..keys import ApiKey
from ..log import get_logger
from ..refusal import Refusal, RefusedError
from .model import SHORT_SECONDS, Answer, Approval, Outcome, Pending, Requested

MAX_PENDING: Final = 32
MAX_PENDING_OF_KEY: Final = 4
MAX_ASKED: Final = 20
ASKED_SECONDS: Final = 600.0
"""A key may ask ``MAX_ASKED`` times in ``ASKED_SECONDS``, so that it cannot flood people with questions."""
MAX_GRANTS: Final = 50
_POLL_SECONDS: Final = 0.5
_RETRY_SECONDS: Final = 30

_LOGGER = get_logger(__name__)

type Listener = Callable[[Pending, Outcome | None, Approval | None], None]
"""Called when a wait begins, with no outcome, and when it ends, with its outcome and the answer, if any."""


class ApprovalOverError(LookupError):
    """Nothing waits under this ID: it was answered, its time is over, or it never existed."""


class _Wait:
    """Calls that wait. ``is_answered`` is true from the moment that somebody answers."""

    __slots__ = ("answer", "is_answered", "key", "pending")

    def __init__(self, pending: Pending, key: ApiKey) -> None:
        self.pending = pending
        self.key = key
        self.answer: asyncio.Future[Approval] = asyncio.get_running_loop().create_future()
        self.is_answered = False


class Approvals:
    """Holds calls until a person answers. In memory only: a restart forgets them."""

    def __init__(self, allow_always: Callable[[Pending], Awaitable[None]]) -> None:
        """Create an empty collection.

        Args:
            allow_always: Saves in the key that the calls need no approval from now on. Raises if that fails.

        """
        self._allow_always = allow_always
        self._waits: dict[str, _Wait] = {}
        self._grants: dict[str, deque[tuple[float, frozenset[str]]]] = {}
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)
        self._listeners: list[Listener] = []

    def __iter__(self) -> Iterator[Pending]:
        """Iterate over the calls that wait, oldest first."""
        return iter([wait.pending for wait in self._waits.values() if not wait.is_answered])

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call a listener when a wait begins and when it ends. Returns a function that unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def is_granted(self, key_id: str, requested: Requested) -> bool:
        """Return whether a person has allowed a call for a while."""
        now = time.monotonic()
        grants = self._grants.get(key_id, ())
        return requested.items <= frozenset().union(*(items for until, items in grants if until > now))

    async def ask(self, key: ApiKey, calls: Sequence[Requested], is_present: Callable[[], bool]) -> Approval:
        """Return what a person answers to calls of a key. They may also deny them.

        Args:
            key: The key.
            calls: The calls.
            is_present: Returns whether the client is still connected.

        Raises:
            RefusedError: Nobody answered in time, the client disconnected, the key was changed, or too many calls
                wait.

        """
        wait = self._open(key, calls)
        outcome, approval = Outcome.WITHDRAWN, None
        try:
            approval = await self._answer(wait, is_present)
            outcome = Outcome.DENIED if approval.answer is Answer.DENY else Outcome.ALLOWED
        except TimeoutError:
            outcome = Outcome.TIMED_OUT
            raise RefusedError(Refusal.APPROVAL_TIMED_OUT) from None
        finally:
            del self._waits[wait.pending.id]
            wait.answer.cancel()
            self._tell(wait.pending, outcome, approval)
        return approval

    async def decide(self, request: str, answer: Answer, by: str) -> Pending:
        """Answer calls that wait, and return them.

        The first answer counts. ``Answer.ALWAYS`` is saved before the calls are made.

        Raises:
            ApprovalOverError: Nothing waits under this ID.

        """
        wait = self._waits.get(request)
        if wait is None or wait.is_answered:
            raise ApprovalOverError(request)
        wait.is_answered = True
        if answer is Answer.ALWAYS:
            try:
                await self._allow_always(wait.pending)
            except BaseException:
                wait.is_answered = False
                raise
        elif answer is Answer.SHORT:
            grants = self._grants.setdefault(wait.pending.key_id, deque(maxlen=MAX_GRANTS))
            grants.append((time.monotonic() + SHORT_SECONDS, wait.pending.items))
        if not wait.answer.done():
            wait.answer.set_result(Approval(answer, by, time.time()))
        return wait.pending

    def close(self) -> None:
        """End all waits, because the bridge goes down."""
        for wait in self._waits.values():
            wait.is_answered = True
            if not wait.answer.done():
                wait.answer.set_exception(RefusedError(Refusal.UNAVAILABLE))

    def keys_changed(self, old: Mapping[str, ApiKey], new: Mapping[str, ApiKey]) -> None:
        """End the waits and the temporary approvals of keys that were changed or removed.

        A change that only adds permanent approvals or changes policy tests ends neither.
        """
        changed = {key_id for key_id, key in old.items() if not is_same(key, new.get(key_id))}
        for key_id in changed:
            self._grants.pop(key_id, None)
        for key_id in old.keys() - new.keys():
            self._asked.pop(key_id, None)
        for wait in self._waits.values():
            if wait.key.id in changed and not wait.answer.done():
                wait.is_answered = True
                wait.answer.set_exception(RefusedError(Refusal.KEY_CHANGED))

    def _open(self, key: ApiKey, calls: Sequence[Requested]) -> _Wait:
        asked, now = self._asked[key.id], time.monotonic()
        while asked and asked[0] <= now - ASKED_SECONDS:
            asked.popleft()
        of_key = sum(wait.key.id == key.id for wait in self._waits.values())
        if of_key >= MAX_PENDING_OF_KEY or len(self._waits) >= MAX_PENDING or len(asked) >= MAX_ASKED:
            raise RefusedError(Refusal.APPROVALS_PENDING, retry_after=_RETRY_SECONDS)
        asked.append(now)
        began = time.time()
        pending = Pending(secrets.token_hex(16), key.id, key.name, tuple(calls), began, began + key.ask_seconds)
        wait = self._waits[pending.id] = _Wait(pending, key)
        self._tell(pending, None, None)
        return wait

    @staticmethod
    async def _answer(wait: _Wait, is_present: Callable[[], bool]) -> Approval:
        """Return the answer. Raises ``TimeoutError`` if there is none, and ``RefusedError`` if nobody waits for it."""
        async with asyncio.timeout(wait.key.ask_seconds):
            while not wait.answer.done():
                if not is_present():
                    raise RefusedError(Refusal.APPROVAL_TIMED_OUT)
                await asyncio.wait({wait.answer}, timeout=_POLL_SECONDS)
        return wait.answer.result()

    def _tell(self, pending: Pending, outcome: Outcome | None, approval: Approval | None) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(pending, outcome, approval)
            except Exception:
                # The call waits for a person even if one way to ask them fails.
                _LOGGER.exception("Unexpected error while people were asked for an approval")


def is_same(key: ApiKey, other: ApiKey | None) -> bool:
    """Return whether a key is unchanged but for permanent approvals and policy tests."""
    return other is not None and (key == other or key == replace(other, approved=key.approved, tests=key.tests))
