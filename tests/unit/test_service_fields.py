"""Values of the fields of reviewed services."""

from collections.abc import Collection, Mapping
from typing import Any

import pytest

from custom_components.drawbridge.scope import service_fields
from custom_components.drawbridge.scope.media import MediaRules
from custom_components.drawbridge.scope.service_fields import MAX_TEXT_CHARACTERS, FieldType, Surroundings

PARTS = ("days", "hours", "minutes", "seconds", "milliseconds")
IN_SCOPE = {"light.lamp", "camera.porch"}.__contains__


def around(targets: Collection[Mapping[str, Any]] = ()) -> Surroundings:
    """Return surroundings with two entities in scope, and targets with these attributes."""
    return Surroundings(IN_SCOPE, targets, MediaRules(IN_SCOPE))


ACCEPTED: dict[FieldType, list[object]] = {
    service_fields.number: [5, -1.5, "5", " +21.50 ", "-" + "1" * 20],
    service_fields.numbers: [[], [1, "2", 3.5], [0] * 8],
    service_fields.word: [5, "21.5", True, "warm white", "eco-mode", "ü", "x" * 64],
    service_fields.words: ["one", 5, [], ["one", 2], ["x"] * 32],
    service_fields.moment: [5, "2026-01-01T10:00:00+00:00", "10:00", "1" * 40, "3999-12-31"],
    service_fields.moment_or_none: [None, "2026-01-01"],
    service_fields.timestamp: [0, -5.5, "1598027400.5", True, 2**37],
    service_fields.duration: [
        5,
        "00:05:00",
        "-99999:59",
        "+1:00:59.5",
        {},
        {"minutes": 5, "seconds": "30"},
        dict.fromkeys(PARTS, 1),
        "60",
        {"weeks": 2},
        100 * 366 * 86_400,
        {"days": 36_600},
        {"hours": -1},
    ],
    service_fields.proses: ["Milk", ["Milk", "light.hidden"], [], ["x"] * 500, None],
    service_fields.message: [5, "Done", "It is 20_000", "a_b c", "TTS is on", "light.living_room", "__ __"],
    service_fields.prose: [None, 5, 1.5, "", "Any text, even light.hidden", "x" * MAX_TEXT_CHARACTERS],
    service_fields.text: [None, 5, "", "the light.lamp is on", "plain"],
    service_fields.entities: ["light.lamp", "LIGHT.lamp , camera.porch", ["light.lamp", "camera.porch"]],
    service_fields.media_id: ["Jazz", "media-source://camera/camera.porch"],
    service_fields.media_folder: ["", None, "media-source://", "media-source://camera", "Jazz"],
    service_fields.media_type: [None, "", "music", "video/mp4"],
    service_fields.media: [
        {"media_content_id": "Jazz"},
        {"media_content_id": "Jazz", "media_content_type": "music"},
    ],
}
REFUSED: dict[FieldType, list[object]] = {
    service_fields.number: [None, "", "x", "5 x", "1e5", "nan", "1" * 21, [5], {}],
    service_fields.numbers: [5, "5", None, [0] * 9, [1, "x"], {"a": 1}, (1, 2)],
    service_fields.word: [None, "", "light.lamp", "a,b", "{{x}}", "x" * 65, ["one"], {}, "f" * 32],
    service_fields.words: [None, ["x"] * 33, ["one", "light.lamp"], "light.lamp", [["one"]], {}],
    service_fields.moment: [
        None,
        "",
        "tomorrow",
        "1" * 41,
        [5],
        "light.1",
        "9999-12-31T23:59:59-23:00",
        "0001-01-01",
        "99991231",
        "+4000-01",
    ],
    service_fields.moment_or_none: ["", "tomorrow"],
    service_fields.timestamp: [None, "x", 2**37 + 1, -1e308, "9" * 20, 10**400, [5], float("nan")],
    service_fields.duration: [
        None,
        "soon",
        {"years": 1},
        {"minutes": "x"},
        {"minutes": 5, "x": 1},
        [5],
        "999999:00",
        "1:00:00:00",
        "2026-01-01",
        100 * 366 * 86_400 + 1,
        1e308,
        10**400,
        {"days": 36_601},
        {"weeks": 1e300},
        {"days": 36_600, "hours": 1},
        float("nan"),
    ],
    service_fields.proses: [["x"] * 501, [["x"]], ["x" * (MAX_TEXT_CHARACTERS + 1)], {}],
    service_fields.message: [
        "command_screen_on",
        "request_location_update",
        "\tCLEAR_notification ",
        "delete_alert",
        "tts",
        "TTS",
        "_",
        "a_",
        "ü_ü",
        "x" * (MAX_TEXT_CHARACTERS + 1),
        [],
        {},
    ],
    service_fields.prose: ["x" * (MAX_TEXT_CHARACTERS + 1), [], {}],
    service_fields.text: [
        "light.hidden",
        "light.lamp and light.hidden",
        "light%2Ehidden",
        "0" * 32,
        "x" * (MAX_TEXT_CHARACTERS + 1),
        [],
        {},
    ],
    service_fields.entities: [None, "", [], "all", ["light.lamp", "light.hidden"], "light.hidden", 5, ["lamp"], {}],
    service_fields.media_id: [None, "", "media-source://camera/camera.hidden", "/api/states", 5],
    service_fields.media_folder: ["media-source://media_source", "/api/states", 5],
    service_fields.media_type: ["app", 5, ["music"]],
    service_fields.media: [
        None,
        "Jazz",
        {},
        {"media_content_id": "/api/states"},
        {"media_content_id": "Jazz", "media_content_type": "app"},
        {"media_content_id": "Jazz", "metadata": {}},
    ],
}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in ACCEPTED.items() for value in values])
def test_accepted(kind: FieldType, value: object) -> None:
    """Valid values are accepted."""
    assert kind(value, around()) is True


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in REFUSED.items() for value in values])
def test_refused(kind: FieldType, value: object) -> None:
    """Values that could refer to something, or are too long, are refused."""
    assert kind(value, around()) is False


