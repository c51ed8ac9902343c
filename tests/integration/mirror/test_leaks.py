"""Data that no key can read: bearer text, places without ``location``, and everything of other keys."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from typing import Any, override
from urllib.parse import quote, unquote

import voluptuous as vol
from homeassistant.components.calendar import CalendarEvent
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, State, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.drawbridge.operations.service_responses import FAILED
from tests.integration.live.client import live
from tests.integration.mirror.conftest import Plans, add
from tests.integration.mirror.sides import Sides
from tests.integration.recording import wait_written

PLAYER = "media_player.tv"
SIGNED = "http://ha.local:8123/api/states?authSig=eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln"
HEADER = SIGNED.partition("authSig=")[2].partition(".")[0]
NAME = "Grandmother"


async def everything(sides: Sides, key: str, entity_id: str) -> str:
    """Return all that a key reads of an entity, as one text."""
    paths = (
        "/api/states",
        f"/api/states/{entity_id}",
        f"/api/states?entity_id={entity_id}&fields=state,attributes",
        f"/api/history/period?filter_entity_id={entity_id}",
        "/api/logbook",
        "/api/config",
        "/api/components",
        "/api/events",
        "/api/services",
        "/key",
    )
    found = [await (await sides.bridge.get(path, key)).text() for path in paths]
    for template in (
        f"{{{{ states.{entity_id} }}}} {{{{ states.{entity_id}.attributes }}}}",
        f"{{{{ states('{entity_id}')|list }}}} {{{{ state_attr('{entity_id}', 'media_content_id')|reverse|list }}}}",
        f"{{{{ state_attr_translated('{entity_id}', 'media_content_id')|list }}}}",
        f"{{{{ state_translated('{entity_id}')|list }}}} {{{{ (expand('{entity_id}')|first).state|list }}}}",
    ):
        answer = await sides.bridge.post("/api/template", key, json={"template": template})
        found += [await answer.text()]
    return " ".join(found)


async def test_bearer_text(sides: Sides) -> None:
    """A player reports its URL. No key can read it, with any capability."""
    for state in (SIGNED, "playing", SIGNED):
        sides.bridge.hass.states.async_set(PLAYER, state, {"media_content_id": SIGNED, "queue": [{"uri": SIGNED}]})
    await sides.bridge.hass.async_block_till_done()
    await wait_written(sides.bridge.hass)
    text = await everything(sides, sides.key, PLAYER)
    assert text.count("**REDACTED**") > 8
    assert HEADER not in text.replace("', '", "")
    assert HEADER[::-1] not in text.replace("', '", "")


async def test_registries(sides: Sides) -> None:
    """Links in registries are redacted before a template can take them apart, also for a narrow key."""
    hass, bridge = sides.bridge.hass, sides.bridge
    entry = MockConfigEntry(domain="hue")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("hue", "1")}, name="Lamp",
        configuration_url=SIGNED, sw_version=SIGNED,
    )  # fmt: skip
    lamp = "input_boolean.living_room_lamp"
    er.async_get(hass).async_update_entity(lamp, device_id=device.id)
    narrow = await bridge.add_key("Narrow", entities=[lamp], capabilities=["read", "template"])
    url, version = "configuration_url", "sw_version"
    asked = ((sides.key, device.id, url), (sides.key, lamp, url), (sides.key, lamp, version), (narrow, lamp, version))
    for key, item, field in asked:
        source = f"{{{{ device_attr('{item}', '{field}')|list }}}} {{{{ device_attr('{item}', 'name') }}}}"
        answer = await bridge.post("/api/template", key, json={"template": source})
        text = (await answer.text()).replace("', '", "")
        assert HEADER not in text
        assert "**REDACTED**" in text
        assert "Lamp" in text
        # What a template makes by itself is redacted once more.
        source = "{{ 'https://example.com/a?to' ~ 'ken=0123' }}"
        answer = await bridge.post("/api/template", key, json={"template": source})
        assert await answer.text() == "**REDACTED**"
    source = f"{{{{ device_attr('{lamp}', '{url}') }}}}"
    answer = await bridge.post("/api/template", narrow, json={"template": source})
    assert await answer.text() == "None", "the list of devices does not show it to a narrow key either"


async def test_places(sides: Sides) -> None:
    """Coordinates require ``location``."""
    zone = "zone.office"
    sides.bridge.hass.states.async_set(zone, "0", {"latitude": 52.123456, "longitude": 4.654321, "radius": 98765})
    await sides.bridge.hass.async_block_till_done()
    await wait_written(sides.bridge.hass)
    narrow = await sides.bridge.add_key("Narrow", capabilities=["read", "history", "template"])
    assert "52.123456" in await everything(sides, sides.key, zone)
    text = await everything(sides, narrow, zone)
    assert not [found for found in ("52.123456", "4.654321", "98765") if found in text]
    for key, shown in ((sides.key, True), (narrow, False), (sides.key, True)):
        config = await (await sides.bridge.get("/api/config", key)).json()
        assert ({"latitude", "internal_url", "config_dir"} <= config.keys()) is shown
        assert ("latitude" in config) is shown
    one = f"/api/states/{zone}"
    assert "52.123456" not in await (await sides.bridge.get(one, narrow)).text()
    assert "52.123456" in await (await sides.bridge.get(one, sides.key)).text()


async def test_other_keys(sides: Sides) -> None:
    """A key with all permissions gets no information about other keys."""
    hass, bridge = sides.bridge.hass, sides.bridge
    other = await bridge.add_key(NAME, entities=["input_boolean.bedroom_lamp"], capabilities=["read", "control"])
    body = {"entity_id": "input_boolean.bedroom_lamp"}
    assert (await bridge.post("/api/services/input_boolean/toggle", other, json=body)).status == 200
    assert (await bridge.get("/api/history/period", other)).status == 403
    ir.async_create_issue(
        hass, "drawbridge", "x", is_fixable=False, severity=ir.IssueSeverity.WARNING,
        translation_key="x", translation_placeholders={"name": NAME},
    )  # fmt: skip
    await hass.async_block_till_done()
    await wait_written(hass)
    own = sorted(bridge.own_entities())
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), bridge.entry.entry_id)
    assert any(NAME in (device.name or "") for device in devices)
    user_id = bridge.entry.runtime_data.usage._users[bridge.key_id(NAME)]  # noqa: SLF001 - no key may read it
    logbook = await (await bridge.get("/api/logbook", sides.key)).text()
    assert user_id not in logbook
    text = logbook + await everything(sides, sides.key, own[0])
    for device in devices:
        dr.async_get(hass).async_update_device(device.id, area_id="living_room", labels={"mine"})
    listed = (
        "{{ issues() }} {{ issue('drawbridge', 'x') }} {{ issue(issue_id='x', domain='drawbridge') }} "
        "{{ area_devices('living_room') }} {{ label_devices('mine') }} "
        "{{ integration_entities('drawbridge') }} {{ label_entities('mine') }} {{ expand(label_entities('mine')) }}"
    )
    answer = await bridge.post("/api/template", sides.key, json={"template": listed})
    assert await answer.text() == "{} None None [] [] [] [] []"
    sources = ["{{ issues() }}", "{{ issue('drawbridge', 'x') }}", f"{{{{ device_id('{NAME}') }}}}"]
    sources += [f"{{{{ device_attr('{item.id}', 'name') }}}} {{{{ device_name('{item.id}') }}}}" for item in devices]
    sources += [f"{{{{ device_attr(device_or_entity_id='{item.id}', attr_name='name') }}}}" for item in devices]
    for item in own:
        sources += [f"{{{{ device_id('{item}') }}}} {{{{ entity_name('{item}') }}}} {{{{ states('{item}') }}}}"]
    for source in sources:
        text += await (await bridge.post("/api/template", sides.key, json={"template": source})).text()
    assert (await bridge.post("/api/services/drawbridge/list_keys?return_response", sides.key, json={})).status == 403
    assert NAME.lower() not in text.lower()
    assert not [item.id for item in devices if item.id in text]


AUDIT = "drawbridge_audit"


async def test_no_key_forges_the_audit_trail(sides: Sides) -> None:
    """Drawbridge's own events are fired by no key, whatever its list says, and no key learns who listens."""
    hass, bridge = sides.bridge.hass, sides.bridge
    caught = async_capture_events(hass, AUDIT)
    runtime, kinds = bridge.entry.runtime_data, (AUDIT, "drawbridge", "drawbridge.x", "Drawbridge_Audit")
    await runtime.change_key(bridge.key_id("Everything"), lambda key: replace(key, events=key.events | {*kinds}))
    await hass.async_block_till_done()
    for kind in kinds:
        answer = await bridge.post(f"/api/events/{kind}", sides.key, json={"outcome": "allowed", "key_name": NAME})
        assert (answer.status, (await answer.json())["reason"]) == (403, "event")
    assert (await bridge.post("/api/events/bell", sides.key)).status == 200
    await hass.async_block_till_done()
    assert NAME not in str([event.data for event in caught])
    assert AUDIT in hass.bus.async_listeners()
    for listed in (await (await bridge.get("/api/events", sides.key)).json(),):
        assert not [item["event"] for item in listed if "drawbridge" in item["event"].lower()]


