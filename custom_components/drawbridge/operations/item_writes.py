"""Writes to the events of calendars and to the items of to-do lists.

They follow the rules of service calls. Home Assistant has no service for some of them.
"""

from collections.abc import Coroutine, Mapping
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError

from ..refusal import Refusal, RefusedError, bad_request, failed, unsupported
from .caller import Caller
from .service_calls import CallPlanner
from .service_responses import error_text

_NOT_FOUND: Final = "Entity not found"


def find(caller: Caller, domain: str, entity_id: str, write: str) -> Any:  # noqa: ANN401 - each domain has its own class
    """Return the entity that a write is for, and note the write for the audit trail, named as a service would be.

    Raises:
        RefusedError: There is no such entity in scope.

    """
    caller.activity.target = f"{write} on {entity_id}"
    caller.activity.reached = frozenset({entity_id})
    return caller.home.find_entity(domain, entity_id, _NOT_FOUND)


def ensure_like_service(caller: Caller, service: str, data: Mapping[str, Any]) -> None:
    """Raise ``RefusedError`` where the key may not call the equal service with equal data."""
    caller.activity.service = service
    domain, _, name = service.partition(".")
    try:
        planned = CallPlanner.of(caller).plan(domain, name, data)
    except ValueError as err:
        raise bad_request(str(err)) from err
    if not planned.decision.allowed:
        raise RefusedError(Refusal.SERVICE, hidden=Refusal.SERVICE_SCOPE)


def ensure_no_list(caller: Caller) -> None:
    """Raise ``RefusedError`` where the key has a list of services: what is no service is not on it."""
    if caller.key.services:
        raise RefusedError(Refusal.SERVICE, hidden=Refusal.SERVICE_SCOPE)


def ensure_supported(entity: Any, feature: int, detail: str) -> None:  # noqa: ANN401 - each domain has its own class
    """Raise ``RefusedError`` where an entity lacks a feature."""
    if not (entity.supported_features or 0) & feature:
        raise unsupported(detail)


async def write(caller: Caller, name: str, work: Coroutine[Any, Any, None]) -> None:
    """Do it, also when the client goes away.

    Raises:
        RefusedError: It failed.

    """
    try:
        await caller.finish(work, f"drawbridge {name}")
    except (HomeAssistantError, ValueError) as err:
        raise failed(error_text(name, str(err), caller.home.allows, is_opened=False)) from err
