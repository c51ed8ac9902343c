"""The gate before endpoints of a test's own: what reaches a handler, and what becomes of its answer."""

import asyncio
import json
import logging
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import ClientResponse, ClientSession, UnixConnector, web
from aiohttp.test_utils import TestClient, TestServer
from pytest_socket import socket_allow_hosts

from custom_components.drawbridge.encoding.codecs import Payload
from custom_components.drawbridge.http.call import Call, json_response
from custom_components.drawbridge.http.endpoint import Handler, Router
from custom_components.drawbridge.http.mount import mount
from custom_components.drawbridge.http.response import WholeResponse
from custom_components.drawbridge.http.spec import About, Answer, ok
from custom_components.drawbridge.keys import Capability, generate
from custom_components.drawbridge.limits.sending import MAX_HOLDER_BYTES
from custom_components.drawbridge.operations import own
from custom_components.drawbridge.operations.declaration import Access, Operation
from custom_components.drawbridge.refusal import Refusal, RefusedError, bad_request, not_found
from tests.integration.house import Bridge

BASE: Final = "/door"
ANY_KEY: Final = Operation("test.any", Access.ANY_KEY)
CONTROL: Final = Operation("test.control", Capability.CONTROL)
LIVE: Final = Operation("test.live", Access.ANY_KEY, is_live=True)
ABOUT: Final[About] = ok(Answer("It is open."))
UNLIMITED: Final = {"local_only": False, "per_minute": 0}


def echo(call: Call) -> web.StreamResponse:
    """Tell what the gate passes on."""
    return json_response(
        {
            "holder": call.holder,
            "remote": call.remote,
            "address": str(call.address),
            "client": [call.client.remote, str(call.client.address)],
            "base": call.base_path,
            "id": call.request_id,
            "name": call.presented.name if call.presented else None,
            "target": call.activity.target,
        }
    )


async def body(call: Call) -> web.StreamResponse:
    """Return the JSON body."""
    return json_response({"body": await call.json()})


async def form(call: Call) -> web.StreamResponse:
    """Return the fields of a form."""
    return json_response(dict(await call.form()))


def entity(call: Call) -> web.StreamResponse:
    """Return the entity id of the path."""
    return json_response({"entity": call.entity_id, "again": call.parameter("entity_id")})


def write(call: Call) -> web.StreamResponse:
    """Record a write."""
    call.caller.activity.target = "light.turn_on on light.x"
    assert call.caller is call.caller
    if "fail" in call.request.query:
        raise RefusedError(Refusal.FAILED, {"detail": "It did not work."})
    return json_response({"target": call.activity.target}, HTTPStatus.CREATED)


def held(call: Call) -> web.StreamResponse:
    """Record that the request waited 1,000 s for an approval."""
    call.caller.activity.held = 1000.0
    return json_response({})


def sized(call: Call) -> web.StreamResponse:
    """Return a body of a size."""
    return WholeResponse(HTTPStatus.OK, {}, Payload.of(b"x" * int(call.request.query["size"])))


def wrong(_call: Call) -> web.StreamResponse:
    """Return a response that the gate cannot send."""
    return web.Response(text="unfinished")


def key(call: Call) -> web.StreamResponse:
    """Return the key of a caller, who may have none."""
    return json_response({"key": call.key.name})


RAISED: Final[dict[str, Callable[[], Exception]]] = {
    "timeout": TimeoutError,
    "refused": lambda: RefusedError(Refusal.EVENT, {"event_type": "x"}),
    "hidden": lambda: not_found("There is none.", hidden=Refusal.SCOPE),
    "changed": lambda: RefusedError(Refusal.KEY_CHANGED),
    "bad": lambda: bad_request("That is not it."),
    "value": lambda: ValueError("the password is 1234"),
}


def fail(call: Call) -> web.StreamResponse:
    """Raise an error."""
    error = RAISED[call.request.query["error"]]()
    raise error


async def fail_later(call: Call) -> web.StreamResponse:
    """Raise an error after a while."""
    await asyncio.sleep(0)
    return fail(call)


