"""The live connections of all transports."""

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from .door import Door
from .keys import ApiKey, KeyRing
from .options import Options
from .refusal import Refusal, RefusedError
from .sessions import Sessions

_MAX_TIMER_SECONDS: Final = 86_400


class LiveConnection(Protocol):
    """A long-lived connection, such as a WebSocket or an event stream."""

    digest: str
    """The hash of the secret that opened it, or that signed in for the session that opened it."""
    session_id: str | None
    """The session that opened it, if any."""

    @property
    def door(self) -> Door:
        """The door through which it was opened."""

    @property
    def key(self) -> ApiKey:
        """The current key."""

    @property
    def pending_bytes(self) -> int:
        """The size of unread data, in bytes."""

    def change_key(self, key: ApiKey) -> None:
        """Apply a changed key."""

    def may_stay(self, key: ApiKey) -> bool:
        """Return whether the client may still use the key."""

    def end(self, reason: str, *, going_away: bool = False) -> None:
        """Close the connection."""


class Connections:
    """All live connections. Changes of a key apply to its connections immediately."""

    def __init__(self, keys: KeyRing, sessions: Sessions) -> None:
        """Create an empty collection of connections that these keys, and these sessions of them, open."""
        self._keys = keys
        self._sessions = sessions
        sessions.subscribe(self._session_ended)
        self._by_key: dict[str, dict[LiveConnection, None]] = {}
        self._timers: dict[LiveConnection, asyncio.TimerHandle] = {}
        self._count = 0

    def __len__(self) -> int:
        """Return the number of connections."""
        return self._count

    def __iter__(self) -> Iterator[LiveConnection]:
        """Iterate over the connections."""
        for connections in tuple(self._by_key.values()):
            yield from tuple(connections)

    def of_key(self, key_id: str) -> int:
        """Return the number of connections of a key."""
        return len(self._by_key.get(key_id, ()))

    def open(self, connection: LiveConnection, options: Options) -> Callable[[], None]:
        """Add a connection. Returns a function that removes it.

        The limits are checked where the connection is counted, so that connections which begin at the same time cannot
        exceed them.

        Raises:
            RefusedError: There are too many connections of all keys, or of this key.

        """
        if self._count >= options.max_connections or self.of_key(connection.key.id) >= options.max_key_connections:
            raise RefusedError(Refusal.TOO_MANY_CONNECTIONS)
        key_id = connection.key.id
        self._by_key.setdefault(key_id, {})[connection] = None
        self._count += 1

        def close() -> None:
            self._disarm(connection)
            connections = self._by_key.get(key_id, {})
            if connections.pop(connection, connection) is None:
                self._count -= 1
            if not connections:
                self._by_key.pop(key_id, None)
            if connection.session_id is not None:
                self._sessions.touch(connection.session_id)

        self._review(connection)
        return close

    def keys_changed(self, _old: Mapping[str, ApiKey], _new: Mapping[str, ApiKey]) -> None:
        """Update the key of each connection, and close connections that are no longer allowed."""
        for connection in self:
            self._review(connection)

    def _review(self, connection: LiveConnection) -> None:
        """Close a connection that is no longer allowed, or update its key and review it again when its secret ends."""
        self._disarm(connection)
        key = self._keys.get(connection.key.id)
        now = time.time()
        reason = "The key was removed." if key is None else why_ended(connection, key, now)
        session_end = math.inf if connection.session_id is None else self._sessions.ends_at(connection.session_id)
        if reason is None and now >= session_end:
            reason = "The session has ended."
        if key is None or reason is not None:
            connection.end(reason or "")
            return
        if key != connection.key:
            connection.change_key(key)
        seconds = min(ends_at(key, connection.digest), session_end) - now
        delay = max(0.0, min(seconds, _MAX_TIMER_SECONDS))
        self._timers[connection] = asyncio.get_running_loop().call_later(delay, self._review, connection)

    def _session_ended(self, session_id: str) -> None:
        for connection in self:
            if connection.session_id == session_id:
                self._review(connection)

    def _disarm(self, connection: LiveConnection) -> None:
        if (timer := self._timers.pop(connection, None)) is not None:
            timer.cancel()

    def close_all(self) -> None:
        """Close all connections because the bridge stops."""
        for connection in self:
            connection.end("Drawbridge is stopping.", going_away=True)

    def close_door(self, door: Door) -> None:
        """Close the connections that came in through a door, because it closes or moves."""
        for connection in self:
            if connection.door is door:
                connection.end("The listener is stopping or its options have changed.", going_away=True)


def why_ended(connection: LiveConnection, key: ApiKey, now: float) -> str | None:
    """Return why a connection is no longer allowed at Unix time ``now``, or ``None``."""
    if not key.enabled:
        return "The key was disabled."
    if key.is_expired(now):
        return "The key has expired."
    if now >= ends_at(key, connection.digest):
        return "The key was rotated."
    return (
        None
        if connection.may_stay(key)
        else "The key may no longer be used from this address, or with this certificate."
    )


def ends_at(key: ApiKey, digest: str) -> float:
    """Return the Unix time at which a secret of a key expires: infinity for never, 0 if the key does not have it."""
    secret = next((item for item in key.secrets if item.digest == digest), None)
    if secret is None:
        return 0.0
    ends = (end for end in (key.expires, secret.valid_until) if end is not None)
    return min(ends, default=float("inf"))
