"""The filter of dashboards: it removes everything out of scope."""

import json
from typing import Any

import pytest

from custom_components.drawbridge.operations.dashboards.filter import DashboardFilter
from custom_components.drawbridge.operations.dashboards.visible import VisibleItems, words

LAMP, OTHER, HIDDEN = "light.lamp", "sensor.room", "light.secret_lamp"
DEVICE, HIDDEN_DEVICE = "0" * 31 + "a", "0" * 31 + "b"
VISION = VisibleItems(
    entities=frozenset({LAMP, OTHER}),
    domains=frozenset({"light", "sensor", "script", "camera", "notify"}),
    devices=frozenset({DEVICE}),
    areas=frozenset({"room"}),
    floors=frozenset({"ground"}),
    labels=frozenset({"wall"}),
    services=frozenset({"light.toggle"}),
    panels=frozenset({"wall-tablet", "home"}),
    hidden=frozenset(map(words, ("Vault", "Anna's den", "vault_id"))),
)
TILE: dict[str, Any] = {"type": "tile", "entity": LAMP}


def dashboard(config: Any) -> Any:
    """Return a filtered dashboard."""
    return DashboardFilter(VISION).dashboard(config)


def cards(*configs: Any) -> list[Any]:
    """Return the filtered cards of a view that also has a card in scope."""
    shown = dashboard({"views": [{"cards": [*configs, {"type": "clock"}]}]})
    kept: list[Any] = shown["views"][0]["cards"]
    assert kept.pop() == {"type": "clock"}
    return kept


UNCHANGED: list[dict[str, Any]] = [
    TILE,
    {"type": "tile", "entity": LAMP, "name": "Reading lamp", "icon": "mdi:lamp", "features": [{"type": "toggle"}]},
    {"type": "entities", "title": "Here", "entities": [LAMP, {"entity": OTHER, "name": "Warm"}, {"type": "divider"}]},
    {"type": "area", "area": "room", "navigation_path": "room"},
    {"type": "logbook", "target": {"entity_id": [LAMP], "device_id": DEVICE, "area_id": "room", "label_id": ["wall"]}},
    {"type": "markdown", "content": "Welcome. It is 21.5 degrees, version v1.2."},
    {"type": "history-graph", "hours_to_show": 24, "entities": [{"entity": OTHER, "color": None}]},
    {"type": "vertical-stack", "cards": [{"type": "conditional", "conditions": [], "card": TILE}]},
    {"type": "grid", "square": False, "cards": [{"type": "button", "entity": LAMP, "show_state": True}]},
    {"type": "button", "tap_action": {"action": "navigate", "navigation_path": "/wall-tablet/room"}},
    {"type": "button", "tap_action": {"action": "call-service", "service": "light.toggle", "data": {}}},
    {
        "type": "button",
        "hold_action": {"action": "perform-action", "perform_action": "light.toggle", "target": {"entity_id": LAMP}},
    },
    {"type": "tile", "entity": LAMP, "visibility": [{"condition": "state", "entity": OTHER, "state": "on"}]},
    {"type": "entity-filter", "entities": [LAMP], "conditions": [{"condition": "state", "state": "on"}]},
]


@pytest.mark.parametrize("card", UNCHANGED, ids=json.dumps)
def test_what_stays(card: dict[str, Any]) -> None:
    """Cards about visible items stay as they are."""
    assert cards(card) == [card]


