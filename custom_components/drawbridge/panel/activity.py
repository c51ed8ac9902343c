"""The commands about what keys did."""

import time
from functools import partial
from typing import Any, Final

import voluptuous as vol

from ..audit.reads import ReadSum
from ..audit.trail import AuditRecord
from ..keys import ApiKey, TemporaryAdditions
from .changes import Change
from .commands import Request, command, not_allowed, not_found
from .explaining import explain as explained

MAX_LIMIT: Final = 1000
_MIN_SECONDS: Final = 60
_MAX_SECONDS: Final = 86_400
_LIMIT: Final = "limit"
_RECORD_ID: Final = "record_id"
_CHANGE_ID: Final = "change_id"
_SECONDS: Final = "seconds"


@command("activity/subscribe", {vol.Optional(_LIMIT, default=200): vol.All(int, vol.Range(1, MAX_LIMIT))})
async def subscribe(request: Request) -> None:
    """Send the latest records, then new ones."""
    request.subscribe(partial(request.panel.activity.follow, limit=request.data[_LIMIT]))


@command("activity/explain", {vol.Required(_RECORD_ID): int})
async def explain(request: Request) -> dict[str, Any]:
    """Return the rule that decided, and the smallest change that would allow a refused request."""
    record = _record(request)
    return explained(request.bridge, record, _stored_key(request, record)).as_dict()


@command(
    "activity/allow",
    {
        vol.Required(_RECORD_ID): int,
        vol.Required(_CHANGE_ID): str,
        vol.Optional(_SECONDS): vol.All(int, vol.Range(_MIN_SECONDS, _MAX_SECONDS)),
    },
)
async def allow(request: Request) -> dict[str, Any]:
    """Make the change that was explained, for good or for a time."""
    record = _record(request)
    key = _stored_key(request, record)
    change = explained(request.bridge, record, key).change
    if key is None or change is None or change.id != request.data[_CHANGE_ID]:
        raise not_allowed("This change is no longer offered, because the key or Home Assistant changed.", "change_gone")
    seconds, now = request.data.get(_SECONDS), time.time()
    until = None if seconds is None else now + seconds
    await request.bridge.change_key(key.id, partial(_changed, key, change, until, now))
    return {"until": until}


def _changed(explained_key: ApiKey, change: Change, until: float | None, now: float, stored: ApiKey) -> ApiKey:
    """Return the stored key with a change, which must still be the key that the change was found for."""
    if stored != explained_key:
        raise not_allowed("The key was changed in the meantime.", "key_changed")
    if until is None:
        return stored.with_additions(change.adds)
    try:
        return stored.with_temporary(TemporaryAdditions.of(change.adds, until), now)
    except ValueError as err:
        raise not_allowed(f"{str(err).capitalize()}.", "too_many_temporary") from err


def _record(request: Request) -> AuditRecord | ReadSum:
    record = request.bridge.audit.find(request.data[_RECORD_ID])
    if record is None:
        raise not_found("This record is not kept anymore.")
    return record


def _stored_key(request: Request, record: AuditRecord | ReadSum) -> ApiKey | None:
    return None if record.key_id is None else request.bridge.stored_keys.get(record.key_id)


COMMANDS: Final = (subscribe, explain, allow)
