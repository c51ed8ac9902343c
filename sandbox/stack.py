"""Starts and stops the household: Home Assistant, the exporter and Prometheus."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sandbox import drawbridge
from sandbox.client import Client
from sandbox.exporter import Exporter
from sandbox.files import private_folder
from sandbox.homeassistant import HomeAssistant
from sandbox.household import furnish, write_files
from sandbox.listener import Listener
from sandbox.process import Process, SandboxError
from sandbox.prometheus import Prometheus
from sandbox.storage import until_saved
from sandbox.wait import until

SYNTHETIC: Final = Path(__file__).parent / "custom_components" / "synthetic"
EXIT_POLL_SECONDS: Final = 0.25
MIN_CHURN_SENSORS: Final = 100
"""The number of sensors that `churn` changes if `entities` adds none."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The preferred ports. None means any free port."""

    home_assistant: int | None = None
    listener: int | None = None
    exporter: int | None = None
    prometheus: int | None = None


DEFAULT_PORTS: Final = Ports(8123, 8124, 9123, 9090)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The options of a household."""

    entities: int = 0
    """The minimum number of entities."""
    churn: float = 0.0
    """State changes a second, in addition to those of the household."""
    pages: bool = False
    """Whether the listener serves Home Assistant's own pages."""
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """More environment variables for Home Assistant."""
    ports: Ports = field(default_factory=Ports)
    step: Callable[[str], AbstractContextManager[object]] = nullcontext
    """A context manager for each step. Its argument describes the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A running household."""

    home_assistant: HomeAssistant
    listener: Listener
    exporter: Exporter
    prometheus: Prometheus
    keys: dict[str, str] = field(default_factory=dict)
    """The secrets of the keys, by the names of `drawbridge.HOUSEHOLD_KEYS`."""

    @property
    def bridge(self) -> str:
        """The base URL of the bridge, for any client of Home Assistant's API."""
        return self.home_assistant.url + drawbridge.BASE_PATH

    async def stop(self) -> None:
        """Stop all processes."""
        await asyncio.gather(self.home_assistant.stop(), self.exporter.process.stop(), self.prometheus.process.stop())

    async def first_to_end(self) -> Process:
        """Wait until one of the processes ends, and return it."""
        processes = (self.home_assistant.process, self.exporter.process, self.prometheus.process)

        async def one_ended() -> bool:
            return not all(process.running for process in processes)

        await until(one_ended, poll=EXIT_POLL_SECONDS)
        return next(process for process in processes if not process.running)

    async def saved(self) -> None:
        """Wait until Home Assistant has written everything that a restart needs."""
        await until_saved(self.home_assistant.client, self.home_assistant.config_dir)


@asynccontextmanager
async def household(folder: Path, plan: Plan | None = None) -> AsyncIterator[Stack]:
    """Start a household in `folder`, and stop it at the end of the block."""
    stack = await start(folder, plan or Plan())
    try:
        yield stack
    finally:
        await stack.stop()


async def start(folder: Path, plan: Plan) -> Stack:
    """Start a household in `folder`. If a step fails, stop all processes."""
    private_folder(folder)
    home_assistant = HomeAssistant(
        folder / "homeassistant", port=plan.ports.home_assistant, environment=plan.environment
    )
    listener = Listener(folder / "listener", port=plan.ports.listener)
    exporter = Exporter(folder / "exporter", home_assistant.url, port=plan.ports.exporter)
    prometheus = Prometheus(folder / "prometheus", {"drawbridge": exporter.address}, port=plan.ports.prometheus)
    stack = Stack(home_assistant=home_assistant, listener=listener, exporter=exporter, prometheus=prometheus)
    try:
        await _bring_up(stack, plan)
    except BaseException:
        await stack.stop()
        raise
    return stack


async def _bring_up(stack: Stack, plan: Plan) -> None:
    home_assistant, exporter, prometheus = stack.home_assistant, stack.exporter, stack.prometheus
    with plan.step("starting Home Assistant"):
        # Prometheus first scrapes its targets a few seconds after its start, so it starts first.
        prometheus.start()
        await _start_home_assistant(home_assistant)
    client = home_assistant.client
    with plan.step("furnishing the household"), _with_log(home_assistant):
        await furnish(client, home_assistant.config_dir)
    with plan.step("setting up Drawbridge and its keys"), _with_log(home_assistant):
        await drawbridge.set_up(client, **stack.listener.write(), pages=plan.pages)
        await stack.listener.wait_until_open()
        stack.keys.update(await drawbridge.add_household_keys(client))
    with plan.step("starting the exporter"):
        await exporter.start(stack.keys["metrics"])
    with _with_log(home_assistant):
        await _fill(client, plan)
    with plan.step("waiting for Prometheus"):
        await prometheus.wait_until_ready()
        await prometheus.until("drawbridge_up", 1)


async def _start_home_assistant(home_assistant: HomeAssistant) -> None:
    home_assistant.write_config(components=(drawbridge.COMPONENT, SYNTHETIC))
    write_files(home_assistant.config_dir)
    await home_assistant.first_start()


@contextmanager
def _with_log(home_assistant: HomeAssistant) -> Iterator[None]:
    """Add the end of Home Assistant's log to errors."""
    try:
        yield
    except SandboxError as error:
        raise home_assistant.process.failure(f"refused a step. {error}") from error


async def _fill(client: Client, plan: Plan) -> None:
    """Add sensors until the household has the planned number of entities, and start the churn."""
    missing = plan.entities - len(await client.get("/api/states"))
    sensors = max(missing, MIN_CHURN_SENSORS if plan.churn else 0)
    if sensors <= 0:
        return
    areas = [area["area_id"] for area in await client.command("config/area_registry/list")]
    with plan.step(f"adding {sensors} sensors"):
        await client.flow(
            "synthetic",
            {"title": "Sensors", "sensors": sensors, "areas": areas, "changes_per_second": plan.churn},
        )
