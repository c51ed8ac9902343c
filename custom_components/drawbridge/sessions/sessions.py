"""All sessions: issues and checks their tokens, and stores them durably."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from homeassistant.util.json import json_loads_array

from .. import values
from ..keys import ApiKey, AuthFailure, Capability, KeyRing, digest, files
from ..keys.secret import token
from ..log import get_logger
from .codes import Codes, Grant
from .model import Session

_LOGGER = get_logger(__name__)

SESSIONS_FILE: Final = ".storage/drawbridge.sessions"
ACCESS_PREFIX: Final = "dba_"
REFRESH_PREFIX: Final = "dbr_"
MAX_PER_KEY: Final = 20
_ID_PREFIX: Final = "s_"


class SessionsNotSavedError(Exception):
    """The sessions could not be saved."""


def is_access_token(secret: str) -> bool:
    """Tell whether a secret has the form of an access token of a session."""
    return secret.startswith(ACCESS_PREFIX)


class Sessions:
    """The sessions of all keys.

    A session acts for its key, and cannot do more. It ends with the secret that signed in, with the key, and when the
    key is disabled or loses the capability `dashboard`.
    """

    def __init__(self, keys: KeyRing, config_dir: Path) -> None:
        """Create an empty collection of sessions of these keys, stored in a Home Assistant configuration folder."""
        self._keys = keys
        self._path = config_dir / SESSIONS_FILE
        self._saving = asyncio.Lock()
        self._is_changed = False
        self._by_id: dict[str, Session] = {}
        self._by_access: dict[str, str] = {}
        self._by_refresh: dict[str, str] = {}
        self._listeners: list[Callable[[str], None]] = []
        self.codes = Codes()

    async def load(self) -> None:
        """Load the stored sessions. If they cannot be read, browsers have to sign in again."""
        try:
            stored = await asyncio.to_thread(files.read, self._path)
            found = _parse(stored or b"[]")
        except (OSError, ValueError) as err:
            _LOGGER.warning("The sessions of browsers could not be read, so they have to sign in again: %s", err)
            return
        for session in found:
            self._put(session)

    def subscribe(self, listener: Callable[[str], None]) -> None:
        """Call a listener with the ID of each session that ends."""
        self._listeners.append(listener)

    def of_key(self, key_id: str) -> list[Session]:
        """Return the sessions of a key that have not ended, oldest first."""
        now = time.time()
        return [item for item in self._by_id.values() if item.key_id == key_id and not item.is_over(now)]

    def has_any(self, key_id: str, now: float) -> bool:
        """Tell whether a key has a session that is valid at Unix time ``now``."""
        return any(isinstance(self.key_of(key_id, item.opened_by, now), ApiKey) for item in self.of_key(key_id))

    def get(self, session_id: str) -> Session | None:
        """Return the session with an ID, unless it has ended."""
        session = self._by_id.get(session_id)
        return None if session is None or session.is_over(time.time()) else session

    def ends_at(self, session_id: str) -> float:
        """Return the Unix time at which a session ends even if it is used: infinity for never, 0 if it is over."""
        session = self._by_id.get(session_id)
        if session is None:
            return 0.0
        return math.inf if session.expires is None else session.expires

    # --- Tokens

    def authenticate(self, access_token: str, now: float) -> ApiKey | AuthFailure:
        """Return the key of the session that an access token belongs to, or the failure."""
        session = self.of_access_token(access_token)
        if session is None or not session.accepts(digest(access_token), now):
            return AuthFailure.SESSION_OVER
        return self.key_of(session.key_id, session.opened_by, now)

    def of_access_token(self, access_token: str) -> Session | None:
        """Return the session that an access token belongs to, valid or not."""
        return self._by_id.get(self._by_access.get(digest(access_token), ""))

    def of_refresh_token(self, refresh_token: str) -> Session | None:
        """Return the session of a refresh token, unless it has ended."""
        return self.get(self._by_refresh.get(digest(refresh_token), ""))

    def key_of(self, key_id: str, opened_by: str, now: float) -> ApiKey | AuthFailure:
        """Return the key that a secret with this hash opens, if its browsers may sign in."""
        key = self._keys.find(opened_by, now)
        if isinstance(key, AuthFailure):
            # A secret that the key no longer has is not a guess.
            return AuthFailure.SESSION_OVER if key is AuthFailure.UNKNOWN else key
        allowed = key.id == key_id and Capability.DASHBOARD in key.capabilities
        return key if allowed else AuthFailure.SESSION_OVER

    async def open(self, grant: Grant) -> tuple[Session, str, str]:
        """Open a session. Returns it with its access token and its refresh token.

        Raises:
            SessionsNotSavedError: The session could not be saved, and was not opened.

        """
        now = time.time()
        access, refresh = token(ACCESS_PREFIX), token(REFRESH_PREFIX)
        session = Session(
            id=token(_ID_PREFIX),
            key_id=grant.key_id,
            opened_by=grant.opened_by,
            client_id=grant.client_id,
            refresh=digest(refresh),
            created=now,
            last_used=now,
            expires=Session.end_of(now, remember=grant.remember),
        ).with_access(digest(access), now)
        self._make_room(grant.key_id)
        self._put(session)
        try:
            await self._save()
        except SessionsNotSavedError:
            self._drop([session])
            raise
        return session, access, refresh

    async def refresh(self, session: Session) -> str:
        """Return a new access token of a session.

        It works even if it cannot be saved. After a restart, the browser then has to refresh again.
        """
        access = token(ACCESS_PREFIX)
        self._put(session.with_access(digest(access), time.time()))
        await self.save_if_changed()
        return access

    def touch(self, session_id: str) -> None:
        """Record that a session was in use until now."""
        if (session := self._by_id.get(session_id)) is not None:
            self._put(replace(session, last_used=time.time()))

    # --- Their end

    async def end(self, sessions: Iterable[Session]) -> None:
        """End sessions. They are over at once.

        Raises:
            SessionsNotSavedError: Their end could not be saved, so a restart could bring them back.

        """
        self._drop(sessions)
        await self._save()

    def keys_changed(self, _old: Mapping[str, ApiKey], _new: Mapping[str, ApiKey]) -> None:
        """End the sessions whose key no longer allows them."""
        now = time.time()
        gone = [
            item
            for item in self._by_id.values()
            if isinstance(self.key_of(item.key_id, item.opened_by, now), AuthFailure)
        ]
        self._drop(gone)

    async def save_if_changed(self) -> None:
        """Save what is not saved yet. Logs a failure."""
        if not self._is_changed:
            return
        try:
            await self._save()
        except SessionsNotSavedError as err:
            _LOGGER.warning("The sessions of browsers could not be saved: %s", err)

    async def _save(self) -> None:
        async with self._saving:
            self._is_changed = False
            now = time.time()
            kept = [item.as_dict() for item in self._by_id.values() if not item.is_over(now)]
            content = json.dumps(kept).encode()
            try:
                await asyncio.to_thread(files.write, self._path, content)
            except OSError as err:
                self._is_changed = True
                raise SessionsNotSavedError(err.strerror or type(err).__name__) from err

    def _make_room(self, key_id: str) -> None:
        """End sessions that are over, and the one that was unused for longest if the key has too many."""
        now = time.time()
        self._drop([item for item in self._by_id.values() if item.is_over(now)])
        own = sorted(self.of_key(key_id), key=lambda item: item.last_used)
        self._drop(own[: max(0, len(own) - MAX_PER_KEY + 1)])

    def _put(self, session: Session) -> None:
        old = self._by_id.get(session.id)
        for item in old.access if old is not None else ():
            self._by_access.pop(item.digest, None)
        self._by_id[session.id] = session
        self._by_refresh[session.refresh] = session.id
        self._by_access.update((item.digest, session.id) for item in session.access)
        self._is_changed = True

    def _drop(self, sessions: Iterable[Session]) -> None:
        for item in tuple(sessions):
            session = self._by_id.pop(item.id, None)
            if session is None:
                continue
            self._by_refresh.pop(session.refresh, None)
            for access in session.access:
                self._by_access.pop(access.digest, None)
            self._is_changed = True
            for listener in self._listeners:
                listener(session.id)


def _parse(stored: bytes) -> list[Session]:
    return [Session.from_mapping(values.mapping(item)) for item in json_loads_array(stored)]


async def remove_sessions(config_dir: Path) -> None:
    """Remove all stored sessions."""
    try:
        await asyncio.to_thread(files.remove, config_dir / SESSIONS_FILE)
    except OSError as err:
        _LOGGER.warning("The stored sessions could not be removed: %s", err.strerror)
