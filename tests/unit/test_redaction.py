"""Redaction of data that is sent to clients."""

import json
import random
from collections.abc import Callable
from html import escape
from typing import Any, override
from urllib.parse import quote

import pytest

from custom_components.drawbridge.scope.redaction import REDACTED, Redaction, without_bearer_text

ALL = Redaction(images=True, location=True)
NONE = Redaction(images=False, location=False)
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhYmMifQ.c2lnbmF0dXJl"
BEARER = [
    f"/api/states?authSig={JWT}",
    f"http://192.168.1.5:8123/media/local/a.mp3?authSig={JWT}",
    f"x-rincon-mp3radio://{JWT}",
    "/api/camera_proxy/camera.door?token=0123456789abcdef",
    "/api/image_proxy/image.map?token=0123456789abcdef",
    "/api/media_player_proxy/media_player.tv?token=0123&cache=1",
    "http://ha.local:8123/api/hls/0123456789abcdef/master_playlist.m3u8",
    "/api/tts_proxy/0123456789abcdef.mp3",
    "/api/webhook/0123456789abcdef",
    "https://hooks.nabu.casa/gAAAAABc",
    "/api/image/serve/0123456789abcdef/512x512",
    "/api/esphome/ffmpeg_proxy/device/0123456789abcdef.flac",
    "/api/assist_satellite/connection_test/0123456789abcdef",
    "/api/hassio_ingress/0123456789abcdef/",
    "/api/homekit/pairingqr?0123-4567",
    "/api/some_custom_integration/0123456789abcdef",
    "/auth/login_flow/0123456789abcdef",
    "https://example.com/stream?access_token=0123",
    "dbk_" + "0aB" * 16 + "c",
]


@pytest.mark.parametrize("link", BEARER)
def test_bearer_text(link: str) -> None:
    """Bearer text is redacted plain, encoded once or twice, escaped, and within other text."""
    escaped = link.replace("/", "\\/").replace("&", "\\u0026").replace("=", "\\u003d")
    for text in (link, quote(link, safe=""), quote(quote(link, safe=""), safe=""), escaped):
        assert without_bearer_text(f"Plays ({text}) now") == f"Plays {REDACTED} now"
    for redaction in (ALL, NONE):
        assert redaction.attributes("media_player.tv", {"a": {"b": [link]}}) == {"a": {"b": [REDACTED]}}


def _percent(character: str) -> str:
    return "".join(f"%{byte:02x}" for byte in character.encode())


ESCAPES: dict[str, Callable[[str], str]] = {
    "percent": _percent,
    "percent, upper case": lambda item: _percent(item).upper(),
    "percent, twice": lambda item: _percent(item).replace("%", "%25"),
    "percent, thrice": lambda item: _percent(item).replace("%", "%25").replace("%", "%25"),
    "JSON": lambda item: f"\\u{ord(item):04x}",
    "JSON, then percent": lambda item: _percent("\\") + f"u{ord(item):04X}",
    "HTML, decimal": lambda item: f"&#{ord(item)};",
    "HTML, hexadecimal": lambda item: f"&#x{ord(item):x};",
    "HTML, twice": lambda item: escape(f"&#{ord(item)};"),
    "HTML, then percent": lambda item: quote(f"&#{ord(item)};", safe=""),
    "backslash": lambda item: "\\" if item == "/" else item,
    "more slashes": lambda item: "\\/" if item == "/" else item,
}


@pytest.mark.parametrize("spelling", ESCAPES)
@pytest.mark.parametrize("link", BEARER)
def test_spellings(link: str, spelling: str) -> None:
    """Bearer text is redacted in any encoding of all or some of its characters."""
    write, chance = ESCAPES[spelling], random.Random(link + spelling)  # noqa: S311 - which characters is no secret
    for share in (1.0, 0.5, 0.2):
        text = "".join(write(item) if chance.random() < share else item for item in link)
        assert without_bearer_text(f"Plays {text} now") == f"Plays {REDACTED} now"
        assert ALL.may_change({}, json.dumps(text).encode())
        assert ALL.attributes("a.b", {text: 1}) == {REDACTED: 1}


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/a?sig=0123",
        "https://example.com/a?b=c&secret=0123",
        "https://example.com/a?signature=0123",
        "https://example.com/a?api_key=0123",
        "https://example.com/a?apikey=0123",
        "/api/states?authSig=0123",
        "/api/states?auth_sig=0123",
        "/api/telegram_webhooks0123456789abcdef",
        "https://example.com/a?PASSWORD=0123",
        "https://example.com/a?b=c#TOKEN=0123",
        "api/hls/0123456789abcdef/playlist.m3u8",
        "http://ha.local:8123//api//hls//0123456789abcdef",
        "http://ha.local:8123/api/states/../hls/0123456789abcdef",
        "/api/config/./../webhook/0123456789abcdef",
        "HTTPS://HOOKS.NABU.CASA/gAAAAABc",
    ],
)
def test_other_forms(text: str) -> None:
    """Links in forms that Home Assistant does not create are redacted too."""
    assert without_bearer_text(text) == REDACTED
    assert ALL.may_change({}, json.dumps(text).encode())


