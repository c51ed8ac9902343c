"""Writes to calendar events and to-do items.

They follow the rules for service calls. Home Assistant has no service for some of them.
"""

from collections.abc import Coroutine, Mapping
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError

from ..approvals.model import Requested
from ..refusal import Refusal, RefusedError, bad_request, failed, not_found, unsupported
from ..scope.rule_texts import rule_text
from ..scope.service_rules import Decision, allows_item_write
from .approval import ensure_approved
from .caller import Caller
from .service_calls import CallPlanner
from .service_responses import error_text

_NOT_FOUND: Final = "Entity not found"


def _still(caller: Caller, item: Requested) -> Requested:
    """Return a write that waited. Raises ``RefusedError`` if its entity has left the scope."""
    if not all(map(caller.home.allows, item.entities)):
        raise not_found(_NOT_FOUND, hidden=Refusal.SCOPE)
    return item


def find(caller: Caller, domain: str, entity_id: str, write: str) -> Any:  # noqa: ANN401 - each domain has its own class
    """Return the entity to write to, and record the write for the audit trail under the name of the equivalent service.

    Raises:
        RefusedError: The entity is not in scope.

    """
    caller.activity.target = f"{write} on {entity_id}"
    caller.activity.reached = frozenset({entity_id})
    return caller.home.find_entity(domain, entity_id, _NOT_FOUND)


def ensure_like_service(caller: Caller, service: str, data: Mapping[str, Any]) -> None:
    """Raise ``RefusedError`` if the key may not call the equivalent service with equivalent data."""
    caller.activity.service = service
    domain, _, name = service.partition(".")
    try:
        planned = CallPlanner.of(caller).plan(domain, name, data)
    except ValueError as err:
        raise bad_request(str(err)) from err
    if not planned.decision.allowed:
        caller.activity.refused = planned.decision
        raise RefusedError(Refusal.SERVICE, hidden=Refusal.SERVICE_SCOPE)


def ensure_listed(caller: Caller, name: str) -> None:
    """Raise ``RefusedError`` where the key has a list of services without a write that is no service."""
    caller.activity.service = name
    if not allows_item_write(name, caller.key.services):
        caller.activity.refused = Decision(
            allowed=False, rule=rule_text("service_not_listed", service=name), lacks="service"
        )
        raise RefusedError(Refusal.SERVICE, hidden=Refusal.SERVICE_SCOPE)


def ensure_supported(entity: Any, feature: int, detail: str) -> None:  # noqa: ANN401 - each domain has its own class
    """Raise ``RefusedError`` if an entity does not support a feature."""
    if not (entity.supported_features or 0) & feature:
        raise unsupported(detail)


async def write(caller: Caller, name: str, work: Coroutine[Any, Any, None]) -> None:
    """Run a write to its end, even if the client disconnects.

    Raises:
        RefusedError: The write failed.

    """
    if caller.key.ask:
        item = Requested(caller.activity.service or name, caller.activity.reached)
        try:
            caller = await ensure_approved(caller, lambda current: [_still(current, item)])
        except BaseException:
            work.close()
            raise
    try:
        await caller.finish(work, f"drawbridge {name}")
    except (HomeAssistantError, ValueError) as err:
        raise failed(error_text(name, str(err), caller.home.allows, is_opened=False)) from err
