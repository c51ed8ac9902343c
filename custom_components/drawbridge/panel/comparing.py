"""The commands that compare a key with another, or with what its client used."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import voluptuous as vol

from ..flows.learned import propose_for
from ..keys import ApiKey, Capability
from ..learning.lessons import Lesson, Proposal
from ..policy_tests.turns import entities_in
from .commands import KEY_ID, Request, command, not_found, unknown_key
from .key_json import services_of

_OTHER_ID: Final = "other_id"
_MAX_LISTED: Final = 1000

type Part = Mapping[str, Collection[str]]


@command("keys/compare", {vol.Required(KEY_ID): str, vol.Required(_OTHER_ID): str})
async def compare(request: Request) -> dict[str, Any]:
    """Return what only one of two keys may do, and what both may do."""
    first, second = [await _part(request, key) for key in (request.key(), request.key(_OTHER_ID))]
    return {
        "only_first": _listed({name: set(first[name]) - set(second[name]) for name in first}),
        "only_second": _listed({name: set(second[name]) - set(first[name]) for name in first}),
        "both": _listed({name: set(first[name]) & set(second[name]) for name in first}),
    }


@command("proposal", {vol.Required(KEY_ID): str})
async def proposal(request: Request) -> dict[str, Any]:
    """Return what the client of a key in learn mode used, what it was refused, and what it did not use."""
    bridge = request.bridge
    key = bridge.stored_keys.get(request.key().id)
    if key is None:
        raise unknown_key()
    if (lesson := bridge.lessons.get(key.id)) is None:
        raise not_found("Learn mode has recorded nothing for this key.")
    proposed = propose_for(request.hass, bridge, key, lesson)
    seen = set() if proposed.keep_scope else await entities_in(bridge, key.scope)
    used, allowed = _used(proposed), _allowed(key, seen)
    return {
        "used": _listed(used),
        "refused": _listed(_refused(lesson, proposed)),
        "unused": _listed({name: set(allowed[name]) - set(used[name]) for name in used}),
        "doubtful": sorted(proposed.doubtful),
        "left_out": sorted(proposed.left_out),
        "since": lesson.since,
        "requests": lesson.requests,
        "keep_scope": proposed.keep_scope,
    }


def _allowed(key: ApiKey, seen: Collection[str]) -> Part:
    """Return what the key allows, by kind. ``seen`` are the entities in its scope."""
    return {
        "capabilities": key.capabilities,
        "entities": seen,
        "services": key.services,
        "events": key.events,
    }


def _used(proposed: Proposal) -> Part:
    """Return what is proposed, by kind."""
    return {
        "capabilities": proposed.capabilities,
        "entities": proposed.entities,
        "services": proposed.services,
        "events": proposed.events,
    }


def _refused(lesson: Lesson, proposed: Proposal) -> Part:
    """Return what was refused, by kind. Nothing of it is proposed."""
    asked: Part = {
        "capabilities": lesson.capabilities,
        "entities": lesson.entities - proposed.entities - proposed.left_out,
        "services": (lesson.services | lesson.refused_services) - proposed.services,
        "events": lesson.events,
    }
    return {name: proposed.refused.intersection(items) for name, items in asked.items()}


async def _part(request: Request, key: ApiKey) -> Part:
    services = services_of(key) or ()
    return {
        "capabilities": key.capabilities,
        "entities": await entities_in(request.bridge, key.scope),
        "services": (services,) if isinstance(services, str) else services,
        "events": key.events if Capability.FIRE_EVENT in key.capabilities else (),
        "limits": list(_limits(key)),
    }


def _limits(key: ApiKey) -> Iterator[str]:
    """Yield the limits of a key as texts."""
    yield "per_minute default" if key.per_minute is None else f"per_minute {key.per_minute or 'unlimited'}"
    if key.burst is not None:
        yield f"burst {key.burst}"
    if key.expires is not None:
        yield f"expires {key.expires}"
    if key.local_only:
        yield "local_only"
    if key.certificate is not None:
        yield f"certificate {key.certificate}"
    yield from (f"network {item}" for item in key.networks)
    yield from (f"origin {item}" for item in key.cors_origins)
    yield from (f"media_host {item}" for item in key.media_hosts)


def _listed(part: Part) -> dict[str, Any]:
    """Return sorted lists, limited in length, and the number of entities that were left out."""
    lists = {name: sorted(items) for name, items in part.items()}
    return {
        **{name: items[:_MAX_LISTED] for name, items in lists.items()},
        "more": max(0, len(lists["entities"]) - _MAX_LISTED),
    }


COMMANDS: Final = (compare, proposal)
