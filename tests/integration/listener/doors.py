"""What tests do with both doors of a bridge."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.drawbridge.bridge import Bridge as RunningBridge
from tests.exporter.certificates import Certificate
from tests.integration.house import BASE, Bridge


@dataclass
class Doors:
    """A bridge with a listener, and a client."""

    bridge: Bridge
    session: ClientSession
    port: int
    tls: ssl.SSLContext | None = None
    """How to connect to the listener, or nothing for plain HTTP."""

    @property
    def hass(self) -> HomeAssistant:
        """The Home Assistant of the bridge."""
        return self.bridge.hass

    @property
    def running(self) -> RunningBridge:
        """The bridge itself."""
        found: RunningBridge = self.bridge.entry.runtime_data
        return found

    @property
    def url(self) -> str:
        """The address of the listener."""
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}"

    @property
    def home_url(self) -> str:
        """The address of Home Assistant's own door."""
        return str(self.bridge.client.make_url(BASE))

    async def open(self, **options: Any) -> Any:
        """Open the listener, or change its options. Returns the result of the flow."""
        usual = {"listener_enabled": True, "listener_port": self.port, "listener_address": "127.0.0.1"}
        return await self.bridge.set_options(**{**usual, **options})

    async def open_tls(self, certificate: Certificate, folder: Path, **options: Any) -> Any:
        """Open the listener with TLS. Returns the result of the flow."""
        paths = dict(zip(("listener_certificate", "listener_key"), map(str, certificate.write(folder)), strict=True))
        return await self.open(**{**paths, **options})

    def issues(self) -> dict[str, ir.IssueEntry]:
        """Return the open issues of the listener, by id."""
        found = ir.async_get(self.hass).issues
        return {
            issue_id: issue
            for (domain, issue_id), issue in found.items()
            if domain == "drawbridge" and issue_id.startswith("listener_") and issue.active
        }

    async def request(self, method: str, path: str, key: str | None = None, **options: Any) -> ClientResponse:
        """Call the listener, with a key or without."""
        headers = dict(options.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        if self.tls is not None:
            options.setdefault("ssl", self.tls)
        return await self.session.request(method, self.url + path, headers=headers, **options)

    async def get(self, path: str, key: str | None = None, **options: Any) -> ClientResponse:
        """Read through the listener."""
        return await self.request("GET", path, key, **options)