def test_endless_encoding() -> None:
    """A text with more encodings than are decoded counts as bearer text."""
    text = "%25" * 20 + "41"
    for _ in range(8):
        text = quote(text, safe="")
    assert without_bearer_text(text) == REDACTED


@pytest.mark.parametrize(
    "name",
    [
        "allowlist_external_dirs", "allowlist_external_urls", "config_dir", "elevation", "external_url",
        "internal_url", "latitude", "longitude", "radius", "whitelist_external_dirs",
    ],
)  # fmt: skip
def test_configuration(name: str) -> None:
    """Home Assistant's address, folders and place need ``location``."""
    assert NONE.hides(name)
    assert not ALL.hides(name)


@pytest.mark.parametrize("name", ["token", "api_key", "apikey", "Password", "client_secret", "authSig", "auth_token"])
def test_secrets_by_name(name: str) -> None:
    """Attributes whose name indicates a secret are redacted at any depth."""
    assert ALL.attributes("a.b", {name: "0123", "a": [{name: "0123"}]}) == {name: REDACTED, "a": [{name: REDACTED}]}
    assert ALL.attributes("a.b", {name: None}) == {name: None}
    assert ALL.may_change({name: "0123"}, b"{}")


def test_pictures_of_others() -> None:
    """Access tokens and pictures under other names are redacted."""
    nested = {"camera": {"access_token": "0123", "entity_picture": "/api/camera_proxy/camera.b?token=0123"}}
    assert ALL.attributes("camera.b", nested) == {"camera": {"access_token": REDACTED, "entity_picture": REDACTED}}
    assert NONE.attributes("camera.b", nested) == {"camera": {}}


def test_names_of_any_kind() -> None:
    """Integrations may use numbers as names of attributes."""
    names: Any = {5: BEARER[0], None: {"latitude": 1}}
    expected: Any = {5: REDACTED, None: {}}
    assert NONE.attributes("a.b", names) == expected
    assert not NONE.may_change({**names}, b"{}")


@pytest.mark.parametrize(
    "text",
    [
        "on",
        "rapid auth token",
        "/api/states/light.kitchen",
        "https://example.com/a?b=c",
        "/local/picture.png",
        "100 %",
        "km/h",
        "a = b & c",
        "C:\\music\\api.txt",
        "kettle=on",
    ],
)
def test_other_text(text: str) -> None:
    """Other text stays as it is."""
    assert without_bearer_text(text) == text


@pytest.mark.parametrize(
    ("picture", "stays"),
    [
        ("/api/camera_proxy/camera.door?token=0123", True),
        ("/api/camera_proxy/camera.hidden?token=0123", False),
        (f"/api/camera_proxy/camera.door?authSig={JWT}", False),
        ("/api/image/serve/0123456789abcdef/512x512", True),
        ("/api/hls/0123456789abcdef/master_playlist.m3u8", False),
        ("/api/brands/integration/hue/icon.png", True),
        ("https://example.com/cover.png", True),
    ],
)
def test_pictures(picture: str, stays: bool) -> None:  # noqa: FBT001 - a parameter
    """With ``images``, an entity's own picture can be opened, and no other."""
    attributes = {"entity_picture": picture, "access_token": "0123"}
    expected = {"entity_picture": picture if stays else REDACTED, "access_token": "0123"}
    assert ALL.attributes("camera.door", attributes) == expected
    assert NONE.attributes("camera.door", attributes) == {}


PLACE: dict[str, Any] = {
    "latitude": 52.1,
    "Longitude": 4.9,
    "home_lat": 52.1,
    "gps_accuracy": 5,
    "elevation": 3,
    "radius": 100,
    "Location": [52.1, 4.9],
    "route": {"start": {"lon": 4.9}},
}


def test_places() -> None:
    """Coordinates need ``location`` at any depth; the name of a place does not."""
    assert NONE.attributes("zone.home", PLACE | {"location": "Office"}) == {
        "location": "Office",
        "route": {"start": {}},
    }
    assert ALL.attributes("zone.home", PLACE) == PLACE


@pytest.mark.parametrize("name", [*PLACE, "entity_picture"])
def test_what_could_change_is_looked_at(name: str) -> None:
    """The quick check finds everything that redaction changes."""
    encoded = b'{"attributes":{},"context":{}}'
    nested = isinstance(PLACE.get(name), dict)
    assert NONE.may_change({name: 1}, encoded.replace(b"{}", b'{"a":{"b":{}}}') if nested else encoded)
    assert not NONE.may_change({"brightness": 1}, encoded)


