"""Checks of who is let in: keys, bypass attempts, rate limit, origins, secrets."""

import asyncio
import re
import secrets
import stat
import string
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from ..bridge.snapshot import KeyUsage
from .context import Context, Reply
from .model import Check, Finding, failed, needs_person, passed

_SECTION: Final = "Security"
_PROTECTED: Final = "/api/states"
_REFUSALS: Final = range(400, 500)
_DAY: Final = 86_400.0
_ROTATE_DAYS: Final = 365
_EXPIRY_DAYS: Final = 7
_UNUSED_DAYS: Final = 90
_KEY_LENGTH: Final = 49
_CHECKSUM_LENGTH: Final = 6
_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_MAX_BURST: Final = 1000
_LONGEST_PAUSE_SECONDS: Final = 10.0
_STRANGE_ORIGIN: Final = "https://preflight.invalid"
_SECRET: Final = re.compile(rb"dbk_[0-9A-Za-z]{49}")
_MAX_SCAN_BYTES: Final = 16 * 1024 * 1024
_WHERE: Final = "Settings > Devices & services > Drawbridge"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One try to get in without a right key."""

    what: str
    path: str = _PROTECTED
    method: str = "GET"
    headers: Mapping[str, str] | None = None


def _invented_key() -> str:
    """Return a key that nobody made, in the form of a real one: its checksum is right."""
    body = "dbk_" + "".join(secrets.choice(_BASE62) for _ in range(_KEY_LENGTH - _CHECKSUM_LENGTH))
    number, checksum = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_BASE62))
        checksum = _BASE62[digit] + checksum
    return body + checksum


def _attempts(key: str) -> Iterator[_Attempt]:
    """Yield the tries; none of them shows a right key to the bridge in a wrong place."""
    invented = _invented_key()
    cut = key[:-1]
    yield _Attempt("no key")
    yield _Attempt("an empty key", headers={"Authorization": "Bearer "})
    yield _Attempt("an invented key", headers={"Authorization": f"Bearer {invented}"})
    yield _Attempt("an invented key in X-API-Key", headers={"X-API-Key": invented})
    yield _Attempt("a key that was cut", headers={"Authorization": f"Bearer {cut}"})
    yield _Attempt("a Home Assistant token", headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})
    yield _Attempt("basic auth", headers={"Authorization": "Basic YWRtaW46YWRtaW4="})
    yield _Attempt("a key in the URL", path=f"{_PROTECTED}?api_key={invented}&access_token={invented}")
    yield _Attempt("a doubled slash", path="/" + _PROTECTED)
    yield _Attempt("an encoded path", path="/api/%73tates")
    yield _Attempt("a path that climbs", path="/health/..%2fapi%2fstates")
    yield _Attempt("another method by header", method="POST", headers={"X-HTTP-Method-Override": "GET"})
    yield _Attempt("HEAD", method="HEAD")
    yield _Attempt("a forwarded address", headers={"X-Forwarded-For": "127.0.0.1", "X-Original-URL": "/health"})
    yield _Attempt("the metrics", path="/metrics")
    yield _Attempt("the key's own page", path="/key")


async def authentication(context: Context) -> Finding:
    """Is a key asked for at all?"""
    reply = await context.ask(_PROTECTED, key=False)
    if reply.status != HTTPStatus.UNAUTHORIZED:
        return failed(
            f"{_PROTECTED} without a key answered {reply.status}, not 401.",
            "Take the bridge off the network and look at what answers there.",
        )
    if "bearer" not in reply.headers.get("WWW-Authenticate", "").lower():
        return failed("The 401 has no WWW-Authenticate: Bearer.", "Look for a proxy that strips headers.")
    health = await context.ask("/health", key=False)
    if set(health.json() or {}) - {"status"}:
        return failed("/health tells more than its status without a key.", "Update Drawbridge.")
    return passed(f"{_PROTECTED} without a key answers 401, and /health tells its status alone.")


async def bypass(context: Context) -> Finding:
    """Do the usual ways round a key lead anywhere?"""
    let_in, tried = [], 0
    for attempt in _attempts(context.plan.key):
        reply = await context.ask(attempt.path, method=attempt.method, key=False, headers=attempt.headers or {})
        tried += 1
        if reply.status not in _REFUSALS:
            let_in.append(f"{attempt.what}: {reply.status}")
        # A right key in between keeps this address from being locked out, which would blind the exporter too.
        await context.ask("/health")
    if let_in:
        return failed(
            f"{len(let_in)} of {tried} attempts were not refused: {'; '.join(let_in)}.",
            "Take the bridge off the network and report it.",
        )
    return passed(
        f"All {tried} attempts were refused: no, invented, cut and foreign keys, odd paths, methods and headers."
    )


async def capability(context: Context) -> Finding:
    """May the key do what it is for, and nothing more?"""
    me = await context.me()
    spare = me.capabilities - {"metrics", "read"}
    if "metrics" not in me.capabilities:
        return failed(f"The key {me.name!r} lacks the capability 'metrics'.", f"Add it in {_WHERE}.")
    if spare:
        return failed(
            f"The key {me.name!r} may also {', '.join(sorted(spare))}.",
            f"Take away what monitoring does not need, in {_WHERE}.",
        )
    return passed(f"The key {me.name!r} has the capabilities {', '.join(sorted(me.capabilities))}, and no others.")


def _named(keys: list[KeyUsage]) -> str:
    return ", ".join(repr(key.name) for key in keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")  # noqa: PLR2004 - as many as a line holds


async def rotation(context: Context) -> Finding:
    """Is every key young enough?"""
    keys, now = (await context.snapshot()).keys, time.time()
    dated = [key for key in keys if key.created is not None]
    if len(dated) < len(keys):
        return needs_person(
            "The bridge does not tell when its keys were made.",
            "Rotate keys that are older than a year; update Drawbridge.",
        )
    old = [key for key in dated if now - max(key.created or 0, key.rotated or 0) > _ROTATE_DAYS * _DAY]
    if old:
        return failed(
            f"{len(old)} of {len(keys)} keys are older than {_ROTATE_DAYS} days: {_named(old)}.",
            f"Rotate them in {_WHERE}; the old secret stays valid for the overlap that you choose.",
        )
    return passed(f"All {len(keys)} keys were made or rotated within {_ROTATE_DAYS} days.")


async def expiring(context: Context) -> Finding:
    """Does a key end soon?"""
    keys, now = (await context.snapshot()).keys, time.time()
    soon = [key for key in keys if key.expires is not None and key.expires - now < _EXPIRY_DAYS * _DAY]
    if soon:
        return failed(
            f"{len(soon)} keys have expired or do so within {_EXPIRY_DAYS} days: {_named(soon)}.",
            f"Renew those that are needed and remove the others, in {_WHERE}.",
        )
    return passed(f"None of the {len(keys)} keys expires within {_EXPIRY_DAYS} days.")


async def unused(context: Context) -> Finding:
    """Is there a key that nobody needs?"""
    keys, now = (await context.snapshot()).keys, time.time()
    idle = [key for key in keys if now - (key.last_used or key.created or now) > _UNUSED_DAYS * _DAY]
    if idle:
        return failed(
            f"{len(idle)} keys have not been used for {_UNUSED_DAYS} days: {_named(idle)}.",
            f"Remove or disable them in {_WHERE}.",
        )
    never = [key for key in keys if key.last_used is None]
    if never:
        return passed(
            f"None of the {len(keys)} keys lay idle for {_UNUSED_DAYS} days; {len(never)} are new and not used yet."
        )
    return passed(f"All {len(keys)} keys were used within {_UNUSED_DAYS} days.")


async def secret_leaks(context: Context) -> Finding:
    """Does a secret stand where it should not?"""
    places = [
        f"the answer of {path}"
        for path in ("/health", "/key", "/metrics", "/openapi.json")
        if _SECRET.search((await context.ask(path)).body)
    ]
    places += [str(path) for folder in context.plan.scan for path in _files(folder) if _holds_secret(path)]
    mode = context.plan.key_file.stat().st_mode
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        places.append(f"{context.plan.key_file}, which others than its owner may read")
    if places:
        return failed(
            f"Keys in: {'; '.join(places[:5])}.",
            "Rotate those keys, keep them in files of their own with mode 600, and name the files instead.",
        )
    scanned = (
        f" Nor does any file below {', '.join(map(str, context.plan.scan))}."
        if context.plan.scan
        else " Give --scan FOLDER to look through your configuration too."
    )
    return passed(f"No answer of the bridge holds a key, and the key file is its owner's alone.{scanned}")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _holds_secret(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _SECRET.search(file.read(_MAX_SCAN_BYTES)) is not None
    except OSError:
        return False


async def rate_limit(context: Context) -> Finding:
    """Does the limit hold, and does it say so in its headers?"""
    me = await context.me()
    if me.burst is None or me.per_minute is None:
        return failed(f"The key {me.name!r} has no rate limit.", f"Set one for the key, or for all, in {_WHERE}.")
    if me.burst > _MAX_BURST and not context.plan.load:
        return needs_person(
            f"{me.burst} requests at once are allowed; that many are only sent with --load.", "Run again with --load."
        )
    first = await context.ask("/health")
    missing = [name for name in ("RateLimit", "RateLimit-Policy") if name not in first.headers]
    if missing:
        return failed(
            f"Answers lack {' and '.join(missing)}.", "Look for a proxy that strips headers, or update Drawbridge."
        )
    refused, sent = await _until_refused(context, 2 * me.burst + me.per_minute)
    if refused is None:
        return failed(
            f"{sent} requests in a row were all answered; the limit is {me.per_minute} a minute.",
            "Look at the limit's setting, and for a cache in between.",
        )
    wait = refused.headers.get("Retry-After")
    if wait is None:
        return failed("The 429 has no Retry-After.", "Look for a proxy that strips headers, or update Drawbridge.")
    await asyncio.sleep(min(float(wait) if wait.isdecimal() else _LONGEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS))
    return passed(
        f"Request {sent} in a row was answered 429 with Retry-After: {wait}, and those before with RateLimit headers."
    )


async def _until_refused(context: Context, most: int) -> tuple[Reply | None, int]:
    """Ask until the limit refuses; return the refusal, if any, and the number of requests."""
    for sent in range(1, most + 1):
        reply = await context.ask("/health")
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            return reply, sent
    return None, most


def _preflight(origin: str) -> dict[str, str]:
    return {"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}


async def cors(context: Context) -> Finding:
    """May pages of the configured origins read answers, and no others?"""
    strange = await context.ask(_PROTECTED, method="OPTIONS", key=False, headers=_preflight(_STRANGE_ORIGIN))
    granted = strange.headers.get("Access-Control-Allow-Origin")
    read = (await context.ask("/health", headers={"Origin": _STRANGE_ORIGIN})).headers.get(
        "Access-Control-Allow-Origin"
    )
    if granted or read:
        return failed(
            f"A page of any origin may read answers (Access-Control-Allow-Origin: {granted or read}).",
            f"List the origins that need it, instead of *, in {_WHERE}.",
        )
    for origin in context.plan.origins:
        reply = await context.ask(_PROTECTED, method="OPTIONS", key=False, headers=_preflight(origin))
        if reply.headers.get("Access-Control-Allow-Origin") != origin:
            return failed(f"Pages of {origin} may not read answers.", f"Add the origin in {_WHERE}.")
    if context.plan.origins:
        return passed(
            f"Pages of {', '.join(context.plan.origins)} may read answers; those of a strange origin may not."
        )
    return passed("Pages of a strange origin may not read answers. Give --cors-origin for those that should.")


CHECKS: Final = (
    Check(_SECTION, "auth-enabled", "API key authentication is on", authentication),
    Check(_SECTION, "auth-bypass", "Attempts to get round it are refused", bypass),
    Check(_SECTION, "auth-capability", "The monitoring key may do no more than it needs", capability),
    Check(_SECTION, "keys-rotated", "Keys were rotated lately", rotation),
    Check(_SECTION, "keys-expiring", "No key is about to expire", expiring),
    Check(_SECTION, "keys-unused", "No key lies unused", unused),
    Check(_SECTION, "secrets", "No secret stands in configuration or answers", secret_leaks),
    Check(_SECTION, "cors", "Only the configured origins may read answers", cors),
)
# It empties the key's bucket, so it comes after everything else that asks with that key.
LAST_CHECKS: Final = (Check(_SECTION, "rate-limit", "The rate limit answers 429 with its headers", rate_limit),)
