"""The context of a run: the plan, the HTTP client and the key's details."""

import asyncio
import json
import re
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypedDict, Unpack

import aiohttp
from yarl import URL

from ..bridge.client import read_bounded
from ..bridge.document import parse_json
from ..bridge.keys import KeyUsage
from ..bridge.snapshot import Snapshot, parse_snapshot
from ..config.values import ClientCertificate
from .profile import LoadProfile
from .sources import Sources

_MAX_BODY_BYTES: Final = 32 * 1024 * 1024
_MAX_RETRY_SECONDS: Final = 10.0
_MAX_PAUSE_SECONDS: Final = 5.0
_UNKNOWN_WAIT_SECONDS: Final = 60.0
_RESERVE: Final = 8
_LEFT: Final = re.compile(r";\s*r=(\d+)")
_POLICY: Final = re.compile(r";\s*q=(\d+)\s*;\s*w=(\d+)")
_NOTHING: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Signature:
    """Who has confirmed an item that only a person can check, and when."""

    by: str
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The options of a preflight run."""

    url: URL
    key: str = field(repr=False)
    key_file: Path
    timeout: float = 10.0
    ca_file: Path | None = None
    client_certificate: ClientCertificate | None = None
    listener: URL | None = None
    """The address of the listener; None for its port at the host of ``url``."""
    origins: tuple[str, ...] = ()
    prometheus: URL | None = None
    grafana: URL | None = None
    grafana_token: str = field(default="", repr=False)
    manifest: str = ""
    backup: Path | None = None
    scan: tuple[Path, ...] = ()
    load: bool = False
    load_key: str = field(default="", repr=False)
    load_seconds: float = 10.0
    load_profile: LoadProfile | None = None
    profile: str = "organisation"
    max_seconds: float = 300.0
    stable_seconds: float = 5.0
    signed: Mapping[str, Signature] = field(default_factory=dict)
    sources: Sources = field(default_factory=Sources)


@dataclass(frozen=True, slots=True)
class Reply:
    """A response. `seconds` is the time until its last byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the body's JSON, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Me:
    """The details of the key in use, from `/key`."""

    name: str
    capabilities: frozenset[str]
    burst: int | None
    per_minute: int | None


def parse_me(body: bytes) -> Me:
    """Return the details of a key from the body of `/key`.

    Raises:
        InvalidJSONError: The body is not JSON.
        InvalidDocumentError: The body is not such a document.

    """
    document = parse_json(body)
    limit = document.present("rate_limit")
    return Me(
        name=document.member("name").text(),
        capabilities=frozenset(item.text() for item in document.member("capabilities").items()),
        burst=None if limit is None else limit.member("burst").count(),
        per_minute=None if limit is None else limit.member("requests_per_minute").count(),
    )


class _Sent(TypedDict, total=False):
    """The parts of a request, without the key."""

    method: str
    headers: Mapping[str, str]
    data: bytes | None


