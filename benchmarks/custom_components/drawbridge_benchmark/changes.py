"""What one change of a state costs."""

from itertools import cycle, islice
from time import thread_time

from homeassistant.core import HomeAssistant

_SENSORS = "sensor.synthetic_"


def cost_of_a_change(hass: HomeAssistant, number: int) -> float:
    """Change so many states, and return the seconds of this thread that one `async_set` took, listeners included.

    The time of the thread, since other programs and threads shall not count.
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
