"""Keys in the UI: add, edit, rotate and remove them, and stored data."""

import asyncio
import json
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from yarl import URL

from custom_components.drawbridge.flows.connecting import SNIPPETS
from tests.integration.house import Bridge, Flow, in_sections, notifications, shown

TEXTS = json.loads(Path("custom_components/drawbridge/translations/en.json").read_text(encoding="utf-8"))[
    "config_subentries"
]["api_key"]


def suggested(flow: Flow) -> dict[str, Any]:
    """Return what the fields of a form show, in sections or not."""
    return _suggested(flow["data_schema"])


def _suggested(schema: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for field, kind in schema.schema.items():
        if isinstance(kind, section):
            shown |= _suggested(kind.schema)
        elif field.description:
            shown[str(field)] = field.description["suggested_value"]
    return shown


def place(flow: Flow, field: str) -> str:
    """Return where the error of a field is shown: at the field, or at its section."""
    schema: Any = flow["data_schema"]
    parts = schema.schema.items()
    held = (str(name) for name, kind in parts if isinstance(kind, section) and field in kind.schema.schema)
    return next(held, field)


@pytest.mark.usefixtures("bridge")
async def test_one_entry_only(hass: HomeAssistant) -> None:
    """A second bridge is refused."""
    result = await hass.config_entries.flow.async_init("drawbridge", context={"source": "user"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_instance_allowed"


async def test_the_secret_is_shown_once_and_only_its_hash_is_kept(bridge: Bridge, hass: HomeAssistant) -> None:
    """The secret is shown once, and Home Assistant stores only its hash."""
    secret = await bridge.add_key(name="Display")
    stored = json.dumps(bridge.entry.as_dict(), default=str)
    assert secret not in stored
    assert secret[4:20] not in stored
    subentry = bridge.entry.subentries[bridge.key_id("Display")]
    assert len(subentry.data["secrets"][0]["digest"]) == 64
    assert hass.config_entries.subentries.async_progress() == []


async def test_the_summary_and_the_way_back(bridge: Bridge, hass: HomeAssistant) -> None:
    """The summary is shown before the key is created, and each part can still be changed."""
    er.async_get(hass).async_update_entity("input_boolean.bedroom_lamp", labels={"private"})
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "Remote", "preset": "remote"})
    assert flow["step_id"] == "scope"
    flow = await bridge.submit(flow, {"everything": True})
    assert flow["type"] is FlowResultType.MENU
    about = shown(flow)
    assert (about["sees"], about["controls"]) == ("3", "2")
    assert about["capabilities"] == "Call actions, Read states"
    assert about["entities"].splitlines() == [
        "- **Bedroom** (1): `input_boolean.bedroom_lamp`",
        "- **Living Room** (1): `input_boolean.living_room_lamp`",
        "- **No area** (1): `sensor.outside`",
    ]
    assert (about["actions"], about["excluded"]) == ("All actions of its entities", "None")
    assert (about["networks"], about["rate"]) == ("Any address", "As in Drawbridge's options")
    flow = await bridge.submit(await bridge.choose(flow, "exclude"), {"domains": ["sensor"], "areas": ["bedroom"]})
    assert (shown(flow)["sees"], shown(flow)["excluded"]) == ("1", "`Bedroom`, `sensor.*`")
    flow = await bridge.submit(
        await bridge.choose(flow, "limits"), {"local_only": True, "networks": ["10.0.0.7"], "per_minute": 60}
    )
    assert shown(flow)["networks"] == "The local network only, `10.0.0.7/32`"
    assert (shown(flow)["rate"], shown(flow)["learning"]) == ("60", "Off")
    flow = await bridge.submit(await bridge.choose(flow, "scope"), {"entities": ["sensor.outside"]})
    assert shown(flow)["sees"] == "0"
    assert suggested(await bridge.choose(flow, "exclude"))["domains"] == ["sensor"]
    assert not bridge.entry.subentries


async def test_the_summary_names_every_entity(bridge: Bridge, hass: HomeAssistant) -> None:
    """By area, up to a limit for all areas together."""
    for index in range(1100):
        hass.states.async_set(f"number.n{index:04}", "1")
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "dashboard"})
    flow = await bridge.submit(flow, {"domains": ["input_boolean", "number"]})
    about = shown(flow)
    assert about["sees"] == "1102"
    assert about["entities"].count("`") == 2 * 1000
    assert about["entities"].endswith("`number.n0997` +102")


