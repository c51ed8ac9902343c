"""What a client needs to connect: the address of Drawbridge, and a snippet for its configuration."""

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.translation import async_get_translations

from ..const import BASE_PATH, DOMAIN
from ..keys import ApiKey

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
        "exporter": """\
(umask 077; echo {key} > drawbridge.key)
HA_BASE_URL={root} BRIDGE_API_KEY_FILE=drawbridge.key drawbridge-exporter""",
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


def addresses(hass: HomeAssistant, key: ApiKey) -> list[str]:
    """Return the addresses of Home Assistant at which a key works, the local one first. May be empty."""
    found: list[str] = []
    with suppress(NoURLAvailableError):
        found.append(get_url(hass, allow_external=False, allow_cloud=False))
    if not key.local_only:
        with suppress(NoURLAvailableError):
            found.append(get_url(hass, allow_internal=False))
    return list(dict.fromkeys(found))


def handover(roots: list[str], secret: str, client: str) -> dict[str, str]:
    """Return the placeholders of the page that shows a new secret."""
    root = roots[0] if roots else "http://HOST:8123"
    snippet = SNIPPETS[client].format(root=root, address=root + BASE_PATH, key=secret)
    listed = [item + BASE_PATH for item in roots or [root]]
    return {
        "key": secret,
        "address": root + BASE_PATH,
        "addresses": "\n".join(f"- `{item}`" for item in listed),
        "snippet": f"```\n{snippet}\n```",
    }


async def notify_closed(hass: HomeAssistant, name: str) -> None:
    """Notify the user that the page with a secret was closed before it was confirmed."""
    texts = await async_get_translations(hass, hass.config.language, "config_subentries", {DOMAIN})
    text = texts[f"component.{DOMAIN}.config_subentries.api_key.abort.secret_closed"]
    persistent_notification.async_create(hass, text.format(name=name), "Drawbridge")