async def wait(call: Call) -> web.StreamResponse:
    """Wait until a test goes on, and tell who is counted."""
    waiting: asyncio.Event = call.request.app[WAITING]
    await waiting.wait()
    return json_response({"waited": True})


async def begun(call: Call) -> web.StreamResponse:
    """Send a response that is not complete when it begins."""
    response = web.StreamResponse()
    await response.prepare(call.request)
    await response.write(b"12345")
    await response.write_eof()
    return response


WAITING: Final = web.AppKey("waiting", asyncio.Event)
DECLARED: Final[tuple[tuple[str, str, Operation, Handler], ...]] = (
    ("GET", "/echo", own.NONE, echo),
    ("GET", "/any", ANY_KEY, echo),
    ("POST", "/control", CONTROL, echo),
    ("POST", "/body", ANY_KEY, body),
    ("POST", "/form", own.NONE, form),
    ("GET", "/entity/{entity_id}", ANY_KEY, entity),
    ("GET", "/held", ANY_KEY, held),
    ("POST", "/write", ANY_KEY, write),
    ("GET", "/write", ANY_KEY, write),
    ("GET", "/sized", own.NONE, sized),
    ("GET", "/wrong", own.NONE, wrong),
    ("GET", "/key", own.NONE, key),
    ("GET", "/fail", own.NONE, fail),
    ("GET", "/fail_later", own.NONE, fail_later),
    ("GET", "/fail_live", LIVE, fail_later),
    ("GET", "/wait", own.NONE, wait),
    ("GET", "/live", LIVE, wait),
    ("GET", "/begun", own.NONE, begun),
    ("GET", "/begun_live", LIVE, begun),
)


class Door:
    """A bridge behind a door of the test's own."""

    def __init__(self, bridge: Bridge, client: TestClient[Any, Any], app: web.Application) -> None:
        """Create a door."""
        self.app = app
        self.bridge = bridge
        self.client = client
        self.running = bridge.entry.runtime_data
        self.is_up = True
        self.waiting = asyncio.Event()

    async def get(self, path: str, key: str | None = None, **options: Any) -> ClientResponse:
        """Send a request."""
        return await self.ask("GET", path, key, **options)

    async def ask(self, method: str, path: str, key: str | None = None, **options: Any) -> ClientResponse:
        """Send a request."""
        headers = dict(options.pop("headers", {}))
        if key is not None:
            headers["X-API-Key"] = key
        return await self.client.request(method, BASE + path, headers=headers, **options)

    def counted(self, path: str, method: str = "GET") -> dict[int, int]:
        """Return the counted responses of a path by status."""
        requests = self.running.recorder.counters.requests
        return {code: n for (route, verb, code, _), n in requests.items() if (route, verb) == (path, method) and n}


def declare() -> Router:
    """Declare the endpoints."""
    router = Router()
    for method, path, operation, handler in DECLARED:
        down = {"status": "closed"} if path == "/echo" else None
        assert router.endpoint(method, path, operation=operation, about=ABOUT, when_down=down)(handler) is handler
    return router


@pytest.fixture
async def door(bridge: Bridge) -> AsyncIterator[Door]:
    """Return a door into the bridge."""
    app = web.Application()
    made: list[Door] = []

    def find() -> Any:
        return made[0].running if made[0].is_up else None

    mount(app.router, find, base_path=BASE, endpoints=declare().endpoints)
    app[WAITING] = asyncio.Event()
    async with TestClient(TestServer(app)) as client:
        made.append(Door(bridge, client, app))
        made[0].waiting = app[WAITING]
        yield made[0]


async def problem(answer: ClientResponse) -> dict[str, Any]:
    """Return a problem document."""
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = await answer.json(content_type=None)
    return found


