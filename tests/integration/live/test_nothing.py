"""Commands with a fixed empty result, in Home Assistant's form."""

from typing import Any

import pytest
from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from tests.integration.house import Bridge
from tests.integration.live.client import live
from tests.integration.live.comparing import MARKER, assert_unseen, both, same, set_up

READS: list[tuple[str, dict[str, Any]]] = [
    ("persistent_notification/get", {}),
    ("repairs/list_issues", {}),
    ("lovelace/info", {}),
    ("lovelace/config", {}),
    ("lovelace/config", {"url_path": None, "force": True}),
    ("lovelace/config", {"url_path": "no-such"}),
    ("lovelace/resources", {}),
    ("lovelace/dashboards/list", {}),
    ("blueprint/list", {"domain": "no_such"}),
    ("frontend/get_user_data", {}),
    ("frontend/get_user_data", {"key": "core"}),
    ("frontend/get_system_data", {"key": "core"}),
]
"""Home Assistant itself has nothing to tell in the test's house."""
SUBSCRIPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("persistent_notification/subscribe", {}),
    ("frontend/subscribe_user_data", {}),
    ("frontend/subscribe_user_data", {"key": "core"}),
    ("frontend/subscribe_system_data", {"key": "core"}),
]
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("auth/refresh_tokens", {}),
    ("get_panels", {}),
    ("config_entries/get", {}),
    ("config_entries/get", {"type_filter": ["device", "hub"]}),
    ("config_entries/get", {"type_filter": "helper", "domain": "drawbridge"}),
    ("frontend/set_user_data", {"key": "core", "value": {"a": [1]}}),
    ("frontend/set_user_data", {"key": "core", "value": None}),
]
"""Home Assistant itself has something, or stores it."""
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("lovelace/config", {"force": "maybe"}),
    ("lovelace/config", {"url_path": []}),
    ("blueprint/list", {}),
    ("config_entries/get", {"type_filter": [7]}),
    ("config_entries/get", {"domain": 7}),
    ("frontend/get_user_data", {"key": 7}),
    ("frontend/set_user_data", {"key": "core"}),
    ("frontend/set_user_data", {"value": 1}),
    ("frontend/subscribe_user_data", {"key": 7}),
    ("frontend/get_system_data", {}),
    ("frontend/subscribe_system_data", {}),
    *((type_, {"extra": 1}) for type_ in ("get_panels", "repairs/list_issues", "persistent_notification/subscribe")),
]


@pytest.fixture(autouse=True)
async def _integrations(house: HomeAssistant) -> None:
    await set_up(house, "frontend", "lovelace", "blueprint", "persistent_notification", "config")


async def test_as_home_assistant(bridge: Bridge, hass_access_token: str) -> None:
    """Where Home Assistant has nothing either, the answers, events and errors are the same, in the same order."""
    async with both(bridge, await bridge.add_key(), hass_access_token) as (ours, theirs):
        for type_, fields in (*READS, *WRONG):
            await same(ours, theirs, type_, **fields)
        ours.log.clear()
        theirs.log.clear()
        for client in (ours, theirs):
            for type_, fields in SUBSCRIPTIONS:
                number = await client.send(type_, **fields)
                await client.answer(number)
                await client.event(number)
                await client.result("unsubscribe_events", subscription=number)
        for message in (*ours.log, *theirs.log):
            del message["id"]
        assert ours.log == theirs.log
        for type_, fields in OTHERS:
            shapes = [type(await client.result(type_, **fields)) for client in (ours, theirs)]
            assert shapes[0] is shapes[1]


async def test_nothing_leaves_and_nothing_is_stored(
    bridge: Bridge, hass: HomeAssistant, hass_storage: dict[str, Any], hass_access_token: str
) -> None:
    """The result is empty for any home and any key."""
    persistent_notification.async_create(hass, MARKER)
    ir.async_create_issue(
        hass, "homeassistant", MARKER, is_fixable=False, severity=ir.IssueSeverity.WARNING, translation_key=MARKER
    )
    async with both(bridge, await bridge.add_key(name="All"), hass_access_token) as (_, theirs):
        await theirs.result("lovelace/config/save", config={"title": MARKER, "views": []})
        await theirs.result("frontend/set_user_data", key="core", value=MARKER)
        await theirs.result("frontend/set_system_data", key="core", value=MARKER)
    stored = set(hass_storage)
    for name, scope in (("Everything", {}), ("Narrow", {"areas": ["bedroom"]})):
        async with live(bridge, await bridge.add_key(name=name, **scope)) as client:
            for type_, fields in (*READS, *OTHERS, *SUBSCRIPTIONS):
                await client.command(type_, **fields)
            persistent_notification.async_create(hass, MARKER)
            client.events.clear()
            await client.nothing()
            assert_unseen(client)
            assert await client.result("get_panels") == {}
            assert await client.result("config_entries/get") == []
            assert await client.result("frontend/get_user_data", key="core") == {"value": None}
    await hass.async_block_till_done()
    assert not [name for name in set(hass_storage) - stored if name.startswith("frontend")]


@pytest.mark.parametrize("type_", sorted({type_ for type_, _ in (*READS, *OTHERS, *SUBSCRIPTIONS)}))
async def test_capability(bridge: Bridge, type_: str) -> None:
    """The commands need the capability `read`."""
    async with live(bridge, await bridge.add_key(capabilities=["control"])) as client:
        error = await client.error(type_)
        assert error["code"] == "unauthorized"
        assert "'read'" in error["message"]
