"""The listener of the bridge: its port, its certificate, and the authority that issued the certificate."""

import ssl
from datetime import timedelta
from pathlib import Path
from typing import Final

import aiohttp

from sandbox import ports
from sandbox.certificates import Authority
from sandbox.client import Json
from sandbox.files import private_folder
from sandbox.wait import until

VALIDITY: Final = timedelta(days=365)
OPEN_SECONDS: Final = 30.0


class Listener:
    """A listener on the loopback address."""

    def __init__(self, folder: Path, *, port: int | None = None, tls: bool = True) -> None:
        """Create a listener whose certificate is in `folder`. It uses `port` if it is free."""
        self.port = ports.choose(port)
        self.url = f"{'https' if tls else 'http'}://{ports.HOST}:{self.port}"
        self._tls = tls
        self.folder = folder
        self.authority_file = folder / "authority.crt"
        self._authority = Authority("Drawbridge sandbox", VALIDITY)

    def write(self) -> dict[str, Json]:
        """Write the certificates, and return the options of Drawbridge that open the listener."""
        private_folder(self.folder)
        self.authority_file.write_bytes(self._authority.certificate)
        certificate, key = self.renew()
        return {
            "listener_enabled": True,
            "listener_port": self.port,
            "listener_address": ports.HOST,
            "listener_certificate": str(certificate) if self._tls else "",
            "listener_key": str(key) if self._tls else "",
        }

    def renew(self, validity: timedelta = VALIDITY) -> tuple[Path, Path]:
        """Write a new certificate over the old one, and return the paths of the certificate and its key."""
        return self._authority.issue(ports.HOST, validity).write(self.folder)

    def context(self) -> ssl.SSLContext:
        """Return the TLS settings of a client that trusts the authority."""
        return self._authority.trusting()

    async def wait_until_open(self) -> None:
        """Wait until the listener answers requests."""
        await until(self._answers, seconds=OPEN_SECONDS)

    async def _answers(self) -> bool:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.url}/health", ssl=self.context()) as response,
            ):
                return response.ok
        except aiohttp.ClientError:
            return False
