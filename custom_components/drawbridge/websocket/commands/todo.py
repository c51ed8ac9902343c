"""Commands for the items of to-do lists."""

import voluptuous as vol
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType

from ...operations import todo as operations
from ..command import ANSWERED, Answered, Commands, Request
from ..errors import failure_told, missing_told

commands = Commands()


@commands.command("todo/item/list", operations.LIST, {vol.Required("entity_id"): cv.entity_id})
def listed(request: Request) -> dict[str, JsonValueType]:
    """Return the items of a to-do list."""
    return {"items": operations.listed(request.caller, request.message["entity_id"])}


@commands.command("todo/item/subscribe", operations.FOLLOW, {vol.Required("entity_id"): cv.entity_domain("todo")})
def subscribe(request: Request) -> Answered:
    """Send the items of a to-do list, and again whenever they change."""
    with missing_told("invalid_entity_id"):
        entity = operations.find(request.caller, request.message["entity_id"])

    def send(items: JsonValueType) -> None:
        request.send_event({"items": items})

    stop, send_now = operations.follow(entity, request.current, send)
    request.subscribe(stop)
    request.send_result()
    send_now()
    return ANSWERED


@commands.command(
    "todo/item/move",
    operations.MOVE,
    {
        vol.Required("entity_id"): cv.entity_id,
        vol.Required("uid"): cv.string,
        vol.Optional("previous_uid"): cv.string,
    },
)
async def move(request: Request) -> None:
    """Move an item of a to-do list after another item, or to the top."""
    message = request.message
    with failure_told():
        await operations.move(request.caller, message["entity_id"], message["uid"], message.get("previous_uid"))
