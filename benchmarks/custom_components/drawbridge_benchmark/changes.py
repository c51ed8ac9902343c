"""Measures the cost of a state change."""

from itertools import cycle, islice
from time import thread_time

from homeassistant.core import HomeAssistant

_SENSORS = "sensor.synthetic_"


def cost_of_a_change(hass: HomeAssistant, number: int) -> float:
    """Change states `number` times, and return the seconds for each `async_set`, including listeners.

    Uses the CPU time of the thread, so that other programs and threads do not affect the result.
    """
    states = [state for state in hass.states.async_all("sensor") if state.entity_id.startswith(_SENSORS)]
    changes = [
        (state.entity_id, str(count), state.attributes) for count, state in enumerate(islice(cycle(states), number))
    ]
    set_state = hass.states.async_set
    began = thread_time()
    for entity_id, value, attributes in changes:
        set_state(entity_id, value, attributes)
    return (thread_time() - began) / number
