"""Media IDs: what a key may play."""

import re

import pytest

from custom_components.drawbridge.scope.media import (
    MAX_MEDIA_ID_CHARACTERS,
    MediaRules,
    is_allowed_type,
    normalize_host,
    parse_media_host,
)

RULES = MediaRules({"camera.porch", "image.porch", "tts.voice"}.__contains__, frozenset({"radio.example.com"}))


@pytest.mark.parametrize(
    "media_id",
    [
        "http://radio.example.com/stream.mp3",
        "https://RADIO.example.com:8443/a%20b?x=1",
        "media-source://camera/camera.porch",
        "media-source://image/image.porch",
        "media-source://tts/tts.voice?message=Hello%20there&language=en",
        "media-source://radio_browser/960e57c8-0601-11e8-ae97-52543be04c81",
        "Jazz",
        "42",
    ],
)
def test_allowed(media_id: str) -> None:
    """Entities in scope, listed hosts, and names in the library of the player are allowed."""
    assert RULES.may_play(media_id, "music")


@pytest.mark.parametrize(
    "media_id",
    [
        "",
        "/api/states",
        "/%61pi/states",
        "/\tapi/states",
        " /api/states",
        "//radio.example.com/api/states",
        "api/states",
        "\\api\\states",
        "/local/../api/states",
        "http://127.0.0.1:8123/api/states",
        "HTTP://LOCALHOST:8123/api/states",
        "http://homeassistant.local:8123/api/states",
        "http://192.168.1.2/api/states",
        "http://3232235778/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://169.254.169.254/latest",
        "http://other.example.com/",
        "http://radio.example.com.evil.example/",
        "http://user@radio.example.com/",
        "http://radio.example.com@127.0.0.1/",
        "http:radio.example.com",
        "file:///etc/passwd",
        "rtsp://radio.example.com/",
        "plex://{}",
        "spotify:track:1",
        '{"urls": ["http://127.0.0.1"]}',
        "media-source://camera/camera.hidden",
        "media-source://camera/image.porch",
        "media-source://camera/camera%2Eporch",
        "media-source://camera/camera.porch/../camera.hidden",
        "media-source://media_source/local/x.mp4",
        "media-source://ai_task/x",
        "media-source://tts/tts%2Ecloud?message=x",
        "media-source://tts/tts.cloud?message=x",
        "media-source://tts/tts.voice?message=x&voice=y",
        "media-source://tts/-stream-/x",
        "MEDIA-SOURCE://camera/camera.porch",
        "..",
        "a\x00b",
        "http://radio.example.com/\nx",
    ],
)
def test_refused(media_id: str) -> None:
    """Paths, Home Assistant's own URLs in any form, local addresses, files and other sources are refused."""
    assert not RULES.may_play(media_id, "music")


@pytest.mark.parametrize("media_type", ["lovelace", "cast", "app", "url", "APP", "video/../x", 5, ["music"]])
def test_types_that_do_more_than_play(media_type: object) -> None:
    """Types that start apps or show pages are refused."""
    assert not RULES.may_play("Jazz", media_type)


@pytest.mark.parametrize("media_id", [None, 5, ["Jazz"], {"a": 1}, "x" * 5000])
def test_no_text(media_id: object) -> None:
    """A media ID must be a text of limited length."""
    assert not RULES.may_play(media_id)


def test_own_url_on_a_listed_host() -> None:
    """Home Assistant's own address is refused even if it is listed."""
    rules = MediaRules(lambda _: True, frozenset({"home.example.com"}), lambda url: "home.example.com" in url)
    assert not rules.may_play("https://home.example.com/api/states")


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "10.0.0.1", "nas.local", "nas", "http://a.com", "a.com/x", "1.2"]
)
def test_hosts_that_no_key_may_list(host: str) -> None:
    """Only hosts on the internet can be listed."""
    with pytest.raises(ValueError, match=r".+"):
        parse_media_host(host)


@pytest.mark.parametrize(
    "host", [" Radio.Example.com ", "1.1.1.1", "2606:4700::1111", "a.5.example", "xn--a-0ga.example"]
)
def test_hosts_that_a_key_may_list(host: str) -> None:
    """Hosts are stored in lower case and without spaces around them."""
    assert parse_media_host(host) == host.strip().lower()


@pytest.mark.parametrize("host", ["a.b.5", "a.b.0x7f", "x.local", "x.home", "x.arpa", "", "-a.com", "::1", "a..b"])
def test_names_that_are_no_public_host(host: str) -> None:
    """A name that ends in a number is an IP address in another form."""
    assert normalize_host(host) is None
    with pytest.raises(ValueError, match=f"^{re.escape(host)}$"):
        parse_media_host(host)


@pytest.mark.parametrize("media_type", [None, "", "music", "video/mp4", "audio/x-wav"])
def test_types_that_play(media_type: object) -> None:
    """Types that play are allowed, and so is a missing type."""
    assert is_allowed_type(media_type)
    assert RULES.may_play("Jazz", media_type)
    assert RULES.may_browse("Jazz", media_type)


@pytest.mark.parametrize(
    "media_id", ["", None, "media-source://", "media-source://camera", "media-source://tts", "Jazz"]
)
def test_folders_may_be_listed(media_id: object) -> None:
    """Folders may be listed, because their children are filtered."""
    assert RULES.may_browse(media_id)


@pytest.mark.parametrize(
    "media_id",
    ["media-source://media_source", "media-source://ai_task", "/api/states", 0, "x:y", ["media-source://"], {}],
)
def test_folders_that_may_not(media_id: object) -> None:
    """Other folders, such as files, may not be listed."""
    assert not RULES.may_browse(media_id)
    assert not RULES.may_browse("Jazz", "app")


@pytest.mark.parametrize(
    "media_id",
    [
        "a\\b",
        " Jazz",
        "{x",
        "[x",
        "/x",
        "radio.example.com",
        "a/b",
        "a:b",
        "http://[",
        "http://radio.example.com\\x",
        "http://radio.example.com/a\\b",
        "media-source://tts/tts.voice?message=x#y",
        "media-source://tts/tts.voice",
    ],
)
def test_what_is_not_plain(media_id: str) -> None:
    """Unusual forms are refused even if every host is listed and everything is in scope."""
    rules = MediaRules(lambda _: True, frozenset({"", "a", "b", "xxxx", "radio.example.com"}))
    assert not rules.may_play(media_id)


def test_all_fields_of_speech() -> None:
    """All of these fields of speech are allowed, and no others."""
    assert RULES.may_play("media-source://tts/tts.voice?message=x&language=en&cache=true")


def test_the_length_of_a_media_id() -> None:
    """The shortest and the longest media ID are allowed, and a longer one is refused."""
    url = "http://radio.example.com/"
    assert RULES.may_play(url + "x" * (MAX_MEDIA_ID_CHARACTERS - len(url)))
    assert not RULES.may_play(url + "x" * (MAX_MEDIA_ID_CHARACTERS - len(url) + 1))
    assert RULES.may_play("x")
    assert not RULES.may_play("")
