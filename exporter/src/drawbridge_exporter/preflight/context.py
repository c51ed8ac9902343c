"""The context of a run: the plan, the HTTP client and the key's details."""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from ..bridge.client import read_bounded
from ..bridge.snapshot import Snapshot, parse_snapshot

_MAX_BODY_BYTES: Final = 32 * 1024 * 1024
_NOTHING: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Plan:
    """The options of a preflight run."""

    url: URL
    key: str = field(repr=False)
    key_file: Path
    timeout: float = 10.0
    ca_file: Path | None = None
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
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Me:
    """The details of the key in use, from `/key`."""

    name: str
    capabilities: frozenset[str]
    burst: int | None
    per_minute: int | None


class Context:
    """Sends requests to the bridge, and caches the key's details."""

    def __init__(self, plan: Plan, session: aiohttp.ClientSession) -> None:
        """Create a context that sends requests over ``session``."""
        self.plan: Final = plan
        self.session: Final = session
        self.tls: Final = ssl.create_default_context(cafile=plan.ca_file) if plan.url.scheme == "https" else True
        self._me: Me | None = None

    async def ask(
        self, path: str, *, method: str = "GET", key: bool = True, headers: Mapping[str, str] = _NOTHING
    ) -> Reply:
        """Return the bridge's response. ``path`` is relative to its base URL and may have a query.

        Raises:
            aiohttp.ClientError: The request failed.
            TimeoutError: The request timed out.

        """
        own = {"Authorization": f"Bearer {self.plan.key}"} if key else {}
        return await self.ask_url(
            URL(str(self.plan.url) + path, encoded=True), method=method, headers=own | dict(headers)
        )

    async def ask_url(self, url: URL, *, method: str = "GET", headers: Mapping[str, str] = _NOTHING) -> Reply:
        """Return the response of any URL."""
        started = time.perf_counter()
        async with self.session.request(
            method,
            url,
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=self.plan.timeout),
            ssl=self.tls if url.origin() == self.plan.url.origin() else True,
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

    async def raw_snapshot(self) -> Mapping[str, Any]:
        """Return the snapshot's JSON object with all of its members."""
        found = (await self.ask("/metrics")).json()
        return found if isinstance(found, dict) else {}

    async def me(self) -> Me:
        """Return the details of the key."""
        if self._me is None:
            found = (await self.ask("/key")).json()
            told = found if isinstance(found, dict) else {}
            limit = told.get("rate_limit") or {}
            self._me = Me(
                name=str(told.get("name", "")),
                capabilities=frozenset(told.get("capabilities", ())),
                burst=limit.get("burst"),
                per_minute=limit.get("requests_per_minute"),
            )
        return self._me


def problem(reply: Reply) -> str:
    """Return the detail of a problem document, shortened."""
    found = reply.json()
    detail = found.get("detail") if isinstance(found, dict) else None
    return str(detail or "no explanation")[:200]
