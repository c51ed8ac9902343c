"""Integrations: manifests and setup times."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from homeassistant.loader import IntegrationNotFound, async_get_integration, async_get_integrations
from homeassistant.setup import async_get_loaded_integrations, async_get_setup_timings

from ..keys import Capability
from ..refusal import Refusal, bad_request, not_found
from ..scope.references import MAX_TARGET_IDS
from .caller import Caller
from .declaration import Operation

MANIFESTS: Final = Operation("integrations.manifests", Capability.READ)
MANIFEST: Final = Operation("integrations.manifest", Capability.READ)
SETUP_TIMES: Final = Operation("integrations.setup_times", Capability.READ)

_NOT_FOUND: Final = "Integration not found"


def _shown(caller: Caller) -> frozenset[str] | None:
    """Return the integrations that the scope reveals; ``None`` for all."""
    if caller.home.scope.scope.is_everything:
        return None
    return frozenset(name for name in caller.home.components() if "." not in name)


async def manifests(caller: Caller, names: Sequence[str] | None) -> list[Any]:
    """Return the manifests of the named integrations, or of all loaded ones, that the scope reveals.

    Raises:
        RefusedError: There are too many names.

    """
    if names and len(names) > MAX_TARGET_IDS:
        raise bad_request(f"The list names more than {MAX_TARGET_IDS} integrations.")
    shown = _shown(caller)
    wanted: Iterable[str] = names or async_get_loaded_integrations(caller.hass)
    found = await async_get_integrations(caller.hass, [name for name in wanted if shown is None or name in shown])
    caller.ensure_unchanged()
    # Home Assistant's order depends on the load order of all integrations, including hidden ones.
    items = found.items() if shown is None else sorted(found.items())
    return [item.manifest_json_fragment for _, item in items if not isinstance(item, Exception)]


async def manifest(caller: Caller, name: str) -> Any:  # noqa: ANN401 - a fragment of JSON
    """Return the manifest of an integration.

    Raises:
        RefusedError: The integration does not exist, or the scope does not reveal it.

    """
    shown = _shown(caller)
    if shown is not None and name not in shown:
        raise not_found(_NOT_FOUND, hidden=Refusal.SCOPE)
    try:
        integration = await async_get_integration(caller.hass, name)
    except IntegrationNotFound as err:
        raise not_found(_NOT_FOUND) from err
    return integration.manifest_json_fragment


def setup_times(caller: Caller) -> list[dict[str, Any]]:
    """Return the setup times of integrations.

    Only a scope without limits reveals them, because a setup time can depend on hidden integrations.
    """
    if _shown(caller) is not None:
        return []
    return [{"domain": name, "seconds": seconds} for name, seconds in async_get_setup_timings(caller.hass).items()]
