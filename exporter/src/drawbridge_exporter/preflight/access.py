"""Access checks: authentication, API keys, rate limit, CORS and secrets."""

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
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Security"
_PROTECTED: Final = "/api/states"
_REFUSALS: Final = range(400, 500)
_SECONDS_PER_DAY: Final = 86_400.0
_MAX_KEY_AGE_DAYS: Final = 365
_EXPIRY_DAYS: Final = 7
_UNUSED_DAYS: Final = 90
_KEY_LENGTH: Final = 49
_CHECKSUM_LENGTH: Final = 6
_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_MAX_BURST: Final = 1000
_MAX_PAUSE_SECONDS: Final = 10.0
_UNKNOWN_ORIGIN: Final = "https://preflight.invalid"
_SECRET: Final = re.compile(rb"dbk_[0-9A-Za-z]{49}")
_MAX_SCAN_BYTES: Final = 16 * 1024 * 1024
_WHERE: Final = "Settings > Devices & services > Drawbridge"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt to get access without a valid key."""

    what: str
    path: str = _PROTECTED
    method: str = "GET"
    headers: Mapping[str, str] | None = None


def _unknown_key() -> str:
    """Return a key that does not exist but has a valid format and checksum."""
    body = "dbk_" + "".join(secrets.choice(_BASE62) for _ in range(_KEY_LENGTH - _CHECKSUM_LENGTH))
    number, checksum = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_BASE62))
        checksum = _BASE62[digit] + checksum
    return body + checksum


def _attempts(key: str) -> Iterator[_Attempt]:
    """Yield the attempts. None of them sends the real key."""
    unknown = _unknown_key()
    truncated = key[:-1]
    yield _Attempt("no key")
    yield _Attempt("an empty key", headers={"Authorization": "Bearer "})
    yield _Attempt("an unknown key", headers={"Authorization": f"Bearer {unknown}"})
    yield _Attempt("an unknown key in X-API-Key", headers={"X-API-Key": unknown})
    yield _Attempt("a truncated key", headers={"Authorization": f"Bearer {truncated}"})
    yield _Attempt("a Home Assistant token", headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})
    yield _Attempt("basic auth", headers={"Authorization": "Basic YWRtaW46YWRtaW4="})
    yield _Attempt("a key in the URL", path=f"{_PROTECTED}?api_key={unknown}&access_token={unknown}")
    yield _Attempt("a doubled slash", path="/" + _PROTECTED)
    yield _Attempt("an encoded path", path="/api/%73tates")
    yield _Attempt("path traversal", path="/health/..%2fapi%2fstates")
    yield _Attempt("a method override header", method="POST", headers={"X-HTTP-Method-Override": "GET"})
    yield _Attempt("HEAD", method="HEAD")
    yield _Attempt("a forwarded address", headers={"X-Forwarded-For": "127.0.0.1", "X-Original-URL": "/health"})
    yield _Attempt("the metrics", path="/metrics")
    yield _Attempt("the key's own page", path="/key")


async def authentication(context: Context) -> Verdict:
    """Check that the bridge requires an API key."""
    reply = await context.ask(_PROTECTED, key=False)
    if reply.status != HTTPStatus.UNAUTHORIZED:
        return failed(
            f"{_PROTECTED} without a key answered {reply.status}, not 401.",
            "Disconnect the bridge from the network, and find out which program responds.",
        )
    if "bearer" not in reply.headers.get("WWW-Authenticate", "").lower():
        return failed("The 401 has no WWW-Authenticate: Bearer.", "Check for a proxy that removes headers.")
    health = await context.ask("/health", key=False)
    if set(health.json() or {}) - {"status"}:
        return failed("/health returns more than the status without a key.", "Update Drawbridge.")
    return passed(f"{_PROTECTED} without a key returns 401, and /health returns only the status.")


async def bypass(context: Context) -> Verdict:
    """Check that common authentication bypasses are refused."""
    let_in, tried = [], 0
    for attempt in _attempts(context.plan.key):
        reply = await context.ask(attempt.path, method=attempt.method, key=False, headers=attempt.headers or {})
        tried += 1
        if reply.status not in _REFUSALS:
            let_in.append(f"{attempt.what}: {reply.status}")
        # A request with the valid key resets the count of failures, so that this address is not locked out.
        await context.ask("/health")
    if let_in:
        return failed(
            f"{len(let_in)} of {tried} attempts were not refused: {'; '.join(let_in)}.",
            "Disconnect the bridge from the network, and report a vulnerability.",
        )
    return passed(
        f"All {tried} attempts without a valid key were refused, with unusual paths, methods and headers too."
    )


async def capability(context: Context) -> Verdict:
    """Check that the key has only the capabilities that monitoring needs."""
    me = await context.me()
    spare = me.capabilities - {"metrics", "read"}
    if "metrics" not in me.capabilities:
        return failed(f"The key {me.name!r} lacks the capability 'metrics'.", f"Add it in {_WHERE}.")
    if spare:
        return failed(
            f"The key {me.name!r} also has the capabilities {', '.join(sorted(spare))}.",
            f"Remove the capabilities that monitoring does not need, in {_WHERE}.",
        )
    return passed(f"The key {me.name!r} has the capabilities {', '.join(sorted(me.capabilities))} only.")


def _named(keys: list[KeyUsage]) -> str:
    return ", ".join(repr(key.name) for key in keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")  # noqa: PLR2004 - as many as a line holds


async def rotation(context: Context) -> Verdict:
    """Check that every key was created or rotated within a year."""
    keys, now = (await context.snapshot()).keys, time.time()
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
            f"Rotate them in {_WHERE}; the old secret stays valid for the overlap that you choose.",
        )
    return passed(f"All {len(keys)} keys were created or rotated within {_MAX_KEY_AGE_DAYS} days.")


async def expiring(context: Context) -> Verdict:
    """Check that no key has expired or expires soon."""
    keys, now = (await context.snapshot()).keys, time.time()
    soon = [key for key in keys if key.expires is not None and key.expires - now < _EXPIRY_DAYS * _SECONDS_PER_DAY]
    if soon:
        return failed(
            f"{len(soon)} keys have expired or expire within {_EXPIRY_DAYS} days: {_named(soon)}.",
            f"Change the expiry of the keys that are in use, and remove the others, in {_WHERE}.",
        )
    return passed(f"None of the {len(keys)} keys expires within {_EXPIRY_DAYS} days.")


async def unused(context: Context) -> Verdict:
    """Check that every key has been used recently."""
    keys, now = (await context.snapshot()).keys, time.time()
    idle = [key for key in keys if now - (key.last_used or key.created or now) > _UNUSED_DAYS * _SECONDS_PER_DAY]
    if idle:
        return failed(
            f"{len(idle)} keys have not been used for {_UNUSED_DAYS} days: {_named(idle)}.",
            f"Remove or disable them in {_WHERE}.",
        )
    never = [key for key in keys if key.last_used is None]
    if never:
        return passed(
            f"None of the {len(keys)} keys was unused for {_UNUSED_DAYS} days; {len(never)} are new and not yet used."
        )
    return passed(f"All {len(keys)} keys were used within {_UNUSED_DAYS} days.")


async def secret_leaks(context: Context) -> Verdict:
    """Check that no API key is in a response, in a scanned file or in a key file that others can read."""
    places = [
        f"the response of {path}"
        for path in ("/health", "/key", "/metrics", "/openapi.json")
        if _SECRET.search((await context.ask(path)).body)
    ]
    places += [str(path) for folder in context.plan.scan for path in _files(folder) if _holds_secret(path)]
    mode = context.plan.key_file.stat().st_mode
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        places.append(f"{context.plan.key_file}, which users other than its owner can read")
    if places:
        return failed(
            f"API keys found in: {'; '.join(places[:5])}.",
            "Rotate those keys, and keep them in key files with mode 600.",
        )
    scanned = (
        f" No file in {', '.join(map(str, context.plan.scan))} contains one."
        if context.plan.scan
        else " Use --scan FOLDER to search your configuration too."
    )
    return passed(f"No response of the bridge contains an API key, and only its owner can read the key file.{scanned}")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _holds_secret(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _SECRET.search(file.read(_MAX_SCAN_BYTES)) is not None
    except OSError:
        return False


async def rate_limit(context: Context) -> Verdict:
    """Check that the rate limit is enforced and announced in headers."""
    me = await context.me()
    if me.burst is None or me.per_minute is None:
        return failed(
            f"The key {me.name!r} has no rate limit.", f"Set a rate limit for the key or for all keys, in {_WHERE}."
        )
    if me.burst > _MAX_BURST and not context.plan.load:
        return needs_person(
            f"The key allows bursts of {me.burst} requests. Preflight sends that many only with --load.",
            "Run again with --load.",
        )
    first = await context.ask("/health")
    missing = [name for name in ("RateLimit", "RateLimit-Policy") if name not in first.headers]
    if missing:
        return failed(
            f"Responses lack {' and '.join(missing)}.", "Check for a proxy that removes headers, or update Drawbridge."
        )
    refused, sent = await _until_refused(context, 2 * me.burst + me.per_minute)
    if refused is None:
        return failed(
            f"None of {sent} consecutive requests was refused; the limit is {me.per_minute} a minute.",
            "Check the rate limit's setting, and for a cache in front of the bridge.",
        )
    wait = refused.headers.get("Retry-After")
    if wait is None:
        return failed("The 429 has no Retry-After.", "Check for a proxy that removes headers, or update Drawbridge.")
    await asyncio.sleep(min(float(wait) if wait.isdecimal() else _MAX_PAUSE_SECONDS, _MAX_PAUSE_SECONDS))
    return passed(
        f"Consecutive request {sent} returned 429 with Retry-After: {wait}; responses carry RateLimit headers."
    )


async def _until_refused(context: Context, most: int) -> tuple[Reply | None, int]:
    """Send requests until the rate limit refuses one. Return the refusal, if any, and the number of requests."""
    for sent in range(1, most + 1):
        reply = await context.ask("/health")
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            return reply, sent
    return None, most


def _preflight(origin: str) -> dict[str, str]:
    return {"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}


async def cors(context: Context) -> Verdict:
    """Check that CORS allows the configured origins and no others."""
    strange = await context.ask(_PROTECTED, method="OPTIONS", key=False, headers=_preflight(_UNKNOWN_ORIGIN))
    granted = strange.headers.get("Access-Control-Allow-Origin")
    read = (await context.ask("/health", headers={"Origin": _UNKNOWN_ORIGIN})).headers.get(
        "Access-Control-Allow-Origin"
    )
    if granted or read:
        return failed(
            f"CORS allows every origin (Access-Control-Allow-Origin: {granted or read}).",
            f"Replace * by the origins that need access, in {_WHERE}.",
        )
    for origin in context.plan.origins:
        reply = await context.ask(_PROTECTED, method="OPTIONS", key=False, headers=_preflight(origin))
        if reply.headers.get("Access-Control-Allow-Origin") != origin:
            return failed(f"CORS does not allow {origin}.", f"Add the origin in {_WHERE}.")
    if context.plan.origins:
        return passed(f"CORS allows {', '.join(context.plan.origins)} and refuses an unknown origin.")
    return passed("CORS refuses an unknown origin. Use --cors-origin to check the origins that need access.")


CHECKS: Final = (
    Check(_SECTION, "auth-enabled", "The bridge requires an API key", authentication),
    Check(_SECTION, "auth-bypass", "Authentication bypasses are refused", bypass),
    Check(_SECTION, "auth-capability", "The monitoring key has only the capabilities that it needs", capability),
    Check(_SECTION, "keys-rotated", "Keys were rotated within a year", rotation),
    Check(_SECTION, "keys-expiring", "No key expires soon", expiring),
    Check(_SECTION, "keys-unused", "No key is unused", unused),
    Check(_SECTION, "secrets", "No API key is in configuration or responses", secret_leaks),
    Check(_SECTION, "cors", "CORS allows only the configured origins", cors),
)
# This check uses up the key's rate limit, so it runs after all other checks.
LAST_CHECKS: Final = (Check(_SECTION, "rate-limit", "The rate limit returns 429 with its headers", rate_limit),)
