"""Preflight against servers that send what no bridge sends: one cause is named, and the run ends soon."""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from drawbridge_exporter.bridge.client import is_health
from drawbridge_exporter.preflight.model import Status, Verdict
from drawbridge_exporter.preflight.sources import Sources

from .fault_proxy import Fault, always, running_proxy
from .test_preflight import items
from .whole_bridge import running_whole_bridge

_TIMEOUT_SECONDS = 1.0
_LIMIT_SECONDS = 10.0
_NESTED = b"[" * 200_000
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
_ENDLESS = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def failures(found: dict[str, Verdict]) -> dict[str, Verdict]:
    """Return the items that failed."""
    return {item: verdict for item, verdict in found.items() if verdict.status is Status.FAILED}


def only_for(path: str, body: bytes) -> Fault:
    """Return another body for one path."""

    async def before(request: web.Request, _headers: dict[str, str]) -> web.Response | None:
        return web.Response(body=body, content_type="application/json") if request.path.endswith(path) else None

    return Fault(before)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/health", _NESTED, "another server is at this address"),
        ("/health", b'{"status": "\xff"}', "another server is at this address"),
        ("/health", b'{"status": ' + b"9" * 10_000 + b"}", "another server is at this address"),
        ("/key", _NESTED, "not as a bridge does: it is nested too deeply"),
        ("/key", b"<html>Sign in", "not as a bridge does: Expecting value"),
        ("/key", b"[]", "not as a bridge does: the document is not an object"),
        ("/key", b'{"name": "A", "capabilities": 5}', "the document.capabilities is not an array"),
        (
            "/key",
            b'{"name": "A", "capabilities": [], "rate_limit": {"burst": -1, "requests_per_minute": 1}}',
            "the document.rate_limit.burst is negative",
        ),
        ("/metrics", _NESTED, "The metrics cannot be read: it is nested too deeply"),
    ],
)
async def test_an_answer_that_no_bridge_gives_is_the_cause(key_file: Path, path: str, body: bytes, said: str) -> None:
    """An unexpected response is reported as the cause, without a Python error."""
    async with running_whole_bridge() as bridge, running_proxy(bridge.url) as proxy:
        proxy.fault = only_for(path, body)
        found = await items(proxy.url, key_file)
    assert failures(found).keys() == {"reach"}
    assert said in found["reach"].evidence


@pytest.mark.parametrize(
    ("per_minute", "seconds", "suffices"), [(5, 300.0, False), (40, 300.0, True), (40, 60.0, False)]
)
async def test_a_limit_that_is_too_low_for_the_run_is_told_first(
    key_file: Path, per_minute: int, seconds: float, *, suffices: bool
) -> None:
    """Otherwise the run would wait for the limit until its time is up, and blame the load of the bridge."""
    limit = {"requests_per_minute": per_minute, "burst": 10}
    body = json.dumps({"name": "Preflight", "capabilities": ["metrics", "read"], "rate_limit": limit}).encode()
    async with running_whole_bridge() as bridge, running_proxy(bridge.url) as proxy:
        proxy.fault = only_for("/key", body)
        found = await items(proxy.url, key_file, max_seconds=seconds)
    assert (found["reach"].status is Status.PASSED) is suffices
    assert suffices or "too few for a run" in found["reach"].evidence


@pytest.mark.parametrize("body", [_NESTED, b'{"paths": 5}', b'{"paths": {"/api/states": 5}}', b"\xff"])
async def test_a_document_of_another_shape_fails_its_own_item(key_file: Path, body: bytes) -> None:
    """An unexpected document fails its own item only."""
    async with running_whole_bridge() as bridge, running_proxy(bridge.url) as proxy:
        proxy.fault = only_for("/openapi.json", body)
        found = await items(proxy.url, key_file)
    assert failures(found).keys() == {"endpoints"}


async def test_a_sign_in_page_of_the_network_is_told(key_file: Path) -> None:
    """Its address is in the evidence; it is not necessarily a final address of the bridge."""
    async with running_whole_bridge() as bridge, running_proxy(bridge.url) as proxy:
        proxy.fault = always(302, Location="http://portal.example/login")
        found = await items(proxy.url, key_file)
    assert failures(found).keys() == {"reach"}
    assert "portal.example" in found["reach"].evidence
    assert "a sign-in page of the network" in found["reach"].fix


@pytest.mark.parametrize("path", ["/lovelace/0", "/config/integrations"])
async def test_the_address_of_a_page_is_told(key_file: Path, path: str) -> None:
    """The address of a page, copied from a browser, is reported as such."""
    async with running_whole_bridge() as bridge:
        origin = bridge.url.removesuffix("/")
        found = await items(origin + path, key_file)
    assert failures(found).keys() == {"reach"}
    assert found["reach"].fix == f"Use --url {origin}."


