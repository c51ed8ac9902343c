"""Services: which ones a key may call, and calling them on entities in scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import voluptuous as vol
from homeassistant.const import ATTR_ENTITY_ID, EVENT_STATE_CHANGED
from homeassistant.core import (
    DOMAIN as HOMEASSISTANT,
    Context,
    Event,
    EventStateChangedData,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound, ServiceValidationError, Unauthorized
from homeassistant.helpers.json import json_fragment
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.util.json import JsonValueType

from ..keys import Capability
from ..refusal import Refusal, RefusedError, bad_request, failed, unsupported
from ..scope.service_fields import split_ids
from ..states.state_json import redacted_json
from .approval import ensure_approved, requested
from .caller import Caller
from .declaration import Operation
from .service_calls import CallPlanner, PlannedCall
from .service_responses import error_text, filter_response, invalid_text

LIST: Final = Operation("services.list", Capability.READ)
CALL: Final = Operation("services.call", Capability.CONTROL, adds=(Capability.READ,))

type Descriptions = dict[str, dict[str, Any]]
"""Home Assistant's descriptions of services, by domain and service."""

_MAX_AUDITED: Final = 10
_NOT_IMPLEMENTED: Final = "An entity that the call acts on does not support this action."
_NO_RESPONSE: Final = "Service does not support responses. Remove return_response from request."
_ONLY_RESPONSE: Final = (
    "Service call requires responses but caller did not ask for responses. Add ?return_response to query parameters."
)


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """The result of a service call.

    Attributes:
        changed: The states in scope that changed during the call, as JSON fragments. Empty without ``read``.
        response: The response, filtered and redacted; ``None`` if none was requested.
        context: The context of the call.

    """

    changed: list[Any]
    response: JsonValueType
    context: Context


async def descriptions(caller: Caller) -> Descriptions:
    """Return the descriptions of all services, including those that the key may not call."""
    return await async_get_all_descriptions(caller.hass)


def offered(caller: Caller, described: Descriptions) -> Descriptions:
    """Return the descriptions of the services that the key may call."""
    planner, in_scope = CallPlanner.of(caller), caller.home.domains()
    found = {}
    for domain, services in described.items():
        shown = {name: text for name, text in services.items() if planner.offers(domain, name, in_scope)}
        if shown:
            found[domain] = shown
    return found


async def call(  # noqa: PLR0913 - a call has a target apart from its data
    caller: Caller,
    domain: str,
    service: str,
    data: object,
    *,
    target: Mapping[str, Any] | None = None,
    wants_response: bool,
    context: Context | None = None,
    is_approved: bool = False,
) -> ServiceResult:
    """Call a service as the user that represents the key, and collect the states that change.

    The call runs to its end even if the client disconnects or the time limit is exceeded.

    Args:
        caller: The key.
        domain: The domain of the service.
        service: The name of the service.
        data: The data of the call, as sent by the client.
        target: The target, if the client sent it separately. Its fields replace those of the data.
        wants_response: Whether to return the response of the service.
        context: The context, if the call is part of a sequence; ``None`` for a new context.
        is_approved: Whether a person has approved the call, if the key needs that.

    Raises:
        RefusedError: The key may not make this call or read its response, or it failed. The cause is Home Assistant's
            exception.

    """
    domain, service = domain.lower(), service.lower()

    def plan(caller: Caller) -> PlannedCall:
        return ensure_may_call(caller, domain, service, data, target=target, wants_response=wants_response)

    if caller.key.ask and not is_approved:
        name = f"{domain}.{service}"
        caller = await ensure_approved(caller, lambda caller: [requested(caller.hass, name, plan(caller))])
    context = context or await caller.context()
    # Nothing may wait between the check and the call: what a target stands for may change meanwhile.
    planned = plan(caller)
    caller.ensure_unchanged()
    changed, response = await _call(caller, (domain, service), planned, context, wants_response=wants_response)
    if not wants_response:
        return ServiceResult(changed, None, context)
    shown = filter_response(f"{domain}.{service}", response, CallPlanner.of(caller).media)
    return ServiceResult(changed, redacted_json(shown, caller.redaction), context)


