"""Home Assistant's own server with TLS, at another port of the same process."""

import ssl

from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import server_context


async def serve(hass: HomeAssistant, port: int, certificate: str, key: str) -> None:
    """Serve what Home Assistant's port serves with TLS, as Home Assistant does if it has a certificate."""
    context = await hass.async_add_executor_job(_context, hass, certificate, key)
    runner = hass.http.runner
    if runner is None or runner.server is None:
        raise RuntimeError("Home Assistant's server is not running")
    await hass.loop.create_server(runner.server, "127.0.0.1", port, ssl=context, backlog=128)


def _context(hass: HomeAssistant, certificate: str, key: str) -> ssl.SSLContext:
    context = server_context(hass.http.ssl_profile)
    context.load_cert_chain(certificate, key)
    return context
