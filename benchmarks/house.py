"""A real Home Assistant with synthetic sensors, Drawbridge and bare views, on a free port of 127.0.0.1."""

import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.wrk import Request
from sandbox import drawbridge, ports
from sandbox.client import Client, Json
from sandbox.homeassistant import HomeAssistant
from sandbox.household import furnish, write_files
from sandbox.listener import Listener
from sandbox.process import SandboxError
from sandbox.stack import SYNTHETIC

_FOLDER: Final = Path(__file__).parent
_PACKAGE: Final = _FOLDER / "drawbridge_benchmark.yaml"
_COMPONENT: Final = _FOLDER / "custom_components" / "drawbridge_benchmark"
_BENCHMARK: Final = "/api/drawbridge_benchmark"
_QUIET: Final = ("scene", "script", "zone")


class House:
    """A Home Assistant instance to measure. Creates requests, and reads internal measurements."""

    def __init__(self, home_assistant: HomeAssistant, entry_id: str, areas: list[str]) -> None:
        """Wrap an instance that is set up."""
        self.home_assistant = home_assistant
        self.areas = areas
        self._entry_id = entry_id
        self._made = 0
        self._listener: Listener | None = None
        self._own_tls_url = ""

    @property
    def client(self) -> Client:
        """The client of the administrator."""
        return self.home_assistant.client

    async def key(self, **scope: Json) -> str:
        """Create a key without a rate limit and with the capability `read`, and return its secret."""
        self._made += 1
        data = {"name": f"Benchmark {self._made}", "per_minute": 0, **(scope or {"everything": True})}
        answer = await self.client.post(drawbridge.CREATE_KEY, data)
        secret: str = answer["service_response"]["secret"]
        return secret

    async def quiet_key(self) -> str:
        """Create a key that sees only entities that do not change."""
        return await self.key(domains=list(_QUIET))

    async def scoped_keys(self, number: int, *, areas: Sequence[str] = (), first: int = 1) -> list[str]:
        """Create keys that each exclude one sensor, and one of the areas in turn.

        `first` is the number of the first excluded sensor.
        """
        return [
            await self.key(
                everything=True,
                exclude={
                    "areas": [areas[index % len(areas)]] if areas else [],
                    "entities": [f"sensor.synthetic_{index + first:05}"],
                },
            )
            for index in range(number)
        ]

    def own(self, path: str, encoding: str = "identity", *, tls: bool = False) -> Request:
        """Return a request to Home Assistant's own API, with TLS only after `open_listener` with TLS."""
        headers = {"Authorization": f"Bearer {self.client.token}", "Accept-Encoding": encoding}
        return Request((self._own_tls_url if tls else self.home_assistant.url) + path, headers)

    def bridge(self, path: str, *keys: str, encoding: str = "identity", **headers: str) -> Request:
        """Return a request to the bridge, with one key or several keys in turn."""
        sent = {"Accept-Encoding": encoding, **{name.replace("_", "-"): value for name, value in headers.items()}}
        url = self.home_assistant.url + drawbridge.BASE_PATH + path
        return Request(url, sent, keys) if len(keys) > 1 else Request(url, sent | {"X-API-Key": keys[0]})

    async def open_listener(self, *, tls: bool) -> None:
        """Open the listener at a new port, and close the one that was open.

        With TLS, Home Assistant's own API is also served with TLS, to compare.
        """
        folder = self.home_assistant.config_dir
        self._listener = Listener(folder.with_name(f"{folder.name}-listener"), tls=tls)
        await drawbridge.change_options(self.client, self._entry_id, listener=self._listener.write())
        await self._listener.wait_until_open()
        if tls:
            await self._open_own_tls(*self._listener.renew())

    async def _open_own_tls(self, certificate: Path, key: Path) -> None:
        """Open Home Assistant's own server with the certificate of the listener, too."""
        port = ports.choose(None)
        files = {"certificate": str(certificate), "key": str(key)}
        await self.client.post(f"{_BENCHMARK}/tls", {"port": port, **files})
        self._own_tls_url = f"https://{ports.HOST}:{port}"

    def listener(self, path: str, key: str) -> Request:
        """Return a request to the listener, which must be open."""
        if self._listener is None:
            raise SandboxError("The listener is not open")
        return Request(self._listener.url + path, {"Accept-Encoding": "identity", "X-API-Key": key})

    def bare(self, number: int) -> Request:
        """Return a request to a view that only returns `number` bytes."""
        return Request(f"{self.home_assistant.url}{_BENCHMARK}/bytes/{number}", {})

    def processor_seconds(self) -> float:
        """Return the CPU time of Home Assistant, in all threads."""
        stat = Path(f"/proc/{self.home_assistant.process.identity.pid}/stat").read_text(encoding="utf-8")
        # proc(5): after the command in parentheses comes the state (field 3); 14 and 15 are user and system time.
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def churn(self, per_second: float) -> None:
        """Set the number of state changes per second."""
        await self.client.call("synthetic.churn", changes_per_second=per_second)

    async def probe(self, request: Request) -> tuple[int, int, str]:
        """Send a request, and return the status, the size of the sent body and the validator."""
        headers = dict(request.headers) | ({"X-API-Key": request.keys[0]} if request.keys else {})
        tls = self._listener.context() if self._listener is not None else True
        async with (
            aiohttp.ClientSession(auto_decompress=False, connector=aiohttp.TCPConnector(ssl=tls)) as session,
            session.request(
                "POST" if request.body else "GET", request.url, headers=headers, data=request.body or None
            ) as response,
        ):
            return response.status, len(await response.read()), response.headers.get("ETag", "")

    async def seconds_per_change(self, number: int) -> float:
        """Return the cost of a state change, in seconds."""
        seconds: float = (await self.client.post(f"{_BENCHMARK}/changes/{number}"))["seconds"]
        return seconds

    async def switch_bridge(self, *, on: bool) -> None:
        """Load or unload the bridge."""
        # Home Assistant may have closed a WebSocket that was not read in the meantime.
        await self.client.disconnect()
        disabled_by = None if on else "user"
        await self.client.command("config_entries/disable", entry_id=self._entry_id, disabled_by=disabled_by)

    async def clear_cache(self) -> None:
        """Clear the cache of the bridge."""
        states = await self.client.get("/api/states")
        button = next(item["entity_id"] for item in states if item["entity_id"].endswith("_clear_cache"))
        await self.client.call("button.press", button)

    async def watch_blocks(self) -> None:
        """Start timing the callbacks of the event loop."""
        await self.client.post(f"{_BENCHMARK}/blocks/start")

    async def blocks(self) -> dict[str, float]:
        """Stop timing; return the longest block and collection in seconds, and the number of notable ones."""
        result: dict[str, float] = await self.client.post(f"{_BENCHMARK}/blocks/stop")
        return result

    async def resident(self) -> int:
        """Return the resident memory of the process, in bytes."""
        resident: int = (await self.client.get(f"{_BENCHMARK}/memory"))["resident"]
        return resident

    async def cache(self, metrics_key: str) -> dict[str, float]:
        """Return the metrics of the bridge's cache of states."""
        url = f"{self.home_assistant.url}{drawbridge.BASE_PATH}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url, headers={"X-API-Key": metrics_key}) as answer:
            cache: dict[str, float] = (await answer.json())["cache"]["states"]
            return cache


