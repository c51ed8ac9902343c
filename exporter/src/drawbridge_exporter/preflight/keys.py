"""Checks of all API keys of the bridge, as the metrics snapshot describes them."""

import time
from collections.abc import Callable
from typing import Final

from ..bridge.keys import KeyUsage
from .checklist import ORGANISATION
from .context import Context
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Keys"
_SECONDS_PER_DAY: Final = 86_400.0
_MAX_KEY_AGE_DAYS: Final = 365
_EXPIRY_DAYS: Final = 7
_UNUSED_DAYS: Final = 90
_NAMES_SHOWN: Final = 5
_ACTING: Final = frozenset({"control", "set_state", "fire_event"})
WHERE: Final = "Settings > Devices & services > Drawbridge"


def _named(keys: list[KeyUsage]) -> str:
    more = len(keys) - _NAMES_SHOWN
    return ", ".join(repr(key.name) for key in keys[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


async def rotation(context: Context) -> Verdict:
    """Check that every key was created or rotated within a year."""
    keys, now = await context.keys(), time.time()
    dated = [key for key in keys if key.created is not None]
    if len(dated) < len(keys):
        return needs_person(
            "The bridge does not report when its keys were created.",
            "Update Drawbridge, or rotate keys that are older than a year.",
        )
    old = [key for key in dated if now - max(key.created or 0, key.rotated or 0) > _MAX_KEY_AGE_DAYS * _SECONDS_PER_DAY]
    if old:
        return failed(
            f"{len(old)} of {len(keys)} keys are older than {_MAX_KEY_AGE_DAYS} days: {_named(old)}.",
            f"Rotate them in {WHERE}; the old secret stays valid for the overlap that you choose.",
        )
    return passed(f"All {len(keys)} keys were created or rotated within {_MAX_KEY_AGE_DAYS} days.")


async def expiring(context: Context) -> Verdict:
    """Check that no key has expired or expires soon."""
    keys, now = await context.keys(), time.time()
    soon = [key for key in keys if key.expires is not None and key.expires - now < _EXPIRY_DAYS * _SECONDS_PER_DAY]
    if soon:
        return failed(
            f"{len(soon)} keys have expired or expire within {_EXPIRY_DAYS} days: {_named(soon)}.",
            f"Change the expiry of the keys that are in use, and remove the others, in {WHERE}.",
        )
    return passed(f"None of the {len(keys)} keys expires within {_EXPIRY_DAYS} days.")


async def unused(context: Context) -> Verdict:
    """Check that every key has been used recently."""
    keys, now = await context.keys(), time.time()
    idle = [key for key in keys if now - (key.last_used or key.created or now) > _UNUSED_DAYS * _SECONDS_PER_DAY]
    if idle:
        return failed(
            f"{len(idle)} keys have not been used for {_UNUSED_DAYS} days: {_named(idle)}.",
            f"Remove or disable them in {WHERE}.",
        )
    never = [key for key in keys if key.last_used is None]
    if never:
        return passed(
            f"None of the {len(keys)} keys was unused for {_UNUSED_DAYS} days; {len(never)} are new and not yet used."
        )
    return passed(f"All {len(keys)} keys were used within {_UNUSED_DAYS} days.")


async def _enabled(context: Context, member: str) -> list[KeyUsage] | None:
    """Return the enabled keys, or None if the bridge does not report the member of one of them."""
    keys = [key for key in await context.keys() if key.enabled is not False]
    return None if any(getattr(key, member) is None for key in keys) else keys


_OLD_BRIDGE: Final = needs_person(
    "The bridge does not report this information about its keys.", f"Update Drawbridge, or check the keys in {WHERE}."
)


def _judged(context: Context, evidence: str, fix: str) -> Verdict:
    """Return a failure for an organisation. In a household, it may be intended, so it needs a person."""
    return failed(evidence, fix) if context.plan.profile == ORGANISATION else needs_person(evidence, fix)


async def limits(context: Context) -> Verdict:
    """Check that every enabled key has a rate limit."""
    keys = await _enabled(context, "per_minute")
    if keys is None:
        return _OLD_BRIDGE
    free = [key for key in keys if key.per_minute == 0]
    if free:
        return failed(f"{len(free)} keys have no rate limit: {_named(free)}.", f"Set a limit for them, in {WHERE}.")
    return passed(f"All {len(keys)} enabled keys have a rate limit.")


async def breadth(context: Context) -> Verdict:
    """Check that no key may act on everything."""
    keys = await _enabled(context, "everything")
    if keys is None:
        return _OLD_BRIDGE
    broad = [key for key in keys if key.everything and _may_act(key)]
    if broad:
        return _judged(
            context,
            f"{len(broad)} keys see everything and may control it: {_named(broad)}.",
            f"Limit their scope to what their clients need. Learn mode shows what that is, in {WHERE}.",
        )
    return passed(f"None of the {len(keys)} enabled keys may act on everything.")


def _may_act(key: KeyUsage) -> bool:
    return bool((key.capabilities or frozenset()) & _ACTING)


async def ends(context: Context) -> Verdict:
    """Check that every key that may act has an expiry."""
    return await _acting_keys_have(context, lambda key: key.expires is not None, "an expiry")


async def networks(context: Context) -> Verdict:
    """Check that every key that may act is limited to networks."""
    return await _acting_keys_have(context, lambda key: bool(key.networks_limited), "a limit to some networks")


async def _acting_keys_have(context: Context, has: Callable[[KeyUsage], bool], what: str) -> Verdict:
    keys = await _enabled(context, "networks_limited")
    if keys is None:
        return _OLD_BRIDGE
    acting = [key for key in keys if _may_act(key)]
    without = [key for key in acting if not has(key)]
    if without:
        return _judged(
            context,
            f"{len(without)} keys that may control things do not have {what}: {_named(without)}.",
            f"Set it in {WHERE}. Otherwise, a stolen key works from any network and does not expire.",
        )
    return passed(f"All {len(acting)} enabled keys that may control things have {what}.")


CHECKS: Final = (
    Check(_SECTION, "keys-rotated", "Keys were rotated within a year", rotation),
    Check(_SECTION, "keys-expiring", "No key expires soon", expiring),
    Check(_SECTION, "keys-unused", "No key is unused", unused),
    Check(_SECTION, "keys-limit", "Every key has a rate limit", limits),
    Check(_SECTION, "keys-breadth", "No key may control everything", breadth),
    Check(_SECTION, "keys-end", "Keys that control things expire", ends),
    Check(_SECTION, "keys-network", "Keys that control things are limited to networks", networks),
)
