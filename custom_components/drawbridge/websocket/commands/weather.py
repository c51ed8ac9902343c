"""Commands for the weather."""

import voluptuous as vol
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType

from ...operations import forecasts as operations
from ..command import ANSWERED, Answered, Commands, Request
from ..errors import CommandError, missing_told

commands = Commands()


@commands.command(
    "weather/subscribe_forecast",
    operations.FOLLOW,
    {
        vol.Required("entity_id"): cv.entity_domain("weather"),
        vol.Required("forecast_type"): vol.In(list(operations.TYPES)),
    },
)
async def subscribe_forecast(request: Request) -> Answered:
    """Send the forecast of a weather entity, and again whenever it changes."""
    forecast_type: str = request.message["forecast_type"]
    with missing_told("invalid_entity_id"):
        entity = operations.find(request.caller, request.message["entity_id"])
    if not operations.has_forecast(entity, forecast_type):
        text = f"The weather entity does not support forecast type: {forecast_type}"
        raise CommandError("forecast_not_supported", text)

    def send(forecast: JsonValueType) -> None:
        request.send_event({"type": forecast_type, "forecast": forecast})

    request.subscribe(operations.follow(entity, forecast_type, request.current, send))
    request.send_result()
    await operations.update(request.caller, entity, forecast_type)
    return ANSWERED