@pytest.mark.parametrize("text", ["token=0123", JWT])
def test_the_shortest_bearer_text_is_looked_at(text: str) -> None:
    """The shortest bearer text, without a path, is found."""
    assert without_bearer_text(text) == REDACTED
    assert NONE.may_change({}, text.encode())


@pytest.mark.parametrize("link", BEARER)
def test_bearer_text_is_looked_at(link: str) -> None:
    """The quick check of the bytes of a state finds all bearer text."""
    assert NONE.may_change({}, link.encode())
    assert NONE.may_change({}, quote(link, safe="").encode())


class Odd:
    """A value of an unknown type."""

    @override
    def __str__(self) -> str:
        """Return text with a secret."""
        return BEARER[0]


def test_values_of_any_kind() -> None:
    """Collections keep their kind; an unknown object that prints bearer text does not pass."""
    assert ALL.value((1, {"x"}, None, Odd())) == (1, {"x"}, None, REDACTED)
    nested: Any = BEARER[0]
    for _ in range(50):
        nested = [nested]
    assert "authSig" not in str(ALL.value(nested))


@pytest.mark.parametrize(("images", "location"), [(True, False), (False, True)])
def test_each_capability_shows_its_own(*, images: bool, location: bool) -> None:
    """`images` shows pictures, and `location` shows places."""
    redaction = Redaction(images, location)
    assert redaction.hides("entity_picture") is not images
    assert redaction.hides("latitude") is not location
    assert redaction.hides("location", [1.0, 2.0]) is not location
    assert redaction.hides("location", "Home") is False
    assert redaction.hides("brightness") is False


def wrapped(depth: int, *kinds: str) -> Any:
    """Return a number below so many levels, of these kinds in turn."""
    value: Any = 1
    for level in range(depth):
        kind = kinds[level % len(kinds)]
        value = {"a": value} if kind == "name" else {5: value} if kind == "number" else [value]
    return value


@pytest.mark.parametrize("kinds", [("list",), ("name",), ("number",), ("list", "name"), ("name", "number")])
def test_what_is_nested_too_deep_is_left_out(kinds: tuple[str, ...]) -> None:
    """Data below the maximum depth is left out, in lists and mappings."""
    assert ALL.value(wrapped(32, *kinds)) == wrapped(32, *kinds)
    assert REDACTED in json.dumps(ALL.value(wrapped(33, *kinds)))
    assert ALL.attributes("light.x", {"a": wrapped(31, *kinds)}) == {"a": wrapped(31, *kinds)}
    assert REDACTED in json.dumps(ALL.attributes("light.x", {"a": wrapped(32, *kinds)}))


def test_a_picture_that_is_no_text() -> None:
    """A picture attribute that is not a text stays, except for bearer text in it."""
    link = "/api/camera_proxy/camera.x?token=0123456789abcdef"
    found = ALL.attributes("camera.x", {"entity_picture": {"a": "plain", "b": f"x={link}"}})["entity_picture"]
    assert found["a"] == "plain"
    assert "0123456789abcdef" not in str(found)


def test_a_picture_that_is_encoded_twice() -> None:
    """A picture with a doubly encoded path is redacted, because servers decode it."""
    link = quote(quote("/api/camera_proxy/camera.y?authSig=eyJhbGciOiJIUzI1NiJ9.x.y", safe=""), safe="")
    assert ALL.attributes("camera.x", {"entity_picture": link}) == {"entity_picture": REDACTED}


@pytest.mark.parametrize("text", ["%61uthSig", "%2561uthSig", "%2565yJhbGciOiJI.x"])
def test_a_signature_in_a_picture_is_found_in_any_encoding(text: str) -> None:
    """A signature in a picture is found in any encoding, also without a path."""
    assert ALL.attributes("camera.x", {"entity_picture": text}) == {"entity_picture": REDACTED}


def test_a_single_byte_alone_changes_nothing() -> None:
    """A character that could begin an escape, but does not, changes nothing."""
    assert not ALL.may_change({}, b'{"a":"b/c"}')
    assert not ALL.may_change({}, b'{"a":"api"}')


@pytest.mark.parametrize(
    ("value", "may_change"),
    [
        ([{"summary": "Milk", "due": None, "count": 2.5}], False),
        ({"a": {"b": [{"condition": "sunny"}]}}, False),
        ("latitude", False),
        ({"a": {"latitude": 1}}, True),
        ([[{"location": [1, 2]}]], True),
        ({"api_token": "1"}, True),
        ({"a": "/api/webhook/0123"}, True),
        ({"a": "b?token=1"}, True),
        ({"l\\u0061titude": 1}, True),
        ({"é": "ö"}, False),
    ],
)
def test_json_that_could_change_is_looked_at(value: object, *, may_change: bool) -> None:
    """JSON that the quick check skips is not changed by redaction."""
    encoded = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    assert NONE.may_change_json(encoded) is may_change
    assert may_change or NONE.value(value) == value
