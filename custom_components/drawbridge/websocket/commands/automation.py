"""Commands that evaluate conditions, and that follow conditions and triggers."""

from typing import Any

import voluptuous as vol
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.json import json_fragment

from ...operations import conditions, triggers
from ...operations.watch import Watch
from ..command import ANSWERED, Answered, Commands, Request
from ..fields import objects, shallow

commands = Commands()

_CONDITION = {vol.Required("condition"): vol.All(shallow, cv.CONDITION_SCHEMA)}
_TRIGGER = {vol.Required("trigger"): vol.All(shallow, objects, cv.TRIGGER_SCHEMA)}


@commands.command("test_condition", conditions.TEST, {**_CONDITION, vol.Optional("variables"): dict})
async def test_condition(request: Request) -> dict[str, Any]:
    """Return whether a condition on entities in scope is true."""
    return {"result": await conditions.test(request.caller, request.message["condition"])}


@commands.command("subscribe_condition", conditions.FOLLOW, _CONDITION)
async def subscribe_condition(request: Request) -> Answered:
    """Send whether a condition on entities in scope is true, whenever that changes."""
    watch = conditions.ConditionWatch(request.current, request.message["condition"], request.send_event)
    await _follow(request, watch)
    request.send_result()
    watch.evaluate()
    return ANSWERED


@commands.command("subscribe_trigger", triggers.FOLLOW, {**_TRIGGER, vol.Optional("variables"): dict})
async def subscribe_trigger(request: Request) -> None:
    """Send an event when triggers on entities in scope, times or listed events fire."""

    def report(event: bytes) -> None:
        request.send_event(json_fragment(event))

    await _follow(request, triggers.TriggerWatch(request.current, request.message["trigger"], report))


async def _follow(request: Request, watch: Watch) -> None:
    """Start a watch that runs until the client unsubscribes or the connection closes."""
    await watch.attach()
    watch.follow()
    stop_following = request.on_key_change(watch.key_changed)

    def stop() -> None:
        stop_following()
        watch.stop()

    request.subscribe(stop)
    request.caller.activity.reached = frozenset(watch.placeholders.named)
