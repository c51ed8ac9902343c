"""Alerts about many homes in a real Prometheus, which finds them by the exporter's service discovery."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import yaml

from sandbox.drawbridge import COMPONENT, NewKey, add_key, set_up
from sandbox.exporter import Exporter
from sandbox.files import private_folder, write_private
from sandbox.homeassistant import HomeAssistant
from tests.e2e.alerts import watched

OLDER: Final = "1.0.0"
METRICS: Final = NewKey("Metrics", ("metrics",), per_minute=0)


@asynccontextmanager
async def home(folder: Path, version: str | None = None) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant with Drawbridge, whose manifest may name another version."""
    found = HomeAssistant(folder)
    found.write_config([COMPONENT])
    if version is not None:
        manifest = folder / "custom_components" / COMPONENT.name / "manifest.json"
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"version": version}))
    try:
        await found.first_start()
        await set_up(found.client)
        yield found
    finally:
        await found.stop()


class Targets:
    """The targets file of an exporter, which names a home several times, like many equal homes."""

    def __init__(self, folder: Path) -> None:
        """Write a file without targets."""
        self._folder = private_folder(folder)
        self.file = folder / "targets.yml"
        self.write()

    def write(self, *homes: Mapping[str, str]) -> None:
        """Write the homes. Each has a URL and the file of its key."""
        targets = {f"home{number:02}": dict(home) for number, home in enumerate(homes)}
        write_private(self.file, yaml.safe_dump({"targets": targets}))

    def home(self, home: HomeAssistant, key: str) -> dict[str, str]:
        """Return the target of a home, with its key in a file."""
        return {"url": home.url, "key_file": str(write_private(self._folder / f"{home.port}.key", key))}


async def test_alerts_of_many_homes(tmp_path: Path) -> None:
    """Two homes of eleven have an older version, then they are down, and then they are no longer scraped."""
    targets = Targets(tmp_path / "targets")
    async with home(tmp_path / "newer") as newer, home(tmp_path / "older", OLDER) as older:
        key = await add_key(newer.client, METRICS)
        many = [targets.home(newer, key)] * 9
        few = [targets.home(older, await add_key(older.client, METRICS))] * 2
        targets.write(*many)
        exporter = Exporter(tmp_path / "exporter", newer.url, environment={"TARGETS_FILE": str(targets.file)})
        await exporter.start(key)
        try:
            async with watched(tmp_path, {"drawbridge": f"{exporter.url}/sd"}, homes=len(many)) as alerts:
                async with alerts.caused("DrawbridgeVersionsDiffer"):
                    targets.write(*many, *few)
                down = "DrawbridgeDown", "DrawbridgeManyHomesDown"
                async with alerts.caused(*down, ended=["DrawbridgeVersionsDiffer"]):
                    await older.stop()
                async with alerts.caused("DrawbridgeHomesMissing", ended=down):
                    targets.write(*many)
        finally:
            await exporter.process.stop()
