"""How a command is declared, and what its handler gets."""

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
    """The result of a handler that has sent its result itself, because it sends events right after it."""

    ANSWERED = auto()


ANSWERED: Final = Answered.ANSWERED

type Handler = Callable[[Request], Awaitable[Any] | Any]
"""Handles a command. What it returns, or what its coroutine returns, is sent as the result: any value that Home
Assistant can encode as JSON, ``json_fragment`` for JSON that is encoded already, or ``ANSWERED``."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command that clients may send.

    Attributes:
        type: The type in the message, such as ``get_states``.
        operation: What it does, and the capability that it needs.
        schema: Validates a message; ``None`` for a command without fields.
        handler: Handles it.
        summary: What it does, in a sentence, for the documents.
        is_free: Whether it costs nothing of the rate limit.
        fields: The fields of the message, for the documents.

    """

    type: str
    operation: Operation
    schema: Callable[[Any], dict[str, Any]] | None
    handler: Handler
    summary: str
    is_free: bool = False
    fields: Mapping[Any, Any] | None = None


class Commands:
    """The commands of a module, declared by ``@commands.command`` where their handlers are defined."""

    def __init__(self) -> None:
        """Create an empty collection."""
        self.commands: list[Command] = []

    def command(
        self, type_: str, operation: Operation, fields: Mapping[Any, Any] | None = None, *, is_free: bool = False
    ) -> Callable[[Handler], Handler]:
        """Declare the decorated handler. The first line of its docstring is the summary.

        Args:
            type_: The type in the message.
            operation: The declaration of the operation.
            fields: The fields besides ``id`` and ``type``, as Home Assistant's own command declares them.
            is_free: Whether it costs nothing of the rate limit.

        """
        schema = None if not fields else BASE_COMMAND_MESSAGE_SCHEMA.extend({vol.Required("type"): type_, **fields})

        def declare(handler: Handler) -> Handler:
            summary = (handler.__doc__ or "").partition("\n")[0]
            self.commands.append(Command(type_, operation, schema, handler, summary, is_free, fields))
            return handler

        return declare


@dataclass(frozen=True, slots=True)
class Request:
    """A command that was admitted.

    Attributes:
        connection: The connection that it came by.
        id: Its id. Results and events carry it.
        message: The validated message.
        caller: The key, and what it sees.

    """

    connection: Connection
    id: int
    message: dict[str, Any]
    caller: Caller

    def send_result(self, result: object = None) -> None:
        """Send the result. Only a handler that returns ``ANSWERED`` does that itself."""
        self.connection.send_result(self.id, result)

    def send_event(self, event: object) -> None:
        """Send an event of a subscription: a value that can be encoded as JSON, or a ``json_fragment``."""
        self.connection.send_event(self.id, event)

    def subscribe(self, stop: Callable[[], None]) -> None:
        """Keep a subscription under the id of this command.

        ``stop`` is called once: when the client unsubscribes, or when the connection closes.

        Raises:
            RefusedError: The connection has too many subscriptions. ``stop`` was called.

        """
        self.connection.subscribe(self.id, stop)

    def on_key_change(self, listener: Callable[[Caller], None]) -> Callable[[], None]:
        """Call a listener with the new caller after each change of the key, until the returned function is called."""
        return self.connection.on_key_change(listener)

    def current(self) -> Caller:
        """Return the caller for the key as it is now, for what a subscription delivers later."""
        return self.connection.caller()
