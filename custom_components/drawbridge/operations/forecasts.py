"""Weather forecasts, live."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.components.weather.const import WeatherEntityFeature

from ..keys import Capability
from .caller import Caller
from .declaration import Operation
from .following import Current, Send, passes_on

FOLLOW: Final = Operation("weather.follow_forecast", Capability.READ, names=("entity_id",))

TYPES: Final = ("daily", "hourly", "twice_daily")

_WEATHER: Final = "weather"


def find(caller: Caller, entity_id: str) -> Any:  # noqa: ANN401 - the class is of an integration that may not be set up
    """Return a weather entity. Raises ``RefusedError`` if it is not in scope."""
    return caller.home.find_entity(_WEATHER, entity_id, f"Weather entity not found: {entity_id}")


def has_forecast(entity: Any, forecast_type: str) -> bool:  # noqa: ANN401 - the same
    """Return whether a weather entity supports a forecast type."""
    return bool((entity.supported_features or 0) & WeatherEntityFeature[f"FORECAST_{forecast_type.upper()}"])


def follow(entity: Any, forecast_type: str, current: Current, send: Send) -> Callable[[], None]:  # noqa: ANN401 - the same
    """Subscribe to forecasts of a type. Returns a function that unsubscribes."""
    stop: Callable[[], None] = entity.async_subscribe_forecast(forecast_type, passes_on(entity, current, send))
    return stop


async def update(caller: Caller, entity: Any, forecast_type: str) -> None:  # noqa: ANN401 - the same
    """Make a weather entity send its forecasts of a type to all subscribers."""
    await caller.finish(entity.async_update_listeners({forecast_type}), "drawbridge forecast")
