"""What benchmarks compare with, and what can be measured inside the process alone. For measurements only."""

from random import randbytes

from aiohttp import web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.helpers.typing import ConfigType

from .blocks import Blocks
from .changes import cost_of_a_change
from .memory import resident_bytes

DOMAIN = "drawbridge_benchmark"
MOST_BODIES = 8
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register the views."""
    for view in (BareView(), ChangesView(hass), BlocksView(Blocks()), MemoryView()):
        hass.http.register_view(view)
    return True


class BareView(HomeAssistantView):
    """Returns so many bytes that are there already: the least that any view of Home Assistant costs."""

    url = "/api/drawbridge_benchmark/bytes/{number}"
    name = "api:drawbridge_benchmark:bytes"
    requires_auth = False

    def __init__(self) -> None:
        """Keep the bodies asked for last, so that none is made while it is measured."""
        self._bodies: dict[str, bytes] = {}

    @callback
    def get(self, _request: web.Request, number: str) -> web.Response:
        """Return the bytes."""
        body = self._bodies.get(number)
        if body is None:
            body = randbytes(int(number))  # noqa: S311 - zeros would all be read from one page
            if len(self._bodies) >= MOST_BODIES:
                self._bodies.clear()
            self._bodies[number] = body
        return web.Response(body=body, content_type="application/json")


class ChangesView(HomeAssistantView):
    """Measures what one change of a state costs."""

    url = "/api/drawbridge_benchmark/changes/{number}"
    name = "api:drawbridge_benchmark:changes"

    def __init__(self, hass: HomeAssistant) -> None:
        """Measure in this instance."""
        self._hass = hass

    @callback
    def post(self, _request: web.Request, number: str) -> web.Response:
        """Change states so many times, and return the seconds that one change took."""
        return self.json({"seconds": cost_of_a_change(self._hass, int(number))})


class BlocksView(HomeAssistantView):
    """Measures how long the event loop is kept from everybody else."""

    url = "/api/drawbridge_benchmark/blocks/{action}"
    name = "api:drawbridge_benchmark:blocks"

    def __init__(self, blocks: Blocks) -> None:
        """Report what is measured."""
        self._blocks = blocks

    @callback
    def post(self, _request: web.Request, action: str) -> web.Response:
        """Start or stop measuring; return the seconds of the longest block, and how often longer ones came."""
        if action == "start":
            self._blocks.start()
            return self.json({})
        return self.json(self._blocks.stop())


class MemoryView(HomeAssistantView):
    """Tells how much memory the process has."""

    url = "/api/drawbridge_benchmark/memory"
    name = "api:drawbridge_benchmark:memory"

    @callback
    def get(self, _request: web.Request) -> web.Response:
        """Return the bytes that are resident."""
        return self.json({"resident": resident_bytes()})