@asynccontextmanager
async def house(folder: Path, entities: int, *, isal: bool = True) -> AsyncIterator[House]:
    """Run an instance with this number of entities during the block.

    Home Assistant's images include isal, a fast compression library. Other installations may not have it.
    """
    home_assistant = HomeAssistant(folder, environment=None if isal else _without_isal(folder))
    try:
        yield await _start(home_assistant, entities)
    finally:
        await home_assistant.stop()


def _without_isal(folder: Path) -> dict[str, str]:
    """Return an environment in which isal cannot be imported."""
    hidden = folder.with_name(f"{folder.name}-without-isal")
    (hidden / "isal").mkdir(parents=True)
    (hidden / "isal" / "__init__.py").write_text('raise ImportError("hidden")\n', encoding="utf-8")
    return {"PYTHONPATH": str(hidden)}


async def _start(home_assistant: HomeAssistant, entities: int) -> House:
    home_assistant.write_config(components=(drawbridge.COMPONENT, SYNTHETIC, _COMPONENT))
    write_files(home_assistant.config_dir)
    shutil.copyfile(_PACKAGE, home_assistant.config_dir / "packages" / _PACKAGE.name)
    await home_assistant.first_start()
    client = home_assistant.client
    await furnish(client, home_assistant.config_dir)
    entry_id = await drawbridge.set_up(client)
    areas = [area["area_id"] for area in await client.command("config/area_registry/list")]
    missing = entities - len(await client.get("/api/states"))
    if missing < 1:
        raise SandboxError(f"The household alone has more than {entities} entities: choose a larger number")
    await client.flow("synthetic", {"title": "Sensors", "sensors": missing, "areas": areas, "changes_per_second": 0})
    return House(home_assistant, entry_id, areas)
