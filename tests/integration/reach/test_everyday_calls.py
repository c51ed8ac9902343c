"""What people call every day is allowed for a narrow key by default, and reaches Home Assistant as it was sent."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import homeassistant
import pytest
from aiohttp.test_utils import TestClient
from homeassistant.core import SupportsResponse
from homeassistant.util.yaml import load_yaml_dict

from custom_components.drawbridge.scope.reviewed_services import REVIEWED
from tests.integration.house import Bridge
from tests.integration.reach.everyday import EVERYDAY, OLD_FIELDS
from tests.integration.reach.whole_house import DOMAINS, WholeHouse, plain

type Client = TestClient[Any, Any]

_COMPONENTS: Final = Path(homeassistant.__file__).parent / "components"
_NEEDS_EXACT_LISTING: Final = frozenset(
    {
        "alarm_control_panel.alarm_trigger", "camera.play_stream", "camera.record", "camera.snapshot",
        "input_select.set_options", "remote.delete_command", "remote.learn_command", "remote.send_command",
        "scene.delete", "vacuum.clean_area", "vacuum.send_command",
    }
)  # fmt: skip
"""Services with a target that are not reviewed, on purpose: they run code, write files or go beyond the entity."""
_NO_LONGER_REGISTERED: Final = frozenset(
    {"vacuum.start_pause", "vacuum.toggle", "vacuum.turn_off", "vacuum.turn_on", "weather.get_forecast"}
)


@pytest.mark.parametrize("domain", DOMAINS)
async def test_everyday_calls(
    bridge: Bridge,
    whole: WholeHouse,
    key: str,
    domain: str,
    hass_client: Callable[[], Awaitable[Client]],
) -> None:
    """Each call through the bridge reaches the service with the data of the same call without the bridge."""
    direct = await hass_client()
    for name in sorted(item for item in REVIEWED if item.startswith(f"{domain}.")):
        path = f"/api/services/{name.replace('.', '/')}"
        supports = whole.hass.services.supports_response(*name.split("."))
        path += "?return_response" if supports is SupportsResponse.ONLY else ""
        for data in EVERYDAY.get(name, [{}]):
            for target in _targets(whole, domain):
                body = {**data, **target}
                answer = await bridge.post(path, key, json=body)
                assert answer.status == 200, (name, body, await answer.text())
                through = whole.take()
                wanted = await direct.post(path, json=body | _narrowed(domain, target))
                assert wanted.status == 200, (name, body, await wanted.text())
                assert len(through) == 1
                assert plain(through) == plain(whole.take()), (name, body)


def _targets(whole: WholeHouse, domain: str) -> list[dict[str, Any]]:
    lamp = f"{domain}.lamp"
    ids = whole.targets["lamp"]
    return [
        {"entity_id": lamp},
        {"entity_id": [lamp]},
        {"entity_id": lamp.upper()},
        {"entity_id": "all"},
        {"entity_id": lamp, "area_id": ids["area_id"]},
        *({name: [ids[name]]} for name in ("area_id", "floor_id", "label_id", "device_id")),
    ]


def _narrowed(domain: str, target: dict[str, Any]) -> dict[str, Any]:
    """Return the target that "all" becomes."""
    if target.get("entity_id") != "all":
        return target
    lamps = (
        ["input_boolean.living_room_lamp", "input_boolean.lamp"] if domain == "input_boolean" else [f"{domain}.lamp"]
    )
    return {"entity_id": lamps}


def test_each_reviewed_field_is_called_with_a_value() -> None:
    """Of each reviewed service, but for fields that Home Assistant itself no longer takes."""
    called = {f"{name} {field}" for name, calls in EVERYDAY.items() for data in calls for field in data}
    assert {f"{name} {field}" for name, fields in REVIEWED.items() for field in fields} - OLD_FIELDS == called


@pytest.mark.parametrize("domain", DOMAINS)
def test_services_with_a_target_are_reviewed(domain: str) -> None:
    """All of them, with all fields that Home Assistant describes, or they are known to need an exact listing."""
    for service, described in load_yaml_dict(str(_COMPONENTS / domain / "services.yaml")).items():
        name = f"{domain}.{service}"
        if service.startswith(".") or not described or "target" not in described:
            continue
        if name in _NO_LONGER_REGISTERED or name in _NEEDS_EXACT_LISTING:
            assert name not in REVIEWED
            continue
        fields: dict[str, Any] = described.get("fields") or {}
        names = {inner for item, about in fields.items() for inner in ((about or {}).get("fields") or {item: None})}
        assert names - REVIEWED[name].keys() <= ({"options"} if name == "tts.speak" else set()), name
