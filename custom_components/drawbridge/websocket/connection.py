"""The connection of a key: its commands, its subscriptions, and the messages that it sends."""

import asyncio
import inspect
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

import voluptuous as vol
from homeassistant.components.websocket_api.const import (
    ERR_ID_REUSE,
    ERR_INVALID_FORMAT,
    ERR_UNKNOWN_COMMAND,
    ERR_UNKNOWN_ERROR,
    FEATURE_COALESCE_MESSAGES,
)

from ..keys import ApiKey
from ..log import get_logger
from ..operations.caller import Caller
from ..refusal import Refusal, RefusedError
from ..states.ordered import ordered_json
from .command import ANSWERED, Command, Handler, Request
from .errors import ErrorAnswer, error_answer
from .outbox import Outbox
from .tracing import CommandTraces

if TYPE_CHECKING:
    from ..bridge import Bridge

_LOGGER = get_logger(__name__)
_AT_ONCE: Final = 20
"""The number of messages of an array to handle before yielding to the event loop."""
_WAIT_SECONDS: Final = 10.0
"""The maximum time that a command waits until it is started."""
_POLL_SECONDS: Final = 0.02
_HEAD: Final = 2
"""The number of members that every message has: the ID and the type."""
_INVALID_RESULT: Final = ErrorAnswer(ERR_UNKNOWN_ERROR, "Invalid JSON in response")


class Observer(Protocol):
    """Records the commands of a connection in metrics, the audit trail, learn mode and traces."""

    @property
    def traces(self) -> CommandTraces:
        """The traces of its commands."""

    def commanded(
        self,
        key: ApiKey,
        command: Command | None,
        message: Mapping[str, Any],
        request: Request | None,
        error: ErrorAnswer | None,
    ) -> None:
        """Record an answered command."""


