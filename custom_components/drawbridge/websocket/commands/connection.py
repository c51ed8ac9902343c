"""Commands for the connection itself."""

import voluptuous as vol
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.helpers import config_validation as cv

from ...operations import own
from ..command import ANSWERED, Answered, Commands, Request
from ..errors import CommandError

commands = Commands()


@commands.command("ping", own.PING, is_free=True)
def ping(request: Request) -> Answered:
    """Answer with a pong."""
    request.connection.send_pong(request.id)
    return ANSWERED


@commands.command("supported_features", own.FEATURES, {vol.Required("features"): {str: int}}, is_free=True)
def supported_features(request: Request) -> None:
    """Enable features that the client supports, such as arrays of messages."""
    request.connection.set_features(request.message["features"])


@commands.command("unsubscribe_events", own.UNSUBSCRIBE, {vol.Required("subscription"): cv.positive_int}, is_free=True)
def unsubscribe_events(request: Request) -> None:
    """End a subscription."""
    if not request.connection.unsubscribe(request.message["subscription"]):
        raise CommandError(ERR_NOT_FOUND, "Subscription not found.")


@commands.command("auth/current_user", own.CURRENT_USER)
def current_user(request: Request) -> dict[str, object]:
    """Return the name of the key, in the form of a Home Assistant user."""
    key = request.caller.key
    # No `is_admin`: Node-RED refuses a client for which it is false, and no key is an administrator.
    return {"id": key.id, "name": key.name, "is_owner": False, "credentials": [], "mfa_modules": []}