async def test_own_entities_are_as_if_they_did_not_exist(sides: Sides) -> None:
    """Reading, removing and (for a key of some entities) writing answer in the same way for both."""
    bridge = sides.bridge
    own = "sensor.drawbridge_health_score"
    assert own in bridge.own_entities()
    narrow = await bridge.add_key("Narrow", areas=["living_room"], capabilities=["read", "history", "set_state"])
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", sides.key, {}),
        ("DELETE", sides.key, {}),
        ("GET", narrow, {}),
        ("DELETE", narrow, {}),
        ("POST", narrow, {"json": {"state": "1"}}),
        ("POST", narrow, {"json": {}}),
    ]
    for method, key, options in asked:
        answers = []
        for entity_id in (own, "sensor.not_there_at_all"):
            answer = await bridge.request(method, f"/api/states/{entity_id}", key, **options)
            varying = {"Date", "X-Request-ID", "RateLimit"}
            headers = {name: value for name, value in answer.headers.items() if name not in varying}
            answers.append((answer.status, await answer.text(), headers))
        assert answers[0] == answers[1], method
        assert answers[0][0] == 404
    for ask in (
        "states('{}')",
        "states.{}",
        "is_state('{}', 'x')",
        "device_id('{}')",
        "area_name('{}')",
        "expand('{}')",
    ):
        said = []
        for entity_id in (own, "sensor.not_there_at_all"):
            source = f"{{{{ {ask.format(entity_id)} }}}}"
            answer = await bridge.post("/api/template", sides.key, json={"template": source})
            said.append((answer.status, await answer.text()))
        assert said[0] == said[1], ask
        assert said[0][0] == 200
    state = bridge.hass.states.get(own)
    assert (await bridge.post(f"/api/states/{own}", sides.key, json={"state": "x"})).status == 404
    assert bridge.hass.states.get(own) is state


