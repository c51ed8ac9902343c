"""Resolves scopes to entities, and follows the registries."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from ..const import DOMAIN
from ..masking import holds_key
from .devices import children_of, effective_area, selectors_of
from .model import EntityFacts, Scope

type EntityListener = Callable[[str], None]

_MAX_UNKNOWN: Final = 1024
_MAX_GONE: Final = 10_000
"""The number of removed entities that a scope remembers having shown. Above it, all of them are forgotten."""
ENTITY_DOMAINS: Final = frozenset(
    {
        *(item.value for item in Platform), "alert", "automation", "configurator", "counter", "group", "input_boolean",
        "input_button", "input_datetime", "input_number", "input_select", "input_text", "person", "plant",
        "remember_the_milk", "scene", "schedule", "script", "sun", "tag", "timer", "zone",
    }
)  # fmt: skip
"""The domains of the entities of Home Assistant, whether the home has such entities or not."""
_ENTITY_FACTS: Final = frozenset({"area_id", "device_id", "entity_id", "labels", "platform"})
_DEVICE_FACTS: Final = frozenset({"area_id", "labels", "parent_device_id"})


class HasScope(Protocol):
    """Something with a scope, such as a key."""

    @property
    def scope(self) -> Scope:
        """The scope."""


class LiveScope:
    """A scope with a cached verdict for each entity.

    The directory drops a verdict as soon as the entity's facts change. Verdicts for unknown entity IDs are
    cached too, so that the response time does not reveal whether an entity exists. Clients choose these
    IDs, so at most 1,024 of them are cached.
    """

    def __init__(self, scope: Scope, directory: EntityDirectory) -> None:
        """Create the live form of a scope."""
        self.scope = scope
        self._directory = directory
        self._verdicts: dict[str, bool] = {}
        self._unknown: dict[str, bool] = {}
        self._shown: set[str] = set()
        self._max_shown = _MAX_GONE
        self.epoch = directory.next_epoch()
        """It changes when an entity that was in scope may have left it: followers start over. It never comes back."""

    def __len__(self) -> int:
        """Return the number of cached verdicts."""
        return len(self._verdicts) + len(self._unknown)

    def allows(self, entity_id: str) -> bool:
        """Tell whether an entity, existing or not, is in scope."""
        verdict = self._verdicts.get(entity_id)
        if verdict is None:
            verdict = self._unknown.get(entity_id)
        return self._decide(entity_id) if verdict is None else verdict

    def allows_afresh(self, entity_id: str) -> bool:
        """Tell the same without the cache.

        For data that an entity sends while it is moved, because the directory may be notified of that later.
        """
        return self.scope.matches(self._directory.facts(entity_id))

    def _decide(self, entity_id: str) -> bool:
        verdict = self.scope.matches(self._directory.facts(entity_id))
        if self._directory.exists(entity_id):
            self._verdicts[entity_id] = verdict
            if verdict:
                self._show(entity_id)
            return verdict
        if len(self._unknown) >= _MAX_UNKNOWN:
            self._forget_unknown()
        self._unknown[entity_id] = verdict
        return verdict

    def _show(self, entity_id: str) -> None:
        self._shown.add(entity_id)
        if len(self._shown) > self._max_shown:
            self._shown = set(filter(self._directory.exists, self._shown))
            self._max_shown = 2 * len(self._shown) + _MAX_GONE
            self.epoch = self._directory.next_epoch()

    def _forget_unknown(self) -> None:
        for entity_id, verdict in self._unknown.items():
            # Its state came after the verdict.
            if verdict and self._directory.exists(entity_id):
                self._show(entity_id)
        self._unknown.clear()

    def moved(self, entity_id: str) -> None:
        """Note that the facts of an entity changed.

        Followers start over if they may have seen it. If it was out of scope, they are not notified.
        """
        was_shown = self._unknown.get(entity_id, False) and self._directory.exists(entity_id)
        if was_shown or entity_id in self._shown:
            self._shown.discard(entity_id)
            self.epoch = self._directory.next_epoch()
        self._verdicts.pop(entity_id, None)
        self._unknown.pop(entity_id, None)

    def forget(self, entity_id: str | None) -> None:
        """Drop the cached verdict of an entity, or all verdicts."""
        if entity_id is None:
            self._verdicts.clear()
            self._forget_unknown()
        else:
            self._verdicts.pop(entity_id, None)
            if self._unknown.pop(entity_id, False):
                # Its state came after the verdict, and is gone.
                self._show(entity_id)


class EntityDirectory:
    """Facts about entities, from Home Assistant's registries.

    Keys with equal scopes share one live scope. Listeners are called with the ID of each
    entity whose facts changed, after its verdicts were dropped.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Create a directory of Home Assistant's registries."""
        self._hass = hass
        self._entities = er.async_get(hass)
        self._devices = dr.async_get(hass)
        self._areas = ar.async_get(hass)
        self._live: dict[Scope, LiveScope] = {}
        self._listeners: list[EntityListener] = []
        self._own_past: frozenset[str] | None = None
        self._epoch = 0
        self.revision = 0
        """It changes with every change of the registries of entities, devices and areas."""

    def start(self) -> CALLBACK_TYPE:
        """Follow the registries. Returns a function that stops it."""
        listen = self._hass.bus.async_listen
        stops = (
            listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._entity_updated),
            listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._device_updated),
            listen(ar.EVENT_AREA_REGISTRY_UPDATED, self._area_updated),
        )

        def stop() -> None:
            for item in stops:
                item()

        return stop

    def listen(self, listener: EntityListener) -> CALLBACK_TYPE:
        """Call a listener with the ID of each entity whose facts change. Returns a function that unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def live(self, scope: Scope) -> LiveScope:
        """Return the live form of a scope."""
        found = self._live.get(scope)
        if found is None:
            found = self._live[scope] = LiveScope(scope, self)
        return found

    def next_epoch(self) -> int:
        """Return a number that no scope has had."""
        self._epoch += 1
        return self._epoch

    def keys_changed(self, _old: object, new: Mapping[str, HasScope]) -> None:
        """Drop the live forms of scopes that no key has anymore."""
        scopes = {key.scope for key in new.values()}
        self._live = {scope: live for scope in scopes if (live := self._live.get(scope)) is not None}

    def forget(self, entity_id: str | None = None) -> None:
        """Drop the verdicts for an entity, or all verdicts."""
        for live in self._live.values():
            live.forget(entity_id)

    def exists(self, entity_id: str) -> bool:
        """Tell whether an entity has a state or is in the registry."""
        return self._hass.states.get(entity_id) is not None or self._entities.async_get(entity_id) is not None

    def domains(self) -> set[str]:
        """Return the domains of all entities, in scope or not, and of all components that can have entities."""
        registered = (entry.domain for entry in self._entities.entities.values())
        present = (state.domain for state in self._hass.states.async_all())
        return {*registered, *present, *ENTITY_DOMAINS}

    def facts(self, entity_id: str) -> EntityFacts:
        """Return the facts of an entity. An unknown entity has none.

        An unknown entity whose ID contains a key counts as the bridge's own, so that no client can expose the key
        by creating a state with that ID.
        """
        entry = self._entities.async_get(entity_id)
        if entry is None:
            return EntityFacts(entity_id, is_own=self._was_own(entity_id) or holds_key(entity_id))
        device = self._devices.async_get(entry.device_id) if entry.device_id else None
        area_id = entry.area_id or (effective_area(self._hass, device) if device is not None else None)
        area = self._areas.async_get_area(area_id) if area_id else None
        none: frozenset[str] = frozenset()
        devices, labels = selectors_of(self._hass, device) if device is not None else (none, none)
        return EntityFacts(
            entity_id,
            area=area_id,
            floor=area.floor_id if area is not None else None,
            devices=devices,
            labels=labels.union(entry.labels, area.labels if area is not None else ()),
            is_own=entry.platform == DOMAIN,
        )

    def _was_own(self, entity_id: str) -> bool:
        """Tell whether a removed entity was one of the bridge's own. Its history contains data about a deleted key."""
        if self._own_past is None:
            deleted = self._entities.deleted_entities.values()
            self._own_past = frozenset(entry.entity_id for entry in deleted if entry.platform == DOMAIN)
        return entity_id in self._own_past

    @callback
    def _entity_updated(self, event: Event[Any]) -> None:
        self.revision += 1
        if event.data["action"] != "update":
            self._own_past = None
        if event.data["action"] == "update" and not _ENTITY_FACTS & event.data["changes"].keys():
            return
        self._changed(event.data["entity_id"])
        if (old_entity_id := event.data.get("old_entity_id")) is not None:
            self._changed(old_entity_id)

    @callback
    def _device_updated(self, event: Event[Any]) -> None:
        self.revision += 1
        if event.data["action"] == "update" and not _DEVICE_FACTS & event.data["changes"].keys():
            return
        self._device_moved(event.data["device_id"])

    @callback
    def _area_updated(self, event: Event[Any]) -> None:
        self.revision += 1
        if event.data["action"] not in {"update", "remove"}:
            return
        area_id = event.data["area_id"]
        for entry in er.async_entries_for_area(self._entities, area_id):
            self._changed(entry.entity_id)
        for device in dr.async_entries_for_area(self._devices, area_id):
            self._device_moved(device.id)

    def _device_moved(self, device_id: str) -> None:
        """Note that the facts of a device changed. Its child devices inherit them."""
        for item in (device_id, *(child.id for child in children_of(self._hass, device_id))):
            for entry in er.async_entries_for_device(self._entities, item, include_disabled_entities=True):
                self._changed(entry.entity_id)

    def _changed(self, entity_id: str) -> None:
        for live in self._live.values():
            live.moved(entity_id)
        for listener in self._listeners:
            listener(entity_id)