def test_commands() -> None:
    """A key that may use all fields may send commands, within the length of any text."""
    opened = Surroundings(IN_SCOPE, (), MediaRules(IN_SCOPE), is_opened=True)
    assert service_fields.message("command_screen_on", opened)
    assert not service_fields.message("x" * (MAX_TEXT_CHARACTERS + 1), opened)


@pytest.mark.parametrize(
    ("value", "targets", "accepted"),
    [
        ("b", [{"list": ["a", "b"]}], True),
        ("b", [{"list": ("b",)}, {"list": {"b": 1}}], True),
        (5, [{"list": [5]}], True),
        ("Fire", [{"list": {1: "Fire", 2: ["x"]}}], True),
        ("Ice", [{"list": {1: "Fire"}}], False),
        ("b", [{"list": ["b"]}, {"list": ["a"]}], False),
        ("b", [{"list": ["b"]}, {}], False),
        ("b", [{"other": ["b"]}], False),
        ("b", [{"list": "abc"}], False),
        ("b", [], False),
        (None, [{"list": [None]}], False),
        (["b"], [{"list": [["b"]]}], False),
    ],
)
def test_choices(value: object, targets: list[dict[str, Any]], *, accepted: bool) -> None:
    """Choices are the values that every target lists. Only texts and numbers count."""
    assert service_fields.choice("list")(value, around(targets)) is accepted


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (None, []),
        ("", []),
        (" Light.A ,b,, ", ["light.a", "b"]),
        (["a,B", 5, None, "c"], ["a", "b", "c"]),
        (5, []),
        ({"a": 1}, []),
    ],
)
def test_split_ids(value: object, ids: list[str]) -> None:
    """Entity IDs are split like in Home Assistant."""
    assert service_fields.split_ids(value) == ids


@pytest.mark.parametrize("value", ["www.example.com", "1.2.3.4", "Hello", "light.lamp is on", 5, None])
def test_a_text(value: object) -> None:
    """Texts with host names, numbers and entities in scope are accepted."""
    assert service_fields.text(value, around())


@pytest.mark.parametrize(
    "value",
    [
        "light.hidden", "Light.Hidden", "light%2Ehidden", "x.light.hidden", "states.light.hidden", "none.at_all",
        "see www.example.com", "light.hidden.x", "f" * 32, "f" * 32 + ".b.c", ["www.example.com"], "x" * 5000,
    ],
)  # fmt: skip
def test_no_text(value: object) -> None:
    """Texts that could name something out of scope are refused, whether it exists or not."""
    assert not service_fields.text(value, around())
