"""The whole household on real processes, as one thing to start and to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sandbox import drawbridge
from sandbox.client import Client
from sandbox.exporter import Exporter
from sandbox.files import private_folder
from sandbox.homeassistant import HomeAssistant
from sandbox.household import furnish, write_files
from sandbox.process import DemoError, Process
from sandbox.prometheus import Prometheus
from sandbox.storage import until_saved
from sandbox.wait import until

SYNTHETIC: Final = Path(__file__).parent / "custom_components" / "synthetic"
ATTEND_SECONDS: Final = 0.25
LEAST_SENSORS: Final = 100
"""How many sensors there are for `churn` to change where `entities` asks for none."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports to take where they are free; None takes any."""

    home_assistant: int | None = None
    exporter: int | None = None
    prometheus: int | None = None


DEFAULT_PORTS: Final = Ports(8123, 9123, 9090)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to bring up, and whom to tell about it."""

    entities: int = 0
    """At least so many entities in total."""
    churn: float = 0.0
    """So many changes of state a second, beside those of the household itself."""
    ports: Ports = field(default_factory=Ports)
    step: Callable[[str], AbstractContextManager[object]] = nullcontext
    """Surrounds each step; hears what it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A household that is up."""

    home_assistant: HomeAssistant
    exporter: Exporter
    prometheus: Prometheus
    keys: dict[str, str] = field(default_factory=dict)
    """The secrets of the keys: dashboard, living_room, metrics, benchmark."""

    @property
    def bridge(self) -> str:
        """The base URL of the bridge, for any client of Home Assistant's API."""
        return self.home_assistant.url + drawbridge.BASE_PATH

    async def stop(self) -> None:
        """End every process."""
        await asyncio.gather(self.home_assistant.stop(), self.exporter.process.stop(), self.prometheus.process.stop())

    async def first_to_end(self) -> Process:
        """Wait until one of the processes has ended, and return it."""
        processes = (self.home_assistant.process, self.exporter.process, self.prometheus.process)

        async def one_ended() -> bool:
            return not all(process.running for process in processes)

        await until(one_ended, poll=ATTEND_SECONDS)
        return next(process for process in processes if not process.running)

    async def saved(self) -> None:
        """Wait until Home Assistant has written all that a restart after a kill needs."""
        await until_saved(self.home_assistant.client, self.home_assistant.config_dir)


@asynccontextmanager
async def household(folder: Path, plan: Plan | None = None) -> AsyncIterator[Stack]:
    """Bring a household up in `folder`, and end it at the end of the block."""
    stack = await start(folder, plan or Plan())
    try:
        yield stack
    finally:
        await stack.stop()


async def start(folder: Path, plan: Plan) -> Stack:
    """Bring a household up in `folder`; where a part fails, the others are ended before the error is raised."""
    private_folder(folder)
    home_assistant = HomeAssistant(folder / "homeassistant", port=plan.ports.home_assistant)
    exporter = Exporter(folder / "exporter", home_assistant.url, port=plan.ports.exporter)
    prometheus = Prometheus(folder / "prometheus", {"drawbridge": exporter.address}, port=plan.ports.prometheus)
    stack = Stack(home_assistant=home_assistant, exporter=exporter, prometheus=prometheus)
    try:
        await _bring_up(stack, plan)
    except BaseException:
        await stack.stop()
        raise
    return stack


async def _bring_up(stack: Stack, plan: Plan) -> None:
    home_assistant, exporter, prometheus = stack.home_assistant, stack.exporter, stack.prometheus
    with plan.step("starting Home Assistant"):
        # Prometheus looks at its targets ten seconds after its start: it is first, so that nobody waits for that.
        prometheus.start()
        await _start_home_assistant(home_assistant)
    client = home_assistant.client
    with plan.step("furnishing the household"), _with_log(home_assistant):
        await furnish(client, home_assistant.config_dir)
    with plan.step("setting up Drawbridge and its keys"), _with_log(home_assistant):
        await drawbridge.set_up(client)
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
    home_assistant.start()
    await home_assistant.wait_for_http()
    await home_assistant.onboard()
    await home_assistant.wait_until_running()


@contextmanager
def _with_log(home_assistant: HomeAssistant) -> Iterator[None]:
    """Add the end of Home Assistant's log to what it answers where it refuses something."""
    try:
        yield
    except DemoError as error:
        raise home_assistant.process.failure(f"refused a step. {error}") from error


async def _fill(client: Client, plan: Plan) -> None:
    """Add sensors until there are as many entities as planned, and change as many a second as planned."""
    missing = plan.entities - len(await client.get("/api/states"))
    sensors = max(missing, LEAST_SENSORS if plan.churn else 0)
    if sensors <= 0:
        return
    areas = [area["area_id"] for area in await client.command("config/area_registry/list")]
    with plan.step(f"adding {sensors} sensors"):
        await client.flow(
            "synthetic",
            {"title": "Sensors", "sensors": sensors, "areas": areas, "changes_per_second": plan.churn},
        )
