"""Views for benchmarks: reference responses, and measurements inside the process."""

from random import randbytes

from aiohttp import web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.helpers.typing import ConfigType

from .blocks import Blocks
from .changes import cost_of_a_change
from .memory import resident_bytes
from .tls import serve

DOMAIN = "drawbridge_benchmark"
MAX_BODIES = 8
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register the views."""
    for view in (BareView(), ChangesView(hass), BlocksView(Blocks()), MemoryView(), TlsView(hass)):
        hass.http.register_view(view)
    return True


class BareView(HomeAssistantView):
    """Returns bytes from memory, which is the minimum cost of a view in Home Assistant."""

    url = "/api/drawbridge_benchmark/bytes/{number}"
    name = "api:drawbridge_benchmark:bytes"
    requires_auth = False

    def __init__(self) -> None:
        """Create the view. It keeps the latest bodies, so that none is created during a measurement."""
        self._bodies: dict[str, bytes] = {}

    @callback
    def get(self, _request: web.Request, number: str) -> web.Response:
        """Return `number` bytes."""
        body = self._bodies.get(number)
        if body is None:
            body = randbytes(int(number))  # noqa: S311 - zeros would all be read from the same memory page
            if len(self._bodies) >= MAX_BODIES:
                self._bodies.clear()
            self._bodies[number] = body
        return web.Response(body=body, content_type="application/json")


class ChangesView(HomeAssistantView):
    """Measures the cost of a state change."""

    url = "/api/drawbridge_benchmark/changes/{number}"
    name = "api:drawbridge_benchmark:changes"

    def __init__(self, hass: HomeAssistant) -> None:
        """Create the view."""
        self._hass = hass

    @callback
    def post(self, _request: web.Request, number: str) -> web.Response:
        """Change states `number` times, and return the seconds for each change."""
        return self.json({"seconds": cost_of_a_change(self._hass, int(number))})


class BlocksView(HomeAssistantView):
    """Measures how long callbacks block the event loop."""

    url = "/api/drawbridge_benchmark/blocks/{action}"
    name = "api:drawbridge_benchmark:blocks"

    def __init__(self, blocks: Blocks) -> None:
        """Create the view."""
        self._blocks = blocks

    @callback
    def post(self, _request: web.Request, action: str) -> web.Response:
        """Start or stop measuring. Returns the longest block in seconds, and the number of notable blocks."""
        if action == "start":
            self._blocks.start()
            return self.json({})
        return self.json(self._blocks.stop())


class MemoryView(HomeAssistantView):
    """Measures the memory of the process."""

    url = "/api/drawbridge_benchmark/memory"
    name = "api:drawbridge_benchmark:memory"

    @callback
    def get(self, _request: web.Request) -> web.Response:
        """Return the resident memory in bytes."""
        return self.json({"resident": resident_bytes()})


class TlsView(HomeAssistantView):
    """Opens Home Assistant's own server at another port, with TLS."""

    url = "/api/drawbridge_benchmark/tls"
    name = "api:drawbridge_benchmark:tls"

    def __init__(self, hass: HomeAssistant) -> None:
        """Create the view."""
        self._hass = hass

    async def post(self, request: web.Request) -> web.Response:
        """Open the server, which stays open until the process ends."""
        wanted = await request.json()
        await serve(self._hass, wanted["port"], wanted["certificate"], wanted["key"])
        return self.json({})
