"""The same request to Home Assistant and to the bridge, for a key that may do everything: the same answer."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import chain, combinations
from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from tests.integration.mirror.sides import Sides, content
from tests.integration.recording import wait_recording

type Record = Callable[[str, object], None]

SENSOR = "sensor.outside"
CLIMATE = "climate.hall"
LAMPS = ("input_boolean.living_room_lamp", "input_boolean.bedroom_lamp")
KEPT = ("entity_id", "state", "attributes")
CAUSE = "01KB0000000000000000000001"
OFF_THE_CALENDAR = ("2026-13-45T00:00:00", "2026-02-30 10:00")


@pytest.fixture(autouse=True)
def _count(sides: Sides, record_property: Record) -> Any:
    """Leave the number of comparisons in the results."""
    yield
    record_property("compared", sides.compared)


def moment(**ago: float) -> str:
    """Return a time in the past, encoded for a URL."""
    return (dt_util.utcnow() - timedelta(**ago)).isoformat().replace("+00:00", "Z")


async def test_core(sides: Sides) -> None:
    """Status, configuration, state of the core."""
    await sides.same("/api/")
    await sides.same("/api/config")
    await sides.same("/api/core/state")
    own = await content(await sides.own.get("/api/components"))
    ours = await content(await sides.bridge.get("/api/components", sides.key))
    assert sorted(own) == sorted(ours)
    sides.compared += 1


async def test_states(sides: Sides) -> None:
    """All states, and each of them; what does not exist."""
    for state in await sides.same("/api/states"):
        await sides.same(f"/api/states/{state['entity_id']}")
        await sides.same(f"/api/states/{state['entity_id'].upper()}")
    for entity_id in ("light.none", "none", "a b", "..", "%00", "light.none%2Fon", "x" * 300):
        await sides.same(f"/api/states/{entity_id}")


async def test_events(sides: Sides) -> None:
    """The kinds of events, with their listeners."""
    await sides.same("/api/events")


async def test_services(sides: Sides) -> None:
    """All services, with their descriptions."""
    services = await sides.same("/api/services")
    assert {"input_boolean", "calendar", "camera"} <= {item["domain"] for item in services}


@pytest.mark.parametrize("entities", [SENSOR, CLIMATE, ",".join((*LAMPS, CLIMATE, SENSOR)), "light.none", LAMPS[0]])
async def test_history(sides: Sides, entities: str) -> None:
    """Every combination of the parameters, over periods that begin before, in and after what happened."""
    flags = ("minimal_response", "no_attributes", "skip_initial_state", "significant_changes_only=0")
    chosen = chain.from_iterable(combinations(flags, size) for size in range(5))
    starts = ("", f"/{moment(days=3)}", f"/{moment(hours=1)}", f"/{moment(seconds=0.2)}", f"/{moment(days=-1)}")
    for flags_set in chosen:
        for start in starts:
            for end in ("", f"end_time={moment(days=-1)}", f"end_time={moment(days=2)}"):
                query = "&".join(part for part in (f"filter_entity_id={entities}", *flags_set, end) if part)
                await sides.same(f"/api/history/period{start}?{query}")


async def test_history_of_several_days(sides: Sides, hass: HomeAssistant) -> None:
    """A period that is read day by day is the same as one that is read at once."""
    now = dt_util.utcnow().timestamp()
    for hours in range(100, 0, -5):
        for entity_id in (SENSOR, CLIMATE, LAMPS[0]):
            value, attributes = str(hours // 15), {"hours": hours}
            hass.states.async_set(entity_id, value, attributes, timestamp=now - hours * 3600)
    await hass.async_block_till_done()
    await wait_recording(hass)
    start, end = moment(hours=90), moment(hours=2)
    for query in ("", "&minimal_response", "&no_attributes", "&skip_initial_state", "&significant_changes_only=0"):
        for more in ("", "&minimal_response&no_attributes", "&minimal_response&significant_changes_only=0"):
            entities = f"filter_entity_id={SENSOR},{CLIMATE},{LAMPS[0]}"
            lists = await sides.same(f"/api/history/period/{start}?{entities}&end_time={end}{query}{more}")
            assert len(lists) == 3
            assert sum(map(len, lists)) > 10


async def test_bad_history(sides: Sides) -> None:
    """Missing, misspelt and impossible parameters."""
    await sides.same("/api/history/period")
    await sides.same("/api/history/period?filter_entity_id=")
    for entities in (",", "light", "light.a,,light.b", "light.A b", "light..a"):
        await sides.same(f"/api/history/period?filter_entity_id={entities}")
    await sides.same(f"/api/history/period/yesterday?filter_entity_id={SENSOR}")
    await sides.same(f"/api/history/period/2026?filter_entity_id={SENSOR}")
    await sides.same(f"/api/history/period?filter_entity_id={SENSOR}&end_time=soon")
    # A date that no calendar has makes Home Assistant's own view fail.
    for start in OFF_THE_CALENDAR:
        await sides.differs(f"/api/history/period/{start}?filter_entity_id={SENSOR}", 500, 400)
        await sides.differs(f"/api/history/period?filter_entity_id={SENSOR}&end_time={start}", 500, 400)


async def test_logbook(sides: Sides) -> None:
    """Every parameter, over periods that begin before, in and after what happened."""
    entries = await sides.same("/api/logbook")
    assert any("context_entity_id" in entry or "context_service" in entry for entry in entries)
    for start in ("", f"/{moment(days=3)}", f"/{moment(hours=1)}", f"/{moment(days=-2)}", "/2026-01-01"):
        for period in ("", "period=1", "period=3", "period=0", "period=-2"):
            for end in ("", f"end_time={moment(days=-1)}", f"end_time={moment(days=2)}"):
                for what in ("", f"entity={LAMPS[0]}", f"entity={','.join(LAMPS)},{SENSOR}", f"context_id={CAUSE}"):
                    query = "&".join(part for part in (period, end, what) if part)
                    await sides.same(f"/api/logbook{start}?{query}")


async def test_bad_logbook(sides: Sides) -> None:
    """Misspelt and impossible parameters."""
    await sides.same("/api/logbook/yesterday")
    await sides.same("/api/logbook?end_time=soon")
    await sides.same(f"/api/logbook?entity={SENSOR}&context_id={CAUSE}")
    await sides.same("/api/logbook?context_id=nonsense")
    for query in ("period=many", "period=1e3", "period=", "entity=light", "entity=,"):
        await sides.differs(f"/api/logbook?{query}", 500, 400)
    for start in OFF_THE_CALENDAR:
        await sides.differs(f"/api/logbook/{start}", 500, 400)
        await sides.differs(f"/api/logbook?end_time={start}", 500, 400)
    await sides.differs("/api/logbook?period=99999999", 500, 400)


async def test_calendars(sides: Sides) -> None:
    """The list, and events of a period."""
    assert len(await sides.same("/api/calendars")) == 3
    path = "/api/calendars/calendar.family"
    for start, end in (("2026-01-01", "2026-02-01"), ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")):
        assert len(await sides.same(f"{path}?start={start}&end={end}")) == 2
    for query in (
        "",
        "?start=2026-01-01",
        "?end=2026-01-01",
        "?start=soon&end=later",
        "?start=2026-02-01&end=2026-01-01",
    ):
        await sides.same(path + query)
    for start in ("yesterday", *OFF_THE_CALENDAR):
        await sides.same(f"{path}?start={start}&end={start}")
    period = "?start=2026-01-01&end=2026-02-01"
    for entity_id in ("calendar.none", "light.none", "family"):
        await sides.same(f"/api/calendars/{entity_id}{period}")
    await sides.same(f"/api/calendars/calendar.broken{period}")
    # A time with a zone cannot be held against one without: Home Assistant's own view fails at it.
    await sides.differs(f"{path}?start=2026-02-01T00:00:00Z&end=2026-03-01T00:00:00", 500, 200)


async def test_pictures(sides: Sides) -> None:
    """Cameras and images: on, off, broken, scaled, missing."""
    assert len(await sides.same("/api/camera_proxy/camera.door")) > 100
    await sides.same("/api/camera_proxy/camera.door?width=100&height=100&token=any")
    await sides.same("/api/image_proxy/image.map")
    for name in ("asleep", "torn"):
        await sides.same(f"/api/camera_proxy/camera.{name}")
    for path in ("camera_proxy/camera.none", "camera_proxy/light.none", "image_proxy/image.none"):
        await sides.same(f"/api/{path}")
    await sides.differs("/api/camera_proxy/camera.door?width=wide", 500, 400)


TEMPLATES = (
    "", "plain", "  spaced  ", "{{ 1 + 1 }}", "{{ states('sensor.outside') }} °C", "{{ states.sensor.outside.state }}",
    "{{ states['sensor.outside'].attributes }}", "{{ states.sensor.outside }}", "{{ states }}", "{{ states.sensor }}",
    "{{ states.calendar | map(attribute='entity_id') | sort | join(', ') }}", "{{ states.climate | list | count }}",
    "{{ states.input_boolean | selectattr('state', 'eq', 'off') | map(attribute='name') | list }}",
    "{% for s in states.input_boolean %}{{ loop.index }}:{{ s.entity_id }}={{ s.state }};{% endfor %}",
    "{{ is_state('sensor.outside', '3') }} {{ 'sensor.outside' is is_state('3') }} {{ is_state('a.b', ['x']) }}",
    "{{ state_attr('sensor.outside', 'number') }} {{ is_state_attr('sensor.outside', 'number', 9) }}",
    "{{ has_value('sensor.outside') }} {{ 'sensor.outside' | has_value }} {{ states('light.none') }}",
    "{{ 'sensor.outside' | states }} {{ 'sensor.outside' | state_attr('unit_of_measurement') }}",
    "{{ states('sensor.outside', rounded=True) }} {{ states('sensor.outside', with_unit=True) }}",
    "{{ state_translated('input_boolean.bedroom_lamp') }} {{ states.none.such is none }}",
    "{{ expand('sensor.outside', states.climate) | map(attribute='entity_id') | list }}",
    "{{ area_entities('living_room') }} {{ area_id('input_boolean.bedroom_lamp') }} {{ areas() }}",
    "{{ area_name('living_room') }} {{ device_id('camera.door') }} {{ labels() }} {{ floors() }}",
    "{{ integration_entities('input_boolean') }} {{ 'living_room' | area_entities | count }} {{ issues() | count }}",
    "{{ [3, 1, 2] | sort | join('-') }} {{ [1, 2, 3] | sum }} {{ [1, 2] | average }} ",
    "{{ max(1, 2) }} {{ [4, 2] | min }}",
    "{{ 'a-b-c'.split('-')[1] | upper }} {{ 'abc' | replace('b', 'x') }} {{ 'abc'.replace('c', 'y') }} {{ 'ab'[0] }}",
    "{{ '%.1f kWh' | format(1.25) }} {{ '%s' % 7 }} {{ 'x' ~ 1 ~ 'y' }} {{ 1.256 | round(2) }} ",
    "{{ 7 // 2 }} {{ 2 ** 8 }}",
    "{{ 1700000000 | timestamp_custom('%Y-%m-%d') }} {{ as_timestamp('2026-01-01T00:00:00Z') }} ",
    "{{ 1 | timestamp_utc }}",
    "{% set ns = namespace(n=0) %}{% for i in range(5) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
    "{% macro double(x) %}{{ x * 2 }}{% endmacro %}{{ double(21) }} {{ double('ab') }}",
    "{% set text %}{{ 1 }}{{ 2 }}{% endset %}{{ text | int + 1 }} {{ {'a': [1, 2]}.a[1] }} {{ (1, 2) | first }}",
    "{{ {'b': 1, 'a': 2} | dictsort }} {{ dict(a=1).items() | list }} {{ [1, 2] | to_json }} {{ '[1]' | from_json }}",
    "{{ states.camera | groupby('state') | map('first') | list }} {{ iif(true, 'y', 'n') }}",
    "{{ none | default('d', true) }}",
    "{{ name }} {{ nested.list[1] }} {{ missing }} {{ missing | default('x') }} {{ missing is defined }}",
    "{% for i in range(5) if i is odd %}{{ i }}{% if i > 2 %}{% break %}{% endif %}{% else %}none{% endfor %}",
    "{{ 'abc' is string }} {{ 5 is number }} {{ [] is iterable }} {{ 2 in [1, 2] }} {{ 'b' in 'abc' }} {{ not true }}",
    "{{ states.sensor.outside.last_changed.year > 2000 }} {{ timedelta(hours=1) }} {{ strptime('2026', '%Y').year }}",
    "{{ '12' | int + '3' | float }} {{ 'x' | int(0) }} {{ 3 | bitwise_and(1) }} {{ sqrt(16) }} {{ pi | round(3) }}",
    "{{ 'Living Room' | slugify }} {{ 'a' | md5 }} {{ 'a b' | urlencode }} {{ 'YQ==' | base64_decode }} ",
    "{{ 5 | ordinal }}",
    "{{ distance('sensor.outside') }} {{ distance(52, 4, 53, 5) | round(1) }} ",
    "{{ closest(states.climate) }} {{ now().year > 2 }}",
)  # fmt: skip


async def test_templates_that_list_all(sides: Sides) -> None:
    """All entities but Drawbridge's own, which are in no scope."""
    for template in ("{{ states | map(attribute='entity_id') | list | to_json }}", "{{ areas() | to_json }}"):
        own = json.loads(await (await sides.own.post("/api/template", json={"template": template})).text())
        ours = await sides.bridge.post("/api/template", sides.key, json={"template": template})
        sides.compared += 1
        assert json.loads(await ours.text()) == [item for item in own if not sides.is_own(item)]
    listed = await sides.bridge.post(
        "/api/template", sides.key, json={"template": "{{ integration_entities('drawbridge') }}"}
    )
    assert await listed.text() == "[]"


