"""A hidden thing takes the same work as a missing one.

Work is the number of calls of functions. It does not depend on the load of the machine, as times do.
"""

import asyncio
import sys
import threading
from asyncio.selector_events import _SelectorSocketTransport  # type: ignore[attr-defined]  # it has no public name
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from statistics import median_low
from types import CodeType
from typing import Any, Final

import pytest
from aiohttp.test_utils import TestClient
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

import custom_components  # noqa: F401  before the first instance, or the plugin's own folder of that name wins
from custom_components.drawbridge.telemetry.process import CollectorPauses
from tests.integration.live.client import live
from tests.integration.twins.building import build
from tests.integration.twins.homes import MANY, ROOM, Home
from tests.integration.twins.platforms import Sky, Still, add_entity

TOOL: Final = 4
"""A number that no debugger, coverage or profiler uses."""
WRITES: Final = frozenset(
    method.__code__ for method in (_SelectorSocketTransport.write, _SelectorSocketTransport.writelines)
)
COLLECTOR: Final = CollectorPauses._called.__code__  # noqa: SLF001 - the garbage collector calls it
FOLDERS: Final = ("custom_components/drawbridge/", "/homeassistant/")
TURNS: Final = 15
TOLERANCE: Final = 0
DIFFERENCES: Final = {
    # Home Assistant expands a device or an area that exists: its devices, their children, their entities.
    "turn_on": 5,
    # It looks for a device that does not exist among those that were split into several.
    "logbook": 2,
    "device_entities": 2,
    # It looks for an area that does not exist by its name and its aliases, and expands one that exists.
    "area_entities": 45,
}
"""Calls by which devices and areas may differ, by a part of the request.

They are Home Assistant's own, in look-ups that a decision needs: a service call to a device could reach anything in it.
What the audit trail does comes after the answer.
"""
DAY: Final = {"dtstart": "2026-12-01", "dtend": "2026-12-02", "summary": "Bins"}
TIMES: Final = {"start_time": "2026-06-01T00:00:00+00:00", "end_time": "2026-06-01T01:00:00+00:00"}
HIDDEN: Final = "attic_0"
MISSING: Final = "absent0"


def named(domain: str, **fields: Any) -> dict[str, Any]:
    """Return fields with an entity of a domain."""
    return {"entity_id": f"{domain}.@", **fields}


def _state(**fields: Any) -> dict[str, Any]:
    return {"condition": "state", "entity_id": "light.@", "state": "on", **fields}


def _automation(**fields: Any) -> dict[str, Any]:
    return {"device_id": "device@", "domain": "light", "type": "turn_on", "entity_id": "light.@", **fields}