def spellings(link: str) -> list[Any]:
    """Return a link as integrations and clients may write it, in texts, names and lists."""
    entities = "".join(f"&#{ord(item)};" for item in link)
    escaped = "".join(f"\\u{ord(item):04x}" for item in link)
    percent = "".join(f"%{ord(item):02X}" for item in link)
    texts = [
        link,
        link.upper().replace(link.partition("=")[2].upper(), link.partition("=")[2]),
        link.replace("authSig", "authsig"),
        link.replace("authSig", "auth_sig"),
        link.replace("authSig", "%61uthSig"),
        link.replace("/api", "/%61pi"),
        link.replace("/", "\\/"),
        link.replace("/", "\\"),
        link.replace("&", "&amp;"),
        quote(link, safe=""),
        quote(quote(link, safe=""), safe=""),
        quote(quote(quote(link, safe=""), safe=""), safe=""),
        percent,
        percent.lower(),
        percent.replace("%", "%25"),
        entities,
        quote(entities, safe=""),
        escaped,
        quote(escaped, safe=""),
        f"Now playing {link}.",
        f"[a]({link})",
        f"<a href='{link}'>a</a>",
        f"{link},{link}",
        f"a\t{link}\nb",
        json.dumps({"url": link, "more": [link]}),
        json.dumps(json.dumps({"url": link})),
        link.partition("authSig=")[2],
        f"Bearer {link.partition('authSig=')[2]}",
    ]
    values: list[Any] = [link, [link], [[link]], {link: 1}, {"a": {link: [link]}}, {"token": link}]
    return [*texts, *values, dict.fromkeys(texts, "name"), *[[{"x": text}] for text in texts]]