BAD_TEMPLATES = (
    "{{ 1 +", "{% for %}", "{{ nothing.at.all }}", "{{ 1 / 0 }}", "{{ 'a' | int }}", "{{ 'x' | no_such_filter }}",
    "{{ states['bad id.x'] }}", "{{ 1 is no_such_test }}", "{% if %}{% endif %}", "{{ missing() }}", "{{ [1] + 1 }}",
    "{% set x = 5", "{{ ''.join }}{{ 'a'.no }}{{ (1).x.y }}", "{{ 5 | list }}",
)  # fmt: skip


async def test_templates(sides: Sides) -> None:
    """What people write."""
    variables = {"name": "n", "nested": {"list": [1, 2]}}
    for template in TEMPLATES:
        await sides.same("/api/template", "POST", json={"template": template, "variables": variables})
        await sides.same("/api/template", "POST", json={"template": template})


async def test_bad_templates(sides: Sides) -> None:
    """What fails, fails in the same words."""
    for template in BAD_TEMPLATES[:-2]:
        await sides.same("/api/template", "POST", json={"template": template})
    for body in (b"{", b"[]", b'"a"', b"", b"\xff"):
        await sides_bad_body(sides, "/api/template", body)
    for data in ({}, {"template": None}, {"template": 5}):
        await sides.differs("/api/template", 500, 400, "POST", json=data)