@pytest.mark.parametrize(
    ("preset", "steps", "capabilities"),
    [
        ("dashboard", ["scope"], ["history", "images", "read"]),
        ("remote", ["scope"], ["control", "read"]),
        ("prometheus", [], ["metrics"]),
        ("agent", ["scope", "abilities"], ["control", "read"]),
        ("custom", ["scope", "abilities"], ["read"]),
    ],
)
async def test_presets(bridge: Bridge, preset: str, steps: list[str], capabilities: list[str]) -> None:
    """Each kind of client is asked only what it needs, and gets a key that works."""
    answers: dict[str, dict[str, Any]] = {"scope": {"everything": True}, "abilities": {"capabilities": capabilities}}
    if preset == "agent":
        answers["abilities"]["services"] = ["light.turn_on"]
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": preset})
    for step in steps:
        assert flow["step_id"] == step
        if step == "abilities":
            assert suggested(flow)["capabilities"] == capabilities
        flow = await bridge.submit(flow, answers[step])
    assert flow["step_id"] == "confirm"
    flow = await bridge.choose(flow, "secret")
    secret = shown(flow)["key"]
    await bridge.confirm_secret(flow)
    me = await (await bridge.get("/key", secret)).json()
    assert me["capabilities"] == capabilities


@pytest.mark.parametrize(("preset", "days"), [("agent", 30), ("dashboard", None), ("prometheus", None)])
async def test_the_preset_proposes_when_the_key_expires(bridge: Bridge, preset: str, days: int | None) -> None:
    """The summary says so, also if it never does, and the limits form has the time."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": preset})
    if flow["step_id"] == "scope":
        flow = await bridge.submit(flow, {"everything": True})
    if flow["step_id"] == "abilities":
        flow = await bridge.submit(flow, {"capabilities": ["control"], "services": ["light.turn_on"]})
    assert flow["step_id"] == "confirm"
    proposed = dt_util.now() + timedelta(days=days or 0)
    assert shown(flow)["expires"] == ("Never" if days is None else proposed.strftime("%Y-%m-%d %H:%M"))
    await bridge.choose(flow, "secret")
    (key,) = bridge.entry.runtime_data.keys
    assert key.expires == (None if days is None else pytest.approx(proposed.timestamp(), abs=60))


async def test_an_agent_needs_a_list_of_actions(bridge: Bridge) -> None:
    """Without one, it could call every action of its entities."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "agent"})
    flow = await bridge.submit(flow, {"everything": True})
    flow = await bridge.submit(flow, {"capabilities": ["read", "control"]})
    assert flow["errors"] == {"services": "no_service"}
    flow = await bridge.submit(flow, {"capabilities": ["read"]})
    assert flow["step_id"] == "confirm"


@pytest.mark.parametrize("way", ["create", "rotate"])
async def test_a_closed_dialog_loses_no_key_silently(bridge: Bridge, hass: HomeAssistant, way: str) -> None:
    """A secret works from the moment it is shown. If the dialog is closed then, a notification says so."""
    if way == "rotate":
        old = await bridge.add_key(name="Wall")
        flow = await bridge.choose(await bridge.reconfigure("Wall"), "rotate")
        flow = await bridge.submit(flow, {"overlap": {"seconds": 0}})
        assert (await bridge.get("/key", old)).status == 401
    else:
        flow = await bridge.submit(await bridge.start_key_flow(), {"name": "Wall", "preset": "prometheus"})
        flow = await bridge.choose(flow, "secret")
    secret = shown(flow)["key"]
    assert (await bridge.get("/key", secret)).status == 200
    assert not notifications(hass)
    hass.config_entries.subentries.async_abort(flow["flow_id"])
    await hass.async_block_till_done()
    assert (await bridge.get("/key", secret)).status == 200
    (notification,) = notifications(hass)
    assert notification["message"] == TEXTS["abort"]["secret_closed"].format(name="Wall")


