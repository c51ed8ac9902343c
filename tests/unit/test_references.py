"""References in the data of a call."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from custom_components.drawbridge.scope.references import (
    MAX_DEPTH,
    References,
    TooDeepError,
    decodings,
    find_references,
    target_field,
)  # fmt: skip

REGISTRY_ID = "0123456789abcdef0123456789ABCDEF"


def nested(value: object, depth: int, *, as_key: bool = False) -> object:
    """Return a value in so many lists, or in so many mappings."""
    for _ in range(depth):
        value = {"a": value} if as_key else [value]
    return value


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("light.lamp", {"light.lamp"}),
        ("LIGHT.Lamp", {"light.lamp"}),
        ("states.light.lamp", {"states.light", "light.lamp"}),
        ("light.one, light.two", {"light.one", "light.two"}),
        ("light%2Elamp", {"light.lamp"}),
        ("light%252Elamp", {"light.lamp"}),
        (r"light\u002elamp", {"light.lamp"}),
        (r"light\x2elamp", {"light.lamp"}),
        (r"\u006Cight.lamp", {"u006cight.lamp", "light.lamp"}),
        ("light\uff0elamp", {"light.lamp"}),
        ("21.5", set()),
        ("no id", set()),
        ("light.", set()),
        ("_a1.b_2", {"_a1.b_2"}),
    ],
)
def test_entities_in_a_text(text: str, entities: set[str]) -> None:
    """Entity IDs are found as values, in lists and as keys, in any case. A decimal number is no entity ID."""
    for data in (text, [text], {"x": {"y": [text]}}, {text: 1}):
        assert find_references(data).entities == entities


def test_entities_of_known_domains() -> None:
    """If the domains are known, only IDs of these domains are found, even if they look like numbers."""
    assert find_references("light.lamp 5.x example.com", {"light", "5"}).entities == {"light.lamp", "5.x"}
    assert find_references("light.lamp", ()).entities == set()


def test_registry_ids() -> None:
    """A registry ID has exactly 32 hexadecimal digits, and is returned in lower case."""
    assert find_references(f"of {REGISTRY_ID}.").registry_ids == {REGISTRY_ID.lower()}
    assert find_references([REGISTRY_ID + "0", REGISTRY_ID[1:], f"x{REGISTRY_ID}"]).registry_ids == set()


@pytest.mark.parametrize("text", ["{{ x }}", "{% if x %}", "{# x #}", "%7B%7B x"])
def test_templates(text: str) -> None:
    """Templates are found anywhere, also before other texts."""
    assert find_references([text]).templated is True
    assert find_references([text, "plain"]).templated is True
    assert find_references(["plain", text]).templated is True
    assert find_references(["{ x }", "%"]).templated is False


@pytest.mark.parametrize("text", ["/api/states", "http://x/Media/local", "/auth/x", "media-source://x"])
def test_paths(text: str) -> None:
    """Paths of Home Assistant are found."""
    assert find_references({"x": text, "y": "/other/x"}).paths == [text]


def test_a_path_in_an_escape() -> None:
    """A path in an escape is decoded."""
    assert find_references("%2Fapi%2Fstates").paths == ["/api/states"]


@pytest.mark.parametrize("text", ["all", "ALL", " All\t"])
def test_all(text: str) -> None:
    """The text `all` is found if it is the complete text, also before other texts."""
    assert find_references([text, "other"]).matches_all is True
    assert find_references(["other", text]).matches_all is True
    assert find_references({"entity_id": text}).matches_all is True
    assert find_references(["all of it", "ball"]).matches_all is False


def test_nothing_in_nothing() -> None:
    """Numbers and other values refer to nothing."""
    assert find_references([None, True, 5, 1.5, {}, "", ()]) == References()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("entity_id", "entity_id"),
        ("entity_ids", "entity_id"),
        ("device_id", "device_id"),
        ("label_ids", "label_id"),
        ("floor", "floor_id"),
        ("areas", "area_id"),
        ("cleaning_area_id", "area_id"),
        ("media_player_entity_id", "entity_id"),
        ("entity", None),
        ("label", None),
        ("id", None),
        ("entity_idx", None),
        ("", None),
        (5, None),
        (None, None),
    ],
)
def test_target_fields(name: object, field: str | None) -> None:
    """Target fields are found by their name or its ending."""
    assert target_field(name) == field


def test_targets() -> None:
    """Targets are mappings with a target field, at any depth."""
    inner: dict[str, Any] = {"area_id": "hall", "x": 1}
    assert find_references({"a": [inner, {"x": 2}], 5: {"floors": "up"}}).targets == [{"floors": "up"}, inner]


@pytest.mark.parametrize("as_key", [False, True])
def test_depth(*, as_key: bool) -> None:
    """The maximum depth is allowed, and one more level is refused."""
    assert find_references(nested("light.lamp", MAX_DEPTH, as_key=as_key)).entities == {"light.lamp"}
    with pytest.raises(TooDeepError, match="deeper than 32 levels"):
        find_references(nested("light.lamp", MAX_DEPTH + 1, as_key=as_key))


def test_decodings() -> None:
    """A text is decoded at most four times."""
    assert list(decodings("plain")) == ["plain"]
    assert list(decodings("%252541")) == ["%252541", "%2541", "%41", "A"]
    assert list(decodings("%" + "25" * 9 + "41")) == [f"%{'25' * rounds}41" for rounds in (9, 8, 7, 6, 5)]


@given(st.text(max_size=30), st.sampled_from(["light.lamp", "sensor.a_1"]), st.text(max_size=30))
def test_an_id_between_other_characters(before: str, entity_id: str, after: str) -> None:
    """An ID is found between other characters, unless they make it another ID."""
    assert entity_id in find_references(f"{before} {entity_id} {after}").entities
