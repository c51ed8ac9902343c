"""Tells when a key's scope names what is not there any more."""

from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    floor_registry as fr,
    issue_registry as ir,
    label_registry as lr,
)

from .const import DOMAIN
from .keys import ApiKey, KeyRing

_ISSUE: Final = "scope_names_missing"


class ScopeIssues:
    """Keeps an issue for every key whose scope names an area, floor, label or device that is gone."""

    def __init__(self, hass: HomeAssistant, keys: KeyRing) -> None:
        """Watch the scopes of keys."""
        self._hass = hass
        self._keys = keys
        self._raised: set[str] = set()

    def start(self) -> CALLBACK_TYPE:
        """Watch until the function returned is called."""
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
                ir.async_delete_issue(self._hass, DOMAIN, f"{_ISSUE}_{key_id}")

        return stop

    @callback
    def check(self) -> None:
        """Raise the issues that there are, and drop those that are mended."""
        missing = {key.id: names for key in self._keys if (names := self._missing(key))}
        for key_id in self._raised - missing.keys():
            ir.async_delete_issue(self._hass, DOMAIN, f"{_ISSUE}_{key_id}")
        self._raised = set(missing)
        for key in self._keys:
            if key.id in missing:
                self._raise(key, missing[key.id])

    @callback
    def _registry_updated(self, event: Event[Any]) -> None:
        if event.data["action"] in {"create", "remove"}:
            self.check()

    def _missing(self, key: ApiKey) -> list[str]:
        areas, devices = ar.async_get(self._hass), dr.async_get(self._hass)
        floors, labels = fr.async_get(self._hass), lr.async_get(self._hass)
        names = []
        for part in (key.scope.include, key.scope.exclude):
            names += [f"area {item}" for item in part.areas if not areas.async_get_area(item)]
            names += [f"floor {item}" for item in part.floors if not floors.async_get_floor(item)]
            names += [f"label {item}" for item in part.labels if not labels.async_get_label(item)]
            names += [f"device {item}" for item in part.devices if not devices.async_get(item)]
        return sorted(names)

    def _raise(self, key: ApiKey, names: list[str]) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"{_ISSUE}_{key.id}",
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=_ISSUE,
            translation_placeholders={"name": key.name, "missing": ", ".join(names)},
        )
