"""What a client needs to connect: the addresses, a snippet for its configuration, and whether it has connected."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.translation import async_get_translations

from ..bridge import Bridge
from ..const import BASE_PATH, DOMAIN
from ..keys import ApiKey
from ..telemetry.counters import KeyCounters
from .pages_link import listener_url

_WAIT_SECONDS: Final = 600.0
_POLL_SECONDS: Final = 0.5
_UNCONFIRMED_SECONDS: Final = 900.0
_UNKNOWN_ADDRESS: Final = f"http://HOST:8123{BASE_PATH}"

SNIPPETS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "curl": """\
curl -H "Authorization: Bearer {key}" {address}/key
curl -H "Authorization: Bearer {key}" {address}/api/states""",
        "python": """\
from homeassistant_api import Client

with Client("{address}/api/", "{key}") as client:
    print(client.get_states())""",
        "node_red": """\
Base URL: {address}
Access token: {key}
Using the Home Assistant Add-on: off""",
        "appdaemon": """\
appdaemon:
  plugins:
    HASS:
      type: hass
      ha_url: {address}
      token: {key}""",
        "homepage": """\
- Home:
    - Home Assistant:
        widget:
          type: homeassistant
          url: {address}
          key: {key}""",
        "grafana": """\
# Plugin Infinity, in Grafana's folder provisioning/datasources. The URL of a query: {address}/api/states
apiVersion: 1
datasources:
  - name: Home Assistant
    type: yesoreyeram-infinity-datasource
    jsonData:
      auth_method: bearerToken
      allowedHosts: ["{address}"]
    secureJsonData:
      bearerToken: {key}""",
        "exporter": """\
(umask 077; echo {key} > drawbridge.key)
HA_BASE_URL={address} BRIDGE_API_KEY_FILE=drawbridge.key drawbridge-exporter""",
        "mcp": """\
{{
  "mcpServers": {{
    "home-assistant": {{
      "command": "docker",
      "args": ["run", "-i", "--rm", "-e", "HA_URL", "-e", "HA_TOKEN", "voska/hass-mcp"],
      "env": {{"HA_URL": "{address}", "HA_TOKEN": "{key}"}}
    }}
  }}
}}""",
    }
)
"""The configuration of each client, with placeholders for the address and the key."""


def addresses(bridge: Bridge, key: ApiKey) -> list[str]:
    """Return the addresses of the doors at which a key works: Home Assistant's, the local one first, and the listener.

    A key that is bound to a client certificate works only at the listener. The list may be empty.
    """
    found = [] if key.certificate is not None else [root + BASE_PATH for root in _roots(bridge.hass, key)]
    if bridge.listener.is_running and (listener := listener_url(bridge.hass, bridge.options)) is not None:
        found.append(listener)
    return found


def _roots(hass: HomeAssistant, key: ApiKey) -> list[str]:
    """Return the addresses of Home Assistant at which a key works."""
    found: list[str] = []
    with suppress(NoURLAvailableError):
        found.append(get_url(hass, allow_external=False, allow_cloud=False))
    if not key.local_only:
        with suppress(NoURLAvailableError):
            found.append(get_url(hass, allow_internal=False))
    return list(dict.fromkeys(found))


def handover(found: list[str], secret: str, client: str) -> dict[str, str]:
    """Return the placeholders of the page that shows a new secret."""
    listed = found or [_UNKNOWN_ADDRESS]
    snippet = SNIPPETS[client].format(address=listed[0], key=secret)
    return {
        "key": secret,
        "address": listed[0],
        "addresses": "\n".join(f"- `{item}`" for item in listed),
        "snippet": f"```\n{snippet}\n```",
    }


async def first_request(bridge: Bridge, key_id: str) -> KeyCounters | None:
    """Wait for the first request of a new key, and return its counters; ``None`` if there was none in ten minutes."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_WAIT_SECONDS):
            while _used(bridge, key_id) is None:  # noqa: ASYNC110 - counters do not notify, for speed
                await asyncio.sleep(_POLL_SECONDS)
            # A request is counted when it arrives, and its refusal when it is answered.
            await asyncio.sleep(_POLL_SECONDS)
    return _used(bridge, key_id)


def _used(bridge: Bridge, key_id: str) -> KeyCounters | None:
    used = bridge.recorder.counters.keys.get(key_id)
    return used if used is not None and used.requests else None


class ShownSecret:
    """A secret that is shown until the user confirms it. It works from the start.

    If the page is closed, or not submitted within 15 minutes, a notification says that the secret works.
    """

    def __init__(self, hass: HomeAssistant, names: Iterable[str]) -> None:
        """Start waiting for the user.

        Args:
            hass: Home Assistant.
            names: The names of the keys whose secrets are shown.

        """
        self._hass = hass
        self._names = ", ".join(names)
        # The page of a browser tab that was closed is never submitted, and nothing says that it was closed.
        self._late = hass.async_create_background_task(self._wait(), "drawbridge shown secret")

    def confirm(self) -> None:
        """Note that the user has the secret."""
        self._late.cancel()

    def close(self) -> None:
        """Notify the user that the page was closed, unless the user has confirmed or was notified already."""
        if not self._late.done() and not self._late.cancelling():
            self._late.cancel()
            self._hass.async_create_task(self._notify(), "drawbridge notify", eager_start=True)

    async def _wait(self) -> None:
        await asyncio.sleep(_UNCONFIRMED_SECONDS)
        await self._notify()

    async def _notify(self) -> None:
        texts = await async_get_translations(self._hass, self._hass.config.language, "config_subentries", {DOMAIN})
        text = texts[f"component.{DOMAIN}.config_subentries.api_key.abort.secret_closed"]
        persistent_notification.async_create(self._hass, text.format(name=self._names), "Drawbridge")