TAKEN_OUT: list[Any] = [
    {"type": "tile", "entity": HIDDEN},
    {"type": "tile", "entity": "light.no_such"},
    {"type": "tile", "entity": LAMP.upper()},
    {"type": "tile", "entity": LAMP, "name": f"Beside {HIDDEN}"},
    {"type": "tile", "entity": LAMP, "name": "Beside light%2Esecret_lamp"},
    {"type": "tile", "entity": LAMP, "name": "The vault"},
    {"type": "tile", "entity": LAMP, "name": "Lamp", "note": "In Anna-s  DEN"},
    {"type": "tile", "entity": LAMP, "vault": True},
    {"type": "tile", "entity": LAMP, "options": {"vault_id": True}},
    {"type": "tile", "entity": LAMP, "options": [[{"x": HIDDEN}]]},
    {"type": "tile", "entity": LAMP, "visibility": [{"condition": "state", "entity": HIDDEN, "state": "on"}]},
    {"type": "tile", "entity": LAMP, "visibility": [{"condition": "user", "users": ["f" * 32]}]},
    {"type": "tile", "entity": LAMP, "name": "{{ states('light.lamp') }}"},
    {"type": "tile", "entity": LAMP, "name": "x" * 10_001},
    {"type": "statistic", "entity": "recorder:external"},
    {"type": "statistics-graph", "entities": ["recorder:external"]},
    {"type": "area", "area": "attic"},
    {"type": "logbook", "target": {"floor_id": "attic"}},
    {"type": "logbook", "target": {"label_id": "private"}},
    {"type": "logbook", "target": {"device_id": HIDDEN_DEVICE}},
    {"type": "tile", "entity": LAMP, "device": HIDDEN_DEVICE},
    {"type": "tile", "entity": LAMP, "note": HIDDEN_DEVICE},
    {"type": "markdown", "content": "{% if true %}x{% endif %}"},
    {"type": "markdown", "content": "See https://example.com"},
    {"type": "markdown", "content": "Open /api/states"},
    {"type": "markdown", "content": "![](/api/camera_proxy/camera.x?token=y)"},
    {"type": "picture-entity", "entity": LAMP, "camera_image": "camera.secret"},
    {"type": "picture-entity", "entity": LAMP, "image": "/local/plan.png"},
    {"type": "picture-entity", "entity": LAMP, "image": "media-source://image_upload/x"},
    {"type": "picture-elements", "image": {"media_content_id": "media-source://x"}, "elements": []},
    {"type": "picture-elements", "elements": [{"type": "state-badge", "entity": HIDDEN}]},
    {"type": "iframe", "url": "about"},
    {"type": "energy-distribution"},
    {"type": "custom:mushroom-light-card", "entity": LAMP},
    {"type": "entities", "entities": [{"type": "custom:row", "entity": LAMP}]},
    {"type": "entities", "entities": [HIDDEN]},
    {"type": "entities", "entities": [LAMP], "header": {"type": "graph", "entity": HIDDEN}},
    {"type": "entities", "entities": [LAMP], "footer": "x"},
    {"type": "conditional", "conditions": [{"entity": HIDDEN, "state": "on"}], "card": TILE},
    {"type": "conditional", "conditions": [], "card": {"type": "tile", "entity": HIDDEN}},
    {"type": "vertical-stack", "cards": [{"type": "tile", "entity": HIDDEN}]},
    {"type": ["tile"], "entity": LAMP},
    {"type": "tile", "entity": LAMP, "when": object()},
    {True: "tile"},
    {"entity": LAMP, "type": "tile", "deep": json.loads('{"a":' * 40 + "1" + "}" * 40)},
    "light.lamp",
]


@pytest.mark.parametrize("card", TAKEN_OUT, ids=repr)
def test_what_is_taken_out(card: Any) -> None:
    """Cards that name something hidden, and unknown cards, are removed."""
    assert cards(card) == []


def test_parts_of_a_card() -> None:
    """Hidden items are removed from lists, and actions that name them do nothing."""
    navigate = {"action": "navigate", "navigation_path": "/vault-dashboard/1"}
    assert cards(
        {"type": "entities", "entities": [HIDDEN, LAMP, {"entity": HIDDEN}], "card_mod": {"style": "{{ x }}"}},
        {"type": "tile", "entity": LAMP, "tap_action": navigate, "features": [{"type": "x", "entity": HIDDEN}]},
        {"type": "heading", "heading": "Here", "badges": [{"entity": HIDDEN}, {"entity": LAMP}]},
        TILE,
    ) == [
        {"type": "entities", "entities": [LAMP]},
        {"type": "tile", "entity": LAMP, "tap_action": {"action": "none"}, "features": []},
        {"type": "heading", "heading": "Here", "badges": [{"entity": LAMP}]},
        TILE,
    ]


@pytest.mark.parametrize(
    "action",
    [
        {"action": "navigate", "navigation_path": "/wall-tablet/vault"},
        {"action": "navigate", "navigation_path": "/other-dashboard/0"},
        {"action": "navigate", "navigation_path": "//example.com"},
        {"action": "navigate", "navigation_path": ["home"]},
        {"action": "perform-action", "perform_action": "notify.annas_phone"},
        {"action": "perform-action", "perform_action": "light.toggle", "target": {"entity_id": HIDDEN}},
        {"action": "perform-action", "perform_action": "light.toggle", "data": {"area_id": "attic"}},
        {"action": "call-service", "service": ["light.toggle"]},
        {"action": "url", "url_path": "https://example.com"},
        {"action": "fire-dom-event"},
        {"action": "more-info", "entity": HIDDEN},
        {"action": "toggle", "confirmation": {"text": "Open the vault?"}},
        "toggle",
    ],
    ids=json.dumps,
)
def test_actions(action: Any) -> None:
    """Actions that lead out of scope do nothing."""
    assert cards({**TILE, "tap_action": action}) == [{**TILE, "tap_action": {"action": "none"}}]


def test_headings() -> None:
    """A heading is removed if all cards below it are hidden."""
    hidden, title = {"type": "tile", "entity": HIDDEN}, {"type": "heading", "heading": "Guests"}
    other = {"type": "heading", "heading": "Empty"}
    assert cards(title, hidden, other) == [other]
    assert cards(title, hidden, TILE) == [title, TILE]
    assert cards(title, TILE, other, hidden, title) == [title, TILE, title]


