"""`render_template`: the sandbox, live."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, live

LAMP = "input_boolean.living_room_lamp"
OTHER = "input_boolean.bedroom_lamp"
OUTSIDE = "sensor.outside"
HIDDEN = "hidden_marker"


async def followed(client: LiveClient, template: str, **fields: Any) -> int:
    """Subscribe to a template, and return the ID."""
    number = await client.send("render_template", template=template, **fields)
    assert await client.answer(number) == {"id": number, "type": "result", "success": True, "result": None}
    return number


def in_order(event: Any) -> Any:
    """Return an event with the names of its listeners in order."""
    if "listeners" not in event:
        return event
    listeners = {
        name: sorted(value) if isinstance(value, list) else value for name, value in event["listeners"].items()
    }
    return {**event, "listeners": listeners}


TEMPLATES: list[Any] = [
    "no template at all",
    "  {{ 1 + 1 }} ",
    "{{ 7.50 }}",
    "1e5",
    "{{ [1, 'a', none, {'b': true}] }}",
    "{{ (1, 2) }}",
    "{{ {'a': 1} }}",
    "{{ [1, 2] | length }}",
    "{{ 'text' }} and 'more'",
    "{{ none }}",
    "{{ true }}",
    "{{ states('sensor.outside') }}",
    "{{ states('Sensor.Outside') | float + 1 }}",
    "{{ states('sensor.none') }}",
    "{{ states.sensor.outside.state }} {{ states.input_boolean.living_room_lamp.state }}",
    "{{ is_state('input_boolean.living_room_lamp', 'on') }}",
    "{{ state_attr('sensor.outside', 'unit_of_measurement') }}",
    "{{ states.input_boolean | map(attribute='state') | list }}",
    "{{ states.input_boolean | count }}",
    "{{ states | selectattr('domain', 'eq', 'sensor') | list | count > 0 }}",
    "{{ expand('input_boolean.living_room_lamp', 'sensor.outside') | map(attribute='entity_id') | list }}",
    "{{ now().year > 2000 }}",
    "{{ today_at('10:00').hour }}",
    "{{ a + b.c }}",
    "{{ area_entities('living_room') }}",
    "{% for state in states.sensor if state.entity_id == 'sensor.outside' %}{{ state.name }}{% endfor %}",
]


@pytest.mark.parametrize("template", TEMPLATES)
async def test_equal(own: LiveClient, ours: LiveClient, hass: HomeAssistant, template: str) -> None:
    """A key that sees everything gets Home Assistant's own results and listeners, and the same changes."""
    variables = {"a": 1, "b": {"c": 2}}
    numbers = [(client, await followed(client, template, variables=variables)) for client in (own, ours)]
    first, second = [in_order(await client.event(number)) for client, number in numbers]
    assert second == first
    for entity_id, state in ((OUTSIDE, "8.5"), (LAMP, "on"), (OTHER, "on"), (OUTSIDE, "8.5"), (OUTSIDE, "9")):
        hass.states.async_set(entity_id, state, {"unit_of_measurement": "°C"})
        # Changes that come together are rendered together.
        await asyncio.sleep(0.02)
    for client, _ in numbers:
        await client.command("ping")
    one, other = [list(map(in_order, client.events.get(number, []))) for client, number in numbers]
    # Home Assistant renders anew within a second of a change in a domain, ours as well, but not with each change.
    assert other == one or "states.input_boolean |" in template
    await ours.result("unsubscribe_events", subscription=numbers[1][1])
    ours.events.clear()
    hass.states.async_set(OUTSIDE, "30")
    await ours.nothing()


