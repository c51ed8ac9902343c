"""Removes from a dashboard what refers to anything out of scope, or is of an unknown type.

Views, sections, cards and badges of known types are kept if all of their fields refer only to what the key sees. A card
with a list of entities keeps only those in scope. Cards of unknown types are removed, and custom cards too, because the
listener does not serve their code.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from ...scope.references import MAX_DEPTH, target_field
from .visible import HiddenError, VisibleItems

type Config = Mapping[str, Any]

CARDS: Final = frozenset(
    {
        "alarm-panel", "area", "button", "calendar", "clock", "conditional", "date", "distribution", "entities",
        "entity", "entity-button", "entity-filter", "gauge", "glance", "grid", "heading", "history-graph",
        "horizontal-stack", "humidifier", "light", "logbook", "map", "markdown", "media-control", "picture-elements",
        "picture-entity", "picture-glance", "plant-status", "section", "sensor", "statistic", "statistics-graph",
        "thermostat", "tile", "todo-list", "toggle-group", "vertical-stack", "weather-forecast",
    }
)  # fmt: skip
"""The cards that show entities or contain cards. Cards for settings, energy and web pages are left out."""
_BADGES: Final = frozenset({"entity", "entity-filter", "state-label"})
_VIEWS: Final = frozenset({"masonry", "panel", "sections", "sidebar"})
_SECTIONS: Final = frozenset({"grid"})
_DASHBOARD_STRATEGIES: Final = frozenset({"areas", "home", "map", "original-states"})
_VIEW_STRATEGIES: Final = frozenset(
    {
        "area", "areas-overview", "home-area", "home-media-players", "home-other-devices", "home-overview", "map",
        "original-states",
    }
)  # fmt: skip
_VIEW_FIELDS: Final = frozenset(
    {
        "back_path", "dense_section_placement", "icon", "max_columns", "panel", "path", "show_icon_and_title",
        "subview", "theme", "title", "top_margin", "type", "visibility",
    }
)  # fmt: skip
_SECTION_FIELDS: Final = frozenset({"column_span", "row_span", "theme", "title", "type", "visibility"})
_ENTITY_FIELDS: Final = frozenset({"camera_entity", "camera_image", "entities", "entity", "image_entity"})
_UNUSED: Final = frozenset({"card_mod", "view_layout"})
"""Fields of custom cards that change how other cards look."""
_HARMLESS_ACTIONS: Final = frozenset({"more-info", "none", "toggle"})
_CALLS: Final = frozenset({"call-service", "perform-action"})
_NO_ACTION: Final = {"action": "none"}
_WORDS_ONLY: Final = frozenset({"condition", "icon", "type"})
"""Fields whose values are keywords of the frontend. They are not compared with names."""


class DashboardFilter:
    """Filters the configuration of dashboards."""

    def __init__(self, visible: VisibleItems) -> None:
        """Create a filter for what a key sees."""
        self._visible = visible
        self._depth = 0

    def dashboard(self, config: object) -> dict[str, Any] | None:
        """Return a dashboard without what is hidden; ``None`` if nothing is left."""
        if not isinstance(config, Mapping):
            return None
        try:
            return self._dashboard(config)
        except HiddenError:
            return None

    def _dashboard(self, config: Config) -> dict[str, Any]:
        shown = dict(self._shown_fields(config, frozenset({"title"})))
        if "strategy" in config:
            return {**shown, "strategy": self._strategy(config["strategy"], _DASHBOARD_STRATEGIES)}
        views = self._kept(config.get("views"), self._view)
        if not views:
            raise HiddenError("views")
        return {**shown, "views": views}

    def _view(self, config: object) -> dict[str, Any]:
        view = _mapping(config)
        _ensure_type(view, _VIEWS, "masonry")
        self._check_visibility(view)
        shown = dict(self._shown_fields(view, _VIEW_FIELDS))
        if "strategy" in view:
            return {**shown, "strategy": self._strategy(view["strategy"], _VIEW_STRATEGIES)}
        parts = {
            "badges": self._kept(view.get("badges"), self._badge),
            "cards": self._cards(view.get("cards")),
            "sections": self._kept(view.get("sections"), self._section),
        }
        if any(view.get(name) for name in parts) and not any(parts.values()):
            raise HiddenError("cards")
        shown |= {name: items for name, items in parts.items() if name in view}
        for name in ("header", "footer"):
            if (part := self._optional(view.get(name))) is not None:
                shown[name] = part
        return shown

    def _section(self, config: object) -> dict[str, Any]:
        section = _mapping(config)
        _ensure_type(section, _SECTIONS, "grid")
        self._check_visibility(section)
        if "strategy" in section:
            raise HiddenError("strategy")
        cards = self._cards(section.get("cards"))
        if section.get("cards") and not cards:
            raise HiddenError("cards")
        return {**dict(self._shown_fields(section, _SECTION_FIELDS)), "cards": cards}

    def _cards(self, configs: object) -> list[dict[str, Any]]:
        """Return the cards that are shown, without headings that stand above hidden cards alone."""
        items = _items(configs)
        shown = [self._or_none(item, self._card) for item in items]
        kept: list[dict[str, Any]] = []
        has_card = is_missing = False
        for item, card in reversed(list(zip(items, shown, strict=True))):
            if isinstance(item, Mapping) and item.get("type") == "heading":
                if card is not None and (has_card or not is_missing):
                    kept.append(card)
                has_card = is_missing = False
                continue
            has_card, is_missing = has_card or card is not None, is_missing or card is None
            if card is not None:
                kept.append(card)
        return kept[::-1]

    def _card(self, config: object) -> dict[str, Any]:
        card = _mapping(config)
        _ensure_type(card, CARDS, "entities")
        return self._element(card)

    def _badge(self, config: object) -> object:
        if isinstance(config, str):
            self._visible.check_id("entity", config)
            return config
        badge = _mapping(config)
        _ensure_type(badge, _BADGES, "entity")
        return self._element(badge)

    def _row(self, config: object) -> object:
        """Return a row, an element of a picture, or a feature of a card."""
        if isinstance(config, str):
            self._visible.check_id("entity", config)
            return config
        return self._element(_mapping(config))

    def _element(self, config: Config) -> dict[str, Any]:
        """Return a card or a part of one. Raises ``HiddenError`` if it must be taken out."""
        self._depth += 1
        try:
            if self._depth > MAX_DEPTH:
                raise HiddenError("depth")
            return {name: self._field(name, value) for name, value in config.items() if name not in _UNUSED}
        finally:
            self._depth -= 1

    def _field(self, name: str, value: object) -> object:
        self._check("", name)
        if name.endswith("_action"):
            return self._action(value)
        if (part := _PARTS.get(name)) is not None:
            return part(self, value)
        if name == "entities" and isinstance(value, list):
            return self._rows(value)
        self._check(name, value)
        return value

    def _rows(self, value: object) -> object:
        return _not_empty(value, self._kept(value, self._row))

    def _action(self, config: object) -> Config:
        """Return what a tap does; an action that does nothing in place of one that names something hidden."""
        try:
            action = _mapping(config)
            self._check_action(dict(action))
        except HiddenError:
            return _NO_ACTION
        return action

    def _check_action(self, action: dict[str, Any]) -> None:
        kind = action.pop("action", None)
        if kind == "navigate":
            self._check_path(action.pop("navigation_path", None))
        elif kind in _CALLS:
            service = action.pop("perform_action", None) or action.pop("service", None)
            if not isinstance(service, str) or service not in self._visible.services:
                raise HiddenError("service")
        elif kind not in _HARMLESS_ACTIONS:
            raise HiddenError("action")
        self._check("", action)

    def _check_path(self, path: object) -> None:
        """Raise ``HiddenError`` unless a path leads to a page of the key, and names nothing hidden."""
        if not isinstance(path, str):
            raise HiddenError("path")
        first, _, rest = path.removeprefix("/").partition("/")
        if first not in self._visible.panels:
            raise HiddenError(path)
        self._visible.check_text(rest)

    def _strategy(self, config: object, known: frozenset[str]) -> dict[str, Any]:
        """Return a strategy without the options that name something hidden.

        The frontend builds its cards from what the key sees. A text that names something hidden takes all of it out.
        """
        strategy = _mapping(config)
        _ensure_type(strategy, known)
        return {name: self._option(name, value) for name, value in strategy.items() if self._is_shown(name)}

    def _option(self, name: str, value: object) -> object:
        if isinstance(value, Mapping):
            return {part: self._option(part, item) for part, item in value.items() if self._is_shown(part)}
        if isinstance(value, list):
            return [item for item in value if self._shows(name, item)]
        self._check(name, value)
        return value

    def _is_shown(self, name: object) -> bool:
        return self._shows("", name)

    def _shows(self, name: str, value: object) -> bool:
        try:
            self._check(name, value)
        except HiddenError:
            return False
        return True

    def _check_visibility(self, config: Config) -> None:
        """Raise ``HiddenError`` unless the key may know when a view or section is shown.

        A view that is limited to some users is hidden, because the user of a key is none of them.
        """
        if config.get("visible", True) is not True:
            raise HiddenError("visible")
        self._check("visibility", config.get("visibility"))

    def _shown_fields(self, config: Config, known: frozenset[str]) -> Iterator[tuple[str, Any]]:
        """Yield the known fields that name nothing hidden."""
        for name, value in config.items():
            if name in known and self._shows(name, value):
                yield name, value

    def _check(self, name: str, value: object, depth: int = 0) -> None:
        """Raise ``HiddenError`` if a value names something hidden at any depth, or cannot be understood."""
        if depth > MAX_DEPTH:
            raise HiddenError(name)
        if isinstance(value, Mapping):
            for part, item in value.items():
                self._check("", part, depth + 1)
                self._check(str(part), item, depth + 1)
        elif isinstance(value, list | tuple):
            for item in value:
                self._check(name, item, depth + 1)
        elif isinstance(value, str):
            self._check_text(name, value)
        elif value is not None and not isinstance(value, bool | int | float):
            raise HiddenError(name)

    def _check_text(self, name: str, text: str) -> None:
        if (kind := _kind(name)) is not None:
            self._visible.check_id(kind, text)
        elif name not in _WORDS_ONLY or not text.replace("-", "").replace("_", "").isalnum():
            self._visible.check_text(text)

    def _optional(self, config: object) -> dict[str, Any] | None:
        """Return a part that a view can do without; ``None`` if there is none, or it is hidden."""
        return None if config is None else self._or_none(config, lambda item: self._element(_mapping(item)))

    def _kept[T](self, configs: object, keep: Callable[[object], T]) -> list[T]:
        """Return the items that are shown."""
        kept = (self._or_none(item, keep) for item in _items(configs))
        return [item for item in kept if item is not None]

    def _or_none[T](self, config: object, keep: Callable[[object], T]) -> T | None:
        try:
            return keep(config)
        except HiddenError:
            return None


_PARTS: Final[Mapping[str, Callable[[DashboardFilter, object], object]]] = {
    "badges": lambda self, value: self._kept(value, self._badge),
    "card": lambda self, value: self._card(value),
    "cards": lambda self, value: _not_empty(value, self._cards(value)),
    "elements": lambda self, value: self._rows(value),
    "features": lambda self, value: self._kept(value, self._row),
    "footer": lambda self, value: self._element(_mapping(value)),
    "header": lambda self, value: self._element(_mapping(value)),
    "row": lambda self, value: self._row(value),
}
"""The fields of a card that contain other cards or parts of one."""


def _kind(name: str) -> str | None:
    """Return the kind of item whose IDs a field has."""
    if name in _ENTITY_FIELDS:
        return "entity"
    if name in {"device", "devices", "labels"}:
        return name.removesuffix("s")
    target = target_field(name)
    return None if target is None else target.removesuffix("_id")


def _ensure_type(config: Config, known: frozenset[str], default: str | None = None) -> None:
    kind = config.get("type", default)
    if not isinstance(kind, str) or kind not in known:
        raise HiddenError("type")


def _mapping(config: object) -> Config:
    """Return a mapping whose keys are texts. Raises ``HiddenError`` for anything else."""
    if not isinstance(config, Mapping) or not all(isinstance(name, str) for name in config):
        raise HiddenError("config")
    return config


def _items(configs: object) -> list[object]:
    return configs if isinstance(configs, list) else []


def _not_empty[T](before: object, after: list[T]) -> Iterable[T]:
    """Return what is left of a list. Raises ``HiddenError`` if it had items and none is left."""
    if before and not after:
        raise HiddenError("empty")
    return after