def read(text: str) -> str:
    """Return a text with every encoding undone, as often as it takes."""
    for _ in range(8):
        text = unquote(unescape(text.encode("ascii", "backslashreplace").decode("unicode_escape")))
    return text


@dataclass
class Answered:
    """An object as integrations return them."""

    link: str
    latitude: float


class Plotter(Plans):
    """A calendar with links in its events."""

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        now = dt_util.now()
        return [CalendarEvent(now, now, SIGNED, description=f"Join: {quote(SIGNED, safe='')}", location=SIGNED)]


async def test_spellings(sides: Sides) -> None:
    """No spelling of a signed link leaves by any answer, at any depth, in names or in values."""
    hass, bridge = sides.bridge.hass, sides.bridge
    attributes = {f"a{number}": item for number, item in enumerate(spellings(SIGNED))} | {SIGNED: 1}
    for state in ("one", quote(SIGNED, safe=""), "two"):
        hass.states.async_set(PLAYER, state, attributes)
        await hass.async_block_till_done()
    hass.bus.async_fire("logbook_entry", {"name": SIGNED, "message": quote(SIGNED, safe=""), "entity_id": PLAYER})
    await add(hass, "calendar", Plotter("plots"))
    hass.states.async_set("calendar.plots", "off", {"friendly_name": SIGNED})
    await hass.async_block_till_done()
    await wait_written(hass)
    source = f"{{{{ states.{PLAYER}.attributes|tojson }}}} {{{{ states.{PLAYER}.attributes.items()|list }}}}"
    texts = [await everything(sides, sides.key, PLAYER)]
    texts += [await (await bridge.post("/api/template", sides.key, json={"template": source})).text()]
    for path in (
        f"/api/history/period?filter_entity_id={PLAYER}&minimal_response&significant_changes_only=0",
        f"/api/history/period?filter_entity_id={PLAYER}&no_attributes&significant_changes_only=0",
        f"/api/logbook?entity={PLAYER}",
        f"/api/states?fields=attributes.a0,attributes.a33&entity_id={PLAYER}",
        "/api/calendars/calendar.plots?start=2026-01-01T00:00:00Z&end=2027-01-01T00:00:00Z",
        "/api/calendars",
    ):
        texts += [await (await bridge.get(path, sides.key)).text()]
    assert all(texts)
    assert HEADER not in read(" ".join(texts))
    assert " ".join(texts).count("**REDACTED**") > 200


