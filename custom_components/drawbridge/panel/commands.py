"""Declares commands of Home Assistant's WebSocket API, for administrators only."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_ALLOWED, ERR_NOT_FOUND, WebSocketCommandHandler
from homeassistant.components.websocket_api.decorators import async_response, require_admin, websocket_command
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..bridge import Bridge
from ..const import DOMAIN
from ..keys import ApiKey
from ..keys.document_changes import KeyGoneError
from ..keys.keeper import KeyNotSavedError
from ..policy_tests.guard import BrokenTestsError
from .panel import Panel
from .subscribers import Send

ERR_NOT_LOADED: Final = "not_loaded"
ERR_NOT_SAVED: Final = "not_saved"
ERR_BROKEN_TESTS: Final = "broken_tests"
KEY_ID: Final = "key_id"

PANEL: HassKey[Panel] = HassKey("drawbridge_panel")

type Fields = Mapping[Any, Any]
type Handler = Callable[[Request], Awaitable[object]]


class CommandError(Exception):
    """Raised to answer a command with an error.

    Errors that the panel shows have a name, by which it finds the message in other languages.
    """

    def __init__(self, code: str, message: str, name: str | None = None, **values: str) -> None:
        """Create an error with a code, an English message, and the name and the values of this message."""
        super().__init__(message)
        self.code = code
        self.name = name
        self.values = values


def not_found(message: str) -> CommandError:
    """Return the error for something that does not exist."""
    return CommandError(ERR_NOT_FOUND, message)


def not_allowed(message: str, name: str | None = None) -> CommandError:
    """Return the error for something that is refused."""
    return CommandError(ERR_NOT_ALLOWED, message, name)


@dataclass(frozen=True, slots=True)
class Request:
    """A command that an administrator sent.

    Attributes:
        hass: Home Assistant.
        panel: The parts of the panel.
        data: The validated message.
        connection: The connection that it came from.

    """

    hass: HomeAssistant
    panel: Panel
    data: Mapping[str, Any]
    connection: ActiveConnection

    @property
    def bridge(self) -> Bridge:
        """The loaded bridge."""
        return self.panel.bridge

    def key(self, field: str = KEY_ID) -> ApiKey:
        """Return the key that a field names, as it is in force. Raises ``CommandError`` if it does not exist."""
        key_id = self.data[field]
        if (key := self.bridge.keys.get(key_id)) is not None:
            return key
        if key_id in self.bridge.stored_keys.damaged:
            raise not_allowed("A value of this key is invalid. Delete the key and add it again.", "key_damaged")
        raise unknown_key()

    def subentry(self) -> ConfigSubentry:
        """Return the subentry of the named key, damaged or not. Raises ``CommandError`` if it does not exist."""
        subentry = self.bridge.stored_keys.subentry(self.data[KEY_ID])
        if subentry is None:
            raise unknown_key()
        return subentry

    def subscribe(self, follow: Callable[[Send], Callable[[], None]]) -> None:
        """Send events to the client until it unsubscribes, disconnects or is no administrator anymore."""
        connection, message_id = self.connection, self.data["id"]

        @callback
        def send(event: Mapping[str, Any]) -> None:
            if connection.user.is_admin:
                connection.send_event(message_id, event)
            else:
                stop()

        stop = follow(send)
        connection.subscriptions[message_id] = stop


def unknown_key() -> CommandError:
    """Return the error for a key that does not exist."""
    return not_found("There is no key with this ID.")


def command(name: str, fields: Fields | None = None) -> Callable[[Handler], WebSocketCommandHandler]:
    """Declare the decorated function as a command. It returns the result or raises ``CommandError``."""

    def declare(handler: Handler) -> WebSocketCommandHandler:
        @websocket_command({vol.Required("type"): f"{DOMAIN}/{name}", **(fields or {})})
        @require_admin
        @async_response
        async def respond(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
            try:
                result = await _handle(handler, hass, connection, msg)
            except CommandError as err:
                domain = None if err.name is None else DOMAIN
                connection.send_error(msg["id"], err.code, str(err), err.name, domain, err.values or None)
            else:
                connection.send_result(msg["id"], result)

        return respond

    return declare


async def _handle(handler: Handler, hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> object:
    panel = hass.data.get(PANEL)
    if panel is None:
        raise CommandError(ERR_NOT_LOADED, "Drawbridge is not set up or not loaded.")
    try:
        return await handler(Request(hass, panel, msg, connection))
    except KeyNotSavedError as err:
        message = f"The change could not be saved and was not made: {err.reason}."
        raise CommandError(ERR_NOT_SAVED, message, "not_saved", reason=err.reason) from err
    except BrokenTestsError as err:
        raise CommandError(ERR_BROKEN_TESTS, str(err)) from err
    except KeyGoneError as err:
        raise unknown_key() from err
