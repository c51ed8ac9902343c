"""The audit trail as events, in the logbook and in files, and what is stored."""

import asyncio
import itertools
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, issue_registry as ir, label_registry as lr
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_capture_events, async_fire_time_changed

from custom_components.drawbridge.keys import generate
from custom_components.drawbridge.logbook import async_describe_events
from custom_components.drawbridge.options import Options
from tests.integration.house import Bridge

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
TURN_ON = "/api/services/input_boolean/turn_on"


async def test_every_refusal_and_every_write(bridge: Bridge, hass: HomeAssistant) -> None:
    """Refusals and writes are recorded with key, address, target, outcome and reason. Reads are not."""
    events = async_capture_events(hass, "drawbridge_audit")
    key = await bridge.add_key(name="Remote", capabilities=["read", "control"], areas=["living_room"])
    await bridge.get("/api/states", key)
    assert events == []
    await bridge.post(TURN_ON, key, json={"entity_id": LIVING}, headers={"X-Request-ID": "r1"})
    await bridge.post(TURN_ON, key, json={"entity_id": BEDROOM})
    await bridge.get(f"/api/states/{BEDROOM}", key)
    await bridge.get("/metrics", key)
    await bridge.get("/api/states", generate())
    told = [(item.data["outcome"], item.data["status"], item.data["reason"], item.data["target"]) for item in events]
    assert told == [
        ("allowed", 200, None, f"input_boolean.turn_on on {LIVING}"),
        ("refused", 403, "service_scope", f"input_boolean.turn_on on {BEDROOM}"),
        ("refused", 404, "scope", None),
        ("refused", 403, "capability", None),
        ("refused", 401, "key_unknown", None),
    ]
    first, last = events[0].data, events[-1].data
    assert (first["key_name"], first["key_id"]) == ("Remote", bridge.key_id("Remote"))
    assert (first["request_id"], first["address"]) == ("r1", "127.0.0.1")
    assert (first["method"], first["route"]) == ("POST", "/api/services/{domain}/{service}")
    assert (last["key_name"], last["key_id"]) == (None, None)
    assert [record.as_dict() for record in bridge.entry.runtime_data.audit] == [
        {name: value for name, value in item.data.items() if name not in {"suppressed", "device_id"}} for item in events
    ]


async def test_no_flood_of_events(bridge: Bridge, hass: HomeAssistant) -> None:
    """Thirty at once; the rest is in the trail, and counted in the next event."""
    events = async_capture_events(hass, "drawbridge_audit")
    for _ in range(50):
        await bridge.get("/api/states")
    shown = len(events)
    # On a slow machine, the limit refills meanwhile.
    assert 30 <= shown < 50
    assert len(list(bridge.entry.runtime_data.audit)) == 50
    key = await bridge.add_key(capabilities=["control"], areas=["living_room"])
    await bridge.post(TURN_ON, key, json={"entity_id": LIVING})
    assert events[-1].data["target"] == f"input_boolean.turn_on on {LIVING}"
    assert sum(event.data.get("suppressed", 0) for event in events) == 50 - shown


async def test_a_flood_of_events_suppresses_no_other_kind(bridge: Bridge, hass: HomeAssistant) -> None:
    """Of the same address, and of the same key."""
    events = async_capture_events(hass, "drawbridge_audit")
    key = await bridge.add_key(capabilities=["read", "control"], areas=["living_room"])
    for _ in range(80):
        await bridge.get("/api/states")
        await bridge.get("/api/states/light.hidden", key)
    await bridge.get("/api/states", generate())
    await bridge.get("/metrics", key)
    await bridge.post(TURN_ON, key, json={"entity_id": LIVING})
    assert [item.data["reason"] for item in events[-3:]] == ["key_unknown", "capability", None]