class Context:
    """Sends requests to the bridge, and caches the key's details."""

    def __init__(self, plan: Plan, session: aiohttp.ClientSession) -> None:
        """Create a context that sends requests over ``session``."""
        self.plan = plan
        self.session: Final = session
        self.tls: Final = self.verified_tls() if plan.url.scheme == "https" else True
        self.first: Snapshot | None = None
        """The snapshot from before this run's own traffic."""
        self.peak: float | None = None
        """The requests per second that the load test reached."""
        self.figures: dict[str, float] = {}
        """Measurements of this run, which a later run compares itself with."""
        self.silent: dict[URL, str] = {}
        """Why servers besides the bridge cannot be asked, by their origin."""
        self._me: Me | None = None
        self._keys: Sequence[KeyUsage] | None = None

    def verified_tls(self) -> ssl.SSLContext:
        """Return a TLS context that verifies the server, and presents the client certificate if there is one."""
        context = ssl.create_default_context(cafile=self.plan.ca_file)
        if self.plan.client_certificate is not None:
            self.plan.client_certificate.load_into(context)
        return context

    async def ask(self, path: str, *, key: bool = True, **sent: Unpack[_Sent]) -> Reply:
        """Return the bridge's response, and wait for the rate limit of the key instead of using it up.

        ``path`` is relative to the bridge's base URL and may have a query.

        Raises:
            aiohttp.ClientError: The request failed.
            TimeoutError: The request timed out.

        """
        reply = await self.ask_now(path, key=key, **sent)
        if not key:
            return reply
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS and retry_after(reply) <= _MAX_RETRY_SECONDS:
            await asyncio.sleep(retry_after(reply))
            reply = await self.ask_now(path, key=key, **sent)
        await asyncio.sleep(pause(reply))
        return reply

    async def ask_now(self, path: str, *, key: bool = True, **sent: Unpack[_Sent]) -> Reply:
        """Return the bridge's response, without waiting for the rate limit."""
        own = {"Authorization": f"Bearer {self.plan.key}"} if key else {}
        url = URL(str(self.plan.url).rstrip("/") + path, encoded=True)
        sent["headers"] = own | dict(sent.get("headers", _NOTHING))
        return await self.ask_url(url, **sent)

    async def ask_url(
        self,
        url: URL,
        *,
        method: str = "GET",
        headers: Mapping[str, str] = _NOTHING,
        data: bytes | None = None,
        verified: bool = True,
    ) -> Reply:
        """Return the response of any URL, also over TLS with a certificate that is not ``verified``."""
        started, own = time.perf_counter(), self.tls if url.origin() == self.plan.url.origin() else True
        async with self.session.request(
            method,
            url,
            headers=headers,
            data=data,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=self.plan.timeout),
            ssl=own if verified else False,
        ) as response:
            body = await read_bounded(response, _MAX_BODY_BYTES)
            return Reply(response.status, response.headers, body, time.perf_counter() - started)

    async def snapshot(self) -> Snapshot:
        """Return the current snapshot.

        Raises:
            ValueError: The key cannot read the snapshot, or the snapshot is invalid.

        """
        reply = await self.ask("/metrics")
        if reply.status != 200:  # noqa: PLR2004 - OK
            message = f"/metrics answered {reply.status}: {problem(reply)}"
            raise ValueError(message)
        return parse_snapshot(reply.body)

    async def keys(self) -> Sequence[KeyUsage]:
        """Return the keys of the bridge, as they were when they were first asked for. Raises as ``snapshot`` does."""
        if self._keys is None:
            self._keys = (await self.snapshot()).keys
        return self._keys

    async def raw_snapshot(self) -> Mapping[str, Any]:
        """Return the snapshot's JSON object with all of its members."""
        found = (await self.ask("/metrics")).json()
        return found if isinstance(found, dict) else {}

    async def me(self) -> Me:
        """Return the details of the key."""
        if self._me is None:
            self._me = parse_me((await self.ask("/key")).body)
        return self._me


def problem(reply: Reply) -> str:
    """Return the detail of a problem document, shortened."""
    found = reply.json()
    detail = found.get("detail") if isinstance(found, dict) else None
    return str(detail or "no explanation")[:200]


def reason(reply: Reply) -> str:
    """Return the reason of a refusal by the bridge, or an empty string for another response."""
    found = reply.json()
    return str(found.get("reason", "")) if isinstance(found, dict) else ""


def retry_after(reply: Reply) -> float:
    """Return the seconds after which a refused request can be repeated."""
    text = reply.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else _UNKNOWN_WAIT_SECONDS


def pause(reply: Reply) -> float:
    """Return the seconds to wait, so that the rate limit of the key always has some requests left."""
    left = _LEFT.search(reply.headers.get("RateLimit", ""))
    policy = _POLICY.search(reply.headers.get("RateLimit-Policy", ""))
    if left is None or policy is None:
        return 0.0
    quota, window = int(policy[1]), int(policy[2])
    missing = min(_RESERVE, quota // 2) - int(left[1])
    return min(max(0.0, missing * window / max(quota, 1)), _MAX_PAUSE_SECONDS)