class Connection:
    """The command phase of a WebSocket connection."""

    def __init__(
        self, bridge: Bridge, key: ApiKey, commands: Mapping[str, Command], outbox: Outbox, observer: Observer
    ) -> None:
        """Create a connection for an admitted key."""
        self.bridge = bridge
        self.key = key
        self.outbox = outbox
        self.remote: str | None = None
        self._commands = commands
        self._observer = observer
        self._last_id = 0
        self._subscriptions: dict[int, Callable[[], None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._key_listeners: list[Callable[[Caller], None]] = []
        self._is_closed = False

    # --- Receiving

    async def receive(self, message: object, beat: Callable[[], None]) -> None:
        """Handle a message or an array of messages.

        An array can take long, so ``beat`` is called after each message, unless the client does not read the results.
        """
        for number, item in enumerate(message if type(message) is list else (message,), 1):
            if not self._has_room_for(item) and not await self._wait_for_room(item):
                return
            self._handle(item)
            if self._is_closed:
                return
            if not self.outbox.is_crowded:
                beat()
            if number % _AT_ONCE == 0:
                # Yield to the event loop, because the array can be long.
                await asyncio.sleep(0)

    def _has_room_for(self, message: object) -> bool:
        """Tell whether a command can be started: few results are unread, and the key has few commands in progress."""
        if self.outbox.is_crowded:
            return False
        head = _head(message)
        command = self._commands.get(head[1]) if head is not None else None
        if command is None or not inspect.iscoroutinefunction(command.handler):
            return True
        return not self.bridge.limits.concurrency.is_full(self.key.id, self.bridge.options.max_concurrent)

    async def _wait_for_room(self, message: object) -> bool:
        """Read nothing more from a client that sends commands faster than they end, or than it reads their results.

        A command that has waited too long is handled, and is then subject to the limits. Return whether the connection
        is still open.
        """
        deadline = time.monotonic() + _WAIT_SECONDS
        while not self._has_room_for(message) and time.monotonic() < deadline:
            await self.bridge.limits.concurrency.wait(self.key.id, _POLL_SECONDS)
            if self._is_closed or self.outbox.is_closing:
                return False
        return True

    def _handle(self, message: object) -> None:
        """Validate the ID and the type like Home Assistant does, and run the command."""
        if (head := _head(message)) is None:
            number = message.get("id") if isinstance(message, dict) else 0
            self._refuse_malformed(number)
            return
        number, type_ = head
        assert isinstance(message, dict)  # noqa: S101 - a message with a head is an object
        if number <= self._last_id:
            self._fail(number, None, message, ErrorAnswer(ERR_ID_REUSE, "Identifier values have to increase."))
            return
        if (command := self._commands.get(type_)) is None:
            self._fail(number, None, message, ErrorAnswer(ERR_UNKNOWN_COMMAND, "Unknown command."))
            return
        if (tracer := self.bridge.tracer) is None:
            self._run(number, command, message)
        else:
            with self._observer.traces.command(tracer, message) as traced:
                self._run(number, command, traced)
        self._last_id = number

    def _refuse_malformed(self, number: object) -> None:
        error = ErrorAnswer(ERR_INVALID_FORMAT, "Message incorrectly formatted.")
        self._observer.commanded(self.key, None, {}, None, error)
        answer = {"type": "result", "success": False, "error": error.as_dict()}
        try:
            self._send({"id": number, **answer})
        except TypeError:
            # JSON may be read that is nested deeper than what may be written.
            self._send({"id": 0, **answer})

    def _run(self, number: int, command: Command, message: dict[str, Any]) -> None:
        request: Request | None = None
        try:
            handler = self._admit(command)
            request = Request(self, number, _validated(command, message), self.caller())
            result = handler(request)
        except Exception as err:  # noqa: BLE001 - each has its answer
            self._answer_error(number, command, message, request, err)
            return
        if inspect.iscoroutine(result):
            self._wait(number, command, message, request, result)
        else:
            self._answer(number, command, message, request, result)

    def _is_open(self) -> bool:
        return not self._is_closed and not self.outbox.is_closing

    def _admit(self, command: Command) -> Handler:
        """Apply the rate limit, check the capability, and return the handler. Raises ``RefusedError``."""
        admission, key = self.bridge.admission, self.key
        if not command.is_free:
            allowance = admission.limit_rate(key)
            if allowance is not None and not allowance.allowed:
                raise admission.over_limit(key)
        if (refused := admission.authorize(key, command.operation.capability)) is None:
            return command.handler
        if command.without is None:
            raise refused
        return command.without

    def _wait(
        self, number: int, command: Command, message: dict[str, Any], request: Request, work: Coroutine[Any, Any, Any]
    ) -> None:
        """Run an asynchronous command, within the concurrency limit of the key."""
        places, key_id = self.bridge.limits.concurrency, self.key.id
        if places.is_full(key_id, self.bridge.options.max_concurrent):
            work.close()
            self._answer_error(number, command, message, request, RefusedError(Refusal.BUSY))
            return
        places.enter(key_id)
        request.caller.is_present = self._is_open

        async def finish() -> None:
            try:
                async with asyncio.timeout(self.bridge.options.time_limit) as request.caller.clock:
                    result = await work
            except Exception as err:  # noqa: BLE001 - each has its answer
                self._answer_error(number, command, message, request, err)
            else:
                self._answer(number, command, message, request, result)
            finally:
                places.leave(key_id)

        task = self.bridge.start_task(finish(), f"drawbridge {command.type}")
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    # --- Sending

    def _answer(
        self, number: int, command: Command, message: Mapping[str, Any], request: Request, result: object
    ) -> None:
        if result is not ANSWERED:
            self.send_result(number, result)
        self._observer.commanded(self.key, command, message, request, None)

    def _answer_error(
        self, number: int, command: Command, message: Mapping[str, Any], request: Request | None, error: Exception
    ) -> None:
        answer = error_answer(message, error)
        if answer is None:
            _LOGGER.error("Unexpected error in the command %s", command.type, exc_info=error)
            answer = ErrorAnswer(ERR_UNKNOWN_ERROR, "Unknown error")
        self._fail(number, command, message, answer, request)

    def _fail(
        self,
        number: int,
        command: Command | None,
        message: Mapping[str, Any],
        error: ErrorAnswer,
        request: Request | None = None,
    ) -> None:
        # The audit trail names what a refused call would have reached. That takes no time before the answer.
        self._send({"id": number, "type": "result", "success": False, "error": error.as_dict()})
        self._observer.commanded(self.key, command, message, request, error)

    def send_result(self, number: int, result: object = None) -> None:
        """Send the result of a command."""
        self.bridge.feed.flush()
        try:
            self._send({"id": number, "type": "result", "success": True, "result": result})
        except TypeError, ValueError:
            self._send({"id": number, "type": "result", "success": False, "error": _INVALID_RESULT.as_dict()})

    def send_event(self, number: int, event: object) -> None:
        """Send an event of a subscription. Publishes pending changes first."""
        if number in self._subscriptions:
            self.bridge.feed.flush()
            self._send({"id": number, "type": "event", "event": event})

    def send_pong(self, number: int) -> None:
        """Answer a ping."""
        self._send({"id": number, "type": "pong"})

    def _send(self, message: Mapping[str, Any]) -> None:
        if not self._is_closed:
            self.outbox.send(ordered_json(message))

    # --- Subscriptions and key changes

    def caller(self) -> Caller:
        """Return the caller with the current key."""
        return Caller.of(self.key, self.bridge.resources)

    def subscribe(self, number: int, stop: Callable[[], None]) -> None:
        """Register a subscription. Raises ``RefusedError`` if there are too many."""
        if len(self._subscriptions) >= self.bridge.options.max_subscriptions:
            stop()
            raise RefusedError(Refusal.TOO_MANY_SUBSCRIPTIONS, {"limit": self.bridge.options.max_subscriptions})
        self._subscriptions[number] = stop

    def unsubscribe(self, number: int) -> bool:
        """End a subscription. Return whether there was one."""
        stop = self._subscriptions.pop(number, None)
        if stop is None:
            return False
        stop()
        return True

    def on_key_change(self, listener: Callable[[Caller], None]) -> Callable[[], None]:
        """Call a listener after each change of the key, until the returned function is called."""
        self._key_listeners.append(listener)
        return lambda: self._key_listeners.remove(listener)

    def change_key(self, key: ApiKey) -> None:
        """Use the changed key for everything that is sent from now on."""
        self.key = key
        caller = self.caller()
        for listener in tuple(self._key_listeners):
            listener(caller)

    def set_features(self, features: Mapping[str, Any]) -> None:
        """Set the features that the client supports."""
        self.outbox.coalesces = FEATURE_COALESCE_MESSAGES in features

    def close(self) -> None:
        """End all subscriptions and commands."""
        self._is_closed = True
        for number in tuple(self._subscriptions):
            try:
                self.unsubscribe(number)
            except Exception:
                _LOGGER.exception("Unexpected error while a subscription ended")
        for task in tuple(self._tasks):
            task.cancel("the connection was closed")


def _head(message: object) -> tuple[int, str] | None:
    """Return the ID and the type of a message; ``None`` if it is malformed."""
    if type(message) is not dict:
        return None
    number, type_ = message.get("id"), message.get("type")
    if type(number) is not int or number <= 0 or type(type_) is not str or not type_:
        return None
    return number, type_


def _validated(command: Command, message: dict[str, Any]) -> dict[str, Any]:
    if command.schema is not None:
        try:
            return command.schema(message)
        except (ArithmeticError, AttributeError, LookupError, TypeError, RecursionError) as err:
            # Some of Home Assistant's validators raise other exceptions for values of the wrong type.
            raise vol.Invalid("not a valid value") from err
    if len(message) > _HEAD:
        raise vol.Invalid("extra keys not allowed")
    return message
