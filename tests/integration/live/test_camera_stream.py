"""`/api/camera_proxy_stream`: the stills of a camera, as Home Assistant streams them, while the key sees the camera."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientPayloadError, ClientResponse
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.drawbridge.door import Door
from tests.integration.house import Bridge
from tests.integration.live.comparing import add_cameras
from tests.integration.live.raw import until

DOOR = "camera.door"
HIDDEN = "camera.hidden_marker"
MISSING = "camera.no_such"
STREAM = "/api/camera_proxy_stream"
FIRST, SECOND, THIRD = (b"\x89PNG\r\n\x1a\n" + text for text in (b"first", b"second", b"third"))


@pytest.fixture(autouse=True)
async def _cameras(house: HomeAssistant, tmp_path: Path) -> None:
    """Put a camera into each room."""
    await add_cameras(house, tmp_path, FIRST, "Door", "Hidden marker")


async def part(response: ClientResponse) -> tuple[list[bytes], bytes]:
    """Return head and content of the next part."""
    async with asyncio.timeout(10):
        head = []
        while (line := await response.content.readline()) not in {b"\r\n", b""}:
            head.append(line)
        if not head:
            raise ConnectionError("the stream ended")
        size = int(head[-1].partition(b":")[2])
        return head, (await response.content.readexactly(size + 2))[:-2]


async def ended(response: ClientResponse) -> None:
    """Read to the end, which must not come as a picture that was not there before."""
    try:
        while True:
            assert (await part(response))[1] == FIRST
    except ConnectionError, ClientPayloadError:
        return


@asynccontextmanager
async def streamed(bridge: Bridge, secret: str, query: str = "") -> AsyncIterator[ClientResponse]:
    """Open a stream of the door, and read the first picture, which comes twice."""
    response = await bridge.get(f"{STREAM}/{DOOR}{query}", secret)
    try:
        assert response.status == 200, await response.text()
        for _ in range(2):
            assert (await part(response))[1] == FIRST
        yield response
    finally:
        response.close()


@pytest.mark.parametrize("query", ["", "?interval=0.5"])
async def test_as_home_assistant(bridge: Bridge, hass_access_token: str, tmp_path: Path, query: str) -> None:
    """The same parts, as the picture changes."""
    secret = await bridge.add_key(capabilities=["images"])
    own = await bridge.client.get(f"{STREAM}/{DOOR}{query}", headers={"Authorization": f"Bearer {hass_access_token}"})
    ours = await bridge.get(f"{STREAM}/{DOOR.upper()}{query}", secret)
    assert (ours.status, ours.content_type) == (own.status, own.content_type) == (200, "multipart/x-mixed-replace")
    assert ours.headers["Content-Type"] == own.headers["Content-Type"]
    assert ours.headers["Cache-Control"] == "no-store"
    assert ours.headers["Content-Security-Policy"]
    for content in (FIRST, FIRST, SECOND, THIRD):
        (tmp_path / "Door.png").write_bytes(content)
        parts = [await part(response) for response in (ours, own)]
        assert parts[0] == parts[1]
        assert parts[0][1] == content
    for response in (ours, own):
        response.close()


@pytest.mark.parametrize("interval", ["0.4", "0", "-1", "nan", "x", ""])
async def test_wrong_intervals(bridge: Bridge, hass_access_token: str, interval: str) -> None:
    """They are refused, as Home Assistant does; so is one that would never end."""
    secret = await bridge.add_key(capabilities=["images"])
    answer = await bridge.get(f"{STREAM}/{DOOR}?interval={interval}", secret)
    assert (answer.status, (await answer.json())["reason"]) == (400, "bad_request")
    if interval != "nan":
        headers = {"Authorization": f"Bearer {hass_access_token}"}
        assert (await bridge.client.get(f"{STREAM}/{DOOR}?interval={interval}", headers=headers)).status == 400
    assert (await bridge.get(f"{STREAM}/{DOOR}?interval=inf", secret)).status == 400


async def test_a_narrow_key(bridge: Bridge, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hidden camera is like none, also when it is off."""
    secret = await bridge.add_key(areas=["living_room"], capabilities=["images"])
    for is_on in (True, False):
        monkeypatch.setattr(hass.data["entity_components"]["camera"].get_entity(HIDDEN), "_attr_is_on", is_on)
        answers = [await bridge.get(f"{STREAM}/{item}", secret) for item in (HIDDEN, MISSING)]
        assert [answer.status for answer in answers] == [404, 404]
        hidden, missing = [await answer.json() for answer in answers]
        assert {**hidden, "instance": ""} == {**missing, "instance": ""}
    monkeypatch.setattr(hass.data["entity_components"]["camera"].get_entity(DOOR), "_attr_is_on", False)
    answer = await bridge.get(f"{STREAM}/{DOOR}", secret)
    assert (answer.status, (await answer.json())["reason"]) == (503, "camera_off")


