"""Client-supplied triggers on entities in scope and on events from the key's list."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any, Final, override

import voluptuous as vol
from homeassistant.core import Context, Event, State, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.json import ExtendedJSONEncoder, json_bytes
from homeassistant.helpers.trigger import async_initialize_triggers, async_validate_trigger_config
from homeassistant.util.json import json_loads_object

from ..const import DOMAIN
from ..keys import Capability
from ..log import get_logger
from ..refusal import bad_request
from ..scope.own_events import may_receive
from ..scope.references import TooDeepError, find_references
from ..states.state_json import redacted_state
from .automation_config import Placeholders, listed
from .caller import Caller
from .declaration import Operation
from .event_filter import Data, EventFilter
from .visible_registries import SUBJECTS, VisibleRegistries
from .watch import Watch

FOLLOW: Final = Operation("triggers.follow", Capability.READ)

MAX_TRIGGERS: Final = 100

_LOGGER = get_logger(__name__)
_EVENT: Final = "event"
_COMMON: Final = frozenset({"alias", "enabled", "id", "platform"})
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    _EVENT: _COMMON | {"context", "event_data", "event_type"},
    "numeric_state": _COMMON | {"above", "attribute", "below", "entity_id", "for"},
    "state": _COMMON | {"attribute", "entity_id", "for", "from", "not_from", "not_to", "to"},
    "time": _COMMON | {"at", "weekday"},
    "time_pattern": _COMMON | {"hours", "minutes", "seconds"},
}
_UNSUPPORTED: Final = (
    "Only the triggers state, numeric_state, time, time_pattern and event can be used, without templates and variables."
)

type Config = Mapping[str, Any]
type Report = Callable[[bytes], None]


class TriggerWatch(Watch):
    """Reports when one of several triggers fires."""

    def __init__(self, current: Callable[[], Caller], configs: Sequence[Config], report: Report) -> None:
        """Create a watch.

        Args:
            current: Returns the caller with the current key.
            configs: The triggers, as validated by Home Assistant's schema.
            report: Called with the event that Home Assistant's own command sends, as JSON.

        Raises:
            RefusedError: One of the triggers is of a type that keys may not use.

        """
        super().__init__(current)
        _ensure_plain(configs)
        self._configs = configs
        self._report = report
        self._attached_for: frozenset[str] | None = None
        self._stop_triggers: Callable[[], None] | None = None

    @override
    async def attach(self) -> None:
        if not self.may_go_on(Capability.READ):
            self.detach()
            return
        caller = self.current()
        placeholders = Placeholders(caller)
        shown = [_with_placeholders(deepcopy(dict(config)), placeholders) for config in self._configs]
        if placeholders.hidden == self._attached_for:
            # A trigger that is waiting for its `for` time continues.
            return
        caller.activity.reached = frozenset(placeholders.named)
        try:
            valid = await async_validate_trigger_config(caller.hass, shown)
        except vol.Invalid as err:
            raise bad_request(placeholders.restored(str(err))) from err
        self.detach()
        self.placeholders, self._attached_for = placeholders, placeholders.hidden
        stop = await async_initialize_triggers(caller.hass, valid, self._fired, DOMAIN, "of an API key", _LOGGER.log)
        if self.is_over and stop is not None:
            stop()
        else:
            self._stop_triggers = stop

    @override
    def detach(self) -> None:
        self._attached_for = None
        if self._stop_triggers is not None:
            self._stop_triggers()
            self._stop_triggers = None

    @callback
    def _fired(self, variables: Mapping[str, Any], context: Context | None = None) -> None:
        if not self.may_go_on(Capability.READ):
            return
        shown = _shown(self.current(), variables["trigger"], self._configs)
        if shown is not None:
            message = {"variables": {"trigger": shown}, "context": context}
            text = json.dumps(message, cls=ExtendedJSONEncoder, allow_nan=False, separators=(",", ":"))
            # After all listeners have the event that fired the trigger: it depends on other entities, also on hidden
            # ones, which of them is first.
            self.hass.loop.call_soon(self._send, text.encode())

    @callback
    def _send(self, text: bytes) -> None:
        if self.may_go_on(Capability.READ):
            self._report(text)


def _ensure_plain(configs: Sequence[Config]) -> None:
    """Raise ``RefusedError`` if a trigger has a type that keys may not use, or a template."""
    if len(configs) > MAX_TRIGGERS:
        raise bad_request(f"There can be {MAX_TRIGGERS} triggers at most.")
    for config in configs:
        kind = config["platform"]
        if kind not in _FIELDS or not config.keys() <= _FIELDS[kind] or _is_templated(config):
            raise bad_request(_UNSUPPORTED)


def _is_templated(config: Config) -> bool:
    try:
        return find_references(config).templated
    except TooDeepError:
        return True


def _with_placeholders(config: dict[str, Any], placeholders: Placeholders) -> dict[str, Any]:
    """Replace IDs outside the scope by placeholders, in place. Home Assistant validates malformed values."""
    if "entity_id" in config:
        with suppress(vol.Invalid):
            config["entity_id"] = [placeholders.entity(item) for item in cv.entity_ids_or_uuids(config["entity_id"])]
    for name in ("above", "below"):
        if name in config:
            config[name] = _other_entity(config[name], placeholders)
    if isinstance(config.get("attribute"), str):
        config["attribute"] = placeholders.attribute(config["attribute"])
    if config["platform"] == "time" and "at" in config:
        config["at"] = [_other_entity(item, placeholders) for item in listed(config["at"])]
    return config


def _other_entity(value: Any, placeholders: Placeholders) -> Any:  # noqa: ANN401 - any JSON value
    """Replace an entity that provides a time or a limit."""
    if isinstance(value, dict) and "entity_id" in value:
        return {**value, "entity_id": _other_entity(value["entity_id"], placeholders)}
    if not isinstance(value, str) or "." not in value or ":" in value or _is_number(value):
        return value
    return placeholders.entity(value.strip().lower())


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _shown(caller: Caller, trigger: Mapping[str, Any], configs: Sequence[Config]) -> dict[str, Any] | None:
    """Return the visible variables of a fired trigger; ``None`` if the key may not see it."""
    entity_id = trigger.get("entity_id")
    if entity_id is not None and not caller.home.allows(entity_id):
        return None
    shown = dict(trigger)
    for name, value in trigger.items():
        if isinstance(value, State):
            shown[name] = redacted_state(value, caller.redaction)
        elif isinstance(value, Event):
            data = _event_data(caller, value, configs[int(trigger["idx"])])
            if data is None:
                return None
            shown[name] = {**value.as_dict(), "data": data}
    return shown


def _event_data(caller: Caller, event: Event[Any], config: Config) -> Data | None:
    """Return the visible data of an event on the key's list."""
    kind = str(event.event_type)
    if not may_receive(kind, caller.key.events):
        return None
    registries = VisibleRegistries(caller.hass, caller.home.scope)
    effect = None
    if kind in SUBJECTS:
        if not registries.everything:
            return None
        effect = registries.note(event)
    data = EventFilter(caller, registries).data(event, effect)
    if data is None or not _is_open(config.get("event_data", {}), json_loads_object(json_bytes(event.data)), data):
        return None
    return data


def _is_open(wanted: Mapping[str, Any], actual: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Return whether no value that the trigger was matched with is redacted.

    Otherwise clients could guess the value.
    """
    for name, value in wanted.items():
        one, other = actual.get(name), shown.get(name)
        if one == other:
            continue
        if not (isinstance(value, Mapping) and isinstance(one, Mapping) and isinstance(other, Mapping)):
            return False
        if not _is_open(value, one, other):
            return False
    return True