async def test_logbook(bridge: Bridge, hass: HomeAssistant) -> None:
    """Logbook entries name the key and the target."""
    described: dict[str, Any] = {}

    @callback
    def describe(_domain: str, event_type: str, describer: Any) -> None:
        described[event_type] = describer

    async_describe_events(hass, describe)
    events = async_capture_events(hass, "drawbridge_audit")
    key = await bridge.add_key(name="Remote", capabilities=["control"], areas=["living_room"])
    await bridge.post(TURN_ON, key, json={"entity_id": LIVING})
    await bridge.get("/api/states")

    def words(event: Event[Any]) -> str:
        entry = described["drawbridge_audit"](event)
        return f"{entry['name']} {entry['message']}"

    assert [words(event) for event in events] == [
        f"An API key called input_boolean.turn_on on {LIVING}",
        "An unknown client was refused GET /api/states: no key was sent",
    ]


async def test_file(bridge: Bridge, hass: HomeAssistant, tmp_path: Path) -> None:
    """Turned on by an option, without a reload; off again."""
    hass.config.config_dir = str(tmp_path)
    path = tmp_path / "drawbridge" / "refusals.jsonl"
    hass.config_entries.async_update_entry(bridge.entry, options={"audit_file": True, "audit_days": 7})
    await hass.async_block_till_done()
    secret = await bridge.add_key()
    await bridge.get("/metrics", secret)
    hass.config_entries.async_update_entry(bridge.entry, options={"audit_file": False})
    await hass.async_block_till_done()
    text = await hass.async_add_executor_job(path.read_text)
    (record,) = [json.loads(line) for line in text.splitlines()]
    assert (record["reason"], record["key_name"]) == ("capability", "Test")
    assert secret not in text


