"""Commands of integrations that may not be set up."""

from collections.abc import Callable

from homeassistant.components.websocket_api.const import ERR_UNKNOWN_COMMAND

from ..operations.caller import Caller
from ..refusal import RefusedError
from .command import Request
from .errors import CommandError


def ensure_available(request: Request, check: Callable[[Caller], None]) -> None:
    """Raise ``CommandError`` if an integration is not set up, because Home Assistant then has no such command."""
    try:
        check(request.caller)
    except RefusedError as err:
        raise CommandError(ERR_UNKNOWN_COMMAND, "Unknown command.") from err
