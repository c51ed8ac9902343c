"""What outlives a restart besides the keys: when they were last used, and their users."""

import asyncio
from datetime import timedelta
from typing import Any, Final, NotRequired, TypedDict

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .keys import ApiKey
from .telemetry.counters import Counters, KeyCounters
from .telemetry.lessons import Lessons

_VERSION: Final = 1
_SAVE_EVERY: Final = timedelta(seconds=10)


class _Stored(TypedDict):
    users: dict[str, str]
    usage: dict[str, dict[str, Any]]
    lessons: NotRequired[dict[str, Any]]


def _store(hass: HomeAssistant) -> Store[_Stored]:
    return Store(hass, _VERSION, DOMAIN, private=True, atomic_writes=True)


class KeyUsage:
    """Stores the last use of every key, and the system user that stands for it.

    Calls of services run as that user: no administrator, named in the logbook, and gone with
    its key. Saved every ten seconds if there is news, so a crash loses no more than that.
    """

    def __init__(self, hass: HomeAssistant, counters: Counters, lessons: Lessons) -> None:
        """Store what is counted, and what is learnt."""
        self._hass = hass
        self._counters = counters
        self._lessons = lessons
        self._store = _store(hass)
        self._users: dict[str, str] = {}
        self._saved: _Stored | None = None
        self._making_user = asyncio.Lock()

    async def load(self) -> None:
        """Read what was stored."""
        self._saved = await self._store.async_load()
        if self._saved is None:
            return
        self._users = dict(self._saved["users"])
        self._lessons.load(self._saved.get("lessons", {}))
        for key_id, usage in self._saved["usage"].items():
            self._counters.keys[key_id] = KeyCounters(last_used=usage["last_used"], last_address=usage["last_address"])

    def start(self) -> CALLBACK_TYPE:
        """Save now and then, until the function returned is called."""
        stops = (
            async_track_time_interval(self._hass, self._save_if_changed, _SAVE_EVERY, cancel_on_shutdown=True),
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, self._save_if_changed),
        )

        def stop() -> None:
            for item in stops:
                item()

        return stop

    async def save(self) -> None:
        """Save now."""
        self._saved = self._data()
        await self._store.async_save(self._saved)

    async def user_id(self, key: ApiKey) -> str:
        """Return the id of the user that stands for a key; make one where there is none."""
        async with self._making_user:
            user_id = self._users.get(key.id)
            if user_id is not None and await self._hass.auth.async_get_user(user_id) is not None:
                return user_id
            user = await self._hass.auth.async_create_system_user(_user_name(key), group_ids=[GROUP_ID_USER])
            self._users[key.id] = user.id
            await self.save()
            return user.id

    def users_of_others(self, key_id: str) -> frozenset[str]:
        """Return the ids of the users that stand for all other keys."""
        return frozenset(user_id for other, user_id in self._users.items() if other != key_id)

    async def reconcile(self, keys: dict[str, ApiKey]) -> None:
        """Remove the users of keys that are gone, and rename those of keys that were renamed."""
        for key_id, user_id in tuple(self._users.items()):
            user = await self._hass.auth.async_get_user(user_id)
            if user is None or (key := keys.get(key_id)) is None:
                del self._users[key_id]
                if user is not None:
                    await self._hass.auth.async_remove_user(user)
            elif user.name != _user_name(key):
                await self._hass.auth.async_update_user(user, name=_user_name(key))

    async def _save_if_changed(self, _now: object) -> None:
        if self._data() != self._saved:
            await self.save()

    def _data(self) -> _Stored:
        usage = {
            key_id: {"last_used": item.last_used, "last_address": item.last_address}
            for key_id, item in self._counters.keys.items()
        }
        return {"users": dict(self._users), "usage": usage, "lessons": self._lessons.as_dict()}


def _user_name(key: ApiKey) -> str:
    return f"Drawbridge: {key.name}"


async def remove_usage(hass: HomeAssistant) -> None:
    """Remove everything that was stored, and all users of keys."""
    store = _store(hass)
    stored = await store.async_load()
    for user_id in (stored["users"] if stored is not None else {}).values():
        if (user := await hass.auth.async_get_user(user_id)) is not None:
            await hass.auth.async_remove_user(user)
    await store.async_remove()