async def sides_bad_body(sides: Sides, path: str, body: bytes) -> None:
    """Send a body that is no JSON object to both. One that is no text makes Home Assistant's own view fail."""
    own = await sides.own.post(path, data=body)
    ours = await sides.bridge.post(path, sides.key, data=body)
    sides.compared += 1
    assert (own.status, ours.status) == ((500, 400) if body == b"\xff" else (own.status, own.status)), body
    if not ours.ok:
        assert len((await ours.json(content_type=None))["message"]) > 10


async def test_writing_states(sides: Sides) -> None:
    """Making, changing and removing a state: status, body but for its times, Location."""
    for data in (
        {"state": "1"},
        {"state": 5, "attributes": {"a": [1, {"b": None}]}},
        {"state": "2", "attributes": None, "force_update": True},
        {"state": "", "attributes": {}},
        {"state": True},
    ):
        for again in (False, True):
            own = await sides.own.post("/api/states/test.own", json=data)
            ours = await sides.bridge.post("/api/states/test.ours", sides.key, json=data)
            sides.compared += 1
            assert (ours.status, again) == (own.status, again)
            assert ours.headers["Location"] == "/api/drawbridge" + own.headers["Location"].replace("own", "ours")
            said, heard = await own.json(), await ours.json()
            assert said.keys() == heard.keys()
            assert (heard["state"], heard["attributes"]) == (said["state"], said["attributes"])
        for side in (
            sides.own.delete("/api/states/test.own"),
            sides.bridge.request("DELETE", "/api/states/test.ours", sides.key),
        ):
            answer = await side
            assert (answer.status, await answer.json()) == (200, {"message": "Entity removed."})
        await sides.same("/api/states/test.ours", "DELETE")


