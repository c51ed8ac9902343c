"""Media ids: what a player may be told to play."""

import pytest

from custom_components.drawbridge.scope.media import MediaRules, parse_media_host

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
    """Entities in scope, listed hosts, and names in the player's own library."""
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
    """Paths, Home Assistant's own URLs in every spelling, the home network, files, other sources."""
    assert not RULES.may_play(media_id, "music")


@pytest.mark.parametrize("media_type", ["lovelace", "cast", "app", "url", "APP", "video/../x", 5, ["music"]])
def test_types_that_do_more_than_play(media_type: object) -> None:
    """They start apps and show pages."""
    assert not RULES.may_play("Jazz", media_type)


@pytest.mark.parametrize("media_id", [None, 5, ["Jazz"], {"a": 1}, "x" * 5000])
def test_no_text(media_id: object) -> None:
    """A media id is a text of bounded length."""
    assert not RULES.may_play(media_id)


def test_own_url_on_a_listed_host() -> None:
    """A host on the list that is Home Assistant itself is refused all the same."""
    rules = MediaRules(lambda _: True, frozenset({"home.example.com"}), lambda url: "home.example.com" in url)
    assert not rules.may_play("https://home.example.com/api/states")


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "10.0.0.1", "nas.local", "nas", "http://a.com", "a.com/x", "1.2"]
)
def test_hosts_that_no_key_may_list(host: str) -> None:
    """Only hosts on the internet can be listed."""
    with pytest.raises(ValueError, match=r".+"):
        parse_media_host(host)