async def test_responses_and_errors(sides: Sides) -> None:
    """What a service returns is read as JSON, so that objects hide nothing; what it raises is quoted without links."""
    hass, bridge = sides.bridge.hass, sides.bridge

    def tell(_call: ServiceCall) -> ServiceResponse:
        state = State("zone.x", "0", {"latitude": 52.123456, "access_token": "0123456789abcdef"})
        found: Mapping[str, Any] = {
            "objects": [Answered("Office", 52.123456), Answered(SIGNED, 4.0)],
            "state": state,
            "all": spellings(SIGNED),
        }
        return dict(found)

    def play(call: ServiceCall) -> None:
        hass.states.async_set(PLAYER, "playing", {"uri": SIGNED, "latitude": 52.123456}, context=call.context)

    def fail(_call: ServiceCall) -> None:
        raise HomeAssistantError(f"cannot fetch {quote(SIGNED, safe='')}")

    hass.services.async_register("input_boolean", "tell", tell, supports_response=SupportsResponse.ONLY)
    hass.services.async_register("input_boolean", "fail", fail)
    hass.services.async_register("input_boolean", "play", play)
    services = ["input_boolean.tell", "input_boolean.fail", "input_boolean.play"]
    key = await bridge.add_key("Caller", everything=True, capabilities=["read", "control"], services=services)
    told = await bridge.post("/api/services/input_boolean/tell?return_response", key, json={})
    failed = await bridge.post("/api/services/input_boolean/fail", key, json={})
    played = await bridge.post("/api/services/input_boolean/play", key, json={})
    assert (told.status, failed.status, played.status) == (200, 500, 200)
    texts = [read(await item.text()) for item in (told, failed, played)]
    assert all("**REDACTED**" in item for item in texts)
    text = " ".join(texts)
    assert not [found for found in (HEADER, "52.123456", "0123456789abcdef") if found in text]


async def test_errors_about_invalid_data(sides: Sides) -> None:
    """A message about invalid data has no links, and does not name what is hidden, on both transports."""
    bridge = sides.bridge
    lamp, hidden = "input_boolean.living_room_lamp", "input_boolean.bedroom_lamp"
    texts = {
        "a link": f"cannot read {SIGNED}",
        "an encoded link": f"cannot read {quote(SIGNED, safe='')}",
        "a hidden entity": f"{hidden} has no such mode",
        "a visible entity": f"{lamp} has no such mode",
    }

    def reject(call: ServiceCall) -> None:
        raise vol.Invalid(texts[call.data["about"]])

    bridge.hass.services.async_register("input_boolean", "reject", reject)
    fields: dict[str, Any] = {"capabilities": ["read", "control"], "services": ["input_boolean.reject"]}
    narrow = await bridge.add_key("Narrow", entities=[lamp], **fields)
    wide = await bridge.add_key("Wide", everything=True, **fields)
    said = {}
    for name, key in (("narrow", narrow), ("wide", wide)):
        async with live(bridge, key) as client:
            for about in texts:
                call = {"domain": "input_boolean", "service": "reject", "service_data": {"about": about}}
                answer = await bridge.post("/api/services/input_boolean/reject", key, json={"about": about})
                assert answer.status == 400
                error = (await client.answer(await client.send("call_service", **call)))["error"]
                said[name, about] = f"{(await answer.json())['message']} {error['message']}"
    assert HEADER not in read(" ".join(said.values()))
    assert all(said["wide", about].count("**REDACTED**") == 2 for about in ("a link", "an encoded link"))
    assert said["narrow", "a hidden entity"] == f"{FAILED} {FAILED}"
    assert said["narrow", "a visible entity"].count(texts["a visible entity"]) == 2
    assert said["wide", "a hidden entity"].count(hidden) == 2


async def test_revoked_keys(sides: Sides) -> None:
    """No other key can read the history of a revoked key's entities, with any request."""
    hass, bridge = sides.bridge.hass, sides.bridge
    before = bridge.own_entities()
    await bridge.add_key(NAME, entities=["input_boolean.bedroom_lamp"])
    await hass.async_block_till_done()
    gone = sorted(bridge.own_entities() - before)
    assert gone
    await wait_written(hass)
    await bridge.act("revoke_key", key=NAME)
    await hass.async_block_till_done()
    await wait_written(hass)
    texts = []
    for path in (f"/api/history/period?filter_entity_id={','.join(gone)}", "/api/logbook"):
        texts.append(await (await bridge.get(path, sides.key)).text())
        texts += [await (await bridge.get(f"/api/logbook?entity={item}", sides.key)).text() for item in gone]
    assert NAME.lower() not in " ".join(texts).lower()
