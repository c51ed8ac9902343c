"""The part of Home Assistant that a key's scope reveals."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant, State
from homeassistant.helpers import area_registry as ar, entity_registry as er, label_registry as lr
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_component import DATA_INSTANCES, EntityComponent

from ..refusal import Refusal, RefusedError, not_found
from ..scope.resolver import LiveScope

COMMON_COMPONENTS: Final = frozenset(
    {
        "api",
        "auth",
        "config",
        "drawbridge",
        "history",
        "homeassistant",
        "http",
        "logbook",
        "recorder",
        "template",
        "websocket_api",
    }
)
"""Components that clients check for before they use a part of the API. Most exist in every installation."""
_AT_ONCE: Final = 500
"""The number of states to process before yielding to the event loop."""


def entity_not_found(*, hidden: Refusal | None = None) -> RefusedError:
    """Return the refusal for an entity that does not exist or is outside the scope."""
    return not_found("Entity not found.", hidden=hidden)


class ScopedHome:
    """The entities, states and registry items in scope. All other code reads them through this class.

    A look-up takes the same steps for an item outside the scope and for an item that does not exist.
    """

    __slots__ = ("_hass", "scope")

    def __init__(self, hass: HomeAssistant, scope: LiveScope) -> None:
        """Create a view of Home Assistant through a scope."""
        self._hass = hass
        self.scope = scope

    def allows(self, entity_id: str) -> bool:
        """Return whether an entity is in scope, whether it exists or not."""
        return self.scope.allows(entity_id)

    def states(self, domain: str | None = None) -> Iterator[State]:
        """Yield the states in scope, in the order of Home Assistant."""
        allows = self.scope.allows
        return (state for state in self._hass.states.async_all(domain) if allows(state.entity_id))

    def state(self, entity_id: str) -> State | None:
        """Return the state of an entity in scope."""
        state = self._hass.states.get(entity_id)
        return state if self.scope.allows(entity_id) else None

    def find(self, entity_id: str) -> State:
        """Return the state of an entity. Raises ``RefusedError`` if it is not in scope."""
        state = self._hass.states.get(entity_id)
        # Check the scope for missing entities too, so that both cases take the same time.
        if not self.scope.allows(entity_id.lower()):
            raise entity_not_found(hidden=Refusal.SCOPE)
        if state is None:
            raise entity_not_found()
        return state

    def sees_device(self, device_id: str) -> bool:
        """Return whether a device has an entity in scope, or the scope has no limits."""
        if self.scope.scope.is_everything:
            return True
        entries = er.async_entries_for_device(er.async_get(self._hass), device_id)
        return any(self.scope.allows(entry.entity_id) for entry in entries)

    def has_state(self, entity_id: str) -> bool:
        """Return whether an entity has a state, in scope or not.

        Use the result for decisions only, never in a response.
        """
        return self._hass.states.get(entity_id) is not None

    def registered(self, entry_id: str) -> str | None:
        """Return the entity ID of a registry entry, in scope or not. Use it for decisions only, never in a response."""
        entry = er.async_get(self._hass).entities.get_entry(entry_id)
        return entry.entity_id if entry is not None else None

    def set_state(
        self, entity_id: str, state: str, attributes: Mapping[str, Any] | None, context: Context, *, force: bool
    ) -> None:
        """Set the state of an entity in scope, as Home Assistant's own API does. Raises ``RefusedError``."""
        if not self.scope.allows(entity_id):
            raise entity_not_found(hidden=Refusal.SCOPE)
        self._hass.states.async_set(entity_id, state, attributes, force, context)

    def remove_state(self, entity_id: str, context: Context) -> bool:
        """Remove the state of an entity in scope, and return whether there was one. Raises ``RefusedError``."""
        if not self.scope.allows(entity_id):
            raise entity_not_found(hidden=Refusal.SCOPE)
        return self._hass.states.async_remove(entity_id, context)

    def area_ids(self, names: Iterable[str]) -> frozenset[str]:
        """Return the area IDs for IDs or names. Values that match no area are returned unchanged."""
        areas = ar.async_get(self._hass)
        found = ((name, areas.async_get_area(name) or areas.async_get_area_by_name(name)) for name in names)
        return frozenset(name if area is None else area.id for name, area in found)

    def label_ids(self, names: Iterable[str]) -> frozenset[str]:
        """Return the label IDs for IDs or names. Values that match no label are returned unchanged."""
        labels = lr.async_get(self._hass)
        found = ((name, labels.async_get_label(name) or labels.async_get_label_by_name(name)) for name in names)
        return frozenset(name if label is None else label.label_id for name, label in found)

    def shows_item(self, domain: str, item_id: str) -> bool:
        """Return whether the entity of a collection item, such as a person, is in scope."""
        entity_id = er.async_get(self._hass).async_get_entity_id(domain, domain, item_id)
        return self.scope.scope.is_everything if entity_id is None else self.scope.allows(entity_id)

    def item_name(self, domain: str, item_id: str) -> str | None:
        """Return the name of the entity of a collection item, if it is in scope."""
        registry = er.async_get(self._hass)
        entity_id = registry.async_get_entity_id(domain, domain, item_id)
        entry = None if entity_id is None or not self.scope.allows(entity_id) else registry.async_get(entity_id)
        return None if entry is None else entry.name or entry.original_name

    def domains(self) -> frozenset[str]:
        """Return the domains of the entities in scope."""
        return frozenset(state.domain for state in self.states())

    def has_any(self, domain: str | None = None) -> bool:
        """Return whether any state is in scope, optionally only states of a domain."""
        return next(self.states(domain), None) is not None

    def components(self) -> list[str]:
        """Return the loaded components that the scope reveals.

        A scope without limits reveals all of them. Other scopes reveal the components of every installation, the
        domains of the entities in scope, and the integrations that provide those entities. The result is then sorted,
        because the order of a set depends on its hidden members.
        """
        loaded = self._hass.config.components
        if self.scope.scope.is_everything:
            return list(loaded)
        shown = COMMON_COMPONENTS | self._shown(self._hass.states.async_all())
        return sorted(item for item in loaded if item in shown)

    def shows_component(self, name: str) -> bool:
        """Return whether ``components`` would include a component if it were loaded."""
        if self.scope.scope.is_everything or name in COMMON_COMPONENTS:
            return True
        domain, _, platform = name.partition(".")
        if not platform and self.has_any(domain):
            return True
        registry = er.async_get(self._hass)
        entries = (registry.async_get(state.entity_id) for state in self.states(domain if platform else None))
        return any(entry is not None and entry.platform == (platform or domain) for entry in entries)

    async def integrations(self) -> frozenset[str]:
        """Return the loaded integrations that the scope reveals, like ``components``.

        Yields to the event loop in between.
        """
        loaded = frozenset(item for item in self._hass.config.components if "." not in item)
        if self.scope.scope.is_everything:
            return loaded
        shown = set(COMMON_COMPONENTS)
        for states in batched(self._hass.states.async_all(), _AT_ONCE, strict=False):
            shown |= self._shown(states)
            await asyncio.sleep(0)
        return loaded & shown

    def require(self, *integrations: str) -> None:
        """Raise ``RefusedError`` if one of these integrations is not set up."""
        for name in integrations:
            if name not in self._hass.config.components:
                raise not_found(f"The integration '{name}' is not set up in this Home Assistant.")

    def entities(self, domain: str) -> Iterator[Entity]:
        """Yield the entities of a domain that are in scope.

        Raises:
            RefusedError: The integration for the domain is not set up.

        """
        return (entity for entity in self._component(domain).entities if self.scope.allows(entity.entity_id))

    def entity(self, domain: str, entity_id: str, missing: Refusal, detail: str) -> Any:  # noqa: ANN401 - each domain has its own class
        """Return an entity of a domain that is in scope.

        Args:
            domain: The domain of the entity.
            entity_id: The ID of the entity, in lower case.
            missing: The refusal if the entity does not exist.
            detail: The message for the client, for missing entities and entities outside the scope.

        Raises:
            RefusedError: The entity is not in scope, or the integration for the domain is not set up.

        """
        found = self._component(domain).get_entity(entity_id)
        if not self.scope.allows(entity_id):
            raise RefusedError(missing, {"detail": detail}, hidden=Refusal.SCOPE)
        if found is None:
            raise RefusedError(missing, {"detail": detail})
        return found

    def find_entity(self, domain: str, entity_id: str, detail: str) -> Any:  # noqa: ANN401 - the same
        """Return an entity of a domain that is in scope. All errors look the same.

        Raises:
            RefusedError: The entity is not in scope, or the integration for the domain is not set up.

        """
        if domain not in self._hass.config.components:
            raise not_found(detail, hidden=None if self.scope.allows(entity_id) else Refusal.SCOPE)
        return self.entity(domain, entity_id, Refusal.NOT_FOUND, detail)

    def _shown(self, states: Iterable[State]) -> set[str]:
        """Return the domains of the states that are in scope, and the integrations that provide them."""
        registry, allows = er.async_get(self._hass), self.scope.allows
        shown: set[str] = set()
        for state in states:
            if allows(state.entity_id):
                shown.add(state.domain)
                if (entry := registry.async_get(state.entity_id)) is not None:
                    shown |= {entry.platform, f"{state.domain}.{entry.platform}"}
        return shown

    def _component(self, domain: str) -> EntityComponent[Any]:
        self.require(domain)
        component: EntityComponent[Any] = self._hass.data[DATA_INSTANCES][domain]
        return component
