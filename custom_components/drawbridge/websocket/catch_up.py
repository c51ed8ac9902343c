"""Catch-up subscriptions as commands of a connection."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from ..keys import Capability
from ..operations.caller import Caller
from ..operations.catch_up import CatchUp
from .command import ANSWERED, Answered, Request
from .errors import CommandError


class CatchUpClient:
    """The client of a subscription."""

    def __init__(self, request: Request) -> None:
        """Create it for the sender of a command."""
        self._request = request

    def caller(self) -> Caller:
        """Return the caller with the current key."""
        return self._request.current()

    def send(self, event: dict[str, Any]) -> None:
        """Send an event."""
        self._request.send_event(event)

    async def room(self) -> None:
        """Wait until the client has read the events sent so far."""
        outbox = self._request.connection.outbox
        if not outbox.is_behind:
            return
        has_room = asyncio.Event()

        def resume() -> bool:
            has_room.set()
            return True

        outbox.wait_for_room(resume)
        try:
            await has_room.wait()
        finally:
            outbox.forget(resume)


async def follow(request: Request, catch_up: CatchUp) -> Answered:
    """Answer a command with a subscription to past and live events."""
    stop_watching = _end_without_capability(request)

    def stop() -> None:
        stop_watching()
        catch_up.stop()

    request.subscribe(stop)
    catch_up.begin()
    request.send_result()
    try:
        await catch_up.run()
    except BaseException:
        request.connection.unsubscribe(request.id)
        raise
    return ANSWERED


def _end_without_capability(request: Request) -> Callable[[], None]:
    """End the subscription when the key loses the required capability."""

    def changed(caller: Caller) -> None:
        if not caller.may(Capability.HISTORY):
            request.connection.unsubscribe(request.id)

    return request.on_key_change(changed)


def nothing(request: Request, event: dict[str, Any]) -> Answered:
    """Answer a command with a subscription without events: only an empty event is sent."""
    request.subscribe(lambda: None)
    request.send_result()
    request.send_event(event)
    return ANSWERED


def moment(request: Request, name: str) -> datetime:
    """Return the time in a field, in UTC. Raises ``CommandError``, like Home Assistant's commands, if it is invalid."""
    try:
        found = dt_util.parse_datetime(request.message[name])
        if found is not None:
            found = dt_util.as_utc(found)
            found.timestamp()
    except OverflowError, ValueError:
        found = None
    if found is None:
        raise invalid(name)
    return found


def period(request: Request) -> tuple[datetime, datetime | None]:
    """Return the start and the end of a subscription; the end may be ``None``. Raises ``CommandError``."""
    start = moment(request, "start_time")
    if start > dt_util.utcnow():
        raise invalid("start_time")
    end = moment(request, "end_time") if request.message.get("end_time") else None
    if end is not None and end < start:
        raise invalid("end_time")
    return start, end


def invalid(name: str) -> CommandError:
    """Return Home Assistant's error for an invalid field."""
    return CommandError(f"invalid_{name}", f"Invalid {name}")
