"""What services can make Home Assistant do beyond their targets."""

import csv
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, override

import homeassistant
import pytest
from homeassistant.components.media_player import MediaPlayerEntity
from homeassistant.components.media_player.browse_media import BrowseMedia, async_process_play_media_url
from homeassistant.components.media_player.const import MediaPlayerEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, label_registry as lr
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.drawbridge.scope.reviewed_services import GENERIC_SERVICES, REVIEWED
from custom_components.drawbridge.scope.service_rules import decide_service
from tests.integration.house import Bridge

LIVING: Final = "input_boolean.living_room_lamp"
BEDROOM: Final = "input_boolean.bedroom_lamp"
PLAYER: Final = "media_player.living_room"
PLAY: Final = "/api/services/media_player/play_media"
_COMPONENTS: Final = Path(homeassistant.__file__).parent / "components"
_ROWS: Final = list(csv.DictReader((Path(__file__).parent / "service_reach.csv").read_text().splitlines()))
_NEWER: Final = frozenset({"lawn_mower.stop"})


class Player(MediaPlayerEntity):
    """A player that hands Home Assistant's own URLs to a device, as many do."""

    _attr_name = "living_room"
    _attr_supported_features = (
        MediaPlayerEntityFeature.PLAY_MEDIA
        | MediaPlayerEntityFeature.BROWSE_MEDIA
        | MediaPlayerEntityFeature.SELECT_SOURCE
    )
    _attr_source_list = ["Radio"]  # noqa: RUF012  as Home Assistant declares it

    def __init__(self) -> None:
        """Create a player that has played nothing."""
        self.played: list[str] = []

    @override
    async def async_play_media(self, media_type: str, media_id: str, **_: Any) -> None:
        """Play a URL that Home Assistant may sign."""
        self.played.append(async_process_play_media_url(self.hass, media_id, allow_relative_url=True))

    @override
    async def async_select_source(self, source: str) -> None:
        """Play a source."""
        self.played.append(source)

    @override
    async def async_browse_media(self, *_: Any, **__: Any) -> BrowseMedia:
        """Return a folder with a picture of a hidden camera in it."""
        return _folder("media-source://", [_folder("media-source://camera/camera.bedroom"), _folder("Jazz")])


def _folder(media_id: str, children: list[BrowseMedia] | None = None) -> BrowseMedia:
    return BrowseMedia(
        media_class="music", media_content_id=media_id, media_content_type="music", title=f"Title of {media_id}",
        can_play=True, can_expand=False, children=children, thumbnail="/api/camera_proxy/camera.bedroom", not_shown=3,
    )  # fmt: skip


@pytest.fixture
async def house(house: HomeAssistant) -> HomeAssistant:
    """Set players up before the server starts: it takes no more routes afterwards."""
    assert await async_setup_component(house, "media_player", {})
    return house


@pytest.fixture
async def player(house: HomeAssistant) -> Player:
    """Return a player in the house."""
    entity = Player()
    await house.data[DATA_INSTANCES]["media_player"].async_add_entities([entity])
    return entity


@pytest.mark.parametrize("row", _ROWS, ids=[row["service"] for row in _ROWS])
def test_treatment(row: dict[str, str]) -> None:
    """What is not reviewed opens neither by default nor by its domain, only by its exact name."""
    domain, _, service = row["service"].partition(".")
    is_reviewed = row["treatment"] == "reviewed"
    assert decide_service(domain, service, ()).allowed is is_reviewed
    assert decide_service(domain, service, {f"{domain}.*"}).allowed is is_reviewed
    assert decide_service(domain, service, {row["service"]}).allowed


@pytest.mark.parametrize("domain", sorted({name.partition(".")[0] for name in REVIEWED}))
def test_reviewed_services_exist(domain: str) -> None:
    """Each is a service of Home Assistant's own, or of the other version that is supported."""
    assert find_spec(f"homeassistant.components.{domain}") is not None
    described = load_yaml_dict(str(_COMPONENTS / domain / "services.yaml"))
    names = {name for name in REVIEWED if name.startswith(f"{domain}.")}
    assert {name for name in names if name.partition(".")[2] not in described} <= _NEWER
    assert not names & GENERIC_SERVICES


@pytest.mark.parametrize(
    "data",
    [
        {"media_content_id": "/api/states"},
        {"media_content_id": "/%61pi/states"},
        {"media_content_id": "/\tapi/states"},
        {"media_content_id": "HTTP://127.0.0.1:8123/api/states"},
        {"media_content_id": "/api/camera_proxy/camera%2Ebedroom"},
        {"media_content_id": "media-source://camera/camera.bedroom"},
        {"media_content_id": "Jazz", "extra": {"thumb": "/api/states"}},
        {"media_content_id": "Jazz", "media_content_type": "lovelace"},
        {"media": {"media_content_id": "/api/states", "media_content_type": "music"}},
        {"media": {"media_content_id": "Jazz", "media_content_type": "music", "metadata": {}}},
    ],
)
async def test_nothing_is_signed(bridge: Bridge, player: Player, data: dict[str, Any]) -> None:
    """No spelling of a path of Home Assistant's own reaches a player, even where the service is listed exactly."""
    for name, services in (("Default", []), ("Domain", ["media_player.*"])):
        key = await bridge.add_key(name, capabilities=["control"], entities=[PLAYER], services=services)
        body = {"entity_id": PLAYER, "media_content_type": "music"} | data
        if "media" in data:
            del body["media_content_type"]
        assert (await bridge.post(PLAY, key, json=body)).status == 403
    exact = await bridge.add_key(
        "Exact", capabilities=["control"], entities=[PLAYER], services=["media_player.play_media.*"]
    )
    if "api" in str(data):
        assert (await bridge.post(PLAY, exact, json=body)).status == 403
    assert not player.played