@pytest.mark.parametrize(
    "template",
    ["{{ missing }}", "{{ missing.part }}", "{{ 1 / 0 }}", "{{ states.x.y.z.w }}", "{{ 'a' | float }}", "{{ [ }}"],
)
@pytest.mark.parametrize("strict", [False, True])
async def test_errors(own: LiveClient, ours: LiveClient, template: str, *, strict: bool) -> None:
    """Errors and warnings are reported on request, with Home Assistant's messages."""
    found = []
    for client in (own, ours):
        number = await followed(client, template, strict=strict, report_errors=True)
        await asyncio.sleep(0.02)
        await client.command("ping")
        events = list(map(in_order, client.events.pop(number, [])))
        # Home Assistant renders twice at the beginning, and reports twice.
        found.append([event for place, event in enumerate(events) if event not in events[:place]])
        number = await followed(client, template, strict=strict)
        await asyncio.sleep(0.02)
        await client.command("ping")
        found[-1].append(list(map(in_order, client.events.pop(number, []))))
    assert found[1] == found[0]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"template": 5},
        {"template": "x", "variables": []},
        {"template": "x", "timeout": "x"},
        {"template": "x", "strict": "x"},
        {"template": "x", "report_errors": 1},
        {"template": "x", "entity_ids": "no entity"},
        {"template": "x", "more": 1},
    ],
    ids=str,
)
async def test_malformed(own: LiveClient, ours: LiveClient, fields: dict[str, Any]) -> None:
    """What Home Assistant's schema refuses is refused in the same words."""
    actual, expected = await ours.error("render_template", **fields), await own.error("render_template", **fields)
    assert actual == expected
    assert actual["code"] == "invalid_format"


async def test_timeout(ours: LiveClient) -> None:
    """A template that takes longer than the client gives it, or more than a template may, is a template error."""
    slow = "{% for a in range(1000) %}{% for b in range(50) %}{{ a }}{% endfor %}{% endfor %}"
    error = await ours.error("render_template", template=slow, timeout=0.001)
    assert error == {"code": "template_error", "message": "Exceeded maximum execution time of 0.001s"}
    error = await ours.error("render_template", template="{{ range(100000) | list }}")
    assert error["code"] == "template_error"
    for timeout in (0, -1, "nan", 1e9):
        number = await followed(ours, "{{ 1 }}", timeout=timeout)
        assert (await ours.event(number))["result"] == 1


async def test_long_results(ours: LiveClient) -> None:
    """A long list stays a text, for it would block the event loop to read it."""
    number = await followed(ours, "{{ range(5000) | list }}")
    result = (await ours.event(number))["result"]
    assert isinstance(result, str)
    assert len(result) > 8192


@pytest.mark.parametrize(
    "template",
    [
        "{{ states('ENTITY') }}",
        "{{ states.input_boolean | list | count }}",
        "{{ states | count }}",
        "{{ is_state('ENTITY', 'on') }}",
        "{{ expand('ENTITY') | count }}",
        "{{ area_id('ENTITY') }}",
    ],
)
async def test_hidden(bridge: Bridge, hass: HomeAssistant, template: str) -> None:
    """A template that asks for what the key does not see is refused, whether it exists or not."""
    hass.states.async_set(OTHER, HIDDEN)
    async with live(bridge, await bridge.add_key(areas=["living_room"], capabilities=["template"])) as client:
        errors = [
            await client.error("render_template", template=template.replace("ENTITY", entity_id))
            for entity_id in (OTHER, "light.none")
        ]
        assert errors[0] == errors[1]
        assert errors[0]["code"] == "unauthorized"
        assert not any(HIDDEN in str(message) for message in client.log)
        error = await client.error("render_template", template="{% import 'x' as y %}")
        assert error["code"] == "unauthorized"