async def test_without_images(bridge: Bridge) -> None:
    """The stream needs the capability `images`."""
    secret = await bridge.add_key(capabilities=["read", "control"])
    answer = await bridge.get(f"{STREAM}/{DOOR}", secret)
    assert (answer.status, (await answer.json())["reason"]) == (403, "capability")


@pytest.mark.parametrize("change", ["revoked", "narrowed", "without images", "moved"])
async def test_the_key_changes(bridge: Bridge, hass: HomeAssistant, tmp_path: Path, change: str) -> None:
    """The stream ends with what the key sees, and shows nothing that happens later."""
    secret = await bridge.add_key("One", areas=["living_room"], capabilities=["images"])
    # A change of the key acts at once, a move of the camera with the next picture.
    async with streamed(bridge, secret, "" if change == "moved" else "?interval=60") as response:
        if change == "revoked":
            await bridge.act("revoke_key", key=bridge.key_id("One"))
        elif change == "narrowed":
            await bridge.edit_key("One", "scope", {"everything": False, "areas": ["bedroom"]})
        elif change == "without images":
            await bridge.edit_key("One", "abilities", {"capabilities": ["read"]})
        else:
            er.async_get(hass).async_update_entity(DOOR, area_id="bedroom")
        (tmp_path / "Door.png").write_bytes(SECOND)
        await ended(response)
    assert len(bridge.entry.runtime_data.connections) == 0


async def test_a_camera_that_fails(bridge: Bridge, tmp_path: Path) -> None:
    """The stream ends with the pictures. Without a first one, there is an error."""
    secret = await bridge.add_key(capabilities=["images"])
    async with streamed(bridge, secret) as response:
        (tmp_path / "Door.png").unlink()
        await ended(response)
    assert (await bridge.get(f"{STREAM}/{DOOR}", secret)).status == 500


async def test_not_a_request(bridge: Bridge) -> None:
    """A stream takes no place among the requests of its key, and no histogram counts it."""
    await bridge.set_options(max_concurrent=1, max_key_connections=2)
    secret = await bridge.add_key(capabilities=["read", "images"])
    runtime = bridge.entry.runtime_data
    async with streamed(bridge, secret), streamed(bridge, secret):
        assert f"{STREAM}/{{entity_id}}" not in runtime.recorder.counters.routes
        assert (await bridge.get("/api/", secret)).status == 200
        assert runtime.recorder.live.clients["camera"] == 2
        assert (await bridge.get(f"{STREAM}/{DOOR}", secret)).status == 503
    await until(lambda: runtime.recorder.live.clients["camera"] == 0)
    # Only the one that was refused is a request.
    counted = [item for item in runtime.recorder.counters.requests if item[0].startswith(STREAM)]
    assert counted == [(f"{STREAM}/{{entity_id}}", "GET", 503, Door.HOME_ASSISTANT)]
    assert (await bridge.request("HEAD", f"{STREAM}/{DOOR}", secret)).status == 200
    assert len(runtime.connections) == 0


async def test_a_slow_reader(bridge: Bridge, tmp_path: Path) -> None:
    """Pictures that are not read do not gather, and the stream ends with its key all the same."""
    secret = await bridge.add_key("One", capabilities=["images"])
    (tmp_path / "Door.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 8_000_000)
    runtime = bridge.entry.runtime_data
    response = await bridge.get(f"{STREAM}/{DOOR}", secret)
    assert response.connection is not None
    assert response.connection.transport is not None
    response.connection.transport.pause_reading()
    for number in range(3):
        (tmp_path / "Door.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"%d" % number * 8_000_000)
        await asyncio.sleep(0.5)
        assert all(item.pending_bytes < 20_000_000 for item in runtime.connections)
    await bridge.act("revoke_key", key=bridge.key_id("One"))
    await until(lambda: len(runtime.connections) == 0)
    response.close()