def test_what_is_declared() -> None:
    """Everything is kept, and the first line of the docstring is the summary."""
    router = declare()
    first, *_, last = router.endpoints
    assert (first.method, first.path, first.operation, first.handler) == ("GET", "/echo", own.NONE, echo)
    assert (first.summary, first.about, first.when_down) == (
        "Tell what the gate passes on.",
        ABOUT,
        {"status": "closed"},
    )
    assert (last.path, last.when_down) == ("/begun_live", None)
    (control,) = [item for item in router.endpoints if item.path == "/control"]
    assert (first.read, control.read) == (None, ("test.control", "control", "POST", "/control"))
    router.endpoint("GET", "/", operation=own.NONE, about=ABOUT)(lambda _: web.Response())
    assert (router.endpoints[-1].summary, router.endpoints[-1].when_down) == ("", None)

    def long(_call: Call) -> web.StreamResponse:
        """Return it.

        More about it.
        """
        return web.Response()

    router.endpoint("GET", "/long", operation=own.NONE, about=ABOUT)(long)
    assert router.endpoints[-1].summary == "Return it."


def test_an_endpoint_without_an_operation() -> None:
    """The error names the endpoint without an operation."""
    declare_one: Callable[..., Any] = Router().endpoint("GET", "/x", operation=None, about=ABOUT)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^GET /x declares no operation$"):
        declare_one(echo)


async def test_what_a_handler_is_given(door: Door) -> None:
    """The client, the base path, the request id and the key."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    told = await (await door.get("/echo", headers={"X-Request-ID": "r1"})).json()
    client = {"remote": "127.0.0.1", "address": "127.0.0.1", "client": ["127.0.0.1", "127.0.0.1"]}
    expected = client | {"base": BASE, "id": "r1", "holder": "", "name": None, "target": None}
    assert told == expected
    for path in ("/echo", "/any"):
        told = await (await door.get(path, secret, headers={"X-Request-ID": "r1"})).json()
        assert told == expected | {"holder": door.bridge.key_id("Mine"), "name": "Mine"}
    assert door.running.recorder.counters.keys[door.bridge.key_id("Mine")].last_address == "127.0.0.1"


async def test_how_a_key_is_presented(door: Door) -> None:
    """A key is accepted in one of two headers, with or without the scheme."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    accepted = [
        {"X-API-Key": secret},
        {"Authorization": f"Bearer {secret}"},
        {"Authorization": f"bEARER   {secret} "},
        {"Authorization": secret},
    ]
    refused = [
        {"Authorization": f"Basic {secret}"},
        {"Authorization": f"Bearer{secret}"},
        {"Authorization": "Bearer"},
        {"X-API-Key": f"Bearer {secret}"},
    ]
    for headers in accepted:
        assert (await door.get("/any", headers=headers)).status == 200, headers
    reasons = [(await problem(await door.get("/any", headers=headers)))["reason"] for headers in refused]
    assert reasons == ["key_malformed"] * 4
    both = {"X-API-Key": secret, "Authorization": f"Bearer {secret}"}
    assert (await problem(await door.get("/any", headers=both)))["reason"] == "key_ambiguous"


async def test_refusals_in_order(door: Door) -> None:
    """Key, network, rate, capability: each before the next, and only those after the key take from the rate."""
    add = door.bridge.add_key
    limits = {"local_only": False, "per_minute": 1, "burst": 1}
    far = await add("Far", limits=limits | {"networks": ["192.0.2.0/24"]})
    near = await add("Near", limits=limits)
    answers = [await door.ask("POST", "/control", key) for key in (None, generate(), far, far, near, near)]
    assert [(answer.status, (await problem(answer))["reason"]) for answer in answers] == [
        (401, "key_missing"),
        (401, "key_unknown"),
        (403, "network"),
        (403, "network"),
        (403, "capability"),
        (429, "rate_limited"),
    ]
    assert ["RateLimit" in answer.headers for answer in answers] == [False] * 4 + [True] * 2
    assert answers[-1].headers["Retry-After"] == "60"
    counters = door.running.recorder.counters
    assert {reason: n for reason, n in counters.denied.items() if n} == {
        "network": 2,
        "capability": 1,
        "rate_limited": 1,
    }
    assert {name: n for name, n in counters.auth_failures.items() if n} == {"missing": 1, "unknown": 1}
    key_ids = [door.bridge.key_id(name) for name in ("Far", "Near")]
    assert [(counters.keys[item].requests, counters.keys[item].refused) for item in key_ids] == [(2, 2), (2, 2)]
    assert counters.rate_limited == {key_ids[1]: 1}
    assert door.counted("/control", "POST") == {401: 2, 403: 3, 429: 1}


