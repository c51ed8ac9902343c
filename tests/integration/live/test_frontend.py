"""`frontend/get_*`: the texts and icons of integrations in scope, themes, and the version."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation
from homeassistant.setup import async_setup_component

from custom_components.drawbridge.operations.home import COMMON_COMPONENTS
from tests.integration.house import Bridge
from tests.integration.live.client import live
from tests.integration.live.comparing import MARKER, assert_unseen, both, same, set_up

THEMES = {MARKER: {"primary-color": "#123456", "card-border-radius": "4px", "modes": {"dark": {"a": "b"}}}}
NARROW = COMMON_COMPONENTS | {"input_boolean"}


@pytest.fixture(autouse=True)
async def _integrations(house: HomeAssistant) -> None:
    await set_up(house, "frontend", frontend={"themes": THEMES})
    # Nothing of these is in scope of a narrow key.
    for domain in ("counter", "timer"):
        assert await async_setup_component(house, domain, {domain: {"a": None}})
    await house.async_block_till_done()


def told_of(resources: dict[str, Any]) -> set[str]:
    """Return the integrations that texts or icons are about."""
    return {name.split(".")[1] if name.startswith("component.") else name for name in resources}


async def test_as_home_assistant(bridge: Bridge, hass_access_token: str) -> None:
    """A key that sees everything gets Home Assistant's own."""
    async with both(bridge, await bridge.add_key(), hass_access_token) as (ours, theirs):
        fields: dict[str, Any]
        for fields in (
            {"language": "en", "category": "entity_component"},
            {"language": "de", "category": "services"},
            {"language": "xx", "category": "services"},
            {"language": "en", "category": "no_such"},
            {"language": "nl", "category": "title", "integration": ["light", "hue", "no_such", "a.b"]},
            {"language": "en", "category": "title", "integration": "light"},
            {"language": "en", "category": "title", "integration": []},
            {"language": "en", "category": "title", "config_flow": True},
            {"language": "en", "category": "title", "integration": ["hue"], "config_flow": True},
        ):
            answer = await same(ours, theirs, "frontend/get_translations", **fields)
            assert answer["success"]
        for fields in (
            {"category": "entity_component"},
            {"category": "entity", "integration": "hue"},
            {"category": "services", "integration": ["light", "counter"]},
            {"category": "services", "integration": []},
        ):
            answer = await same(ours, theirs, "frontend/get_icons", **fields)
            assert answer["result"]["resources"]
        assert (await same(ours, theirs, "frontend/get_version"))["success"]
        assert MARKER in (await same(ours, theirs, "frontend/get_themes"))["result"]["themes"]
        for type_, fields in (
            ("get_translations", {"language": "en"}),
            ("get_translations", {"language": 7, "category": "title"}),
            ("get_translations", {"language": "en", "category": "title", "integration": [7]}),
            ("get_translations", {"language": "en", "category": "title", "config_flow": "yes"}),
            ("get_icons", {}),
            ("get_icons", {"category": "entity", "integration": {}}),
            ("get_themes", {"extra": 1}),
            ("get_version", {"extra": 1}),
        ):
            answer = await same(ours, theirs, f"frontend/{type_}", **fields)
            assert answer["error"]["code"] == "invalid_format"


async def test_safe_mode(bridge: Bridge, hass: HomeAssistant, hass_access_token: str) -> None:
    """In safe mode, there are no themes."""
    hass.config.safe_mode = True
    async with both(bridge, await bridge.add_key(), hass_access_token) as (ours, theirs):
        assert (await same(ours, theirs, "frontend/get_themes"))["result"]["themes"] == {}


async def test_icons_of_an_unknown_integration(bridge: Bridge) -> None:
    """For an unknown integration, there are no icons. Home Assistant's own command fails."""
    async with live(bridge, await bridge.add_key()) as client:
        found = await client.result("frontend/get_icons", category="services", integration=["no_such", "light"])
        assert told_of(found["resources"]) == {"light"}
        assert await client.result("frontend/get_icons", category="services", integration="no_such") == {
            "resources": {}
        }
        assert (await client.error("frontend/get_icons", category="no_such"))["code"] == "invalid_format"


async def test_a_narrow_key(bridge: Bridge) -> None:
    """It gets the integrations of its entities, and those of every installation."""
    async with live(bridge, await bridge.add_key(areas=["living_room"])) as client:
        for type_, fields in (
            ("get_translations", {"language": "en", "category": "title"}),
            ("get_translations", {"language": "en", "category": "services"}),
            ("get_icons", {"category": "services"}),
            ("get_icons", {"category": "services", "integration": []}),
        ):
            found = await client.result(f"frontend/{type_}", **fields)
            assert "input_boolean" in told_of(found["resources"])
            assert told_of(found["resources"]) <= NARROW
        texts = {"language": "en", "category": "title"}
        icons = {"category": "services"}
        for type_, fields in (("get_translations", texts), ("get_icons", icons)):
            shown = await client.result(f"frontend/{type_}", **fields, integration=["input_boolean", "counter"])
            assert told_of(shown["resources"]) == {"input_boolean"}
            answers = [
                await client.result(f"frontend/{type_}", **fields, integration=[name])
                for name in ("counter", "timer", "hue", "no_such")
            ]
            assert answers == [{"resources": {}}] * 4
        assert await client.result("frontend/get_translations", **texts, config_flow=True) == {"resources": {}}
        assert await client.result("frontend/get_themes") == {
            "themes": {},
            "default_theme": "default",
            "default_dark_theme": None,
        }
        assert (await client.result("frontend/get_version"))["version"]
        assert_unseen(client)
        assert_unseen(client, "counter")


async def test_home_assistant_keeps_nothing_for_what_clients_invent(bridge: Bridge, hass: HomeAssistant) -> None:
    """Neither languages nor integrations, and no file of a language is sought outside of its folder."""
    kept = translation._async_get_translations_cache(hass).cache_data  # noqa: SLF001 - what it keeps
    languages = set(kept.loaded)
    async with live(bridge, await bridge.add_key()) as client:
        for language in ("../../../secrets", "yy", "en\x00", "x" * 1000):
            found = await client.result(
                "frontend/get_translations", language=language, category="title", integration=["none_such", "light"]
            )
            assert found == {"resources": {"component.light.title": "Light"}}
        error = await client.error(
            "frontend/get_translations", language="en", category="title", integration=[f"a{n}" for n in range(501)]
        )
        assert error["code"] == "invalid_format"
    assert kept.loaded.keys() <= languages | {"en"}
    assert "none_such" not in kept.loaded["en"]


@pytest.mark.parametrize("name", ["translations", "icons", "themes", "version"])
async def test_capability(bridge: Bridge, name: str) -> None:
    """The commands need the capability `read`."""
    async with live(bridge, await bridge.add_key(capabilities=["control"])) as client:
        error = await client.error(f"frontend/get_{name}", language="en", category="title")
        assert error["code"] == "unauthorized"
        assert "'read'" in error["message"]
