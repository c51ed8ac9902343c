"""Stores the usage of keys and their system users across restarts."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, NotRequired, TypedDict

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.storage import Store

from . import values
from .audit.used_networks import KeyNetworks, UsedNetworks, network_of
from .const import DOMAIN
from .keys import ApiKey, Capability
from .learning.lessons import Lessons
from .limits.networks import parse_address
from .operations.preferences import Preferences
from .telemetry.counters import Counters, KeyCounters
from .values import DamagedValueError

_VERSION: Final = 1
_USER_PREFIX: Final = "Drawbridge: "
_SAVE_INTERVAL: Final = timedelta(seconds=10)


class _Stored(TypedDict):
    users: dict[str, str]
    usage: dict[str, dict[str, Any]]
    lessons: NotRequired[dict[str, Any]]
    preferences: NotRequired[dict[str, dict[str, Any]]]
    networks: NotRequired[dict[str, dict[str, Any]]]


def _store(hass: HomeAssistant) -> Store[_Stored]:
    return Store(hass, _VERSION, DOMAIN, private=True, atomic_writes=True)


class KeyUsage:
    """Stores the last use, the networks, the lesson, the preferences and the system user of each key.

    Service calls run as the user of the key. The user is not an administrator, appears in the logbook, and is
    removed with its key. Changes are saved every ten seconds, so a crash loses at most that much.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        counters: Counters,
        lessons: Lessons,
        preferences: Preferences,
        networks: UsedNetworks,
    ) -> None:
        """Create the store of counters, lessons, preferences and networks."""
        self._hass = hass
        self._counters = counters
        self._lessons = lessons
        self._preferences = preferences
        self._networks = networks
        self._store = _store(hass)
        self._users: dict[str, str] = {}
        self._saved: _Stored | None = None
        self._making_user = asyncio.Lock()
        self.damaged: set[str] = set()
        """The parts of the store with unreadable values."""

    async def load(self) -> None:
        """Load the stored usage."""
        stored = await _load(self._store)
        if stored is None:
            self.damaged.add("all")
        if not stored:
            return
        self._users = self._readable(stored, "users", values.text)
        self._counters.keys.update(self._readable(stored, "usage", _counters))
        self._lessons.load(self._readable(stored, "lessons", _lesson))
        self._preferences.load(self._readable(stored, "preferences", values.mapping))
        # A key of an earlier version is known from where it was last used.
        self._networks.load(_last_networks(self._counters.keys) | self._readable(stored, "networks", _networks))

    def _readable[T](self, stored: Mapping[str, Any], part: str, parse: Callable[[Any], T]) -> dict[str, T]:
        """Return the readable values of a part, by key ID. Unreadable values are dropped."""
        try:
            items = values.field(stored, part, values.mapping, {})
        except DamagedValueError:
            self.damaged.add(part)
            items = {}
        found = {}
        for key_id in items:
            try:
                found[key_id] = values.field(items, key_id, parse)
            except DamagedValueError:
                self.damaged.add(part)
        return found

    def start(self) -> CALLBACK_TYPE:
        """Save periodically. Returns a function that stops it."""
        stops = (
            async_track_time_interval(self._hass, self._save_if_changed, _SAVE_INTERVAL, cancel_on_shutdown=True),
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
        """Return the ID of the user of a key. Creates the user if there is none."""
        async with self._making_user:
            user_id = self._users.get(key.id)
            if user_id is not None and await self._hass.auth.async_get_user(user_id) is not None:
                return user_id
            user = await self._hass.auth.async_create_system_user(_user_name(key), group_ids=[GROUP_ID_USER])
            self._users[key.id] = user.id
            await self.save()
            return user.id

    def users_of_others(self, key_id: str) -> frozenset[str]:
        """Return the IDs of the users of all other keys."""
        return frozenset(user_id for other, user_id in self._users.items() if other != key_id)

    async def reconcile(self, keys: dict[str, ApiKey]) -> None:
        """Remove users without a key, and rename the users of renamed keys."""
        for key_id, user_id in tuple(self._users.items()):
            user = await self._hass.auth.async_get_user(user_id)
            if user is None or (key := keys.get(key_id)) is None:
                del self._users[key_id]
                if user is not None:
                    await self._hass.auth.async_remove_user(user)
            elif user.name != _user_name(key):
                await self._hass.auth.async_update_user(user, name=_user_name(key))
        if not self._making_user.locked():
            await _remove_users(self._hass, keep=set(self._users.values()))

    async def _save_if_changed(self, _now: object) -> None:
        if self._data() != self._saved:
            await self.save()

    def _data(self) -> _Stored:
        usage = {
            key_id: {"last_used": item.last_used, "last_address": item.last_address}
            for key_id, item in self._counters.keys.items()
        }
        return {
            "users": dict(self._users),
            "usage": usage,
            "lessons": self._lessons.as_dict(),
            "preferences": self._preferences.as_dict(),
            "networks": self._networks.as_dict(),
        }


def _user_name(key: ApiKey) -> str:
    return f"{_USER_PREFIX}{key.name}"


async def _load(store: Store[Any]) -> Mapping[str, Any] | None:
    """Return the stored data: empty if there is none, ``None`` if it cannot be read."""
    try:
        stored = await store.async_load()
    except HomeAssistantError, NotImplementedError, KeyError, TypeError, ValueError:
        return None
    if stored is None:
        return {}
    return stored if isinstance(stored, Mapping) else None


def _counters(stored: Mapping[str, Any]) -> KeyCounters:
    return KeyCounters(
        last_used=values.field(stored, "last_used", values.optional(values.number)),
        last_address=values.field(stored, "last_address", values.optional(values.text)),
    )


def _last_networks(counters: Mapping[str, KeyCounters]) -> dict[str, KeyNetworks]:
    last = {key_id: parse_address(item.last_address or "") for key_id, item in counters.items()}
    return {key_id: KeyNetworks({network_of(item): None}) for key_id, item in last.items() if item is not None}


def _networks(stored: Mapping[str, Any]) -> KeyNetworks:
    known = values.field(stored, "known", values.texts)
    return KeyNetworks(dict.fromkeys(known), values.field(stored, "new", values.whole))


def _lesson(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """Validate a stored lesson, because it is proposed to an administrator."""
    values.field(stored, "since", values.number)
    values.field(stored, "requests", values.whole)
    values.field(stored, "everything", values.flag)
    for name in ("entities", "services", "refused_services", "events"):
        values.field(stored, name, values.texts)
    values.field(stored, "capabilities", lambda value: [Capability(item) for item in values.texts(value)])
    return stored


async def _remove_users(hass: HomeAssistant, keep: set[str]) -> None:
    """Remove all system users of Drawbridge except these. A crash may leave users without a key."""
    for user in await hass.auth.async_get_users():
        if user.system_generated and user.id not in keep and (user.name or "").startswith(_USER_PREFIX):
            await hass.auth.async_remove_user(user)


async def remove_usage(hass: HomeAssistant) -> None:
    """Remove all stored usage, and all users of keys."""
    await _remove_users(hass, keep=set())
    await _store(hass).async_remove()
