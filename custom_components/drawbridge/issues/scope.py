"""Creates an issue when the scope of a key refers to deleted items."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    floor_registry as fr,
    issue_registry as ir,
    label_registry as lr,
)

from ..const import DOMAIN
from ..keys import ApiKey, KeyRing
from ..scope.model import Scope, Selection

SCOPE_NAMES_MISSING: Final = "scope_names_missing"


class ScopeIssues:
    """Keeps an issue for each key whose scope refers to a deleted area, floor, label or device."""

    def __init__(self, hass: HomeAssistant, keys: KeyRing) -> None:
        """Create the monitor of the scopes of keys."""
        self._hass = hass
        self._keys = keys
        self._raised: set[str] = set()

    def start(self) -> CALLBACK_TYPE:
        """Start watching. Returns a function that stops it."""
        listen = self._hass.bus.async_listen
        stops = (
            listen(ar.EVENT_AREA_REGISTRY_UPDATED, self._registry_updated),
            listen(fr.EVENT_FLOOR_REGISTRY_UPDATED, self._registry_updated),
            listen(lr.EVENT_LABEL_REGISTRY_UPDATED, self._registry_updated),
            listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._registry_updated),
        )
        self.check()

        def stop() -> None:
            for item in stops:
                item()
            for key_id in self._raised:
                ir.async_delete_issue(self._hass, DOMAIN, f"{SCOPE_NAMES_MISSING}_{key_id}")

        return stop

    @callback
    def check(self) -> None:
        """Create issues for deleted items, and delete those that are fixed."""
        missing = {key.id: names for key in self._keys if (names := self._missing(key))}
        for key_id in self._raised - missing.keys():
            ir.async_delete_issue(self._hass, DOMAIN, f"{SCOPE_NAMES_MISSING}_{key_id}")
        self._raised = set(missing)
        for key in self._keys:
            if key.id in missing:
                self._raise(key, missing[key.id])

    @callback
    def _registry_updated(self, event: Event[Any]) -> None:
        if event.data["action"] in {"create", "remove"}:
            self.check()

    def _missing(self, key: ApiKey) -> list[str]:
        known = known_items(self._hass)
        return sorted(
            f"{kind.removesuffix('s')} {item}"
            for part in (key.scope.include, key.scope.exclude)
            for kind, exists in known.items()
            for item in getattr(part, kind)
            if not exists(item)
        )

    def _raise(self, key: ApiKey, names: list[str]) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"{SCOPE_NAMES_MISSING}_{key.id}",
            data={"kind": SCOPE_NAMES_MISSING, "key_id": key.id},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=SCOPE_NAMES_MISSING,
            translation_placeholders={"name": key.name, "missing": ", ".join(names)},
        )


def without_missing(hass: HomeAssistant, scope: Scope) -> Scope:
    """Return a scope without deleted areas, floors, labels and devices."""
    known = known_items(hass)

    def clean(part: Selection) -> Selection:
        kept = {kind: frozenset(filter(exists, getattr(part, kind))) for kind, exists in known.items()}
        return replace(part, **kept)

    return replace(scope, include=clean(scope.include), exclude=clean(scope.exclude))


def known_items(hass: HomeAssistant) -> dict[str, Callable[[str], object]]:
    """Return a look-up function for each field of a selection."""
    return {
        "areas": ar.async_get(hass).async_get_area,
        "floors": fr.async_get(hass).async_get_floor,
        "labels": lr.async_get(hass).async_get_label,
        "devices": dr.async_get(hass).async_get,
    }
