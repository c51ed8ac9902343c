"""`camera/*`: there are stills, and no streams."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from tests.integration.house import Bridge
from tests.integration.live.client import live
from tests.integration.live.comparing import add_cameras, assert_unseen, both, same

DOOR = "camera.door"
HIDDEN = "camera.hidden_marker"
MISSING = "camera.no_such"
STREAMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("camera/stream", {}),
    ("camera/stream", {"format": "hls"}),
    ("camera/webrtc/offer", {"offer": "v=0"}),
    ("camera/webrtc/get_client_config", {}),
    ("camera/webrtc/candidate", {"session_id": "1", "candidate": {"candidate": "a"}}),
)


@pytest.fixture(autouse=True)
async def _cameras(house: HomeAssistant, tmp_path: Path) -> None:
    """Put a camera into each room."""
    await add_cameras(house, tmp_path, b"\x89PNG\r\n\x1a\n", "Door", "Hidden marker")


async def test_as_home_assistant(
    bridge: Bridge, hass: HomeAssistant, hass_access_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A camera that cannot stream has the same capabilities, and errors are the same."""
    secret = await bridge.add_key(capabilities=["images"])
    async with both(bridge, secret, hass_access_token) as (ours, theirs):
        answer = await same(ours, theirs, "camera/capabilities", entity_id=DOOR)
        assert answer["result"]["frontend_stream_types"] == []
        wrong: dict[str, Any]
        for wrong in ({"entity_id": MISSING}, {"entity_id": "no id"}, {}, {"entity_id": DOOR, "extra": 1}):
            assert not (await same(ours, theirs, "camera/capabilities", **wrong))["success"]
        for type_, fields in STREAMS:
            for wrong in (fields, {"entity_id": DOOR, **fields, "extra": 1}):
                answer = await same(ours, theirs, type_, **wrong)
                assert answer["error"]["code"] == "invalid_format"
        monkeypatch.setattr(hass.data["entity_components"]["camera"].get_entity(DOOR), "_attr_is_on", False)
        answer = await same(ours, theirs, "camera/capabilities", entity_id=DOOR)
        assert answer["error"]["message"] == "Camera is off"


async def test_no_stream_is_told_of(
    bridge: Bridge, hass: HomeAssistant, hass_access_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No stream is offered, even if the camera has one."""
    camera = hass.data["entity_components"]["camera"].get_entity(DOOR)
    # The second feature is to stream.
    monkeypatch.setattr(camera, "_attr_supported_features", type(camera.supported_features)(2))
    secret = await bridge.add_key(capabilities=["images"])
    async with both(bridge, secret, hass_access_token) as (ours, theirs):
        shown, real = [await client.result("camera/capabilities", entity_id=DOOR) for client in (ours, theirs)]
        assert real["frontend_stream_types"] == ["hls"]
        assert shown == {**real, "frontend_stream_types": []}


async def test_a_narrow_key(bridge: Bridge) -> None:
    """A hidden camera is like none. A stream of any is refused in the same words."""
    secret = await bridge.add_key(areas=["living_room"], capabilities=["images"])
    async with live(bridge, secret) as client:
        assert (await client.result("camera/capabilities", entity_id=DOOR))["frontend_stream_types"] == []
        answers = [await client.error("camera/capabilities", entity_id=item) for item in (HIDDEN, MISSING)]
        assert answers[0] == answers[1]
        for type_, fields in STREAMS:
            answers = [await client.error(type_, entity_id=item, **fields) for item in (DOOR, HIDDEN, MISSING)]
            assert answers == [answers[0]] * 3
            assert answers[0]["code"] == "not_supported"
        assert_unseen(client)


@pytest.mark.parametrize("type_", ["camera/capabilities", *dict(STREAMS)])
async def test_capability(bridge: Bridge, type_: str) -> None:
    """The commands need the capability `images`."""
    async with live(bridge, await bridge.add_key(capabilities=["read", "control"])) as client:
        error = await client.error(type_, entity_id=DOOR)
        assert error["code"] == "unauthorized"
        assert "'images'" in error["message"]