async def test_a_page_that_is_never_submitted(bridge: Bridge, hass: HomeAssistant) -> None:
    """A browser tab that was closed says nothing. After a quarter of an hour, the notification comes anyway, once."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "Wall", "preset": "prometheus"})
    flow = await bridge.choose(flow, "secret")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=16))
    for _ in range(5):
        await asyncio.sleep(0)
    await hass.async_block_till_done()
    assert [item["message"] for item in notifications(hass)] == [TEXTS["abort"]["secret_closed"].format(name="Wall")]
    bridge.close(flow)
    await hass.async_block_till_done()
    assert len(notifications(hass)) == 1


WAY: tuple[dict[str, Any], ...] = (
    {"name": "X", "preset": "custom"},
    {"everything": True},
    {"capabilities": ["read"]},
)


@pytest.mark.parametrize("closed_at", ["user", "scope", "abilities", "confirm", "secret", "waiting"])
async def test_the_dialog_is_closed_at_every_step(bridge: Bridge, hass: HomeAssistant, closed_at: str) -> None:
    """Before the secret is shown, there is no key. From then on the key works, and nothing is lost silently."""
    flow, secret = await bridge.start_key_flow(), None
    forms = list(WAY)
    while flow["step_id"] != closed_at:
        if flow["step_id"] == "secret":
            flow = await bridge.confirm_secret(flow)
        elif flow["step_id"] == "confirm":
            flow = await bridge.choose(flow, "secret")
            secret = shown(flow)["key"]
        else:
            flow = await bridge.submit(flow, forms.pop(0))
    bridge.close(flow)
    await hass.async_block_till_done()
    assert len(bridge.entry.subentries) == (0 if secret is None else 1)
    assert len(notifications(hass)) == (1 if closed_at == "secret" else 0)
    if secret is not None:
        assert (await bridge.get("/api/states", secret)).status == 200


@pytest.mark.parametrize(
    ("path", "reason"), [("/api/states", "connected"), ("/api/history/period", "first_refused"), (None, "created")]
)
async def test_the_flow_waits_for_the_first_request(
    bridge: Bridge, hass: HomeAssistant, path: str | None, reason: str
) -> None:
    """It ends by itself with what became of the request, or after ten minutes."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "custom"})
    flow = await bridge.submit(flow, {"everything": True})
    flow = await bridge.choose(await bridge.submit(flow, {"capabilities": ["read"]}), "secret")
    secret = shown(flow)["key"]
    flow = await bridge.confirm_secret(flow)
    assert (flow["type"], flow["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "first_request")
    if path is None:
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=11))
    else:
        assert (await bridge.get(path, secret)).status == (200 if reason == "connected" else 403)
    flows = hass.config_entries.subentries
    async with asyncio.timeout(10):
        while flows.async_get(flow["flow_id"])["step_id"] == "waiting":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    flow = await flows.async_configure(flow["flow_id"])
    assert flow["reason"] == reason
    assert shown(flow) == {"name": "X", **({} if path is None else {"address": "127.0.0.1"})}


async def test_the_flow_ends_with_what_a_client_needs(bridge: Bridge, hass: HomeAssistant) -> None:
    """The addresses, the key, and the configuration of each client, which is chosen on the page."""
    await hass.config.async_update(internal_url="http://house.local:8123", external_url="https://house.example")
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "custom"})
    flow = await bridge.submit(flow, {"everything": True})
    flow = await bridge.submit(flow, {"capabilities": ["read"]})
    flow = await bridge.choose(flow, "secret")
    about = shown(flow)
    secret, address = about["key"], "http://house.local:8123/api/drawbridge"
    assert about["addresses"] == f"- `{address}`\n- `https://house.example/api/drawbridge`"
    schema = flow["data_schema"]
    assert schema is not None
    codes = [item.config["data"] for item in schema.schema.values() if "data" in item.config]
    assert codes == [secret, address]
    flow = await bridge.confirm_secret(flow)
    assert flow["step_id"] == "waiting"
    bridge.close(flow)
    assert not notifications(hass)


