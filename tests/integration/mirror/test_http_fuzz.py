"""Requests made up at random, sent as bytes: each gets an answer of a known form, and others are served meanwhile."""

import asyncio
import gzip
import json
import logging
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import pytest
from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from custom_components.drawbridge.http.mount import ENDPOINTS
from custom_components.drawbridge.keys import Capability
from tests.integration.house import BASE, Bridge

NUMBER: Final = int(os.environ.get("DRAWBRIDGE_HTTP_REQUESTS", "400"))
OURS: Final = b"x-request-id"


# Requests

GOOD: Final = {
    "entity_id": ["sensor.outside", "input_boolean.living_room_lamp", "calendar.family", "camera.door", "image.map"],
    "domain": ["input_boolean"],
    "service": ["turn_on", "toggle"],
    "event_type": ["bell"],
    "start": ["2026-11-01", "2026-11-01T00:00:00%2B00:00"],
}
VALUES: Final = st.one_of(
    st.sampled_from([value for values in GOOD.values() for value in values]),
    st.sampled_from(
        [
            "0001-01-01", "9999-12-31T23:59:59-12:00", "%00", "%ff%fe", "..", "%2e%2e", ".", "%2F", "a%2Fb", "%", "%zz",
            "", "ü", "\t", "%09", "%0d%0aX-A:b", "x" * 300, "light.%F0%9F%92%A1", "*", "sensor.", ";", "-1", "null",
            "sensor.outside;x", "{entity_id}",
        ]
    ),
)  # fmt: skip
NAMES: Final = st.sampled_from(
    [
        "filter_entity_id", "entity_id", "entity", "end_time", "start", "end", "period", "minimal_response",
        "no_attributes", "significant_changes_only", "skip_initial_state", "return_response", "since", "attributes",
        "domain", "limit", "token", "width", "height", "", "%00", "a[]",
    ]
)  # fmt: skip
QUERIES: Final = st.one_of(
    st.just(""),
    st.lists(st.tuples(NAMES, VALUES), max_size=4).map(lambda pairs: "?" + "&".join(f"{a}={b}" for a, b in pairs)),
    st.sampled_from(
        ["?", "?&&&==", "?" + "a=1&" * 1500, "?filter_entity_id=" + "sensor.x," * 700, "?x=" + "%41" * 2000]
    ),
)
KNOWN: Final = sorted({endpoint.path for endpoint in ENDPOINTS if not endpoint.operation.is_live})
PATHS: Final = st.one_of(
    st.builds(
        lambda path, *values: BASE + path.format_map(dict(zip(GOOD, values, strict=True))),
        st.sampled_from(KNOWN),
        *[VALUES] * 5,
    ),
    st.lists(VALUES, max_size=4).map(lambda parts: f"{BASE}/{'/'.join(parts)}"),
    st.sampled_from(
        [
            BASE, f"{BASE}/", f"{BASE}//api/states", f"/{BASE}/api/states", f"{BASE}/../states", f"{BASE}/api/./states",
            f"{BASE}%2Fapi/states", f"{BASE.upper()}/api/", f"http://other{BASE}/api/states", "*", "/", "",
            f"{BASE}/api/states#x", f"{BASE}/api/states/" + "a" * 7000,
        ]
    ),
)  # fmt: skip
METHODS: Final = st.one_of(
    st.sampled_from(["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"]),
    st.sampled_from(["TRACE", "CONNECT", "PROPFIND", "PURGE", "get", "G\tET", "", "X" * 100, "GET\0", "QUERY"]),
)
GOOD_HEADERS: Final = st.tuples(
    st.sampled_from(
        [
            "Accept", "Accept-Encoding", "Content-Type", "If-None-Match", "Range", "Origin", "X-Request-ID", "Cookie",
            "Access-Control-Request-Method", "Access-Control-Request-Headers", "User-Agent",
            "X-Forwarded-Proto", "Forwarded", "Authorization", "X-API-Key", "Upgrade", "Expect", "TE", "Trailer",
            "Content-Encoding", "X-HTTP-Method-Override", "Sec-WebSocket-Key", "Last-Event-ID", "If-Modified-Since",
        ]
    ),
    st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
        st.text(st.characters(min_codepoint=160, max_codepoint=0x2000), max_size=10),
        st.sampled_from(
            [
                "gzip", "deflate", "br", "zstd", "identity;q=0", "*;q=0", "gzip;q=x", ",,,;;;", "application/json",
                "text/html; charset=klingon", "100-continue", "websocket", "bytes=0-1", '"x", W/"y", *', "null",
                "Bearer", "Bearer x y", "dbk_x", "trailers", "x" * 5000, "127.0.0.1, ::1, unknown", "a=b; " * 300,
            ]
        ),
    ),
)  # fmt: skip
HEADERS: Final = st.one_of(
    GOOD_HEADERS,
    GOOD_HEADERS,
    st.tuples(
        st.sampled_from(["Content-Length", "Transfer-Encoding", "Host", "Connection", "X Y", "", "ü", "X\0"]),
        st.sampled_from(
            ["0", "5", "-1", "9" * 20, "1e3", "chunked", "gzip, chunked", "a b", "keep-alive, Upgrade", "", "\0", "\n"]
        ),
    ),
)
JSON: Final = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
        st.sampled_from(
            ["sensor.outside", "input_boolean.living_room_lamp", "all", "none", "{{ states('sensor.outside') }}", "on"]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["entity_id", "area_id", "state", "attributes", "template", "variables", "target", "x", ""]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)  # fmt: skip