def ensure_may_call(  # noqa: PLR0913 - the same
    caller: Caller,
    domain: str,
    service: str,
    data: object,
    *,
    target: Mapping[str, Any] | None = None,
    wants_response: bool,
) -> PlannedCall:
    """Return a planned call without making it. Names must be in lower case.

    Raises:
        RefusedError: The key may not make this call, or the service does not exist.

    """
    name = caller.activity.target = f"{domain}.{service}"
    planned = _plan(caller, domain, service, data, target)
    caller.activity.reached = planned.reached
    if planned.reached:
        caller.activity.target = f"{name} on {', '.join(sorted(planned.reached)[:_MAX_AUDITED])}"
    if not planned.decision.allowed:
        caller.activity.refused = planned.decision
        caller.activity.named = frozenset(split_ids(planned.data.get(ATTR_ENTITY_ID)))
        raise RefusedError(Refusal.SERVICE, hidden=Refusal.SERVICE_SCOPE)
    if wants_response and not caller.may(Capability.READ):
        raise RefusedError(Refusal.CAPABILITY, {"key": caller.key.name, "capability": Capability.READ.value})
    _ensure_response(caller, domain, service, wanted=wants_response)
    return planned


def _plan(caller: Caller, domain: str, service: str, data: object, target: Mapping[str, Any] | None) -> PlannedCall:
    if not isinstance(data, dict | None):
        raise bad_request("Service data should be a JSON object.")
    try:
        return CallPlanner.of(caller).plan(domain, service, {**(data or {}), **(target or {})})
    except ValueError as err:
        raise bad_request(str(err)) from err


def _ensure_response(caller: Caller, domain: str, service: str, *, wanted: bool) -> None:
    """Refuse a call that requests a response the service does not have, or that omits a mandatory response."""
    services = caller.hass.services
    if not services.has_service(domain, service):
        raise bad_request(f"Service {domain}.{service} not found.") from ServiceNotFound(domain, service)
    supported = services.supports_response(domain, service)
    if wanted and supported is SupportsResponse.NONE:
        raise bad_request(_NO_RESPONSE) from _response_error("service_does_not_support_response")
    if not wanted and supported is SupportsResponse.ONLY:
        raise bad_request(_ONLY_RESPONSE) from _response_error("service_lacks_response_request")


def _response_error(translation_key: str) -> ServiceValidationError:
    """Return the exception that Home Assistant raises in this case."""
    return ServiceValidationError(
        translation_domain=HOMEASSISTANT,
        translation_key=translation_key,
        translation_placeholders={"return_response": "return_response=True"},
    )


async def _call(
    caller: Caller, name: tuple[str, str], planned: PlannedCall, context: Context, *, wants_response: bool
) -> tuple[list[Any], ServiceResponse]:
    hass, allows = caller.hass, caller.home.allows
    encode, redaction = caller.resources.state_json.encode, caller.redaction
    changed: list[Any] = []

    @callback
    def collect(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if event.context == context and state is not None and allows(state.entity_id):
            changed.append(json_fragment(encode(state, redaction)))

    listens = caller.may(Capability.READ)
    stop = hass.bus.async_listen(EVENT_STATE_CHANGED, collect) if listens else None
    try:
        work = hass.services.async_call(
            *name, planned.data, blocking=True, context=context, return_response=wants_response
        )
        return changed, await caller.finish(work, f"drawbridge {'.'.join(name)}")
    except (vol.Invalid, HomeAssistantError) as err:
        raise _refusal_of(err, caller, ".".join(name), planned) from err
    except NotImplementedError as err:
        # Some entities lack what their domain has, without declaring it, such as players whose media cannot be browsed.
        raise unsupported(_NOT_IMPLEMENTED) from err
    finally:
        if stop is not None:
            stop()


def _refusal_of(
    err: vol.Invalid | HomeAssistantError, caller: Caller, service: str, planned: PlannedCall
) -> RefusedError:
    if isinstance(err, vol.Invalid):
        return bad_request(invalid_text(str(err), caller.home.allows))
    if isinstance(err, Unauthorized):
        return RefusedError(Refusal.ADMINISTRATOR)
    text = error_text(service, str(err), caller.home.allows, is_opened=planned.is_opened)
    return bad_request(text) if isinstance(err, ServiceNotFound | ServiceValidationError) else failed(text)