@pytest.mark.parametrize("client", SNIPPETS)
async def test_each_client_has_its_configuration(bridge: Bridge, client: str) -> None:
    """With the key that was made and an address that it works at."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "custom"})
    flow = await bridge.submit(flow, {"everything": True})
    flow = await bridge.submit(flow, {"capabilities": ["read"]})
    flow = await bridge.choose(flow, "secret")
    if client != "curl":
        flow = await bridge.submit(flow, {"client": client})
    snippet = shown(flow)["snippet"].removeprefix("```\n").removesuffix("\n```")
    assert shown(flow)["key"] in snippet
    if client in {"appdaemon", "grafana", "homepage"}:
        assert yaml.safe_load(snippet)
    elif client == "mcp":
        assert json.loads(snippet)["mcpServers"]
    elif client == "python":
        compile(snippet, client, "exec")
    elif client == "curl":
        for line in snippet.splitlines():
            (header, url) = shlex.split(line)[2:]
            name, value = header.split(": ")
            path = URL(url).path.removeprefix("/api/drawbridge")
            assert (await bridge.get(path, headers={name: value})).status == 200
    bridge.close(await bridge.confirm_secret(flow))


BAD: list[tuple[str, dict[str, Any], dict[str, str], str]] = [
    ("scope", {}, {"everything": "empty_scope"}, ""),
    ("scope", {"domains": ["light", "Light!"]}, {"domains": "invalid_domains"}, "light!"),
    ("scope", {"domains": ["light.kitchen"]}, {"domains": "invalid_domains"}, "light.kitchen"),
    ("scope", {"globs": ["sensor *"]}, {"globs": "invalid_globs"}, "sensor *"),
    ("scope", {"globs": ["x"] * 501}, {"globs": "too_much"}, ""),
    ("scope", {"globs": ["x" * 256]}, {"globs": "too_much"}, ""),
    ("exclude", {"globs": ["ö"]}, {"globs": "invalid_globs"}, "ö"),
    ("abilities", {"capabilities": []}, {"capabilities": "no_capability"}, ""),
    ("abilities", {"capabilities": ["fire_event"]}, {"events": "no_event"}, ""),
    (
        "abilities",
        {"capabilities": ["fire_event"], "events": ["bell", "Drawbridge_audit"]},
        {"events": "own_event"},
        "Drawbridge_audit",
    ),
    (
        "abilities",
        {"capabilities": ["fire_event"], "events": ["a b"]},
        {"events": "invalid_events"},
        "a b",
    ),
    (
        "abilities",
        {"capabilities": ["control"], "services": ["light"]},
        {"services": "invalid_services"},
        "light",
    ),
    ("limits", {"networks": ["192.168.1.300"]}, {"networks": "invalid_networks"}, "192.168.1.300"),
    (
        "limits",
        {"cors_origins": ["https://a.example/path"]},
        {"cors_origins": "invalid_cors_origins"},
        "https://a.example/path",
    ),
    ("limits", {"cors_origins": ["a.example"]}, {"cors_origins": "invalid_cors_origins"}, "a.example"),
    ("limits", {"expires": "2020-01-01 00:00:00"}, {"expires": "expires_in_the_past"}, ""),
]


@pytest.mark.parametrize(("step", "form", "errors", "wrong"), BAD)
async def test_bad_input(bridge: Bridge, step: str, form: dict[str, Any], errors: dict[str, str], wrong: str) -> None:
    """Each invalid field has an error, the input is kept, and the key does not change."""
    key = await bridge.add_key(name="X", areas=["living_room"])
    form = {"local_only": False, **form} if step == "limits" else form
    form = {"everything": False, **form} if step == "scope" else form
    flow = await bridge.edit_key("X", step, form)
    assert flow["type"] is FlowResultType.FORM
    assert flow["errors"] == {place(flow, field): code for field, code in errors.items()}
    assert shown(flow) == dict.fromkeys(errors, wrong)
    assert set(errors.values()) <= TEXTS["error"].keys()
    fields = suggested(flow)
    assert all(fields.get(field) == value for field, value in form.items())
    assert await bridge.entity_ids(key) == {"input_boolean.living_room_lamp"}


async def test_all_errors_of_a_form_are_shown_at_once(bridge: Bridge) -> None:
    """By the field, or as a list at the section that holds several of them."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": "X", "preset": "custom"})
    scope = {"domains": ["Light!"], "globs": ["a b"], "labels": ["gone"], "areas": ["attic"]}
    flow = await bridge.submit(flow, {"everything": False, **scope})
    errors: Any = flow["errors"]
    assert errors == {"more": ["invalid_domains", "invalid_globs"]}
    assert shown(flow) == {"domains": "light!", "globs": "a b"}
    flow = await bridge.submit(flow, {"everything": False, "labels": ["gone"], "areas": ["attic"]})
    assert flow["errors"] == {"areas": "unknown_areas", "more": "unknown_labels"}
    assert shown(flow) == {"areas": "attic", "labels": "gone"}
    flow = await bridge.submit(flow, {"everything": True})
    flow = await bridge.submit(flow, {"capabilities": ["fire_event"], "services": ["x"], "media_hosts": ["a b"]})
    assert flow["errors"] == {
        "services": "invalid_services",
        "events": "no_event",
        "media_hosts": "invalid_media_hosts",
    }
    flow = await bridge.submit(flow, {"capabilities": ["read"]})
    limits = {"local_only": False, "networks": ["x"], "cors_origins": ["y"], "expires": "2020-01-01 00:00:00"}
    flow = await bridge.submit(await bridge.choose(flow, "limits"), limits)
    assert flow["errors"] == {
        "expires": "expires_in_the_past",
        "where": "invalid_networks",
        "web": "invalid_cors_origins",
    }