async def test_addresses(door: Door) -> None:
    """The client's counts for the networks of a key, and is locked out after guesses, which health is not."""
    near = await door.bridge.add_key("Near", limits=UNLIMITED | {"networks": ["127.0.0.0/8"]})
    assert [(await door.get("/any", generate())).status for _ in range(7)] == [401] * 6 + [429]
    assert [(await door.get(path, near)).status for path in ("/any", "/echo")] == [200, 200]
    assert (await door.get("/echo")).status == 200
    assert len(door.running.limits.lockouts) == 1


@pytest.mark.usefixtures("connection_errors_are_ignored")
async def test_a_response_that_is_not_read_is_counted(door: Door) -> None:
    """Until its last byte has left, or its connection ends."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", door.client.port or 0))
        client.sendall(f"GET {BASE}/sized?size=20000000 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        async with asyncio.timeout(20):
            while not door.running.limits.sending.answers:  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0.01)
        assert door.running.limits.sending.size == 20_000_000
        assert door.running.limits.concurrency.is_full("", 1)
    async with asyncio.timeout(20):
        while door.running.limits.sending.answers:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
    assert len(door.running.limits.concurrency) == 0


async def test_concurrency(door: Door) -> None:
    """A key over its limit is refused, and others are not. What waits is counted until it is answered."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    other = await door.bridge.add_key("Other", limits=UNLIMITED)
    await door.bridge.set_options(max_concurrent=2)
    places, holder = door.running.limits.concurrency, door.bridge.key_id("Mine")
    waiting = [asyncio.create_task(door.get("/wait", secret)) for _ in range(2)]
    waiting += [asyncio.create_task(door.get("/wait")) for _ in range(3)]
    while not (places.is_full(holder, 2) and places.is_full("", 3)):  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0)
    assert len(places) == 2
    assert not places.is_full(holder, 3)
    busy = await door.get("/echo", secret)
    assert (busy.status, busy.headers["Retry-After"], (await problem(busy))["reason"]) == (503, "1", "busy")
    for key in (other, None):
        assert (await door.get("/echo", key)).status == 200
    door.waiting.set()
    assert [(await answer).status for answer in waiting] == [200] * 5
    assert len(places) == 0
    assert (await door.get("/echo", secret)).status == 200


async def test_time_limit(door: Door) -> None:
    """A handler that waits too long is ended, and gives its place back."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    await door.bridge.set_options(time_limit=1)
    async with asyncio.timeout(20):
        answer = await door.get("/wait", secret)
    assert (answer.status, (await problem(answer))["reason"]) == (504, "timed_out")
    assert len(door.running.limits.concurrency) == 0


async def test_a_long_stream_is_no_long_request(door: Door) -> None:
    """Neither the time limit nor the concurrency limit holds for it, and no duration is recorded."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    await door.bridge.set_options(time_limit=1, max_concurrent=1)
    before = door.running.recorder.totals()
    live = [asyncio.create_task(door.get("/live", secret)) for _ in range(2)]
    await asyncio.sleep(1.3)
    assert len(door.running.limits.concurrency) == 0
    assert (await door.get("/echo", secret)).status == 200
    door.waiting.set()
    assert [(await answer).status for answer in live] == [200, 200]
    assert (await (await door.get("/begun_live", secret)).read()) == b"12345"
    assert door.counted("/begun_live") == {}
    assert "/begun_live" not in door.running.recorder.counters.routes
    assert (await (await door.get("/begun")).read()) == b"12345"
    assert door.counted("/begun") == {200: 1}
    assert door.running.recorder.totals().requests == before.requests + 4


