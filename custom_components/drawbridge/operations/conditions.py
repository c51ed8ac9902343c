"""Client-supplied conditions on entities in scope: evaluated once, or followed."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, override

import voluptuous as vol
from homeassistant.core import Event, EventStateChangedData, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import condition as conditions, trace
from homeassistant.helpers.event import async_track_state_change_event, async_track_time_interval

from ..keys import Capability
from ..refusal import RefusedError, bad_request, failed
from .automation_config import Placeholders, has_template, listed
from .caller import Caller
from .declaration import Operation
from .watch import Watch

TEST: Final = Operation("conditions.test", Capability.READ)
FOLLOW: Final = Operation("conditions.follow", Capability.READ)

_GROUPS: Final = frozenset({"and", "not", "or"})
_COMMON: Final = frozenset({"alias", "condition", "enabled"})
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(_GROUPS, _COMMON | {"conditions"}),
    "numeric_state": _COMMON | {"above", "attribute", "below", "entity_id"},
    "state": _COMMON | {"attribute", "entity_id", "for", "match", "state"},
}
_HELPER: Final = re.compile(r"input_(?:select|text|number|boolean|datetime)\.\w+")
_POLL: Final = timedelta(seconds=1)
_UNSUPPORTED: Final = "Only the conditions state, numeric_state, and, or and not can be used, without templates."

type Report = Callable[[dict[str, Any]], None]


class Condition:
    """A compiled condition in which IDs outside the scope are replaced by placeholders."""

    def __init__(self, checker: Any, placeholders: Placeholders, *, is_timed: bool) -> None:  # noqa: ANN401 - its class differs by version
        """Wrap a checker. ``is_timed`` is true if its result can change without a state change."""
        self._checker = checker
        self.placeholders = placeholders
        self.is_timed = is_timed

    def check(self) -> bool | None:
        """Return whether the condition is true; ``None`` for a disabled condition.

        Raises:
            RefusedError: The condition cannot be evaluated.

        """
        # Home Assistant keeps a trace of each evaluation, which would grow without bound.
        trace.trace_get()
        try:
            result: bool | None = self._checker.async_check()
        except HomeAssistantError as err:
            raise failed(self.placeholders.restored(str(err))) from err
        return result

    def unload(self) -> None:
        """Release the resources that Home Assistant keeps for the condition."""
        self._checker.async_unload()


async def read(caller: Caller, config: Any) -> Condition:  # noqa: ANN401 - what the schema returned
    """Compile a condition for a caller.

    Args:
        caller: The key that sent the condition.
        config: The condition, as validated by Home Assistant's schema.

    Raises:
        RefusedError: The condition is of a type that keys may not use.
        HomeAssistantError: Home Assistant rejects the condition.

    """
    placeholders = Placeholders(caller)
    _ensure_plain(config)
    shown = _with_placeholders(deepcopy(config), placeholders)
    caller.activity.reached = frozenset(placeholders.named)
    try:
        valid = await conditions.async_validate_condition_config(caller.hass, shown)
        checker = await conditions.async_from_config(caller.hass, valid)
    except vol.Invalid as err:
        raise bad_request(placeholders.restored(str(err))) from err
    return Condition(checker, placeholders, is_timed=_is_timed(config))


async def test(caller: Caller, config: Any) -> bool | None:  # noqa: ANN401 - the same
    """Evaluate a condition once. Raises the exceptions of ``read`` and ``Condition.check``."""
    condition = await read(caller, config)
    try:
        return condition.check()
    finally:
        condition.unload()


class ConditionWatch(Watch):
    """Reports the result of a condition whenever it changes."""

    def __init__(self, current: Callable[[], Caller], config: Any, report: Report) -> None:  # noqa: ANN401 - the same
        """Follow a condition. ``report`` is called with the event that Home Assistant's own command sends."""
        super().__init__(current)
        self._config = config
        self._report = report
        self._condition: Condition | None = None
        self._stops: list[Callable[[], None]] = []
        self._last: dict[str, Any] | None = None

    @override
    async def attach(self) -> None:
        if not self.may_go_on(Capability.READ):
            self.detach()
            return
        condition = await read(self.current(), self._config)
        if self.is_over:
            condition.unload()
            return
        self.detach()
        self._condition, self.placeholders = condition, condition.placeholders
        self._stops = [
            async_track_state_change_event(self.hass, condition.placeholders.seen, self._changed),
        ]
        if condition.is_timed:
            poll = partial(async_track_time_interval, self.hass, self._polled, _POLL)
            self._stops.append(poll(name="drawbridge condition"))
        if self._last is not None:
            self.evaluate()

    @override
    def detach(self) -> None:
        for stop in self._stops:
            stop()
        self._stops = []
        if self._condition is not None:
            self._condition.unload()
            self._condition = None

    def evaluate(self) -> None:
        """Evaluate the condition, and report the result if it has changed."""
        if self._condition is None:
            return
        try:
            found: dict[str, Any] = {"result": self._condition.check()}
        except RefusedError as err:
            found = {"error": err.message}
        if found != self._last:
            self._last = found
            self._report(found)

    @callback
    def _changed(self, _event: Event[EventStateChangedData]) -> None:
        # After all listeners have the event: it depends on other entities, also on hidden ones, which of them is first.
        self.hass.loop.call_soon(self.evaluate)

    @callback
    def _polled(self, _now: datetime) -> None:
        self.evaluate()


def _ensure_plain(config: Any) -> None:  # noqa: ANN401 - the same
    """Raise ``RefusedError`` if the condition has a type that keys may not use, or a template."""
    kind = str(config.get("condition")) if isinstance(config, Mapping) else ""
    if kind not in _FIELDS or not config.keys() <= _FIELDS[kind]:
        raise bad_request(_UNSUPPORTED)
    if kind in _GROUPS:
        for part in config["conditions"]:
            _ensure_plain(part)
        config = {name: value for name, value in config.items() if name != "conditions"}
    if has_template(config):
        raise bad_request(_UNSUPPORTED)


def _with_placeholders(config: dict[str, Any], placeholders: Placeholders) -> dict[str, Any]:
    """Replace IDs outside the scope by placeholders, in place."""
    if config["condition"] in _GROUPS:
        config["conditions"] = [_with_placeholders(part, placeholders) for part in config["conditions"]]
        return config
    config["entity_id"] = [placeholders.entity(item) for item in config["entity_id"]]
    for name in ("above", "below"):
        if isinstance(config.get(name), str):
            config[name] = placeholders.entity(config[name])
    if "attribute" in config:
        config["attribute"] = placeholders.attribute(config["attribute"])
    if "state" in config:
        # Home Assistant uses the ID of an `input_*` helper as a reference to its state.
        config["state"] = [
            placeholders.entity(item) if isinstance(item, str) and _HELPER.fullmatch(item) else item
            for item in listed(config["state"])
        ]
    return config


def _is_timed(config: Mapping[str, Any]) -> bool:
    return "for" in config or any(map(_is_timed, config.get("conditions", ())))