async def test_a_deleted_area_of_a_key_may_stay(bridge: Bridge, hass: HomeAssistant) -> None:
    """Other parts of the scope can still be changed. A repair issue offers to remove it."""
    await bridge.add_key(name="X", areas=["bedroom"])
    ar.async_get(hass).async_delete("bedroom")
    flow = await bridge.edit_key("X", "scope", {"everything": False, "areas": ["bedroom", "attic"]})
    assert shown(flow) == {"areas": "attic"}
    flow = await bridge.submit(flow, {"everything": False, "areas": ["bedroom", "living_room"]})
    assert flow["reason"] == "reconfigure_successful"


async def test_two_keys_cannot_have_one_name(bridge: Bridge) -> None:
    """Neither when a key is added nor when it is renamed. The case does not matter."""
    await bridge.add_key(name="Display")
    await bridge.add_key(name="Other")
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": " display ", "preset": "custom"})
    assert (flow["errors"], shown(flow)) == ({"name": "duplicate_name"}, {"name": "display"})
    flow = await bridge.edit_key("Other", "rename", {"name": "DISPLAY"})
    assert flow["errors"] == {"name": "duplicate_name"}
    assert (await bridge.edit_key("Other", "rename", {"name": "OTHER"}))["reason"] == "reconfigure_successful"
    with pytest.raises(ServiceValidationError) as raised:
        await bridge.act("create_key", name="display", everything=True)
    assert raised.value.translation_key == "duplicate_name"
    with pytest.raises(ServiceValidationError) as raised:
        await bridge.act("create_key", name="Third", areas=["attic"])
    assert (raised.value.translation_key, raised.value.translation_placeholders) == (
        "unknown_areas",
        {"field": "areas", "areas": "attic"},
    )


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "line\nbreak", "\u202e"])
async def test_bad_name(bridge: Bridge, name: str) -> None:
    """A name must not be empty, and must be readable in a log."""
    flow = await bridge.submit(await bridge.start_key_flow(), {"name": name, "preset": "custom"})
    assert flow["errors"] == {"name": "invalid_name"}