@pytest.mark.parametrize("path", ["/fail", "/fail_later", "/fail_live"])
async def test_errors_of_handlers(door: Door, path: str, caplog: pytest.LogCaptureFixture) -> None:
    """Each becomes a response. Only an unexpected one is logged, and it says nothing to the client."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    caplog.clear()
    reasons = [(name, await door.get(f"{path}?error={name}", secret)) for name in RAISED]
    await door.get(f"{path}?error=changed", secret)
    told = {name: (answer.status, (await problem(answer))["reason"]) for name, answer in reasons}
    assert told == {
        "timeout": (504, "timed_out"),
        "refused": (403, "event"),
        "hidden": (404, "not_found"),
        "changed": (401, "key_changed"),
        "bad": (400, "bad_request"),
        "value": (500, "internal"),
    }
    assert "1234" not in await reasons[-1][1].text()
    (logged,) = [item for item in caplog.records if item.levelno >= logging.ERROR]
    assert logged.getMessage() == f"Unexpected error in GET {path}"
    assert logged.exc_info is not None
    assert isinstance(logged.exc_info[1], ValueError)
    counters = door.running.recorder.counters
    assert {reason: n for reason, n in counters.denied.items() if n} == {"event": 1, "scope": 1}
    assert {name: n for name, n in counters.auth_failures.items() if n} == {"changed": 2}
    assert counters.keys[door.bridge.key_id("Mine")].refused == 2
    assert door.counted(path) == {504: 1, 403: 1, 404: 1, 401: 2, 400: 1, 500: 1}


async def test_a_refusal_without_a_key_is_nobodys(door: Door) -> None:
    """A refusal without a key is counted by its reason only."""
    assert (await door.get("/fail?error=refused")).status == 403
    counters = door.running.recorder.counters
    assert counters.denied["event"] == 1
    assert not counters.keys


async def test_a_handler_that_finishes_nothing(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """A response that the gate cannot count is not sent."""
    answer = await door.get("/wrong")
    assert (answer.status, "unfinished" in await answer.text()) == (500, False)
    errors = [str(item.exc_info[1]) for item in caplog.records if item.exc_info]
    assert errors == ["An endpoint returned neither a complete response nor a stream that was started"]


async def test_a_public_handler_that_needs_a_key(door: Door) -> None:
    """Whoever has none is told nothing, and whoever has one is known."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    assert (await door.get("/key")).status == 500
    assert await (await door.get("/key", secret)).json() == {"key": "Mine"}


@pytest.mark.usefixtures("connection_errors_are_ignored")
async def test_large_responses_that_are_not_read(door: Door) -> None:
    """A holder with too many of them gets no further large one. A small one is sent."""
    door.running.limits.sending.enter("", MAX_HOLDER_BYTES)
    assert (await door.get("/sized?size=65536")).status == 200
    refused = await door.get("/sized?size=65537")
    assert (refused.status, (await problem(refused))["reason"]) == (503, "unread")
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    assert (await door.get("/sized?size=65537", secret)).status == 200
    door.running.limits.sending.leave("", MAX_HOLDER_BYTES)
    assert (await door.get("/sized?size=65537")).status == 200
    door.running.limits.sending.enter("", MAX_HOLDER_BYTES - 70_000)
    assert (await door.get("/sized?size=70000")).status == 200
    assert (await door.get("/sized?size=70001")).status == 503


async def test_what_is_counted(door: Door) -> None:
    """Every response, by path, method and status, with its duration and the size that was sent."""
    counters = door.running.recorder.counters
    assert (await door.get("/sized?size=5000")).status == 200
    assert counters.routes["/sized"].sent == 5000
    assert 0 < counters.routes["/sized"].seconds < 60
    assert sum(counters.routes["/sized"].buckets) == 1
    assert (await door.ask("HEAD", "/sized?size=5000")).headers["Content-Length"] == "5000"
    for method in ("DELETE", "PURGE"):
        answer = await door.ask(method, "/sized")
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert (await problem(answer))["detail"] == "This path accepts GET, HEAD, OPTIONS."
    assert door.counted("/sized") == {200: 1}
    assert door.counted("/sized", "HEAD") == {200: 1}
    assert door.counted("/sized", "other") == {405: 2}
    assert door.counted("/sized", "DELETE") == {}
    assert (await door.get("/nowhere")).status == 404
    assert door.counted("unmatched") == {404: 1}


