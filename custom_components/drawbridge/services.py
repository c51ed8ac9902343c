"""Actions that manage keys, for administrators only."""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.json import JsonValueType
from homeassistant.util.ulid import ulid_now

from .approvals.approvals import ApprovalOverError
from .approvals.model import Answer
from .approvals.notices import describe
from .bridge import Bridge, DrawbridgeConfigEntry
from .const import DOMAIN, SUBENTRY_TYPE_API_KEY
from .issues.scope import known_items
from .keys import ApiKey, Capability, StoredSecret, digest, generate, key_input
from .keys.key_input import MAX_ASK_SECONDS, MIN_ASK_SECONDS, KeyInputError
from .operations import dashboards
from .operations.service_calls import CallPlanner
from .policy_tests.evaluation import Status, evaluate, find_missing
from .policy_tests.guard import BrokenTestsError
from .scope.model import NOTHING
from .telemetry.counters import KeyCounters
from .values import DamagedValueError

KEY: Final = "key"
_ENTITY_ID: Final = "entity_id"
_ACTION: Final = "action"
_OVERLAP: Final = "overlap"
_REQUEST: Final = "request"
_FOR: Final = "allow"
_AUTOMATION: Final = "automation"

_TEXTS: Final = vol.All(cv.ensure_list, [cv.string])
_SELECTION: Final = {
    vol.Optional(name): _TEXTS for name in ("areas", "floors", "labels", "devices", "domains", "entities", "globs")
}
_CREATE: Final = vol.Schema(
    {
        vol.Required("name"): cv.string,
        vol.Optional("capabilities", default=[Capability.READ.value]): vol.All(
            cv.ensure_list, [vol.Coerce(Capability)]
        ),
        vol.Optional("everything", default=False): cv.boolean,
        **_SELECTION,
        vol.Optional("exclude", default=dict): _SELECTION,
        vol.Optional("services"): _TEXTS,
        vol.Optional("events"): _TEXTS,
        vol.Optional("media_hosts"): _TEXTS,
        vol.Optional("dashboards"): _TEXTS,
        vol.Optional("expires"): cv.datetime,
        vol.Optional("local_only", default=False): cv.boolean,
        vol.Optional("networks"): _TEXTS,
        vol.Optional("certificate"): cv.string,
        vol.Optional("per_minute"): vol.All(vol.Coerce(int), vol.Range(0, 1_000_000)),
        vol.Optional("burst"): vol.All(vol.Coerce(int), vol.Range(1, 100_000)),
        vol.Optional("cors_origins"): _TEXTS,
        vol.Optional("tests", default=list): vol.All(cv.ensure_list, [dict]),
        vol.Optional("ask"): _TEXTS,
        vol.Optional("ask_seconds"): vol.All(vol.Coerce(int), vol.Range(MIN_ASK_SECONDS, MAX_ASK_SECONDS)),
    }
)
_ONE_KEY: Final = vol.Schema({vol.Required(KEY): cv.string})
_CHECK: Final = vol.Schema({vol.Optional(KEY): cv.string})
_ROTATE: Final = _ONE_KEY.extend({vol.Optional(_OVERLAP, default=timedelta(days=1)): cv.positive_time_period})
_EXPLAIN: Final = _ONE_KEY.extend(
    {
        vol.Optional(_ENTITY_ID): cv.entity_id,
        vol.Optional(_ACTION): cv.service,
        vol.Optional("data", default=dict): dict,
    }
)
_ONE_REQUEST: Final = vol.Schema({vol.Required(_REQUEST): cv.string})
_APPROVE: Final = _ONE_REQUEST.extend(
    {vol.Optional(_FOR, default=Answer.ONCE.value): vol.In([item.value for item in Answer if item is not Answer.DENY])}
)


type _Action = Callable[[_Call], ServiceResponse | Awaitable[ServiceResponse]]


def register_actions(hass: HomeAssistant) -> None:
    """Register the actions once. They find the loaded entry when they are called."""
    for name, (action, schema) in ACTIONS.items():

        async def handle(call: ServiceCall, action: _Action = action) -> ServiceResponse:
            answer = action(_Call(hass, call.data, call.context))
            return await answer if isinstance(answer, Awaitable) else answer

        async_register_admin_service(hass, DOMAIN, name, handle, schema, supports_response=SupportsResponse.OPTIONAL)