async def test_writing_bad_states(sides: Sides) -> None:
    """What Home Assistant refuses, and in the same words."""
    refused: tuple[object, ...] = ({}, {"attributes": {}}, {"state": None}, {"state": "x" * 256}, [1], 5, "on")
    for data in refused:
        await sides.same("/api/states/test.bad", "POST", json=data)
    for entity_id in ("bad", "bad.id.x", "a b.c", "_a.b"):
        await sides.same(f"/api/states/{entity_id}", "POST", json={"state": "1"})
    for body in (b"{", b"", b"\xff"):
        await sides_bad_body(sides, "/api/states/test.bad", body)
    await sides.differs("/api/states/test.bad", 500, 400, "POST", json={"state": "1", "attributes": [1]})


async def test_firing_events(sides: Sides, hass: HomeAssistant) -> None:
    """The event is fired, with its data."""
    heard: list[dict[str, Any]] = []
    hass.bus.async_listen("bell", callback(lambda event: heard.append(dict(event.data))))
    for data in ({}, {"a": 1}, {"entity_id": LAMPS[0], "deep": {"list": [1, 2]}}):
        await sides.same("/api/events/bell", "POST", json=data)
        await hass.async_block_till_done()
        assert heard[-2:] == [data, data]
    await sides.same("/api/events/bell", "POST")
    state = {"entity_id": SENSOR, "state": "9"}
    changed = {"entity_id": SENSOR, "old_state": state, "new_state": state}
    await sides.same("/api/events/state_changed", "POST", json=changed)
    for wrong in ([1], "a", 5):
        await sides.same("/api/events/bell", "POST", json=wrong)
    for body in (b"{", b"\xff"):
        await sides_bad_body(sides, "/api/events/bell", body)
    # What is no change of a state would make all fail that listen to such changes.
    await sides.differs("/api/events/state_changed", 500, 400, "POST", json={"entity_id": SENSOR})