async def test_edit_scope(bridge: Bridge) -> None:
    """A change is in force on the next request, for the same secret, and no other key's."""
    key = await bridge.add_key(name="Display", areas=["living_room"])
    other = await bridge.add_key(name="Other", areas=["living_room"])
    flow = await bridge.choose(await bridge.reconfigure("Display"), "scope")
    assert suggested(flow) == {"everything": False, "areas": ["living_room"]}
    done = await bridge.submit(flow, {"everything": False, "areas": ["bedroom"]})
    assert done["reason"] == "reconfigure_successful"
    assert await bridge.entity_ids(key) == {"input_boolean.bedroom_lamp"}
    assert await bridge.entity_ids(other) == {"input_boolean.living_room_lamp"}


async def test_rename_disable_enable(bridge: Bridge) -> None:
    """A disabled key is refused with this reason, and works again after it is enabled."""
    key = await bridge.add_key(name="Display")
    await bridge.edit_key("Display", "rename", {"name": "Wall"})
    assert (await (await bridge.get("/key", key)).json())["name"] == "Wall"
    assert (await bridge.edit_key("Wall", "disable", {}))["reason"] == "disabled"
    refused = await bridge.get("/key", key)
    assert refused.status == 401
    assert (await refused.json(content_type=None))["reason"] == "key_disabled"
    assert (await bridge.edit_key("Wall", "enable", {}))["reason"] == "enabled"
    assert (await bridge.get("/key", key)).status == 200


@pytest.mark.parametrize(("overlap", "old_status"), [({"days": 1}, 200), ({"seconds": 0}, 401)])
async def test_rotate(bridge: Bridge, overlap: dict[str, int], old_status: int) -> None:
    """After a rotation, the new secret is valid, and the old one during the overlap. Both belong to the same key."""
    old = await bridge.add_key(name="Display")
    flow = await bridge.edit_key("Display", "rotate", {"overlap": overlap})
    new = shown(flow)["key"]
    assert new != old
    assert (await bridge.confirm_secret(flow))["reason"] == "secret_replaced"
    assert (await bridge.get("/key", new)).status == 200
    assert (await bridge.get("/key", old)).status == old_status
    assert len(bridge.entry.subentries) == 1


async def test_remove(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key that was removed is refused on the next request; the others live on."""
    key = await bridge.add_key(name="Display")
    other = await bridge.add_key(name="Other")
    assert (await bridge.get("/api/", key)).status == 200
    hass.config_entries.async_remove_subentry(bridge.entry, bridge.key_id("Display"))
    await hass.async_block_till_done()
    assert (await bridge.get("/api/", key)).status == 401
    assert (await bridge.get("/api/", other)).status == 200


async def test_limits_survive_the_form(bridge: Bridge) -> None:
    """What was set is shown again, and can be taken away."""
    await bridge.add_key(name="X")
    form = {
        "expires": "2090-01-31 18:00:00",
        "local_only": True,
        "networks": ["192.168.1.7/24", "::1"],
        "per_minute": 60,
        "burst": 5,
        "cors_origins": ["https://A.example:443"],
    }
    await bridge.edit_key("X", "limits", form)
    fields = suggested(await bridge.choose(await bridge.reconfigure("X"), "limits"))
    assert fields == {
        **form,
        "networks": ["192.168.1.0/24", "::1/128"],
        "cors_origins": ["https://a.example"],
    }
    await bridge.edit_key("X", "limits", {"local_only": False})
    assert suggested(await bridge.choose(await bridge.reconfigure("X"), "limits")) == {
        "local_only": False,
        "networks": [],
        "cors_origins": [],
    }


async def test_options(bridge: Bridge, hass: HomeAssistant) -> None:
    """The bridge's own limits are changed without a reload."""
    key = await bridge.add_key()
    flow = await hass.config_entries.options.async_init(bridge.entry.entry_id)
    fields = suggested(flow)
    assert fields["per_minute"] == 1000
    bad = in_sections(flow, fields | {"cors_origins": ["nonsense"]})
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], bad)
    assert flow["errors"] == {"web": "invalid_cors_origins"}
    runtime = bridge.entry.runtime_data
    form = in_sections(flow, fields | {"per_minute": 40, "cors_origins": []})
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], form)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert (await bridge.get("/key", key)).headers["RateLimit-Policy"] == '"default";q=10;w=15'
    assert bridge.entry.runtime_data is runtime
