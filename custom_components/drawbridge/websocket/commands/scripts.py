"""Commands that run sequences of actions."""

from typing import Any

import voluptuous as vol
from homeassistant.components.websocket_api.const import (
    ERR_HOME_ASSISTANT_ERROR,
    ERR_INVALID_FORMAT,
    ERR_SERVICE_VALIDATION_ERROR,
)
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ...operations import scripts as operations
from ...refusal import RefusedError
from ..command import Commands, Request
from ..errors import CommandError
from ..fields import shallow
from .services import translation

commands = Commands()


@commands.command(
    "execute_script",
    operations.RUN,
    {vol.Required("sequence"): vol.All(shallow, cv.SCRIPT_SCHEMA), vol.Optional("variables"): dict},
)
async def execute_script(request: Request) -> dict[str, Any]:
    """Run a sequence of actions. If the key may not perform one of them, none is run."""
    try:
        context = await operations.run(request.caller, request.message["sequence"])
    except RefusedError as err:
        if (answer := _as_home_assistant(err)) is not None:
            raise answer from err
        raise
    return {"context": context, "response": None}


def _as_home_assistant(error: RefusedError) -> CommandError | None:
    """Return the error that Home Assistant's own command sends for a failed action."""
    match error.__cause__:
        case ServiceNotFound() as cause:
            return CommandError(ERR_SERVICE_VALIDATION_ERROR, str(cause), translation(cause))
        case ServiceValidationError() as cause:
            return CommandError(ERR_SERVICE_VALIDATION_ERROR, error.message, translation(cause))
        case vol.Invalid():
            return CommandError(ERR_INVALID_FORMAT, error.message)
        case HomeAssistantError() as cause:
            return CommandError(ERR_HOME_ASSISTANT_ERROR, error.message, translation(cause))
    return None
