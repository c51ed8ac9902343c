"""Commands for services."""

from typing import Any

import voluptuous as vol
from homeassistant.components.websocket_api.const import (
    ERR_HOME_ASSISTANT_ERROR,
    ERR_INVALID_FORMAT,
    ERR_NOT_FOUND,
    ERR_SERVICE_VALIDATION_ERROR,
)
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ...operations import services as operations
from ...refusal import RefusedError
from ..command import Commands, Request
from ..errors import CommandError

commands = Commands()


@commands.command("get_services", operations.LIST)
async def get_services(request: Request) -> operations.Descriptions:
    """Return the services that the key may call, with Home Assistant's own descriptions."""
    caller = request.caller
    return operations.offered(caller, await operations.descriptions(caller))


@commands.command(
    "call_service",
    operations.CALL,
    {
        vol.Required("domain"): str,
        vol.Required("service"): str,
        vol.Optional("target"): cv.ENTITY_SERVICE_FIELDS,
        vol.Optional("service_data"): dict,
        vol.Optional("return_response", default=False): bool,
    },
)
async def call_service(request: Request) -> dict[str, Any]:
    """Call a service on entities in scope."""
    message = request.message
    if (message["domain"], message["service"]) == ("system_log", "write"):
        # The frontend reports its own errors with this service. They do not belong in Home Assistant's log.
        return {"context": await request.caller.context()}
    try:
        result = await operations.call(
            request.caller,
            message["domain"],
            message["service"],
            message.get("service_data"),
            target=message.get("target"),
            wants_response=message["return_response"],
        )
    except RefusedError as err:
        if (answer := _as_home_assistant(message, err)) is not None:
            raise answer from err
        raise
    shown: dict[str, Any] = {"context": result.context}
    if message["return_response"]:
        shown["response"] = result.response
    return shown


def _as_home_assistant(message: dict[str, Any], error: RefusedError) -> CommandError | None:
    """Return the error that Home Assistant's own command sends for a failed call."""
    cause = error.__cause__
    if isinstance(cause, ServiceNotFound):
        name = f"{message['domain']}.{message['service']}"
        if f"{cause.domain}.{cause.service}" == name:
            return CommandError(ERR_NOT_FOUND, f"Service {name} not found.", translation(cause))
        return CommandError(ERR_HOME_ASSISTANT_ERROR, error.message)
    if isinstance(cause, ServiceValidationError):
        return CommandError(ERR_SERVICE_VALIDATION_ERROR, f"Validation error: {error.message}", translation(cause))
    if isinstance(cause, vol.Invalid):
        return CommandError(ERR_INVALID_FORMAT, error.message)
    if isinstance(cause, HomeAssistantError):
        return CommandError(ERR_HOME_ASSISTANT_ERROR, error.message, translation(cause))
    return None


def translation(error: HomeAssistantError) -> dict[str, Any] | None:
    """Return the translation key of an error. The placeholders are left out, because they can contain hidden names."""
    if error.translation_key is None:
        return None
    return {
        "translation_key": error.translation_key,
        "translation_placeholders": None,
        "translation_domain": error.translation_domain,
    }
