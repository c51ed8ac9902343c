"""Waits for Home Assistant's recorder."""

from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance, session_scope


async def wait_written(hass: HomeAssistant) -> None:
    """Wait until everything that has happened so far is in the database.

    The recorder's own `async_block_till_done` does not wait for what its thread has just taken from the queue.
    """
    written = hass.loop.create_future()
    get_instance(hass).queue_task(SynchronizeTask(written))
    await written


async def wait_recording(hass: HomeAssistant) -> None:
    """Wait until everything is in the database, and the recorder knows how old the oldest is."""
    recorder = get_instance(hass)
    await hass.async_block_till_done()
    await wait_written(hass)

    def look() -> None:
        with session_scope(hass=hass, read_only=True) as session:
            recorder.states_manager.load_from_db(session)

    await recorder.async_add_executor_job(look)
