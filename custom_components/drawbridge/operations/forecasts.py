"""Weather: forecasts, live."""

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
    """Return a weather entity. Raises ``RefusedError`` if there is no such entity in scope."""
    return caller.home.find_entity(_WEATHER, entity_id, f"Weather entity not found: {entity_id}")


def has_forecast(entity: Any, forecast_type: str) -> bool:  # noqa: ANN401 - the same
    """Tell whether a weather entity makes forecasts of a type."""
    return bool((entity.supported_features or 0) & WeatherEntityFeature[f"FORECAST_{forecast_type.upper()}"])


def follow(entity: Any, forecast_type: str, current: Current, send: Send) -> Callable[[], None]:  # noqa: ANN401 - the same
    """Follow the forecasts of a type. Return what ends it."""
    stop: Callable[[], None] = entity.async_subscribe_forecast(forecast_type, passes_on(entity, current, send))
    return stop


async def update(caller: Caller, entity: Any, forecast_type: str) -> None:  # noqa: ANN401 - the same
    """Have the entity tell all that follow its forecasts of a type how the weather will be."""
    await caller.finish(entity.async_update_listeners({forecast_type}), "drawbridge forecast")
