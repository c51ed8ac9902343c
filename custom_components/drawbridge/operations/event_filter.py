"""Filters events: which events a key may see, and what of their data."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.const import (
    EVENT_COMPONENT_LOADED,
    EVENT_CORE_CONFIG_UPDATE,
    EVENT_LOVELACE_UPDATED,
    EVENT_PANELS_UPDATED,
    EVENT_SERVICE_REGISTERED,
    EVENT_SERVICE_REMOVED,
    EVENT_STATE_CHANGED,
    EVENT_THEMES_UPDATED,
)
from homeassistant.core import Event
from homeassistant.helpers.json import json_bytes, json_fragment
from homeassistant.util.json import json_loads_object

from ..scope.own_events import is_own_event, may_receive
from ..scope.redaction import Redaction
from ..states.state_json import state_dict
from .caller import Caller
from .dashboards import chosen
from .pages import possible_panels
from .registry_entries import old_values
from .service_calls import CallPlanner
from .visible_registries import SUBJECTS, Effect, VisibleRegistries

type Data = Mapping[str, Any]

_NAMING: Final[Mapping[str, str]] = {
    "area_id": "area",
    "device_id": "device",
    "entity_id": "entity",
    "floor_id": "floor",
    "humidity_entity_id": "entity",
    "labels": "label",
    "parent_device_id": "device",
    "temperature_entity_id": "entity",
    "via_device_id": "device",
}
"""Registry fields that refer to another item, and the kind of that item."""


class EventFilter:
    """Filters events for one key.

    Event types of Home Assistant's core pass if they are about an entity or item in scope. Types on the key's event
    list pass if their data refers to nothing outside the scope. All other types are blocked.
    """

    def __init__(self, caller: Caller, registries: VisibleRegistries) -> None:
        """Create a filter for a key."""
        self._caller = caller
        self._registries = registries
        self._redaction: Redaction = caller.redaction
        self._planner = CallPlanner.of(caller)
        self._panels = possible_panels(caller)

    def data(self, event: Event[Any], effect: Effect | None) -> Data | None:
        """Return the visible data of an event; ``None`` if the event is not visible.

        Args:
            event: The event.
            effect: For a registry event, the result of ``VisibleRegistries.note``.

        """
        kind = str(event.event_type)
        if effect is not None:
            return self._of_registry(event, effect)
        if (rule := _RULES.get(kind)) is not None:
            return rule(self, event)
        return self._of_list(event) if may_receive(kind, self._caller.key.events) else None

    def _of_registry(self, event: Event[Any], effect: Effect) -> Data | None:
        """Return the visible data of a registry event.

        Entering the scope looks like a creation, leaving it like a removal.
        """
        if not (effect.before or effect.now):
            return None
        data = {name: value for name, value in event.data.items() if name not in {"changes", "device"}}
        if data.get("action") == "update":
            if effect.before and effect.now:
                return self._of_update(event, data)
            data["action"] = "create" if effect.now else "remove"
        elif data.get("action") == "create" and not effect.now:
            return None
        return self._renamed(data)

    def _of_update(self, event: Event[Any], data: dict[str, Any]) -> Data:
        if "changes" not in event.data:
            return data
        if (old := data.get("old_entity_id")) is not None and not self._registries.sees("entity", old):
            del data["old_entity_id"]
        changes = old_values(SUBJECTS[str(event.event_type)], _as_json(event.data["changes"]) or {})
        shown = {name: value for name, value in changes.items() if self._may_know(name, value)}
        return {**data, "changes": self._redaction.value(shown)}

    def _renamed(self, data: dict[str, Any]) -> Data:
        """Replace the new ID of an entity that left the scope by the ID that the key knew."""
        old = data.pop("old_entity_id", None)
        if old is not None and data["action"] == "remove":
            data["entity_id"] = old
        return data

    def _may_know(self, name: str, value: Any) -> bool:  # noqa: ANN401 - any JSON value
        """Return whether an old value refers only to visible items."""
        if (kind := _NAMING.get(name)) is None or value is None:
            return True
        return all(self._registries.sees(kind, str(item)) for item in (value if isinstance(value, list) else [value]))

    def _of_list(self, event: Event[Any]) -> Data | None:
        """Return the data of an event whose type is on the key's list, if it refers only to what is in scope."""
        data = _as_json(event.data)
        if data is None or _is_about_own(data):
            return None
        try:
            if not self._planner.allows_data(data):
                return None
        except ValueError:
            return None
        shown: Data = self._redaction.value(data)
        return event.data if shown == event.data else shown

    def _of_state(self, event: Event[Any]) -> Data | None:
        data = event.data
        if not self._caller.home.allows(data["entity_id"]):
            return None
        states = {name: data.get(name) for name in ("old_state", "new_state")}
        return {
            "entity_id": data["entity_id"],
            **{name: None if item is None else state_dict(item, self._redaction) for name, item in states.items()},
        }

    def _of_component(self, event: Event[Any]) -> Data | None:
        name = event.data.get("component")
        return event.data if isinstance(name, str) and self._caller.home.shows_component(name) else None

    def _of_configuration(self, event: Event[Any]) -> Data | None:
        hides = self._redaction.hides
        shown = {name: value for name, value in event.data.items() if not hides(name, value)}
        if event.data and not shown:
            # Only something that the key does not see has changed.
            return None
        return self._redaction.value(shown)  # type: ignore[no-any-return]  # a mapping stays one

    def _of_service(self, event: Event[Any]) -> Data | None:
        domain, service = event.data.get("domain"), event.data.get("service")
        if not isinstance(domain, str) or not isinstance(service, str):
            return None
        home = self._caller.home
        data: Data = event.data
        present = home.has_any(None if domain == "homeassistant" else domain)
        if home.scope.scope.is_everything or self._planner.offers(domain, service, {domain} if present else ()):
            return data
        return None

    def _of_dashboard(self, event: Event[Any]) -> Data | None:
        """Return the data of a dashboard event, if the key names the dashboard or sees everything."""
        everything = self._caller.key.scope.is_everything
        return event.data if everything or event.data.get("url_path") in chosen(self._caller) else None

    def _of_themes(self, event: Event[Any]) -> Data | None:
        """Return the data of an event that has none. A limited scope reveals no themes."""
        return self._without_data(event) if self._caller.key.scope.is_everything else None

    def _of_panels(self, event: Event[Any]) -> Data | None:
        """Return the data of an event that has none, if the panels that the key sees have changed."""
        before, self._panels = self._panels, possible_panels(self._caller)
        if before == self._panels and not self._caller.key.scope.is_everything:
            return None
        return self._without_data(event)

    @staticmethod
    def _without_data(event: Event[Any]) -> Data:
        return event.data if not event.data else {}


