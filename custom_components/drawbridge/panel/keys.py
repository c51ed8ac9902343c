"""The commands that list and change keys."""

import time
from dataclasses import replace
from typing import Any, Final

import voluptuous as vol

from ..flows.connecting import addresses
from ..keys import digest, generate, key_input
from ..keys.key_input import KeyInputError
from .commands import KEY_ID, Request, command, not_allowed, not_found, unknown_key
from .undo import Deleted

_MAX_OVERLAP_SECONDS: Final = 30 * 86_400
_ENABLED: Final = "enabled"
_OVERLAP: Final = "overlap"
_UNDO: Final = "undo"


@command("keys/subscribe")
async def subscribe(request: Request) -> None:
    """Send the list of keys, now and after each change."""
    request.subscribe(request.panel.keys.follow)


@command("keys/set_enabled", {vol.Required(KEY_ID): str, vol.Required(_ENABLED): bool})
async def set_enabled(request: Request) -> None:
    """Enable or disable a key."""
    enabled = request.data[_ENABLED]
    await request.bridge.change_key(request.key().id, lambda key: replace(key, enabled=enabled))


@command(
    "keys/rotate",
    {
        vol.Required(KEY_ID): str,
        vol.Optional(_OVERLAP, default=0): vol.All(int, vol.Range(0, _MAX_OVERLAP_SECONDS)),
    },
)
async def rotate(request: Request) -> dict[str, Any]:
    """Replace the secret of a key, and return the new one."""
    key, secret, now = request.key(), generate(), time.time()
    overlap = request.data[_OVERLAP]
    await request.bridge.change_key(key.id, lambda key: key.rotated(digest(secret), now, overlap))
    return {"secret": secret, "urls": addresses(request.bridge, key)}


@command("keys/delete", {vol.Required(KEY_ID): str})
async def delete(request: Request) -> dict[str, Any]:
    """Delete a key. It can be restored for 60 seconds."""
    bridge, key_id = request.bridge, request.subentry().subentry_id
    used, lesson = bridge.recorder.counters.keys.get(key_id), bridge.lessons.get(key_id)
    if (content := await bridge.remove_key(key_id)) is None:
        raise unknown_key()
    token, until = request.panel.undos.add(Deleted(key_id, content, used, lesson))
    return {_UNDO: token, "until": until}


@command("keys/undo", {vol.Required(_UNDO): str})
async def undo(request: Request) -> dict[str, Any]:
    """Restore a deleted key."""
    bridge, token = request.bridge, request.data[_UNDO]
    if (deleted := request.panel.undos.get(token)) is None:
        raise not_found("This key can no longer be restored.")
    try:
        key_input.ensure_new_name(deleted.content.title, (item.name for item in bridge.keys))
    except KeyInputError as err:
        raise not_allowed("There is another key with this name now. Rename it first.", "name_taken") from err
    await bridge.keeper.restore(deleted.key_id, deleted.content)
    request.panel.undos.drop(token)
    await bridge.apply()
    if deleted.used is not None:
        bridge.recorder.counters.keys[deleted.key_id] = deleted.used
    if deleted.lesson is not None:
        bridge.lessons.put(deleted.key_id, deleted.lesson)
    return {KEY_ID: deleted.key_id}


COMMANDS: Final = (subscribe, set_enabled, rotate, delete, undo)
