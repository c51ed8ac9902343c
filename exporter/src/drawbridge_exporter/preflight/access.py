"""Access checks: authentication, API keys, rate limit, CORS and secrets."""

import asyncio
import os
import re
import secrets
import stat
import string
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from .context import Context, Reply, retry_after
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Security"
_PROTECTED: Final = "/api/states"
_REFUSALS: Final = range(400, 500)
_MEANT: Final = frozenset({401, 403, 404, 405})
_KEY_LENGTH: Final = 49
_CHECKSUM_LENGTH: Final = 6
_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_MAX_BURST: Final = 1000
_SECONDS_PER_MINUTE: Final = 60.0
_AT_ONCE: Final = 10
_MAX_PAUSE_SECONDS: Final = 20.0
_REQUESTS_LEFT: Final = 40
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
    filtered: bool = False
    """Whether Home Assistant itself may refuse the request with 400, before the bridge sees it."""


def _unknown_key() -> str:
    """Return a key that does not exist but has a valid format and checksum."""
    body = "dbk_" + "".join(secrets.choice(_BASE62) for _ in range(_KEY_LENGTH - _CHECKSUM_LENGTH))
    number, checksum = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_BASE62))
        checksum = _BASE62[digit] + checksum
    return body + checksum


def _attempts() -> Iterator[_Attempt]:
    """Yield attempts without a key. They do not count towards the lock-out of this address."""
    yield _Attempt("no key")
    yield _Attempt("a key in the URL", path=f"{_PROTECTED}?api_key={_unknown_key()}&access_token={_unknown_key()}")
    yield _Attempt("a doubled slash", path="/" + _PROTECTED)
    yield _Attempt("an encoded path", path="/api/%73tates")
    yield _Attempt("path traversal", path="/health/..%2fapi%2fstates", filtered=True)
    yield _Attempt("a method override header", method="POST", headers={"X-HTTP-Method-Override": "GET"})
    yield _Attempt("HEAD", method="HEAD")
    yield _Attempt("another original URL", headers={"X-Original-URL": "/health", "X-Rewrite-URL": "/health"})
    yield _Attempt("a forwarded address", headers={"X-Forwarded-For": "127.0.0.1"}, filtered=True)
    yield _Attempt("the metrics", path="/metrics")
    yield _Attempt("the key's own page", path="/key")


def _guesses() -> Iterator[_Attempt]:
    """Yield attempts with wrong keys, few enough that several runs within half an hour do not cause a lock-out."""
    yield _Attempt("an unknown key", headers={"Authorization": f"Bearer {_unknown_key()}"})
    yield _Attempt("a Home Assistant token", headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})


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
    """Check that common authentication bypasses are refused with the expected status."""
    let_in, odd, tried = [], [], 0
    for attempt in (*_attempts(), *_guesses()):
        reply = await context.ask(attempt.path, method=attempt.method, key=False, headers=attempt.headers or {})
        tried += 1
        if reply.status not in _REFUSALS:
            let_in.append(f"{attempt.what}: {reply.status}")
        elif reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            return needs_person(
                f"This address is locked out, so that {attempt.what} was not checked.",
                f"Wait {retry_after(reply):.0f} seconds, and run again. Each run sends two wrong keys.",
            )
        elif reply.status not in _MEANT and not (attempt.filtered and reply.status == HTTPStatus.BAD_REQUEST):
            odd.append(f"{attempt.what}: {reply.status}")
    return _judge(let_in, odd, tried)


def _judge(let_in: list[str], odd: list[str], tried: int) -> Verdict:
    """Return the verdict for the attempts that were admitted, and for those refused with an unexpected status."""
    if let_in:
        return failed(
            f"{len(let_in)} of {tried} attempts were not refused: {'; '.join(let_in)}.",
            "Disconnect the bridge from the network, and report a vulnerability.",
        )
    if odd:
        return failed(
            f"{len(odd)} of {tried} attempts were refused with an unexpected status: {'; '.join(odd)}.",
            "Check for a proxy or another program that answers instead of the bridge.",
        )
    return passed(
        f"All {tried} attempts without a valid key were refused, also with unusual paths, methods and headers."
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


async def secret_leaks(context: Context) -> Verdict:
    """Check that no API key is in a response, in a scanned file or in a key file that others can read."""
    places = [
        f"the response of {path}"
        for path in ("/health", "/key", "/metrics", "/openapi.json")
        if _SECRET.search((await context.ask(path)).body)
    ]
    places += [str(path) for folder in context.plan.scan for path in _files(folder) if _holds_secret(path)]
    places += [f"the environment variable {name}" for name, value in os.environ.items() if _is_secret(value)]
    mode = context.plan.key_file.stat().st_mode
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        places.append(f"{context.plan.key_file}, which users other than its owner can read")
    if places:
        return failed(
            f"API keys found in: {'; '.join(places[:5])}.",
            "Rotate those keys, and keep them in key files with mode 600, not in variables such as BRIDGE_API_KEY.",
        )
    scanned = (
        f" No file in {', '.join(map(str, context.plan.scan))} contains one."
        if context.plan.scan
        else " Use --scan FOLDER to search your configuration too."
    )
    return passed(f"No response of the bridge contains an API key, and only its owner can read the key file.{scanned}")


def _is_secret(text: str) -> bool:
    return _SECRET.search(text.encode(errors="replace")) is not None


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
    if first.seconds * me.per_minute / _SECONDS_PER_MINUTE > _AT_ONCE / 2:
        return needs_person(
            f"A response takes {first.seconds:.1f} s, so that this client cannot reach {me.per_minute} a minute.",
            "Run again when the bridge is faster, or with a key whose limit is lower.",
        )
    return await _exhaust(context, 2 * me.burst + me.per_minute, me.per_minute)


async def _exhaust(context: Context, most: int, per_minute: int) -> Verdict:
    """Send requests until one is refused, then wait until the key can be used again."""
    refused, sent = await _until_refused(context, most)
    if refused is None:
        return failed(
            f"None of {sent} consecutive requests was refused; the limit is {per_minute} a minute.",
            "Check the rate limit's setting, and for a cache in front of the bridge.",
        )
    wait = refused.headers.get("Retry-After")
    if wait is None:
        return failed("The 429 has no Retry-After.", "Check for a proxy that removes headers, or update Drawbridge.")
    await _refilled(per_minute)
    return passed(f"One of {sent} requests returned 429 with Retry-After: {wait}; responses carry RateLimit headers.")


async def _refilled(per_minute: int) -> None:
    """Wait until the key can be used again."""
    await asyncio.sleep(min(_REQUESTS_LEFT * 60 / per_minute, _MAX_PAUSE_SECONDS))


async def _until_refused(context: Context, most: int) -> tuple[Reply | None, int]:
    """Send requests until the rate limit refuses one. Return the refusal, if any, and the number of requests."""
    for sent in range(_AT_ONCE, most + _AT_ONCE, _AT_ONCE):
        replies = await asyncio.gather(*(context.ask_now("/health") for _ in range(_AT_ONCE)))
        for reply in replies:
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
    Check(_SECTION, "auth-capability", "The monitoring key has only the capabilities that it needs", capability),
    Check(_SECTION, "secrets", "No API key is in configuration or responses", secret_leaks),
    Check(_SECTION, "cors", "CORS allows only the configured origins", cors),
)
# These checks send wrong keys and use up the key's rate limit, so they run after all other checks.
LAST_CHECKS: Final = (
    Check(_SECTION, "auth-bypass", "Authentication bypasses are refused", bypass),
    Check(_SECTION, "rate-limit", "The rate limit returns 429 with its headers", rate_limit),
)