COMMANDS: Final[list[tuple[str, dict[str, Any]]]] = [
    ("test_condition", {"condition": _state()}),
    ("subscribe_condition", {"condition": _state()}),
    ("subscribe_trigger", {"trigger": {"platform": "state", "entity_id": "light.@"}}),
    ("calendar/event/subscribe", named("calendar", start="2026-06-01 00:00:00", end="2026-06-03 00:00:00")),
    ("calendar/event/create", named("calendar", event=DAY)),
    ("calendar/event/update", named("calendar", event=DAY, uid="1")),
    ("calendar/event/delete", named("calendar", uid="1")),
    ("camera/capabilities", named("camera")),
    ("camera/stream", named("camera")),
    ("camera/webrtc/offer", named("camera", offer="v=0")),
    ("camera/webrtc/get_client_config", named("camera")),
    ("camera/webrtc/candidate", named("camera", session_id="1", candidate={"candidate": "x"})),
    ("history/history_during_period", {**TIMES, "entity_ids": ["light.@"]}),
    ("history/stream", {**TIMES, "entity_ids": ["light.@"]}),
    ("logbook/get_events", {**TIMES, "entity_ids": ["light.@"]}),
    ("logbook/get_events", {**TIMES, "device_ids": ["device@"]}),
    ("logbook/event_stream", {**TIMES, "entity_ids": ["light.@"]}),
    ("logbook/event_stream", {**TIMES, "device_ids": ["device@"]}),
    ("recorder/get_statistics_metadata", {"statistic_ids": ["light.@"]}),
    (
        "recorder/statistics_during_period",
        {"start_time": TIMES["start_time"], "statistic_ids": ["light.@"], "period": "hour"},
    ),
    ("recorder/statistic_during_period", {"statistic_id": "light.@", "fixed_period": TIMES}),
    ("config/entity_registry/get", named("light")),
    ("config/entity_registry/get_entries", {"entity_ids": ["light.@"]}),
    ("execute_script", {"sequence": [{"action": "light.turn_on", "target": named("light")}]}),
    ("call_service", {"domain": "light", "service": "turn_on", "target": named("light")}),
    ("call_service", {"domain": "light", "service": "turn_on", "service_data": named("light")}),
    ("call_service", {"domain": "light", "service": "turn_on", "target": {"device_id": "device@"}}),
    ("call_service", {"domain": "light", "service": "turn_on", "target": {"area_id": "area@"}}),
    ("subscribe_entities", {"entity_ids": ["light.@"]}),
    *(
        (type_, {"target": target})
        for type_ in (
            "extract_from_target", "get_triggers_for_target", "get_conditions_for_target", "get_services_for_target",
        )
        for target in (named("light"), {"device_id": "device@"}, {"area_id": "area@"})
    ),
    ("search/related", {"item_type": "entity", "item_id": "light.@"}),
    ("search/related", {"item_type": "device", "item_id": "device@"}),
    ("search/related", {"item_type": "area", "item_id": "area@"}),
    *((f"device_automation/{kind}/list", {"device_id": "device@"}) for kind in ("action", "condition", "trigger")),
    ("device_automation/action/capabilities", {"action": _automation()}),
    ("device_automation/condition/capabilities", {"condition": _automation(condition="device")}),
    ("device_automation/trigger/capabilities", {"trigger": _automation(platform="device")}),
    ("render_template", {"template": "{{ states('light.@') }}"}),
    ("render_template", {"template": "{{ area_entities('area@') }}"}),
    ("render_template", {"template": "{{ device_entities('device@') }}"}),
    ("todo/item/list", named("todo")),
    ("todo/item/subscribe", named("todo")),
    ("todo/item/move", named("todo", uid="1")),
    ("weather/subscribe_forecast", named("weather", forecast_type="daily")),
]  # fmt: skip
REQUESTS: Final[list[tuple[str, str, Any]]] = [
    ("GET", "/api/states/light.@", None),
    ("POST", "/api/states/light.@", {"state": "on"}),
    ("DELETE", "/api/states/light.@", None),
    ("GET", "/api/calendars/calendar.@?start=2026-06-01&end=2026-06-02", None),
    ("GET", "/api/camera_proxy/camera.@", None),
    ("GET", "/api/history/period/2026-06-01T00:00:00+00:00?filter_entity_id=light.@", None),
    ("GET", "/api/logbook/2026-06-01T00:00:00+00:00?entity=light.@", None),
    ("POST", "/api/services/light/turn_on", {"entity_id": "light.@"}),
    ("POST", "/api/services/light/turn_on", {"device_id": "device@"}),
    ("POST", "/api/services/light/turn_on", {"area_id": "area@"}),
    ("POST", "/api/template", {"template": "{{ states('light.@') }}"}),
]


@contextmanager
def counted() -> Iterator[list[int]]:
    """Count calls of functions of Drawbridge and of Home Assistant until the last write to a socket: the answer."""
    calls, counter = [0], [0]

    def start(code: CodeType, _offset: int) -> object:
        if code in WRITES:
            calls[0] = counter[0]
            return None
        if not any(folder in code.co_filename for folder in FOLDERS):
            return sys.monitoring.DISABLE
        # The recorder writes at its own pace, in a thread, and the garbage collector runs when it likes.
        if code is not COLLECTOR and threading.current_thread().name != "Recorder":
            counter[0] += 1
        return None

    event = sys.monitoring.events.PY_START
    sys.monitoring.use_tool_id(TOOL, "work")
    sys.monitoring.register_callback(TOOL, event, start)
    sys.monitoring.set_events(TOOL, event)
    try:
        yield calls
    finally:
        sys.monitoring.set_events(TOOL, 0)
        sys.monitoring.register_callback(TOOL, event, None)
        sys.monitoring.free_tool_id(TOOL)