async def test_file_that_cannot_be_written(
    bridge: Bridge, hass: HomeAssistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """If the file cannot be written, the bridge continues, and the log has the reason."""
    (tmp_path / "drawbridge").touch()
    hass.config.config_dir = str(tmp_path)
    hass.config_entries.async_update_entry(bridge.entry, options={"audit_file": True})
    await hass.async_block_till_done()
    assert "audit.jsonl cannot be written" in caplog.text
    assert (await bridge.get("/api/", await bridge.add_key())).status == 200


async def test_a_repair_while_the_file_cannot_be_written(bridge: Bridge, hass: HomeAssistant, tmp_path: Path) -> None:
    """Raised with the reason, and withdrawn when the file is written again, or is not wanted any more."""
    hass.config.config_dir = str(tmp_path)
    in_the_way = tmp_path / "drawbridge"

    def reason() -> str | None:
        found = ir.async_get(hass).async_get_issue("drawbridge", "audit_file_failed")
        return (found.translation_placeholders or {})["error"] if found is not None else None

    await hass.async_add_executor_job(in_the_way.touch)
    hass.config_entries.async_update_entry(bridge.entry, options={"audit_file": True})
    await hass.async_block_till_done()
    assert reason() == "File exists"
    await hass.async_add_executor_job(in_the_way.unlink)
    await until(bridge, lambda: reason() is None)
    assert await hass.async_add_executor_job((in_the_way / "audit.jsonl").exists)
    hass.config_entries.async_update_entry(bridge.entry, options={})
    await hass.async_block_till_done()
    await hass.async_add_executor_job(shutil.rmtree, in_the_way)
    await hass.async_add_executor_job(in_the_way.touch)
    hass.config_entries.async_update_entry(bridge.entry, options={"audit_file": True})
    await hass.async_block_till_done()
    assert reason() is not None
    hass.config_entries.async_update_entry(bridge.entry, options={})
    await hass.async_block_till_done()
    assert reason() is None


async def test_a_changed_retention_removes_files_at_once(bridge: Bridge, hass: HomeAssistant, tmp_path: Path) -> None:
    """When the option is changed, not when the file is opened next."""
    hass.config.config_dir = str(tmp_path)
    old = tmp_path / "drawbridge" / "audit.jsonl.1"
    old.parent.mkdir()
    await hass.async_add_executor_job(old.touch)
    moment = time.time() - 20 * 86_400
    os.utime(old, (moment, moment))
    for days, exists in ((30, True), (7, False)):
        hass.config_entries.async_update_entry(bridge.entry, options={"audit_file": True, "audit_days": days})
        await hass.async_block_till_done()
        async with asyncio.timeout(60):
            while await hass.async_add_executor_job(old.exists) != exists:
                await hass.async_block_till_done()
    hass.config_entries.async_update_entry(bridge.entry, options={})
    await hass.async_block_till_done()


async def until(bridge: Bridge, reached: Callable[[], bool]) -> None:
    """Let a minute after another pass until something is reached: a thread may take a moment for its part."""
    for _ in range(1000):
        async_fire_time_changed(bridge.hass, dt_util.utcnow() + timedelta(seconds=61))
        await bridge.hass.async_block_till_done()
        if reached():
            return
    pytest.fail("not reached")


async def test_last_use_survives(bridge: Bridge, hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """Saved within ten seconds, and read again."""
    key = await bridge.add_key(name="X")
    await bridge.get("/api/", key)
    (before,) = (await bridge.act("list_keys"))["keys"]
    async_fire_time_changed(hass, fire_all=True)
    await hass.async_block_till_done()
    saved = hass_storage["drawbridge"]["data"]["usage"][bridge.key_id("X")]
    assert saved == {"last_used": before["last_used"], "last_address": "127.0.0.1"}
    assert key not in json.dumps(hass_storage)
    assert await hass.config_entries.async_reload(bridge.entry.entry_id)
    (after,) = (await bridge.act("list_keys"))["keys"]
    assert after == before


async def test_removing_the_entry_leaves_nothing(
    bridge: Bridge, hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Removing the entry deletes users and storage, and disables all keys."""
    users = len(await hass.auth.async_get_users())
    key = await bridge.add_key(capabilities=["control"])
    await bridge.post(TURN_ON, key, json={"entity_id": "all"})
    assert len(await hass.auth.async_get_users()) == users + 1
    await hass.config_entries.async_remove(bridge.entry.entry_id)
    await hass.async_block_till_done()
    assert len(await hass.auth.async_get_users()) == users
    assert "drawbridge" not in hass_storage
    assert (await bridge.get("/api/", key)).status == 503


async def test_a_damaged_key_keeps_no_other_from_opening(
    bridge: Bridge, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """A damaged key is not valid, and the log says what to do."""
    await bridge.add_key(name="Damaged")
    key = await bridge.add_key(name="Whole")
    subentry = bridge.entry.subentries[bridge.key_id("Damaged")]
    hass.config_entries.async_update_subentry(bridge.entry, subentry, data={"secrets": "x"})
    await hass.async_block_till_done()
    assert (await bridge.get("/api/", key)).status == 200
    assert "'Damaged' is disabled because its field 'secrets' is invalid" in caplog.text
    assert bridge.entry.state is ConfigEntryState.LOADED


async def test_a_scope_that_names_what_is_gone(bridge: Bridge, hass: HomeAssistant) -> None:
    """A deleted area matches nothing and creates an issue, which is removed when the scope is fixed."""
    labels, areas = lr.async_get(hass), ar.async_get(hass)
    label = labels.async_create("Cosy")
    key = await bridge.add_key(name="X", areas=["living_room"], labels=[label.label_id])
    issues = ir.async_get(hass)
    assert not issues.issues
    areas.async_delete("living_room")
    labels.async_delete(label.label_id)
    await hass.async_block_till_done()
    assert await bridge.entity_ids(key) == set()
    (issue,) = issues.issues.values()
    assert issue.translation_placeholders == {"name": "X", "missing": "area living_room, label cosy"}
    await bridge.edit_key("X", "scope", {"everything": False, "areas": ["bedroom"]})
    assert not issues.issues


async def test_ban_list_only_when_asked_to(
    bridge: Bridge, hass: HomeAssistant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invalid keys are only reported to Home Assistant with the option."""
    monkeypatch.setattr("homeassistant.components.http.ban.gethostbyaddr", lambda address: (address, [], []))
    await bridge.get("/api/", generate())
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "invalid authentication" not in caplog.text
    hass.config_entries.async_update_entry(bridge.entry, options={"report_to_ban_list": True})
    await hass.async_block_till_done()
    await bridge.get("/api/", generate())
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "invalid authentication from 127.0.0.1" in caplog.text
    async_fire_time_changed(hass, fire_all=True)
    await hass.async_block_till_done()


async def test_memory_after_many_wrong_keys(bridge: Bridge) -> None:
    """Wrong keys do not increase the memory, whatever their addresses."""
    runtime = bridge.entry.runtime_data
    for number in range(200):
        await bridge.get(f"/nowhere/{number}", generate(), headers={"X-Request-ID": str(number)})
    assert len(runtime.recorder.counters.requests) <= 3
    assert len(runtime.limits.lockouts) == 1
    assert not runtime.recorder.counters.keys


async def test_one_writer_however_often_the_options_change(bridge: Bridge, hass: HomeAssistant, tmp_path: Path) -> None:
    """Changes overlap: each record is written once, and none after the file was switched off."""
    hass.config.config_dir = str(tmp_path)
    runtime = bridge.entry.runtime_data
    key = await bridge.add_key()
    on, off = Options(audit_file=True), Options()

    async def change(*changes: Options) -> None:
        async with asyncio.timeout(60):
            await asyncio.gather(*map(runtime.audit_file.apply, changes))

    await change(on, off, on, on, replace(on, audit_days=1))
    await bridge.get("/metrics", key)
    await change(on, on, off)
    await bridge.get("/metrics", key)
    await change(on, off)
    text = await hass.async_add_executor_job((tmp_path / "drawbridge" / "refusals.jsonl").read_text)
    assert len(text.splitlines()) == 1
    assert "drawbridge audit file" not in {thread.name for thread in threading.enumerate()}


PLACES = ("service", "event", "state", "request_id", "body", "query", "template", "target")


@pytest.mark.parametrize(("place", "kind"), itertools.product(PLACES, ("key", "lower", "token")))
async def test_a_secret_in_the_wrong_place_is_masked(
    bridge: Bridge, hass_access_token: str, caplog: pytest.LogCaptureFixture, place: str, kind: str
) -> None:
    """In answers that refuse, the audit trail, its events, the entity, the logbook and our log."""
    hass = bridge.hass
    events = async_capture_events(hass, "drawbridge_audit")
    key = await bridge.add_key(capabilities=["read", "control", "fire_event", "template"], events=["a"])
    secret = {"key": key, "lower": key.lower(), "token": hass_access_token}[kind]
    requests: dict[str, tuple[str, str, dict[str, Any]]] = {
        "service": ("POST", f"/api/services/light/{secret}", {"json": {}}),
        "event": ("POST", f"/api/events/{secret}", {"json": {}}),
        "state": ("GET", f"/api/states/light.{secret}", {}),
        "request_id": ("GET", "/metrics", {"headers": {"X-Request-ID": secret[:60]}}),
        "body": ("POST", "/api/services/light/turn_on", {"data": f'{{"{secret}'}),
        "query": ("GET", f"/api/states?fields={secret}&domain={secret}", {}),
        "template": ("POST", "/api/template", {"json": {"template": "{{ " + f"x.{secret} | {secret[:50]}" + " }}"}}),
        "target": ("POST", "/api/services/light/turn_on", {"json": {"entity_id": f"light.{secret}", secret: secret}}),
    }
    method, path, options = requests[place]
    answer = await bridge.request(method, path, key, **options)
    outputs = [await answer.text(), str(answer.headers), str(list(bridge.entry.runtime_data.audit))]
    outputs += [str(event.data) for event in events]
    outputs += [str(hass.states.get("event.drawbridge_security"))]
    outputs += [record.getMessage() for record in caplog.records if record.name.startswith("custom_components")]
    assert answer.status >= 400
    assert not [text for text in outputs if secret[4:40].lower() in text.lower()]