async def test_what_is_audited(door: Door) -> None:
    """A write or a refusal, whole; what reads leaves nothing."""
    secret = await door.bridge.add_key("Mine", capabilities=["read"], limits=UNLIMITED)
    for method, path in (
        ("POST", "/write"),
        ("GET", "/write"),
        ("HEAD", "/write"),
        ("POST", "/write?fail"),
        ("GET", "/any"),
        ("POST", "/body"),
        ("GET", "/fail?error=hidden"),
        ("GET", "/fail?error=bad"),
        ("DELETE", "/any"),
        ("GET", "/nowhere"),
        ("POST", "/control"),
    ):
        await door.ask(method, path, secret, headers={"X-Request-ID": "r1"})
    await door.get("/any", headers={"X-Request-ID": "r1"})
    records = [item.as_dict() for item in door.running.audit]
    same = {"request_id": "r1", "address": "127.0.0.1", "approver": None, "answered_at": None, "trace_id": None}
    mine = {"key_id": door.bridge.key_id("Mine"), "key_name": "Mine"}
    target = "light.turn_on on light.x"
    expected: list[tuple[Any, ...]] = [
        ("POST", "/write", 201, "allowed", None, target, mine),
        ("POST", "/write", 500, "failed", "failed", target, mine),
        ("GET", "/fail", 404, "refused", "scope", None, mine),
        ("GET", "/fail", 400, "refused", "bad_request", None, mine),
        ("POST", "/control", 403, "refused", "capability", None, mine),
        ("GET", "/any", 401, "refused", "key_missing", None, {"key_id": None, "key_name": None}),
    ]
    names = ("method", "route", "status", "outcome", "reason", "target")
    times = [item.pop("time") for item in records]
    subjects = [item.pop("subject") for item in records]
    assert [item["lacking"] for item in subjects] == [None, None, "entity", None, "capability", None]
    assert records == [dict(zip(names, item[:-1], strict=True)) | same | item[-1] for item in expected]
    assert all(abs(item - time.time()) < 60 for item in times)
    assert times == sorted(times)


async def test_a_client_on_this_machine(door: Door, tmp_path: Path) -> None:
    """A local socket has no address. What is refused there is audited as local, and locks nobody out."""
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    path = str(tmp_path / "socket")
    runner = web.AppRunner(door.app)
    await runner.setup()
    await web.UnixSite(runner, path).start()
    try:
        async with ClientSession(connector=UnixConnector(path)) as session:
            for _ in range(8):
                async with session.get(f"http://local{BASE}/any", headers={"X-API-Key": generate()}) as answer:
                    assert answer.status == 401
    finally:
        await runner.cleanup()
    assert {item.address for item in door.running.audit} == {"local"}
    assert len(door.running.limits.lockouts) == 0


async def test_while_the_bridge_is_down(door: Door) -> None:
    """Every path says so in its own form, with all headers; the connection ends when it must."""
    door.is_up = False
    up = await door.get("/echo", headers={"X-Request-ID": "r1"})
    assert (up.status, await up.json(), up.headers["Retry-After"]) == (503, {"status": "closed"}, "10")
    assert (up.headers["X-Request-ID"], up.headers["Vary"].split(",")[0]) == ("r1", "Authorization")
    assert up.content_type == "application/json"
    for method, path in (("GET", "/any"), ("DELETE", "/echo"), ("OPTIONS", "/echo"), ("GET", "/nowhere")):
        answer = await door.ask(method, path, headers={"X-Request-ID": "r2"})
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
        assert (answer.headers["X-Request-ID"], "Content-Security-Policy" in answer.headers) == ("r2", True)
        assert answer.headers.get("Connection") is None
        assert (await problem(answer))["reason"] == "unavailable"

    async def pieces() -> AsyncIterator[bytes]:
        yield b"x"

    chunked = await door.ask("POST", "/body", data=pieces())
    assert (chunked.status, chunked.headers["Connection"]) == (503, "close")
    assert door.running.recorder.counters.requests == {}