class _Call:
    """An action on the keys of the loaded entry."""

    def __init__(self, hass: HomeAssistant, data: Mapping[str, Any], context: Context) -> None:
        """Find the loaded entry. Raises ``ServiceValidationError`` if there is none."""
        entries: list[DrawbridgeConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
        if not entries:
            raise _error("not_loaded")
        self.hass = hass
        self.entry = entries[0]
        self.data = data
        self.context = context

    @property
    def bridge(self) -> Bridge:
        """The bridge of the entry."""
        return self.entry.runtime_data

    def subentry(self) -> ConfigSubentry:
        """Return the subentry of the key with the given ID or name.

        Raises ``ServiceValidationError`` if no key or several keys match.
        """
        wanted = self.data[KEY]
        keys = self.entry.get_subentries_of_type(SUBENTRY_TYPE_API_KEY)
        found = [item for item in keys if wanted in {item.subentry_id, item.title}]
        if len(found) != 1:
            raise _error("ambiguous_key" if found else "unknown_key", key=wanted)
        return found[0]

    def key(self) -> tuple[ConfigSubentry, ApiKey]:
        """Return the given key and its subentry."""
        subentry = self.subentry()
        try:
            return subentry, ApiKey.from_mapping(subentry.subentry_id, subentry.title, subentry.data)
        except DamagedValueError as err:
            raise _error("damaged_key", name=subentry.title, field=err.field) from err


async def _create(call: _Call) -> ServiceResponse:
    secret = generate()
    stored = (StoredSecret(digest(secret)),)
    try:
        key = _validated(call, ApiKey(ulid_now(), "", stored, created=time.time()))
    except KeyInputError as err:
        raise await _invalid(call.hass, err) from err
    try:
        await call.bridge.keeper.create(key)
    except BrokenTestsError as err:
        raise _error("broken_tests", name=key.name, tests=err.tests) from err
    return {"id": key.id, "name": key.name, "secret": secret}


def _validated(call: _Call, key: ApiKey) -> ApiKey:
    """Return the key with the fields of the action. Raises one ``KeyInputError`` for all invalid fields."""
    data = call.data
    key = key_input.collect(
        key,
        partial(_with_name, call),
        partial(_with_abilities, call),
        partial(_with_scope, call),
        partial(_with_exclude, call),
        lambda key: key_input.with_limits(key, data),
        lambda key: key_input.with_tests(key, data["tests"], partial(find_missing, call.bridge)),
    )
    key_input.ensure_useful(key)
    return key


def _with_name(call: _Call, key: ApiKey) -> ApiKey:
    named = key_input.with_name(key, call.data["name"])
    key_input.ensure_new_name(named.name, (item.name for item in call.bridge.keys))
    return named


def _with_abilities(call: _Call, key: ApiKey) -> ApiKey:
    changed = key_input.with_abilities(key, call.data)
    key_input.ensure_known_dashboards(changed, dashboards.known(call.hass))
    return changed


def _with_scope(call: _Call, key: ApiKey) -> ApiKey:
    changed = key_input.with_scope(key, call.data)
    key_input.ensure_known(changed.scope.include, NOTHING.include, known_items(call.hass))
    return changed


def _with_exclude(call: _Call, key: ApiKey) -> ApiKey:
    changed = key_input.with_exclude(key, call.data["exclude"])
    key_input.ensure_known(changed.scope.exclude, NOTHING.include, known_items(call.hass))
    return changed


async def _rotate(call: _Call) -> ServiceResponse:
    _subentry, key = call.key()
    secret = generate()
    overlap = call.data[_OVERLAP].total_seconds()
    await call.bridge.change_key(key.id, lambda key: key.rotated(digest(secret), time.time(), overlap))
    return {"id": key.id, "name": key.name, "secret": secret}


async def _revoke(call: _Call) -> ServiceResponse:
    subentry = call.subentry()
    await call.bridge.remove_key(subentry.subentry_id)
    return {"id": subentry.subentry_id, "name": subentry.title}


def _list(call: _Call) -> ServiceResponse:
    bridge, usage = call.bridge, call.bridge.recorder.counters.keys
    return {"keys": [_describe(bridge.stored_keys.get(key.id) or key, usage.get(key.id)) for key in bridge.keys]}


def _describe(key: ApiKey, used: KeyCounters | None) -> dict[str, Any]:
    described = key.as_dict()
    secrets = described.pop("secrets")
    return {
        "id": key.id,
        "name": key.name,
        **described,
        "secrets": [{"valid_until": item["valid_until"]} for item in secrets],
        "last_used": used.last_used if used else None,
        "last_address": used.last_address if used else None,
    }


async def _check_tests(call: _Call) -> ServiceResponse:
    """Evaluate the policy tests of one key or of all keys."""
    bridge = call.bridge
    wanted = [call.key()[1]] if KEY in call.data else [bridge.stored_keys.get(key.id) for key in bridge.keys]
    checked: list[JsonValueType] = []
    passed = True
    for key in filter(None, wanted):
        results = await evaluate(bridge, key, time.time())
        passed = passed and all(item.status is Status.PASSED for item in results)
        checked.append({"id": key.id, "name": key.name, "results": [item.as_dict() for item in results]})
    return {"passed": passed, "keys": checked}


def _explain(call: _Call) -> ServiceResponse:
    _subentry, stored = call.key()
    key = call.bridge.keys.get(stored.id) or stored
    answer: dict[str, Any] = {"key": key.name}
    live = call.bridge.directory.live(key.scope)
    if (entity_id := call.data.get(_ENTITY_ID)) is not None:
        facts = call.bridge.directory.facts(entity_id)
        answer["entity"] = {
            "entity_id": entity_id,
            "exists": call.bridge.directory.exists(entity_id),
            "in_scope": key.scope.matches(facts),
            "rule": key.scope.rule(facts),
        }
    if (action := call.data.get(_ACTION)) is not None:
        domain, _, service = action.partition(".")
        answer["action"] = _explain_action(CallPlanner(call.hass, key, live), key, (domain, service), _data(call))
    return answer


def _data(call: _Call) -> dict[str, Any]:
    entity_id = call.data.get(_ENTITY_ID)
    target = {} if entity_id is None else {_ENTITY_ID: entity_id}
    return {**target, **call.data["data"]}


def _explain_action(planner: CallPlanner, key: ApiKey, action: tuple[str, str], data: dict[str, Any]) -> dict[str, Any]:
    if Capability.CONTROL not in key.capabilities:
        return {"allowed": False, "rule": f"capability {Capability.CONTROL} is missing"}
    try:
        planned = planner.plan(*action, data)
    except ValueError as err:
        return {"allowed": False, "rule": str(err)}
    return {
        "allowed": planned.decision.allowed,
        "rule": planned.decision.rule,
        "reached": sorted(planned.reached),
    }


def _error(translation_key: str, /, **placeholders: str) -> ServiceValidationError:
    """Return an error with a translated message."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=translation_key, translation_placeholders=placeholders or None
    )


async def _invalid(hass: HomeAssistant, err: KeyInputError) -> ServiceValidationError:
    """Return the error of an invalid field, or one error that lists those of all invalid fields."""
    if len(err.errors) == 1:
        ((field, code),) = err.errors.items()
        return _error(code, field=field, **err.values)
    texts = await async_get_translations(hass, hass.config.language, "exceptions", {DOMAIN})
    lines = (f"{field}: {_text(texts, code, err.values)}" for field, code in err.errors.items())
    return _error("several_errors", count=str(len(err.errors)), errors=" ".join(lines))


async def _approve(call: _Call) -> ServiceResponse:
    return await _answer(call, Answer(call.data[_FOR]))


async def _deny(call: _Call) -> ServiceResponse:
    return await _answer(call, Answer.DENY)


async def _answer(call: _Call, answer: Answer) -> ServiceResponse:
    """Answer calls that wait. An automation answers for the user who started it, or for itself."""
    await call.bridge.authority.ensure_administrator(call.context)
    by = await call.bridge.authority.administrator(call.context) or _AUTOMATION
    try:
        return describe(await call.bridge.approvals.decide(call.data[_REQUEST], answer, by))
    except ApprovalOverError as err:
        raise _error("approval_over") from err
    except KeyInputError as err:
        raise await _invalid(call.hass, err) from err


def _text(texts: Mapping[str, str], code: str, values: Mapping[str, str]) -> str:
    return texts.get(f"component.{DOMAIN}.exceptions.{code}.message", code).format_map(values)


ACTIONS: Final[Mapping[str, tuple[_Action, vol.Schema]]] = MappingProxyType(
    {
        "create_key": (_create, _CREATE),
        "rotate_key": (_rotate, _ROTATE),
        "revoke_key": (_revoke, _ONE_KEY),
        "list_keys": (_list, vol.Schema({})),
        "explain": (_explain, _EXPLAIN),
        "check_tests": (_check_tests, _CHECK),
        "approve": (_approve, _APPROVE),
        "deny": (_deny, _ONE_REQUEST),
    }
)
"""The handler and the schema of each action."""
