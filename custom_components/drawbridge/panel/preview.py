"""The command that shows what a change of a key would do, before it is made."""

import time
from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from ..flows import key_forms as forms
from ..flows.learned import as_learned, propose_for
from ..keys import Additions, ApiKey, Capability, key_input
from ..keys.key_input import KeyInputError
from ..policy_tests.replay import Replay, ReplayedChange, replay
from .commands import KEY_ID, Request, command, not_allowed, not_found, unknown_key
from .record_json import described_subject

_ADDS: Final = "adds"
_LEARNED: Final = "learned"
_PERMISSIONS: Final = "permissions"
_MAX_ITEMS: Final = 500
_TEXTS: Final = vol.All([vol.All(str, vol.Length(max=255))], vol.Length(max=_MAX_ITEMS))
_CAPABILITIES: Final = vol.All([vol.Coerce(Capability)], vol.Length(max=len(Capability)))
_SELECTION: Final = {
    vol.Optional(name): _TEXTS for name in ("areas", "floors", "labels", "devices", "domains", "entities", "globs")
}
_LISTS: Final = {
    vol.Optional("capabilities", default=list): _CAPABILITIES,
    **{vol.Optional(name, default=list): _TEXTS for name in ("entities", "services", "events")},
}
_NEW: Final = {
    vol.Optional("everything"): bool,
    vol.Optional("include"): _SELECTION,
    vol.Optional("exclude"): _SELECTION,
    vol.Optional("capabilities"): _CAPABILITIES,
    vol.Optional("services"): _TEXTS,
    vol.Optional("events"): _TEXTS,
}


@command(
    "preview",
    {
        vol.Required(KEY_ID): str,
        vol.Exclusive(_ADDS, "change"): _LISTS,
        vol.Exclusive(_LEARNED, "change"): True,
        vol.Exclusive(_PERMISSIONS, "change"): _NEW,
    },
)
async def preview(request: Request) -> dict[str, Any]:
    """Return the policy tests that a change would break, and the outcome that the recorded requests would have."""
    bridge, now = request.bridge, time.time()
    key = bridge.stored_keys.get(request.key().id)
    if key is None:
        raise unknown_key()
    try:
        proposed = _proposed(request, key)
    except KeyInputError as err:
        raise not_allowed(f"The key would be invalid: {err}.") from err
    broken = await bridge.policy.broken_by(key, proposed)
    records = [record for _, record in bridge.audit.numbered() if record.key_id == key.id]
    found = await replay(bridge, records, key, proposed, now)
    return {"broken": [item.as_dict() for item in broken], "replay": _described(request, found)}


def _proposed(request: Request, key: ApiKey) -> ApiKey:
    data = request.data
    if _ADDS in data:
        return key.with_additions(Additions(**{name: frozenset(items) for name, items in data[_ADDS].items()}))
    if _LEARNED in data:
        return _as_learned(request, key)
    return _with_permissions(key, data.get(_PERMISSIONS, {}))


def _as_learned(request: Request, key: ApiKey) -> ApiKey:
    """Return the key with learn mode's proposal, as it would be if it was submitted unchanged."""
    if (lesson := request.bridge.lessons.get(key.id)) is None:
        raise not_found("Learn mode has recorded nothing for this key.")
    return as_learned(key, forms.learned_of(propose_for(request.hass, request.bridge, key, lesson)))


def _with_permissions(key: ApiKey, new: Mapping[str, Any]) -> ApiKey:
    """Return the key with other permissions. What is not named stays as it is."""
    if "include" in new or "everything" in new:
        everything = new.get("everything", key.scope.everything)
        key = key_input.with_scope(key, {"everything": everything, **new.get("include", key.scope.include.as_dict())})
    if "exclude" in new:
        key = key_input.with_exclude(key, new["exclude"])
    lists = {name: new.get(name, getattr(key, name)) for name in ("capabilities", "services", "events")}
    return key_input.with_abilities(key, lists)


def _described(request: Request, found: Replay) -> dict[str, Any]:
    return {
        "requests": found.requests,
        "since": found.since,
        "refused": found.refused,
        "partly": found.partly,
        "allowed": found.allowed,
        "changes": [_change(request, item) for item in found.changes],
        "more": found.more,
    }


def _change(request: Request, change: ReplayedChange) -> dict[str, Any]:
    return {
        "outcome": change.outcome.name.lower(),
        "count": change.count,
        "latest": change.latest,
        "rule": change.rule,
        "subject": described_subject(request.hass, change.subject),
    }


COMMANDS: Final = (preview,)
