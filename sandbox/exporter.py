"""The exporter as a process, from the source of this repository."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import aiohttp

from sandbox import ports
from sandbox.files import private_folder, write_private
from sandbox.process import Identity, Process
from sandbox.wait import answers

SOURCE: Final = Path(__file__).parents[1] / "exporter" / "src"
COMMAND: Final = (sys.executable, "-m", "drawbridge_exporter")
ENVIRONMENT: Final[Mapping[str, str]] = {"PYTHONPATH": str(SOURCE)}
"""Makes `COMMAND` import the exporter of this repository, even if another copy of it is installed."""

START_SECONDS: Final = 20.0


class Exporter:
    """An exporter for one bridge, with its key in a private file."""

    def __init__(
        self,
        folder: Path,
        home_assistant: str,
        *,
        port: int | None = None,
        environment: Mapping[str, str] = MappingProxyType({}),
        flags: Sequence[str] = (),
    ) -> None:
        """Create an exporter for the Home Assistant at the URL `home_assistant`, with more variables and flags for it.

        The key is in `folder`, and the log beside it.
        """
        self.port = ports.choose(port)
        self.address = f"{ports.HOST}:{self.port}"
        self.url = f"http://{self.address}"
        self._key_file = private_folder(folder) / "key"
        self.process = Process(
            "The exporter",
            [*COMMAND, "--web.listen-address", self.address, *flags],
            log=folder.with_name(f"{folder.name}.log"),
            environment={
                **ENVIRONMENT,
                "HA_BASE_URL": home_assistant,
                "BRIDGE_API_KEY_FILE": str(self._key_file),
                **environment,
            },
        )

    async def start(self, key: str) -> Identity:
        """Start the process with an API key, and wait until it is ready."""
        write_private(self._key_file, key)
        identity = self.process.start()
        await self.process.until(self._ready, seconds=START_SECONDS, what="serving")
        return identity

    async def metrics(self) -> str:
        """Return the metrics page."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/metrics") as response:
            response.raise_for_status()
            return await response.text()

    async def _ready(self) -> bool:
        # Another exporter could answer at this address.
        return self.process.has_logged(f"Listening on {self.address}") and await answers(f"{self.url}/-/ready")