type Ask = Callable[[Callable[[Any], Any]], Awaitable[object]]


async def compare(hass: Any, ask: Ask, names: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """Return the number of calls for a hidden and for a missing thing: the median of several turns."""
    found: dict[str, list[int]] = {kind: [] for kind in names}
    for _ in range(TURNS):
        for kind, words in names.items():

            def fill(value: Any, words: Mapping[str, str] = words) -> Any:
                return filled(value, words)

            await hass.async_block_till_done(wait_background_tasks=True)
            with counted() as calls:
                await ask(fill)
            found[kind].append(calls[0])
    return {kind: median_low(numbers) for kind, numbers in found.items()}


def filled(value: Any, words: Mapping[str, str]) -> Any:
    """Return fields in which the names of things are put."""
    if isinstance(value, dict):
        return {name: filled(item, words) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, words) for item in value]
    if isinstance(value, str):
        for mark, word in words.items():
            value = value.replace(mark, word)
    return value


def tolerance(name: str) -> int:
    """Return the number of calls by which a request may differ."""
    if "device@" not in name and "area@" not in name:
        return TOLERANCE
    return max((number for part, number in DIFFERENCES.items() if part in name), default=TOLERANCE)


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Nothing: the home is made in the test."""


@pytest.fixture
async def home(
    async_test_recorder: Callable[..., Any],
    aiohttp_client: Callable[[Any], Awaitable[TestClient[Any, Any]]],
    tmp_path: Path,
) -> AsyncIterator[Home]:
    """Return a home with a room, and with things outside of it."""
    asyncio.get_running_loop().set_debug(False)
    async with AsyncExitStack() as stack:
        yield await build(stack, "a", tmp_path / "a", async_test_recorder, aiohttp_client)


@pytest.mark.usefixtures("socket_enabled")
async def test_work(home: Home) -> None:
    """For each request and each command about an entity, a device or an area."""
    hass = home.hass
    await add_entity(home.hass, "camera", Still(HIDDEN))
    await add_entity(home.hass, "weather", Sky(HIDDEN))
    hidden = {"device@": home.refs["@hub"], "area@": "", "@": HIDDEN}
    device = dr.async_get(hass).async_get(hidden["device@"])
    assert device is not None
    hidden["area@"] = str(device.area_id)
    er.async_get(hass).async_update_entity(f"light.{HIDDEN}", device_id=device.id)
    assert hidden["area@"] != ROOM
    assert ar.async_get(hass).async_get_area(hidden["area@"]) is not None
    missing = {"device@": "0" * len(device.id), "area@": "x" * len(hidden["area@"]), "@": MISSING}
    names = {"hidden": hidden, "missing": missing}
    limits = {"per_minute": 0}
    secret = await home.bridge.add_key("Narrow", areas=[ROOM], capabilities=MANY, events=["bell"], limits=limits)
    found: dict[str, dict[str, int]] = {}
    async with live(home.bridge, secret) as client:
        for type_, fields in COMMANDS:

            async def command(fill: Callable[[Any], Any], type_: str = type_, fields: Any = fields) -> None:
                answer = await client.command(type_, **fill(fields))
                if answer.get("success"):
                    await client.command("unsubscribe_events", subscription=client.number)

            found[f"{type_} {fields}"] = await compare(hass, command, names)
    for method, path, body in REQUESTS:

        async def request(fill: Callable[[Any], Any], method: str = method, path: str = path, body: Any = body) -> None:
            options = {"json": fill(body)} if body is not None else {}
            await (await home.bridge.request(method, fill(path), secret, **options)).read()

        found[f"{method} {path} {body}"] = await compare(hass, request, names)
    different = {
        name: counts for name, counts in found.items() if abs(counts["hidden"] - counts["missing"]) > tolerance(name)
    }
    assert not different
    assert all(min(counts.values()) > 10 for counts in found.values()), found
