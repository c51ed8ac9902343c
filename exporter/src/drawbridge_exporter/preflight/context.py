"""What checks share: the bridge, its snapshot, the key, and what was asked for."""

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
    """What preflight was asked to do."""

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
    """An answer; ``seconds`` is the time until its last byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the body's JSON, None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Me:
    """What ``/key`` says of the key in use."""

    name: str
    capabilities: frozenset[str]
    burst: int | None
    per_minute: int | None


class Context:
    """The bridge as checks see it; what is asked once is kept."""

    def __init__(self, plan: Plan, session: aiohttp.ClientSession) -> None:
        """Ask over ``session``."""
        self.plan: Final = plan
        self.session: Final = session
        self.tls: Final = ssl.create_default_context(cafile=plan.ca_file) if plan.url.scheme == "https" else True
        self._me: Me | None = None

    async def ask(
        self, path: str, *, method: str = "GET", key: bool = True, headers: Mapping[str, str] = _NOTHING
    ) -> Reply:
        """Return the bridge's answer; ``path`` starts at its base and may have a query.

        Raises:
            aiohttp.ClientError: There was no answer.
            TimeoutError: Nor within the time limit.

        """
        own = {"Authorization": f"Bearer {self.plan.key}"} if key else {}
        return await self.ask_url(
            URL(str(self.plan.url) + path, encoded=True), method=method, headers=own | dict(headers)
        )

    async def ask_url(self, url: URL, *, method: str = "GET", headers: Mapping[str, str] = _NOTHING) -> Reply:
        """Return the answer of any address."""
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
        """Return the snapshot of this moment.

        Raises:
            ValueError: The key may not read it, or it is of another shape.

        """
        reply = await self.ask("/metrics")
        if reply.status != 200:  # noqa: PLR2004 - OK
            message = f"/metrics answered {reply.status}: {problem(reply)}"
            raise ValueError(message)
        return parse_snapshot(reply.body)

    async def raw_snapshot(self) -> Mapping[str, Any]:
        """Return the snapshot's own members, those that no version knows yet included."""
        found = (await self.ask("/metrics")).json()
        return found if isinstance(found, dict) else {}

    async def me(self) -> Me:
        """Return what the bridge says of the key."""
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
    """Return what a problem document says, shortened."""
    found = reply.json()
    detail = found.get("detail") if isinstance(found, dict) else None
    return str(detail or "no explanation")[:200]
