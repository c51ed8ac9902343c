"""The declaration of commands, and the requests that their handlers get."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.messages import BASE_COMMAND_MESSAGE_SCHEMA

from ..operations.caller import Caller
from ..operations.declaration import Operation

if TYPE_CHECKING:
    from .connection import Connection


class Answered(Enum):
    """Returned by a handler that has sent its result itself, because it sends events right after it."""

    ANSWERED = auto()


ANSWERED: Final = Answered.ANSWERED

type Handler = Callable[[Request], Awaitable[Any] | Any]
"""Handles a command.

The returned or awaited value is sent as the result. It is any value that Home Assistant can encode as JSON, a
``json_fragment`` with encoded JSON, or ``ANSWERED``.
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A command that clients may send.

    Attributes:
        type: The type in the message, such as ``get_states``.
        operation: The declaration of the operation, with the required capability.
        schema: Validates a message; ``None`` for a command without fields.
        handler: Handles it.
        summary: A one-line description, for the documentation.
        is_free: Whether it does not count towards the rate limit.
        without: Handles it for a key without the capability; ``None`` to refuse it.
        fields: The fields of the message, for the documentation.

    """

    type: str
    operation: Operation
    schema: Callable[[Any], dict[str, Any]] | None
    handler: Handler
    summary: str
    is_free: bool = False
    without: Handler | None = None
    fields: Mapping[Any, Any] | None = None


class Commands:
    """The commands of a module, declared by ``@commands.command`` where their handlers are defined."""

    def __init__(self) -> None:
        """Create an empty collection."""
        self.commands: list[Command] = []

    def command(
        self,
        type_: str,
        operation: Operation,
        fields: Mapping[Any, Any] | None = None,
        *,
        is_free: bool = False,
        without: Handler | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare the decorated function as a handler. The first line of its docstring is the summary.

        Args:
            type_: The type in the message.
            operation: The declaration of the operation.
            fields: The fields besides ``id`` and ``type``, as in Home Assistant's own command.
            is_free: Whether it does not count towards the rate limit.
            without: Handles it for a key without the capability; ``None`` to refuse it.

        """
        schema = None if not fields else BASE_COMMAND_MESSAGE_SCHEMA.extend({vol.Required("type"): type_, **fields})

        def declare(handler: Handler) -> Handler:
            summary = (handler.__doc__ or "").partition("\n")[0]
            self.commands.append(Command(type_, operation, schema, handler, summary, is_free, without, fields))
            return handler

        return declare


@dataclass(frozen=True, slots=True)
class Request:
    """A command that was admitted.

    Attributes:
        connection: The connection that received it.
        id: The ID of the message. Results and events contain it.
        message: The validated message.
        caller: The key, and its view of Home Assistant.

    """

    connection: Connection
    id: int
    message: dict[str, Any]
    caller: Caller

    def send_result(self, result: object = None) -> None:
        """Send the result. Only handlers that return ``ANSWERED`` call this."""
        self.connection.send_result(self.id, result)

    def send_event(self, event: object) -> None:
        """Send an event of a subscription: a JSON-encodable value or a ``json_fragment``."""
        self.connection.send_event(self.id, event)

    def subscribe(self, stop: Callable[[], None]) -> None:
        """Register a subscription under the ID of this command.

        ``stop`` is called once: when the client unsubscribes, or when the connection closes.

        Raises:
            RefusedError: The connection has too many subscriptions. ``stop`` has been called.

        """
        self.connection.subscribe(self.id, stop)

    def on_key_change(self, listener: Callable[[Caller], None]) -> Callable[[], None]:
        """Call a listener with the new caller after each change of the key, until the returned function is called."""
        return self.connection.on_key_change(listener)

    def current(self) -> Caller:
        """Return the caller with the current key, for events that a subscription sends later."""
        return self.connection.caller()
