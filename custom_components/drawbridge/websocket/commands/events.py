"""Commands for events."""

from typing import Any

import voluptuous as vol
from homeassistant.const import MATCH_ALL

from ...operations import events as operations
from ..command import ANSWERED, Answered, Commands, Request
from ..events import EventSubscription

commands = Commands()


@commands.command("subscribe_events", operations.FOLLOW, {vol.Optional("event_type", default=MATCH_ALL): str})
async def subscribe_events(request: Request) -> Answered:
    """Send the events of a type, or of all types, that the key may see."""
    subscription = EventSubscription(request, request.message["event_type"])
    stop_following = request.on_key_change(subscription.key_changed)

    def stop() -> None:
        stop_following()
        subscription.stop()

    request.subscribe(stop)
    try:
        await subscription.ready()
    except BaseException:
        request.connection.unsubscribe(request.id)
        raise
    request.send_result()
    subscription.start()
    return ANSWERED


@commands.command("fire_event", operations.FIRE, {vol.Required("event_type"): str, vol.Optional("event_data"): dict})
async def fire_event(request: Request) -> dict[str, Any]:
    """Fire an event of a type that is on the key's event list."""
    message = request.message
    context = await operations.fire(request.caller, message["event_type"], message.get("event_data"), is_local=True)
    return {"context": context}
