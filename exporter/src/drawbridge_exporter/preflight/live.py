"""Checks of the WebSocket and of the event stream, as clients use them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp

from .context import Context
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Function"
_CHANGE_SECONDS: Final = 30.0
_STREAM_SECONDS: Final = 10.0
_NEEDS_READ: Final = "Add the capability 'read' and a scope to the key, and run again."
_PROXY: Final = "Allow WebSocket upgrades and long connections in the reverse proxy (Upgrade and Connection headers)."
_SUBSCRIPTION: Final = 1
_PING: Final = 2


class LiveError(Exception):
    """The connection does not behave as documented."""


async def websocket(context: Context) -> Verdict:
    """Check that a client can connect and subscribe, that a change arrives, and that the connection is stable."""
    if "read" not in (await context.me()).capabilities:
        return needs_person("The key cannot read states.", _NEEDS_READ)
    started = time.perf_counter()
    try:
        async with connected(context, context.plan.key) as socket:
            entities = await subscribed(socket)
            opened = time.perf_counter() - started
            waited = await _change(socket)
            await _stable(socket, context.plan.stable_seconds)
    except (aiohttp.ClientError, LiveError, TypeError, ValueError) as error:
        return failed(f"The WebSocket does not work: {error}", _PROXY)
    evidence = f"Connected and subscribed to {entities} entities in {opened * 1000:.0f} ms"
    if waited is None:
        return needs_person(
            f"{evidence}, but no state changed within {_CHANGE_SECONDS:.0f} seconds.",
            "Run again, and switch a light while the check waits.",
        )
    return passed(
        f"{evidence}; a change arrived after {waited:.1f} s, and the connection answered a ping after"
        f" {context.plan.stable_seconds:.0f} s."
    )


@asynccontextmanager
async def connected(context: Context, key: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Connect, and authenticate with a key."""
    url = context.plan.url / "api" / "websocket"
    async with context.session.ws_connect(url, ssl=context.tls, max_msg_size=0) as socket:
        await _expect(socket, "auth_required", context.plan.timeout)
        await socket.send_json({"type": "auth", "access_token": key})
        await _expect(socket, "auth_ok", context.plan.timeout)
        yield socket


async def _expect(socket: aiohttp.ClientWebSocketResponse, kind: str, seconds: float) -> dict[str, Any]:
    """Return the next message of a kind; skip events that come before it."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await socket.receive_json()
                if message.get("type") == kind:
                    return dict(message)
                if message.get("type") != "event":
                    problem = f"{message.get('type')} came instead of {kind}: {str(message.get('message', ''))[:100]}"
                    raise LiveError(problem)
    except TimeoutError:
        problem = f"no {kind} within {seconds:.0f} s."
        raise LiveError(problem) from None


async def subscribed(socket: aiohttp.ClientWebSocketResponse) -> int:
    """Subscribe to entities, and return how many there are."""
    await socket.send_json({"id": _SUBSCRIPTION, "type": "subscribe_entities"})
    answer = await _expect(socket, "result", _STREAM_SECONDS)
    if not answer.get("success"):
        problem = f"subscribe_entities was refused: {answer.get('error')}"
        raise LiveError(problem)
    first = await _expect(socket, "event", _STREAM_SECONDS)
    return len(first["event"].get("a", ()))


async def _change(socket: aiohttp.ClientWebSocketResponse) -> float | None:
    """Return the seconds until a change arrived, or None if there was no change."""
    started = time.perf_counter()
    try:
        await _expect(socket, "event", _CHANGE_SECONDS)
    except LiveError:
        if socket.closed:
            raise
        return None
    return time.perf_counter() - started


async def _stable(socket: aiohttp.ClientWebSocketResponse, seconds: float) -> None:
    """Keep the connection open for a time, and check that it still responds."""
    ends = time.perf_counter() + seconds
    while (left := ends - time.perf_counter()) > 0:
        try:
            async with asyncio.timeout(left):
                message = await socket.receive()
        except TimeoutError:
            break
        if message.type is not aiohttp.WSMsgType.TEXT:
            problem = f"the connection was closed after {seconds - left:.0f} s."
            raise LiveError(problem)
    await socket.send_json({"id": _PING, "type": "ping"})
    await _expect(socket, "pong", _STREAM_SECONDS)


async def stream(context: Context) -> Verdict:
    """Check that the event stream starts immediately and that no proxy buffers it."""
    if "read" not in (await context.me()).capabilities:
        return needs_person("The key cannot read states.", _NEEDS_READ)
    headers = {"Authorization": f"Bearer {context.plan.key}", "Accept": "text/event-stream"}
    limit = aiohttp.ClientTimeout(total=_STREAM_SECONDS)
    started = time.perf_counter()
    try:
        async with context.session.get(
            context.plan.url / "api" / "stream", headers=headers, ssl=context.tls, timeout=limit
        ) as response:
            if response.status != 200 or response.content_type != "text/event-stream":  # noqa: PLR2004 - OK
                return failed(
                    f"/api/stream answered {response.status} with {response.content_type}.",
                    "Check for a proxy that answers instead of the bridge.",
                )
            await response.content.readany()
    except TimeoutError:
        return failed(
            f"Nothing arrived on the event stream within {_STREAM_SECONDS:.0f} s.",
            "Turn off buffering for /api/drawbridge/ in the reverse proxy (proxy_buffering off in nginx).",
        )
    return passed(f"The event stream began after {(time.perf_counter() - started) * 1000:.0f} ms.")


CHECKS: Final = (
    Check(_SECTION, "websocket", "The WebSocket connects, delivers changes and is stable", websocket, seconds=120.0),
    Check(_SECTION, "stream", "The event stream is not buffered", stream),
)