_RULES: Final[Mapping[str, Callable[[EventFilter, Event[Any]], Data | None]]] = {
    EVENT_COMPONENT_LOADED: EventFilter._of_component,  # noqa: SLF001 - the table of its own methods
    EVENT_CORE_CONFIG_UPDATE: EventFilter._of_configuration,  # noqa: SLF001
    EVENT_LOVELACE_UPDATED: EventFilter._of_dashboard,  # noqa: SLF001
    EVENT_PANELS_UPDATED: EventFilter._of_panels,  # noqa: SLF001
    EVENT_SERVICE_REGISTERED: EventFilter._of_service,  # noqa: SLF001
    EVENT_SERVICE_REMOVED: EventFilter._of_service,  # noqa: SLF001
    str(EVENT_STATE_CHANGED): EventFilter._of_state,  # noqa: SLF001
    EVENT_THEMES_UPDATED: EventFilter._of_themes,  # noqa: SLF001
}
"""The visible data of core event types. Registry events have separate rules."""


def event_json(event: Event[Any], event_type: str, data: Data) -> bytes:
    """Return an event as JSON, with the given type and data. Raises ``TypeError`` if JSON cannot represent it."""
    if data is event.data:
        fragment: json_fragment = event.json_fragment
        return json_bytes(fragment)
    return json_bytes({**event.as_dict(), "event_type": event_type, "data": data})


def _as_json(value: Data) -> dict[str, Any] | None:
    """Return data as JSON values; ``None`` if JSON cannot represent it. This exposes the content of objects."""
    try:
        return dict(json_loads_object(json_bytes(value)))
    except TypeError, ValueError:
        return None


def _is_about_own(value: object) -> bool:
    """Return whether JSON data refers to Drawbridge or to its entities, which would reveal other keys."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if is_own_event(item):
                return True
        elif isinstance(item, Mapping):
            stack += [*item, *item.values()]
        elif isinstance(item, list):
            stack += item
    return False
