"""Parts of Home Assistant that not every one has."""

from collections.abc import Callable
from typing import Any

from homeassistant.helpers.entity_component import DATA_INSTANCES, EntityComponent

from .call import Call
from .problem import ProblemError, not_found


def require(call: Call, *names: str) -> None:
    """Refuse what needs integrations that are not set up, naming the first."""
    for name in names:
        if name not in call.bridge.hass.config.components:
            raise not_found(f"The integration '{name}' is not set up in this Home Assistant.")


def entity_component(call: Call, domain: str) -> EntityComponent[Any]:
    """Return the entities of a domain. Refuses where its integration is not set up."""
    require(call, domain)
    found: EntityComponent[Any] = call.bridge.hass.data[DATA_INSTANCES][domain]
    return found


def entity(call: Call, domain: str, missing: Callable[[str | None], ProblemError]) -> Any:  # noqa: ANN401 - each domain has its own class
    """Return the entity that the path names, if it exists, is of the domain, and is in scope.

    Raises ``missing`` otherwise, in the same words and after the same work; it takes the true reason, for the audit.
    """
    entity_id = call.parameter("entity_id").lower()
    found = entity_component(call, domain).get_entity(entity_id)
    if not call.scope.allows(entity_id):
        raise missing("scope")
    if found is None:
        raise missing(None)
    return found