BODIES: Final = st.one_of(
    st.just(b""),
    JSON.map(lambda data: json.dumps(data).encode()),
    st.binary(max_size=200),
    st.sampled_from(
        [b"[" * 50_000, b'{"a":' * 5000, b"\xff\xfe{}", b'"\\ud800"', b"x" * 300_000, b"null" + b" " * 1000]
    ),
)


def chunked(body: bytes) -> bytes:
    """Return a body in chunks, with a trailer."""
    parts = [body[start : start + 50_000] for start in range(0, len(body), 50_000)]
    return b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\nX-API-Key: dbk_x\r\n\r\n"


BOMB: Final[bytes] = gzip.compress(b" " * 20_000_000)
"""20 kB that become 20 MB."""
FRAMES: Final[dict[str, Callable[[bytes], tuple[str, bytes]]]] = {
    "length": lambda body: (f"Content-Length: {len(body)}\r\n", body),
    "chunked": lambda body: ("Transfer-Encoding: chunked\r\n", chunked(body)),
    "broken chunks": lambda body: ("Transfer-Encoding: chunked\r\n", b"zz\r\n" + body),
    "short": lambda body: (f"Content-Length: {len(body) + 5}\r\n", body),
    "none": lambda body: ("", body),
    "gzip": lambda body: (
        f"Content-Encoding: gzip\r\nContent-Length: {len(gzip.compress(body))}\r\n",
        gzip.compress(body),
    ),
    "deflate": lambda body: (
        f"Content-Encoding: deflate\r\nContent-Length: {len(zlib.compress(body))}\r\n",
        zlib.compress(body),
    ),
    "not gzip": lambda body: (f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n", body),
    "gzip in chunks": lambda body: (
        "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        chunked(gzip.compress(body)),
    ),
    "bomb": lambda _: (f"Content-Encoding: gzip\r\nContent-Length: {len(BOMB)}\r\n", BOMB),
}


@dataclass(frozen=True)
class Request:
    """A request as it is sent."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    frame: str
    body: bytes
    version: str
    has_key: bool

    def encode(self, key: str) -> bytes:
        """Return the bytes, with a key or without."""
        framing, body = FRAMES[self.frame](self.body)
        fields = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        secret = f"X-API-Key: {key}\r\n" if self.has_key else ""
        head = (
            f"{self.method} {self.path} {self.version}\r\nHost: x\r\nConnection: close\r\n{secret}{fields}{framing}\r\n"
        )
        return head.encode("utf-8", "surrogateescape") + body


TARGETS: Final = st.builds(
    lambda endpoint, *values: (
        endpoint.method,
        BASE + endpoint.path.format_map(dict(zip(GOOD, values, strict=True))),
    ),
    st.sampled_from([endpoint for endpoint in ENDPOINTS if not endpoint.operation.is_live]),
    *[st.one_of(st.sampled_from(values), st.sampled_from(values), VALUES) for values in GOOD.values()],
)
TAME: Final = st.builds(
    lambda target, query, headers, frame, body: Request(
        target[0], target[1] + query, headers, frame, body, "HTTP/1.1", has_key=True
    ),
    TARGETS,
    QUERIES,
    st.lists(GOOD_HEADERS, max_size=2),
    st.sampled_from(["length", "length", "chunked", "gzip", "gzip in chunks", "deflate", "not gzip", "bomb"]),
    BODIES,
)
WILD: Final = st.builds(
    Request,
    METHODS,
    st.builds(str.__add__, PATHS, QUERIES),
    st.lists(HEADERS, max_size=2),
    st.sampled_from(sorted(FRAMES)),
    BODIES,
    st.sampled_from(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/9.9"]),
    st.sampled_from([True, True, True, False]),
)
REQUESTS: Final = st.one_of(TAME, TAME, TAME, WILD)
"""Most are such that the bridge sees them: aiohttp refuses the worst itself."""


def requests(number: int) -> list[Request]:
    """Return random requests."""
    found: list[Request] = []

    @settings(
        max_examples=number, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(REQUESTS)
    def collect(request: Request) -> None:
        found.append(request)

    collect()
    return found


# Answers


async def exchange(bridge: Bridge, sent: bytes) -> bytes:
    """Send bytes, and return all that comes back until the server ends the connection.

    A server that awaits more is told after a while that there is no more.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", bridge.client.port)
    received = bytearray()

    async def receive() -> None:
        while part := await reader.read(65_536):
            received.extend(part)

    writer.write(sent)
    with suppress(ConnectionError):
        try:
            await asyncio.wait_for(receive(), 0.5)
        except TimeoutError:
            writer.write_eof()
            await asyncio.wait_for(receive(), 20)
    writer.transport.abort()
    return bytes(received)


def faults(answer: bytes, method: str) -> list[str]:
    """Return what is wrong with an answer. The client may have been cut off, or have sent no whole request."""
    if not answer:
        return []
    while answer.startswith(b"HTTP/1.1 100"):
        answer = answer.partition(b"\r\n\r\n")[2]
    head, _, body = answer.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    status = int(line.split(b" ")[1])
    fields = {name.lower(): value for name, _, value in (item.partition(b": ") for item in lines)}
    found = [f"status {status}"] if status == 500 else []
    if status < 400 or method == "HEAD":
        return found
    kind = fields.get(b"content-type", b"")
    if OURS not in fields:
        own = kind.startswith((b"text/plain", b"text/html", b"application/json"))
        return found if own else [*found, f"Home Assistant's own {status} is {kind!r}"]
    if kind != b"application/problem+json":
        return [*found, f"{status} is {kind!r}"]
    problem = json.loads(body[: int(fields[b"content-length"])])
    return found if problem["status"] == status else [*found, f"{status} says {problem}"]


async def test_requests_made_up_at_random(
    bridge: Bridge, hass: HomeAssistant, caplog: pytest.LogCaptureFixture, record_property: Callable[[str, Any], None]
) -> None:
    """None is answered 500 or in an unknown form, leaves a trace in the log, or keeps others from being served."""
    limits = {"local_only": False, "per_minute": 0}
    everything = [item.value for item in Capability]
    key = await bridge.add_key(
        "Fuzz", capabilities=everything, services=["input_boolean.*"], events=["bell"], limits=limits
    )
    other = await bridge.add_key("Other", limits=limits)
    caplog.set_level(logging.WARNING)
    caplog.clear()
    statuses: dict[bytes, int] = {}
    wrong: list[tuple[str, Request]] = []
    logged: list[str] = []
    for request in requests(NUMBER):
        answer = await exchange(bridge, request.encode(key))
        statuses[answer[9:12]] = statuses.get(answer[9:12], 0) + 1
        wrong += [(fault, request) for fault in faults(answer, request.method)]
        if OURS in answer.lower():
            # aiohttp also records what it refuses itself.
            logged += [item.getMessage() for item in caplog.records if item.exc_info or item.levelno >= logging.ERROR]
        caplog.clear()
        hass.states.async_set("sensor.outside", "7.5")
        served = await bridge.get("/api/states/sensor.outside", other)
        assert (served.status, (await served.json())["state"]) == (200, "7.5"), request
    record_property("statuses", {name.decode(): count for name, count in statuses.items()})
    assert not wrong
    assert not logged
    running = bridge.entry.runtime_data
    async with asyncio.timeout(30):
        while len(running.limits.concurrency) or running.limits.sending.answers:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.05)