async def test_what_a_player_may_play(bridge: Bridge, player: Player) -> None:
    """A name in its library, a source on its list, and a URL of a host on the key's list."""
    key = await bridge.add_key(capabilities=["control"], entities=[PLAYER], media_hosts=["radio.example.com"])
    url = "https://radio.example.com/jazz"
    body = {"entity_id": PLAYER, "media_content_type": "music"}
    for media_id in ("Jazz", url):
        answer = await bridge.post(PLAY, key, json=body | {"media_content_id": media_id})
        assert answer.status == 200, await answer.text()
    select = "/api/services/media_player/select_source"
    assert (await bridge.post(select, key, json={"entity_id": PLAYER, "source": "Radio"})).status == 200
    assert (await bridge.post(select, key, json={"entity_id": PLAYER, "source": "com.app"})).status == 403
    assert player.played == ["Jazz", url, "Radio"]


async def test_choices_are_not_taken_from_a_written_state(bridge: Bridge, player: Player) -> None:
    """A key that may write states does not add to what a player lists."""
    key = await bridge.add_key(capabilities=["control", "set_state"], entities=[PLAYER])
    body = {"state": "on", "attributes": {"source_list": ["com.app", "Radio"]}}
    assert (await bridge.post(f"/api/states/{PLAYER}", key, json=body)).status == 200
    select = "/api/services/media_player/select_source"
    for source, status in (("com.app", 403), ("Radio", 200)):
        assert (await bridge.post(select, key, json={"entity_id": PLAYER, "source": source})).status == status
    assert player.played == ["Radio"]


async def test_browsing_shows_what_is_in_scope(bridge: Bridge, player: Player) -> None:
    """Children are filtered one by one, and no thumbnail leaves."""
    key = await bridge.add_key(capabilities=["read", "control"], entities=[PLAYER])
    path = "/api/services/media_player/browse_media?return_response"
    answer = await bridge.post(path, key, json={"entity_id": player.entity_id})
    assert answer.status == 200, await answer.text()
    shown = (await answer.json())["service_response"][PLAYER]
    assert [item["media_content_id"] for item in shown["children"]] == ["Jazz"]
    assert shown["not_shown"] == 0
    assert "camera" not in str(shown)


@pytest.mark.parametrize("field", ["area_id", "floor_id", "label_id", "device_id", "entity_id"])
async def test_targets_do_not_tell_what_exists(bridge: Bridge, hass: HomeAssistant, field: str) -> None:
    """An id of something hidden, of something empty and of nothing: the same refusal."""
    ar.async_get(hass).async_create("Empty")
    lr.async_get(hass).async_create("Unused")
    key = await bridge.add_key(capabilities=["control"], entities=[LIVING])
    for item in ("bedroom", "empty", "unused", "no_such", "f" * 32):
        body = {"entity_id": LIVING} | {field: [LIVING, item] if field == "entity_id" else item}
        assert (await bridge.post("/api/services/input_boolean/turn_on", key, json=body)).status == 403


async def test_generic_services_are_decided_by_domain(bridge: Bridge, hass: HomeAssistant) -> None:
    """An automation is not turned off by a detour, and only the target is passed on."""
    automation = {"alias": "alarm", "trigger": [], "action": []}
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "automation", {"automation": automation})
    key = await bridge.add_key(capabilities=["control"], entities=["automation.alarm", LIVING])
    path = "/api/services/homeassistant/turn_off"
    assert (await bridge.post(path, key, json={"entity_id": "automation.alarm"})).status == 403
    assert (await bridge.post(path, key, json={"entity_id": LIVING, "variables": {"x": 1}})).status == 200


@pytest.mark.parametrize(
    "data",
    [
        {"x": BEDROOM}, {"x": "input_boolean%2Ebedroom_lamp"}, {"x": "input_boolean\\u002ebedroom_lamp"},
        {"area_id": "bedroom"}, {"room": {"area": "bedroom"}}, {"device_id": "f" * 32}, {"x": "f" * 32},
        {"x": "nothing.at_all"}, {"x": "/api/states"}, {"x": "all"},
    ],
)  # fmt: skip
async def test_event_data_is_held_against_the_scope(bridge: Bridge, data: dict[str, Any]) -> None:
    """The data of events is checked against the scope, because automations use it."""
    key = await bridge.add_key(capabilities=["fire_event"], entities=[LIVING], events=["bell"])
    assert (await bridge.post("/api/events/bell", key, json={"entity_id": LIVING, "text": "Ring, 1.5"})).status == 200
    assert (await bridge.post("/api/events/bell", key, json=data)).status == 403