async def test_calling_services(sides: Sides, hass: HomeAssistant) -> None:
    """The states that a call changed."""
    for service, before in (("turn_on", "off"), ("turn_off", "on"), ("toggle", "on")):
        for data in ({"entity_id": LAMPS[0]}, {"entity_id": list(LAMPS)}, {"area_id": "bedroom"}, {"entity_id": "all"}):
            answers = []
            for side, key in ((sides.own.post, ()), (sides.bridge.post, (sides.key,))):
                for lamp in LAMPS:
                    await switch(hass, lamp, before)
                answer = await side(f"/api/services/input_boolean/{service}", *key, json=data)
                answers.append(sorted(([item[name] for name in KEPT] for item in await answer.json()), key=str))
            sides.compared += 1
            assert answers[0] == answers[1] != []


async def switch(hass: HomeAssistant, lamp: str, state: str) -> None:
    """Put a lamp into a state."""
    await hass.services.async_call("input_boolean", f"turn_{state}", {"entity_id": lamp}, blocking=True)


async def test_what_services_answer(sides: Sides, hass: HomeAssistant) -> None:
    """Responses, wrong parameters, and what a service refuses."""
    register(hass)
    names = [f"test.{name}" for name in ("answering", "silent", "refusing", "failing")]
    await sides.bridge.act("revoke_key", key=sides.bridge.key_id("Everything"))
    sides.key = await sides.bridge.add_key(
        "Caller",
        everything=True,
        capabilities=["control", "read"],
        services=[*names, "input_boolean.turn_on.*", "no.such"],
    )
    await sides.same("/api/services/test/answering?return_response", "POST", json={})
    await sides.same("/api/services/test/silent", "POST", json={})
    await sides.same("/api/services/test/silent?return_response", "POST", json={})
    await sides.same("/api/services/test/answering", "POST", json={})
    await sides.same("/api/services/test/failing", "POST", json={})
    for body in (b"{", b"\xff"):
        await sides_bad_body(sides, "/api/services/test/silent", body)
    for path, data in (("no/such", {}), ("input_boolean/turn_on", {"entity_id": LAMPS[0], "colour": "red"})):
        await sides.same(f"/api/services/{path}", "POST", json=data)


def register(hass: HomeAssistant) -> None:
    """Register services that answer, that say nothing, that refuse and that fail."""

    def refuse(_call: ServiceCall) -> None:
        raise ServiceValidationError("not today")

    def fail(_call: ServiceCall) -> None:
        raise HomeAssistantError("it broke")

    def answer(_call: ServiceCall) -> ServiceResponse:
        return {"answer": 42}

    add = hass.services.async_register
    add("test", "answering", answer, supports_response=SupportsResponse.ONLY)
    add("test", "silent", lambda _call: None)
    add("test", "refusing", refuse)
    add("test", "failing", fail)
