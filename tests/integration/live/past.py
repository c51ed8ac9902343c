"""A household with a past."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from tests.integration.recording import wait_recording

# The harness has every statement logged, also between tests, where nothing captures it.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

LAMP = "input_boolean.living_room_lamp"
OTHER = "input_boolean.bedroom_lamp"
SENSOR = "sensor.outside"
CLIMATE = "climate.hall"
NOTE = "climate.note"
HIDDEN = "hidden_marker"


def moment(**back: float) -> str:
    """Return the text of a time in the past, or of one to come for a negative number."""
    return (dt_util.utcnow() - timedelta(**back)).isoformat()


async def wait_past() -> None:
    """Wait until no subscription, ours or Home Assistant's own, is still reading the past."""
    while any(set(awaited(task)) & {"CatchUp.run", "ws_stream", "ws_event_stream"} for task in asyncio.all_tasks()):  # noqa: ASYNC110 - it is read in a thread
        await asyncio.sleep(0.01)


def awaited(task: asyncio.Task[Any]) -> Iterator[str]:
    """Yield the names of the coroutines that a task awaits, from the outermost."""
    coroutine: Any = task.get_coro()
    while inspect.iscoroutine(coroutine):
        yield coroutine.cr_code.co_qualname
        coroutine = coroutine.cr_await


async def live_through(hass: HomeAssistant) -> None:
    """Let a few things happen, some of them because of others, and some that narrow keys must not hear of."""
    for name in ("history", "logbook"):
        assert await async_setup_component(hass, name, {})
    for number in range(4):
        hass.states.async_set(SENSOR, str(number), {"unit_of_measurement": "°C", "number": number})
    hass.states.async_set(SENSOR, "3", {"unit_of_measurement": "°C", "number": 9})
    hass.states.async_set(CLIMATE, "heat", {"current_temperature": 20, "access_token": "abc", "latitude": 52.1})
    hass.states.async_set(CLIMATE, "heat", {"current_temperature": 21})
    hass.states.async_set(NOTE, "heat", {"note": "/api/webhook/0123456789abcdef", "access_token": "abc"})
    hass.states.async_set("light.secret", "off", {"friendly_name": HIDDEN})
    hass.states.async_set("light.secret", "on", {"friendly_name": HIDDEN})
    context = Context(id="01KB0000000000000000000001")
    for entity_id, service in ((OTHER, "turn_on"), (LAMP, "turn_on"), (LAMP, "turn_off"), (OTHER, "turn_off")):
        await switch(hass, entity_id, service, context)
    log(hass, "Bed", f"made by {HIDDEN}", entity_id=OTHER)
    log(hass, "Lamp", f"was switched by {OTHER}, {HIDDEN}", entity_id=LAMP)
    log(hass, "House", f"is quiet, {HIDDEN}", domain="light")
    await wait_recording(hass)


async def switch(hass: HomeAssistant, entity_id: str, service: str, context: Context | None = None) -> None:
    """Switch a lamp."""
    data = {"entity_id": entity_id}
    await hass.services.async_call("input_boolean", service, data, blocking=True, context=context)


def log(hass: HomeAssistant, name: str, message: str, **more: Any) -> None:
    """Add an entry to the logbook."""
    hass.bus.async_fire("logbook_entry", {"name": name, "message": message, **more})


def in_loop(hass: HomeAssistant, act: Callable[[], object]) -> None:
    """Do something in the event loop, and wait for it in another thread."""

    async def run() -> None:
        act()

    asyncio.run_coroutine_threadsafe(run(), hass.loop).result(10)
