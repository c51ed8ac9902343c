"""The filter of service responses, and of the texts of errors."""

from typing import Any, Final

import pytest

from custom_components.drawbridge.operations.service_responses import (
    FAILED,
    MEDIA_FAILED,
    error_text,
    filter_response,
)
from custom_components.drawbridge.scope.media import MediaRules

IN_SCOPE: Final = {"media_player.tv", "camera.porch"}.__contains__
MEDIA: Final = MediaRules(IN_SCOPE)


def item(media_id: str, *children: object) -> dict[str, Any]:
    """Return an item of a library."""
    return {
        "title": media_id, "media_class": "music", "media_content_type": "music", "media_content_id": media_id,
        "can_play": True, "can_expand": True, "thumbnail": "/api/camera_proxy/camera.hidden", "not_shown": 3,
        "extra": "secret", "children": list(children),
    }  # fmt: skip


class Found:
    """A result, as Home Assistant's own code returns it."""

    def __init__(self, *items: object) -> None:
        """Create a result."""
        self._items = list(items)

    def as_dict(self) -> dict[str, Any]:
        """Return it as Home Assistant does."""
        return {"version": 1, "result": self._items}


HIDDEN: Final = (
    "media-source://camera/camera.hidden", "media-source://media_source/local/x.mp4", "/api/states",
    "http://127.0.0.1/x", "media-source://ai_task/x",
)  # fmt: skip


@pytest.mark.parametrize("hidden", HIDDEN)
def test_browsing_is_filtered_at_each_depth(hidden: str) -> None:
    """Folders that may not be listed are left out with their contents, and so are pictures and other fields."""
    root = item("media-source://", item("Jazz", item(hidden), item("Blues")), item(hidden, item("Rock")))
    shown: Any = filter_response("media_player.browse_media", {"media_player.tv": root}, MEDIA)
    [jazz] = shown["media_player.tv"]["children"]
    assert [child["media_content_id"] for child in jazz["children"]] == ["Blues"]
    for found in (shown["media_player.tv"], jazz, *jazz["children"]):
        assert (found["thumbnail"], found["not_shown"]) == (None, 0)
        assert "extra" not in found
    assert hidden not in str(shown)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_search_is_filtered(hidden: str) -> None:
    """Search results are filtered as objects and as plain data."""
    for found in (Found(item(hidden), item("Jazz")), {"version": 1, "result": [item(hidden), item("Jazz"), "x"]}):
        shown: Any = filter_response("media_player.search_media", {"media_player.tv": found}, MEDIA)
        assert [child["media_content_id"] for child in shown["media_player.tv"]["result"]] == ["Jazz"]
        assert "secret" not in str(shown)


def test_a_type_that_does_more_than_play_is_left_out() -> None:
    """Items of a type that does more than play are left out."""
    root = item("media-source://", {**item("Jazz"), "media_content_type": "app"})
    shown: Any = filter_response("media_player.browse_media", {"media_player.tv": root}, MEDIA)
    assert shown["media_player.tv"]["children"] == []


@pytest.mark.parametrize("service", ["weather.get_forecasts", "media_player.browse_media", "todo.get_items"])
def test_entities_out_of_scope_are_left_out(service: str) -> None:
    """Responses of entities out of scope are left out. A group may return them."""
    shown: Any = filter_response(service, {"media_player.tv": item("Jazz"), "weather.hidden": item("Jazz")}, MEDIA)
    assert list(shown) == ["media_player.tv"]
    assert filter_response(service, ["x"], MEDIA) == {}


@pytest.mark.parametrize(
    ("text", "is_opened", "shown"),
    [
        ("The lamp is broken.", False, "The lamp is broken."),
        ("camera.porch is off", False, "camera.porch is off"),
        ("camera.hidden is off", False, FAILED),
        ("camera.hidden is off", True, FAILED),
        ("camera%2Ehidden is off", True, FAILED),
        (f"Device {'f' * 32} is off", True, FAILED),
        ("Cannot write /config/x", False, FAILED),
        ("Cannot write /config/x", True, "Cannot write /config/x"),
        ("http://10.0.0.1/ timed out", False, FAILED),
        ("Cannot get /x?authSig=abc now", True, "Cannot get **REDACTED** now"),
        ("Cannot get /api/hls/0123/x now", True, "Cannot get **REDACTED** now"),
        ("Bad token=abc", False, "Bad **REDACTED**"),
    ],
)
def test_errors(text: str, shown: str, *, is_opened: bool) -> None:
    """Texts of errors contain no secret, no path and no name of something hidden."""
    assert error_text("light.turn_on", text, IN_SCOPE, is_opened=is_opened) == shown
    assert error_text("media_player.play_media", text, IN_SCOPE, is_opened=is_opened) == MEDIA_FAILED