@pytest.mark.parametrize(
    ("flag", "first", "others"),
    [
        ("prometheus", "scraped", {"rules", "retention", "certificates", "alertmanager", "escalation", "runbooks"}),
        ("grafana", "dashboard", set()),
        ("alertmanager", "alertmanager", {"escalation"}),
        ("loki", "log-aggregation", {"log-analysis", "log-alerts"}),
        ("exporters", "exporter", {"exporter-resources", "exporter-saturation"}),
    ],
)
@pytest.mark.parametrize("kind", ["html", "another API", "silent"])
async def test_another_server_than_its_flag_says_is_one_cause(
    key_file: Path, flag: str, first: str, others: set[str], kind: str
) -> None:
    """Neither does it pass, nor is the bridge blamed for it, nor is it waited for again and again."""
    answers = {
        "html": parts(_HEAD, b"Content-Length: 6\r\n\r\n<html>"),
        "another API": parts(_HEAD, b'Content-Length: 15\r\n\r\n{"status":"ok"}'),
        "silent": parts(),
    }
    async with running_whole_bridge() as bridge, sending(answers[kind]) as url:
        found = await checked(bridge.url, key_file, flag, URL(url))
    assert failures(found).keys() == {first}
    assert "Home Assistant" not in found[first].evidence + found[first].fix
    assert {item for item in others if found[item].status is not Status.SKIPPED} == set()


async def checked(bridge: str, key_file: Path, flag: str, given: URL) -> dict[str, Verdict]:
    """Run preflight with the URL of another server."""
    sources = {
        "alertmanager": Sources(alertmanager=given),
        "loki": Sources(loki=given, loki_seconds=3.0),
        "exporters": Sources(exporters=(given,)),
    }
    if flag in sources:
        return await items(bridge, key_file, timeout=_TIMEOUT_SECONDS, sources=sources[flag])
    return await items(bridge, key_file, timeout=_TIMEOUT_SECONDS, **{flag: given})


type Write = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def sending(write: Write) -> AsyncIterator[str]:
    """Run a server that reads a request and then writes what it wants, and return its URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await write(writer)
        except ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close_clients()


def parts(*first: bytes, then: bytes = b"", pause: float = 0.0) -> Write:
    """Return a server's answer: the first parts, and then one part again and again, or silence."""

    async def write(writer: asyncio.StreamWriter) -> None:
        for part in first:
            writer.write(part)
        while True:
            writer.write(then)
            await writer.drain()
            await asyncio.sleep(pause if then else 60)

    return write


def _endless() -> Iterator[tuple[str, Write, str]]:
    bomb = gzip.compress(bytes(64 << 20), 1)
    zipped = _HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    yield "hangs before the headers", parts(b""), "did not respond in time"
    yield "hangs after the headers", parts(_HEAD, b"Content-Length: 9\r\n\r\n"), "did not respond in time"
    yield "hangs in the body", parts(_HEAD, b'Content-Length: 9\r\n\r\n{"'), "did not respond in time"
    yield "drips headers", parts(_HEAD, then=b"X-A: b\r\n", pause=0.1), "did not respond in time"
    yield "drips the body", parts(_ENDLESS, then=b"1\r\n \r\n", pause=0.1), "did not respond in time"
    yield "never ends", parts(_ENDLESS, then=b"10000\r\n" + b" " * 65_536 + b"\r\n"), "larger than 32 MiB"
    yield "unpacks to much", parts(zipped, bomb), "larger than 32 MiB"
    yield (
        "is damaged",
        parts(_HEAD, b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"),
        "does not change responses",
    )
    yield "is another protocol", parts(b"SSH-2.0-OpenSSH_9\r\n"), "this is an HTTP port"


@pytest.mark.parametrize(("write", "said"), [pytest.param(write, said, id=name) for name, write, said in _endless()])
async def test_an_answer_without_an_end_is_given_up(key_file: Path, write: Write, said: str) -> None:
    """An endless response is limited in time and size, and reported as one cause."""
    began = time.monotonic()
    async with sending(write) as url:
        found = await items(url, key_file, timeout=10.0 if "MiB" in said else _TIMEOUT_SECONDS)
    assert failures(found).keys() == {"reach"}
    assert said in found["reach"].evidence
    assert time.monotonic() - began < _LIMIT_SECONDS


@pytest.mark.parametrize("body", [_NESTED, b"", b"\xff", b'"ok"', b'{"status": 5}', b'{"status": {}}'])
def test_a_body_that_is_not_that_of_health(body: bytes) -> None:
    """The exporter asks the root of an address that has no metrics; anything can be there."""
    assert not is_health(body)
