"""Sequences of actions. Every action is checked before the first one runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..approvals.model import Requested
from ..keys import Capability
from ..refusal import RefusedError, bad_request
from .approval import ensure_approved, requested
from .automation_config import has_template
from .caller import Activity, Caller
from .declaration import Operation
from .service_calls import PlannedCall
from .services import call, ensure_may_call

RUN: Final = Operation("scripts.run", Capability.CONTROL)

MAX_ACTIONS: Final = 100

_FIELDS: Final = frozenset(
    {"action", "alias", "continue_on_error", "data", "enabled", "entity_id", "response_variable", "target"}
)
_UNSUPPORTED: Final = "A sequence may have actions only, without templates."
_MAX_AUDITED: Final = 10
_LACKS_RESPONSE: Final = "service_lacks_response_request"


@dataclass(frozen=True, slots=True)
class Action:
    """An action in a sequence.

    Attributes:
        domain: The domain of the service.
        service: Its name.
        data: The data of the call.
        target: Its target.
        wants_response: Whether the step requests the response, although nothing can use it.
        goes_on: Whether the sequence continues if the call fails.

    """

    domain: str
    service: str
    data: dict[str, Any]
    target: dict[str, Any]
    wants_response: bool
    goes_on: bool

    @classmethod
    def of(cls, step: Mapping[str, Any]) -> Self:
        """Parse a step that Home Assistant's schema has validated. Raises ``RefusedError`` if it is not an action."""
        if not step.keys() <= _FIELDS or "action" not in step or has_template(step):
            raise bad_request(_UNSUPPORTED)
        domain, _, service = step["action"].lower().partition(".")
        named = {"entity_id": step["entity_id"]} if "entity_id" in step else {}
        return cls(
            domain,
            service,
            dict(step.get("data") or {}),
            {**step.get("target", {}), **named},
            "response_variable" in step,
            bool(step.get("continue_on_error", False)),
        )


async def run(caller: Caller, sequence: Sequence[Mapping[str, Any]]) -> Context:
    """Run the actions in order, as the user that represents the key, and return their context.

    Args:
        caller: The key.
        sequence: The steps, as validated by Home Assistant's script schema.

    Raises:
        RefusedError: A step is not an action, or the key may not perform one of them: no action has run. Or an action
            failed: the earlier ones have run, and the cause is Home Assistant's exception.

    """
    if len(sequence) > MAX_ACTIONS:
        raise bad_request(f"A sequence may have {MAX_ACTIONS} actions at most.")
    parsed = [(step, Action.of(step)) for step in sequence]
    actions = [action for step, action in parsed if step.get("enabled", True)]
    alone = _check_all(caller, actions)
    if caller.key.ask:
        current = await ensure_approved(caller, lambda caller: [_requested(caller, action) for action in actions])
        alone = [replace(current, activity=each.activity) for each in alone]
        caller = current
    context = await caller.context()
    for action, each in zip(actions, alone, strict=True):
        await _run(each, action, context)
    return context


def _check_all(caller: Caller, actions: Sequence[Action]) -> list[Caller]:
    """Return a caller for each action. Raises ``RefusedError`` if the key may not perform one of them."""
    alone = [replace(caller, activity=Activity()) for _ in actions]
    try:
        for action, each in zip(actions, alone, strict=True):
            # If the action is refused, it is the one to learn about.
            caller.activity.service = f"{action.domain}.{action.service}"
            _check(each, action)
        caller.activity.service = None
    finally:
        _record(caller, [each.activity for each in alone])
    return alone


def _requested(caller: Caller, action: Action) -> Requested:
    planned = _check(replace(caller, activity=Activity()), action)
    return requested(caller.hass, f"{action.domain}.{action.service}", planned)


def _check(caller: Caller, action: Action) -> PlannedCall:
    """Return the planned call of an action. Raises ``RefusedError`` if the key may not perform it."""
    domain, service = action.domain, action.service
    try:
        return ensure_may_call(
            caller, domain, service, action.data, target=action.target, wants_response=action.wants_response
        )
    except RefusedError as err:
        cause = err.__cause__
        if isinstance(cause, ServiceValidationError) and cause.translation_key == _LACKS_RESPONSE:
            text = f"Script requires 'response_variable' for response data for service call {domain}.{service}"
            raise bad_request(text) from None
        raise


async def _run(caller: Caller, action: Action, context: Context) -> None:
    try:
        await call(
            caller,
            action.domain,
            action.service,
            action.data,
            target=action.target,
            wants_response=action.wants_response,
            context=context,
            is_approved=True,
        )
    except RefusedError as err:
        if not action.goes_on or not isinstance(err.__cause__, HomeAssistantError):
            raise


def _record(caller: Caller, activities: Sequence[Activity]) -> None:
    """Record everything that the actions affect as one activity."""
    targets = [activity.target for activity in activities if activity.target is not None]
    caller.activity.target = "; ".join(targets[:_MAX_AUDITED]) or "no action"
    caller.activity.reached = frozenset().union(*(activity.reached for activity in activities))
    caller.activity.named = frozenset().union(*(activity.named for activity in activities))
    caller.activity.refused = next((activity.refused for activity in activities if activity.refused is not None), None)