async def test_many_ids_are_refused_before_they_are_expanded(bridge: Bridge) -> None:
    """However they are spelled; and a target of the wrong type is refused at any depth."""
    key = await bridge.add_key(capabilities=["control", "fire_event"], events=["bell"])
    many = [f"light.x{number}" for number in range(14_000)]
    for data in (
        {"entity_id": many},
        {"x": many},
        {"x": ",".join(many)},
        {"area_id": ["a"] * 501},
        {"x": {"entity_id": 5}},
    ):
        assert (await bridge.post("/api/services/input_boolean/turn_on", key, json=data)).status == 400
        assert (await bridge.post("/api/events/bell", key, json=data)).status == 400


async def test_all_is_bounded_too(bridge: Bridge, hass: HomeAssistant) -> None:
    """It stands for at most as many entities as a call may name, and no more than that are looked at."""
    key = await bridge.add_key(capabilities=["control"], domains=["input_boolean"])
    path = "/api/services/input_boolean/turn_on"
    for number in range(498):
        hass.states.async_set(f"input_boolean.x{number}", "off")
    assert (await bridge.post(path, key, json={"entity_id": "all"})).status == 200
    for number in range(3000):
        hass.states.async_set(f"input_boolean.y{number}", "off")
    runtime = bridge.entry.runtime_data
    live = runtime.directory.live(next(iter(runtime.keys)).scope)
    known = len(live)
    answer = await bridge.post(path, key, json={"entity_id": "all"})
    assert answer.status == 400
    assert "500" in (await answer.json(content_type=None))["message"]
    assert len(live) - known <= 501


async def test_groups_that_name_each_other_end(bridge: Bridge, hass: HomeAssistant) -> None:
    """A client can write such groups. Home Assistant would open them without an end, or for very long."""
    for component in ("homeassistant", "group"):
        assert await async_setup_component(hass, component, {})
    hass.states.async_set("group.a", "on", {"entity_id": ["group.b", LIVING]})
    hass.states.async_set("group.b", "on", {"entity_id": ["group.a", BEDROOM]})
    hass.states.async_set("group.x0", "on", {"entity_id": [LIVING]})
    for number in range(30):
        hass.states.async_set(f"group.x{number + 1}", "on", {"entity_id": [f"group.x{number}"] * 2})
    narrow = await bridge.add_key("Narrow", capabilities=["control"], entities=["group.a", "group.b", LIVING])
    wide = await bridge.add_key("Wide", capabilities=["control", "fire_event"], events=["bell"])
    path = "/api/services/homeassistant/turn_on"
    for key in (narrow, wide):
        for item in ("group.a", "group.b", "group.x30"):
            assert (await bridge.post(path, key, json={"entity_id": item})).status == 403
            assert (await bridge.post("/api/events/bell", wide, json={"entity_id": item})).status == 403
    assert (await bridge.post(path, wide, json={"entity_id": "group.x3"})).status == 200


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8) | st.sampled_from([LIVING, "all", "f" * 32]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["entity_id", "area_id", "exclude", "x"]) | st.text(max_size=3), inner, max_size=3
        )
    ),
    max_leaves=8,
)


async def test_no_data_breaks_the_planner(bridge: Bridge, hass: HomeAssistant) -> None:
    """Whatever JSON a client sends, a call is planned, or refused as a request that cannot be understood."""
    from custom_components.drawbridge.operations.service_calls import CallPlanner  # noqa: PLC0415  after the fixture

    await bridge.add_key(capabilities=["control"], entities=[LIVING])
    runtime = bridge.entry.runtime_data
    key = next(iter(runtime.keys))
    planner = CallPlanner(hass, key, runtime.directory.live(key.scope))

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(["entity_id", "area_id", "exclude", "x"]), _JSON, max_size=4))
    def plan(data: dict[str, Any]) -> None:
        try:
            planned = planner.plan("input_boolean", "turn_on", data)
        except ValueError:
            return
        assert not planned.decision.allowed or planned.reached == {LIVING}

    plan()


async def test_states_that_a_key_creates_are_bounded(bridge: Bridge) -> None:
    """The states that a key creates are limited in size and number."""
    limits = {"local_only": False, "per_minute": 0}
    key = await bridge.add_key(capabilities=["set_state"], globs=["sensor.made_*"], limits=limits)
    big = {"state": "on", "attributes": {"x": "y" * 20_000}}
    assert (await bridge.post("/api/states/sensor.made_0", key, json=big)).status == 413
    for number in range(100):
        assert (await bridge.post(f"/api/states/sensor.made_{number}", key, json={"state": "1"})).status == 201
    refused = await bridge.post("/api/states/sensor.made_100", key, json={"state": "1"})
    assert refused.status == 403
    assert "100 states" in (await refused.json(content_type=None))["message"]
    assert (await bridge.post("/api/states/sensor.made_5", key, json={"state": "2"})).status == 200