def view(**fields: Any) -> Any:
    """Return what is left of a view; `None` if it is taken out."""
    shown = dashboard({"views": [fields, {"title": "Last", "cards": [TILE]}]})
    return shown["views"][0] if len(shown["views"]) == 2 else None


def test_views() -> None:
    """A view is removed if all of its cards are hidden. Its fields are filtered too."""
    hidden = {"type": "tile", "entity": HIDDEN}
    assert view(title="Here", path="here", cards=[TILE], badges=[LAMP, HIDDEN, {"type": "alert"}]) == {
        "title": "Here", "path": "here", "cards": [TILE], "badges": [LAMP],
    }  # fmt: skip
    assert view(title="The vault", path="vault", icon="mdi:lock", cards=[TILE]) == {"icon": "mdi:lock", "cards": [TILE]}
    assert view(cards=[TILE], background={"image": "/api/image/serve/x"}, style="x") == {"cards": [TILE]}
    assert view(title="Others", cards=[hidden], badges=[HIDDEN]) is None
    assert view(title="Others", sections=[{"title": "x", "cards": [hidden]}]) is None
    assert view(cards=[TILE], visible=[{"user": "f" * 32}]) is None
    assert view(cards=[TILE], visible=False) is None
    assert view(cards=[TILE], visible=True) == {"cards": [TILE]}
    assert view(cards=[TILE], visibility=[{"condition": "state", "entity": HIDDEN}]) is None
    assert view(type="custom:grid-layout", cards=[TILE]) is None
    assert view(cards=[TILE], header={"card": {"type": "markdown", "content": "Hello"}})["header"]
    assert view(cards=[TILE], header={"card": {"type": "markdown", "content": "{{ x }}"}}) == {"cards": [TILE]}
    assert view(title="Empty") == {"title": "Empty"}


def test_sections() -> None:
    """A section is filtered like a view."""
    hidden = {"type": "tile", "entity": HIDDEN}
    sections = [
        {"type": "grid", "cards": [{"type": "heading", "heading": "Others"}, hidden]},
        {"type": "grid", "cards": [{"type": "heading", "heading": "Here"}, TILE, hidden], "column_span": 2},
        {"type": "grid", "cards": [TILE], "title": "Vault", "visibility": [{"condition": "screen", "media": "x"}]},
        {"type": "grid", "cards": [TILE], "visibility": [{"condition": "state", "entity": HIDDEN}]},
        {"type": "custom:x", "cards": [TILE]},
        {"strategy": {"type": "common-controls"}},
    ]
    assert view(type="sections", sections=sections)["sections"] == [
        {"type": "grid", "cards": [{"type": "heading", "heading": "Here"}, TILE], "column_span": 2},
        {"type": "grid", "cards": [TILE], "visibility": [{"condition": "screen", "media": "x"}]},
    ]


def test_strategies() -> None:
    """The frontend builds the cards from what the key sees. Its options name nothing hidden."""
    areas = {"type": "areas", "areas_display": {"order": ["vault", "room"], "hidden": ["vault"]}}
    assert dashboard({"strategy": areas}) == {
        "strategy": {"type": "areas", "areas_display": {"order": ["room"], "hidden": []}}
    }
    assert dashboard({"strategy": {"type": "areas", "vault": 1}}) == {"strategy": {"type": "areas"}}
    options = {"type": "areas", "areas_options": {"vault": {"x": 1}, "room": {"groups": [HIDDEN, LAMP]}}}
    assert dashboard({"strategy": options})["strategy"]["areas_options"] == {"room": {"groups": [LAMP]}}
    assert dashboard({"strategy": {"type": "custom:x"}}) is None
    assert dashboard({"strategy": {"type": "iframe", "url": "https://example.com"}}) is None
    assert view(strategy={"type": "area", "area": "room"}) == {"strategy": {"type": "area", "area": "room"}}
    assert view(strategy={"type": "area", "area": "attic"}) is None
    assert view(strategy={"type": "energy"}) is None


@pytest.mark.parametrize(
    "config",
    [None, [], {}, {"views": []}, {"views": "x"}, {"views": [{"cards": [{"type": "tile", "entity": HIDDEN}]}]}],
)
def test_nothing_is_left(config: Any) -> None:
    """A dashboard without visible views does not exist."""
    assert dashboard(config) is None


def test_fields_of_a_dashboard() -> None:
    """A dashboard has only its title and its views."""
    config = {"title": "Home", "background": "x", "kiosk": True, "views": [{"cards": [TILE]}], "resources": ["x"]}
    assert dashboard(config) == {"title": "Home", "views": [{"cards": [TILE]}]}
    assert "title" not in dashboard({**config, "title": "Vault"})