async def test_narrow(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key with a limited scope gets redacted results, and listeners for entities in scope only."""
    hass.states.async_set(LAMP, "on", {"latitude": 1.5, "link": f"/api/hls/{HIDDEN}/x"})
    async with live(bridge, await bridge.add_key(areas=["living_room"], capabilities=["template"])) as client:
        number = await followed(client, f"{{{{ states.{LAMP}.attributes }}}} {{{{ states('{LAMP}') }}}}")
        event = await client.event(number)
        assert event["listeners"] == {"all": False, "entities": [LAMP], "domains": [], "time": False}
        assert "latitude" not in event["result"]
        hass.states.async_set(OTHER, HIDDEN)
        await client.nothing()
        hass.states.async_set(LAMP, "off")
        assert (await client.event(number))["result"] == "{} off"
        assert not any(HIDDEN in str(message) for message in client.log)


async def test_key_changes(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key that is narrowed or loses `template`, and an entity that moves, act on the next rendering."""
    secret = await bridge.add_key("One", areas=["living_room", "bedroom"], capabilities=["template"])
    async with live(bridge, secret) as client:
        number = await followed(client, f"{{{{ states('{OTHER}') }}}}", report_errors=True)
        assert (await client.event(number))["result"] == "off"
        await bridge.edit_key("One", "scope", {"everything": False, "areas": ["living_room"]})
        assert "does not exist, or is not in the scope" in (await client.event(number))["error"]
        hass.states.async_set(OTHER, HIDDEN)
        await asyncio.sleep(0.02)
        await client.nothing()
        hass.states.async_set(OTHER, "on")
        er.async_get(hass).async_update_entity(OTHER, area_id="living_room")
        assert (await client.event(number))["result"] in {"on", "off"}
        await bridge.edit_key("One", "abilities", {"capabilities": ["read"]})
        hass.states.async_set(OTHER, HIDDEN)
        await asyncio.sleep(0.02)
        await client.nothing()
        assert not any(HIDDEN in str(message) for message in client.log)
        await bridge.edit_key("One", "abilities", {"capabilities": ["template"]})
        assert (await client.event(number))["result"] == HIDDEN


async def test_time(ours: LiveClient, hass: HomeAssistant) -> None:
    """A template that reads the time is rendered again every minute."""
    number = await followed(ours, "{{ utcnow().timestamp() }}")
    event = await ours.event(number)
    assert event["listeners"] == {"all": False, "entities": [], "domains": [], "time": True}
    now = dt_util.utcnow().replace(second=0, microsecond=0)
    async_fire_time_changed(hass, now + timedelta(minutes=1, milliseconds=500))
    assert (await ours.event(number))["result"] > event["result"]


async def test_as_seldom(ours: LiveClient, hass: HomeAssistant) -> None:
    """A template over a domain is rendered once a second at most; over all states, once a minute."""
    domain = await followed(ours, "{{ states.sensor | map(attribute='state') | list }}")
    everything = await followed(ours, "{{ states | map(attribute='state') | join }}")
    for number in (domain, everything):
        await ours.event(number)
    for step in range(20):
        hass.states.async_set(OUTSIDE, str(step))
        await asyncio.sleep(0.005)
    await ours.nothing()
    assert "19" in (await ours.event(domain))["result"]
    hass.states.async_set(OUTSIDE, "99")
    await ours.nothing()


async def test_burst(ours: LiveClient, hass: HomeAssistant) -> None:
    """A burst of changes of an entity ends with its last state, rendered less often than it changed."""
    number = await followed(ours, f"{{{{ states('{OUTSIDE}') }}}}")
    await ours.event(number)
    for step in range(500):
        hass.states.async_set(OUTSIDE, str(step))
        if not step % 100:
            await asyncio.sleep(0.001)
    results: list[int] = []
    while not results or results[-1] != 499:
        results.append((await ours.event(number))["result"])
    assert results == sorted(results)
    assert len(results) < 100


async def test_budget(bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the processor time of the key is used up, the template waits, and is up to date afterwards."""
    monkeypatch.setattr("custom_components.drawbridge.operations.templates.budget.Budget.wait", lambda *_: 0)
    async with live(bridge, await bridge.add_key("All", capabilities=["template"])) as client:
        number = await followed(client, f"{{{{ states('{OUTSIDE}') }}}}")
        await client.event(number)
        monkeypatch.setattr("custom_components.drawbridge.operations.templates.budget.Budget.wait", lambda *_: 1)
        hass.states.async_set(OUTSIDE, "5")
        await asyncio.sleep(0.05)
        await client.nothing()
        error = await client.error("render_template", template="{{ 1 }}")
        assert "processor time" in error["message"]
        monkeypatch.setattr("custom_components.drawbridge.operations.templates.budget.Budget.wait", lambda *_: 0)
        assert (await client.event(number))["result"] == 5


async def test_without_template(bridge: Bridge) -> None:
    """The error for a key without `template` contains the name of the capability."""
    async with live(bridge, await bridge.add_key()) as client:
        error = await client.error("render_template", template="x")
        assert error["code"] == "unauthorized"
        assert "'template'" in error["message"]