async def test_preflight(door: Door) -> None:
    """It tells the methods to all, and what a page may do only to its own."""
    page = "https://page.example"
    await door.bridge.add_key("Mine", limits=UNLIMITED | {"cors_origins": [page]})
    plain = await door.ask("OPTIONS", "/write", headers={"Origin": page})
    assert (plain.status, plain.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert "Access-Control-Allow-Methods" not in plain.headers
    asked = {"Origin": page, "Access-Control-Request-Method": "POST"}
    granted = await door.ask("OPTIONS", "/write", headers=asked)
    assert (granted.status, granted.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert granted.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, POST"
    assert granted.headers["Access-Control-Allow-Origin"] == page
    assert "Access-Control-Allow-Private-Network" not in granted.headers
    private = await door.ask("OPTIONS", "/write", headers=asked | {"Access-Control-Request-Private-Network": "true"})
    assert private.headers["Access-Control-Allow-Private-Network"] == "true"
    other = await door.bridge.add_key("Other", limits=UNLIMITED)
    for headers, secret in ((asked | {"Origin": "https://other.example"}, None), (asked, other)):
        foreign = await door.ask("OPTIONS", "/write", secret, headers=headers)
        assert (foreign.status, foreign.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
        assert "Access-Control-Allow-Methods" not in foreign.headers
    without = await door.ask("OPTIONS", "/write", headers={"Access-Control-Request-Method": "POST"})
    assert (without.status, "Access-Control-Allow-Methods" in without.headers) == (204, False)
    assert door.counted("/write", "OPTIONS") == {204: 6}
    assert list(door.running.audit) == []


async def test_bodies(door: Door) -> None:
    """JSON up to the limit, to the last byte, said beforehand or not."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    await door.bridge.set_options(max_body=1)
    limit = door.running.options.max_body

    async def pieces(data: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(data), 100):
            yield data[start : start + 100]

    exact, over = json.dumps("x" * (limit - 2)).encode(), json.dumps("x" * (limit - 1)).encode()
    assert (len(exact), len(over)) == (limit, limit + 1)
    for form in (bytes, pieces):
        answer = await door.ask("POST", "/body", secret, data=form(exact))
        assert await answer.json() == {"body": "x" * (limit - 2)}
        refused = await door.ask("POST", "/body", secret, data=form(over))
        assert (refused.status, (await problem(refused))["reason"]) == (413, "too_large")
        assert f"The limit is {limit} bytes." in await refused.text()

    async def slowly() -> AsyncIterator[bytes]:
        for part in (b"[1", b", ", b"2]"):
            yield part
            await asyncio.sleep(0.05)

    assert await (await door.ask("POST", "/body", secret, data=slowly())).json() == {"body": [1, 2]}
    for sent, received in ((b"", None), (b"null", None), (b"[1]", [1])):
        assert await (await door.ask("POST", "/body", secret, data=sent)).json() == {"body": received}
    bad = await door.ask("POST", "/body", secret, data=b"{")
    told = await problem(bad)
    assert (bad.status, told["reason"]) == (400, "bad_request")
    assert told["detail"].startswith("The body is not valid JSON: ")
    assert told["detail"] != "The body is not valid JSON: None."
    bad = await door.ask("POST", "/body", secret, data=b"[1, 2, 3]", headers={"Content-Encoding": "gzip"})
    assert (bad.status, (await problem(bad))["detail"]) == (400, "The body cannot be decoded as its headers declare.")


async def test_waiting_for_a_person_is_no_duration(door: Door) -> None:
    """It is subtracted from the duration that is recorded."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    assert (await door.get("/held", secret)).status == 200
    assert -1000 < door.running.recorder.counters.routes["/held"].seconds < -900


async def test_forms(door: Door) -> None:
    """Their texts are returned. A form that cannot be parsed is refused."""
    assert await (await door.ask("POST", "/form", data={"a": "1", "b": ""})).json() == {"a": "1", "b": ""}
    bad = await door.ask("POST", "/form", data=b"a", headers={"Content-Type": "multipart/form-data"})
    assert (bad.status, (await problem(bad))["detail"]) == (400, "The body is not a valid form.")


async def test_requests_that_come_at_once(door: Door) -> None:
    """Each is answered, in order."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.client.port)
    for number, last in ((1, ""), (2, "Connection: close\r\n")):
        writer.write(f"GET {BASE}/echo HTTP/1.1\r\nHost: x\r\nX-Request-ID: r{number}\r\n{last}\r\n".encode())
    async with asyncio.timeout(20):
        answers = (await reader.read()).decode()
    writer.close()
    assert re.findall(r"HTTP/1.1 (\d+)|\"id\":\"(r\d)\"", answers) == [("200", ""), ("", "r1"), ("200", ""), ("", "r2")]


async def test_a_key_that_changes_while_its_body_comes(door: Door) -> None:
    """If the key changes while the body arrives, the request is refused."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    go_on = asyncio.Event()

    async def halves() -> AsyncIterator[bytes]:
        yield b"["
        await go_on.wait()
        yield b"]"

    request = asyncio.create_task(door.ask("POST", "/body", secret, data=halves()))
    while not len(door.running.limits.concurrency):  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0)
    await door.bridge.edit_key("Mine", "rename", {"name": "Renamed"})
    go_on.set()
    answer = await request
    assert (answer.status, (await problem(answer))["reason"]) == (401, "key_changed")


async def test_entity_ids(door: Door) -> None:
    """They are compared in lower case."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    told = await (await door.get("/entity/Light.KITCHEN", secret)).json()
    assert told == {"entity": "light.kitchen", "again": "Light.KITCHEN"}


async def test_guesses_reach_the_ban_list_when_asked_to(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Not a missing key, and not without the option."""

    async def reported(key: str | None) -> int:
        caplog.clear()
        await door.bridge.get("/api/", key)
        await door.bridge.hass.async_block_till_done(wait_background_tasks=True)
        return sum(item.name == "homeassistant.components.http.ban" for item in caplog.records)

    assert await reported(generate()) == 0
    await door.bridge.set_options(report_to_ban_list=True)
    assert await reported(None) == 0
    assert await reported(generate()) == 1


async def test_uses_of_keys_are_observed(door: Door) -> None:
    """Each client of a key once, in learn mode each request; one without a key is not."""
    secret = await door.bridge.add_key("Mine", limits=UNLIMITED)
    key_id = door.bridge.key_id("Mine")
    await door.get("/echo")
    assert door.running.insecure_use.seen == set()
    await door.get("/echo", secret)
    await door.ask("POST", "/control", secret)
    assert door.running.insecure_use.seen == {(key_id, "127.0.0.1", False)}


TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACED = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


async def test_the_log_names_the_trace(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """While the request is handled, and not after it. The span is an error."""
    await door.bridge.set_options(tracing=True, trace_percent=0)
    key = await door.bridge.add_key(everything=True)
    caplog.clear()
    assert (await door.get("/fail?error=value", key, headers=TRACED)).status == 500
    [logged] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert logged.getMessage() == f"Unexpected error in GET /fail (trace {TRACE})"
    caplog.clear()
    assert (await door.get("/fail?error=value", key)).status == 500
    [logged] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert logged.getMessage() == "Unexpected error in GET /fail"
    server, *_ = door.running.tracer.after("")["spans"]
    assert server["error"]
    assert server["attributes"]["error.type"] == "internal"
