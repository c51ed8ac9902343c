"""Frames of any form: an answer as Home Assistant's, or a clean close. Nobody else notices.

``DRAWBRIDGE_FUZZ_FRAMES`` sets how many connections are tried with random frames.
"""

import asyncio
import json
import logging
import os
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, Final

import aiohttp
import pytest
from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from custom_components.drawbridge.websocket.command import Command
from custom_components.drawbridge.websocket.commands import COMMANDS as COMMANDS_DECLARED
from custom_components.drawbridge.websocket.json_schema import object_schema
from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, Picture, live
from tests.integration.live.conftest import EVERYTHING
from tests.integration.live.raw import (
    BINARY,
    CLOSE,
    CLOSE_CODES,
    CONTINUATION,
    LAST,
    PING,
    PONG,
    TEXT,
    RawSocket,
    admitted,
    assert_form,
    deflated,
    frame,
    handshake,
    message,
    pieces,
    text,
    until,
)

OLD_READER: Final = tuple(map(int, aiohttp.__version__.split(".")[:2])) < (3, 14)
NUMBER: Final = int(os.environ.get("DRAWBRIDGE_FUZZ_FRAMES", "200"))
LAMP: Final = "input_boolean.living_room_lamp"
OTHER: Final = "input_boolean.bedroom_lamp"
LIMIT: Final = 1024 * 1024
MAX_PEAK_BYTES: Final = 48 * 1024 * 1024
SMALL: Final = {"id": 1, "type": "ping"}


class Witness:
    """Another client, which must be served with the right states whatever the first one does."""

    def __init__(self, hass: HomeAssistant, client: LiveClient, number: int) -> None:
        """Follow the states by a subscription."""
        self._hass = hass
        self._client = client
        self._number = number
        self._picture = Picture()
        self._step = 0

    async def check(self) -> None:
        """Change a state, and make sure that the client sees it and all the others."""
        self._step += 1
        self._hass.states.async_set(LAMP, "on" if self._step % 2 else "off", {"step": self._step})
        while self._picture.states.get(LAMP, {}).get("a", {}).get("step") != self._step:
            self._picture.apply(await self._client.event(self._number))
        seen = {name: (state["s"], state["a"]) for name, state in self._picture.states.items()}
        actual = {item.entity_id: (item.state, dict(item.attributes)) for item in self._hass.states.async_all()}
        assert seen == {name: actual[name] for name in seen}
        assert LAMP in seen


@pytest.fixture
async def witness(bridge: Bridge, hass: HomeAssistant) -> AsyncIterator[Witness]:
    """Connect another client, and check it before and after the test."""
    secret = await bridge.add_key("Witness", domains=["input_boolean", "sensor"])
    async with live(bridge, secret) as client:
        found = Witness(hass, client, await client.send("subscribe_entities"))
        await found.check()
        yield found
        await found.check()


@pytest.fixture(autouse=True)
def _clean_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Make sure that nothing is logged as an error."""
    yield
    for record in caplog.get_records("call"):
        # The event loop tells of connections that the other side has reset, of both sides, at the level of debugging.
        assert record.levelno <= logging.DEBUG or record.exc_info is None, record.exc_text or record.getMessage()
        assert record.levelno < logging.ERROR, record.getMessage()


@contextmanager
def bounded(limit: int = MAX_PEAK_BYTES) -> Iterator[None]:
    """Make sure that no more than this is in memory at once."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] - before < limit
    finally:
        tracemalloc.stop()


@pytest.fixture
async def secret(bridge: Bridge) -> str:
    """Add a key without a rate limit."""
    return await bridge.add_key("Fuzz", capabilities=EVERYTHING, events=["test_event"], limits={"per_minute": 0})


@pytest.fixture
async def no_debug() -> None:
    """Turn off the debug mode of the event loop, which formats a stack trace for each task."""
    asyncio.get_running_loop().set_debug(False)


def nested(depth: int, opening: str, closing: str, inner: str = "1") -> str:
    """Return a text with brackets in brackets."""
    return opening * depth + inner + closing * depth


def command(**fields: Any) -> bytes:
    """Return a frame with a ping that has these fields instead."""
    return message({**SMALL, **fields})


ANSWERED: dict[str, list[bytes]] = {
    "a text as id": [command(id="x" * 1000)],
    "a negative id": [command(id=-(2**63))],
    "a huge id": [command(id=2**64 - 1)],
    "an id that is larger than any integer": [text('{"id": 18446744073709551616, "type": "ping"}')],
    "an object as id": [command(id={"a": [1]})],
    "a deep array as id": [text('{"id": ' + nested(500, "[", "]") + ', "type": "ping"}')],
    "a deep object as id": [text('{"id": ' + nested(500, '{"a":', "}") + ', "type": "ping"}')],
    "deep fields": [text('{"id": 1, "type": "call_service", "domain": ' + nested(900, "[", "]") + "}")],
    "deep conditions": [
        text('{"id": 1, "type": "test_condition", "condition": ' + nested(500, '{"not":[', "]}", "{}") + "}")
    ],
    "a deep script": [
        text('{"id": 1, "type": "execute_script", "sequence": ' + nested(300, '[{"sequence":', "}]", "[]") + "}")
    ],
    "repeated ids": [command(id=5)] * 50,
    "a repeated member": [text('{"id": 1, "id": 2, "type": "ping", "type": "ping"}')],
    "an array of anything": [message([None, 1, "x", [], {}, [[]], {"id": 1}, SMALL, {"type": "ping"}])],
    "a deep array": [text(nested(900, "[", "]"))],
    "an array of arrays": [message([[[SMALL]]] * 100)],
    "a long type": [command(type="x" * 100_000)],
    "a type that is no text": [command(type=["ping"])],
    "many fields": [command(**{f"f{number}": number for number in range(5000)})],
    "authentication again": [message({"type": "auth", "access_token": "x"})] * 3,
    "authentication again, with an id": [message({"id": 1, "type": "auth", "access_token": "x"})],
    "binary": [frame(BINARY, b"\x01" * 1000)],
    "fragments": pieces(json.dumps(SMALL).encode(), [1] * 10),
    "an empty fragment at a time": pieces(json.dumps(SMALL).encode(), [0] * 100),
    "a ping between fragments": [
        frame(TEXT, b'{"id": 1,', fin=False),
        frame(PING, b"x"),
        frame(CONTINUATION, b'"type": "ping"}'),
    ],
    "a character in two fragments": pieces('{"id": 1, "type": "é"}'.encode(), [19]),
    "pings": [frame(PING, bytes([number]) * 125) for number in range(100)],
    "pongs that nobody asked for": [frame(PONG, b"x" * 125)] * 100,
    "all characters": [command(type="".join(map(chr, range(1, 0xD800))))],
}
"""Frames after which a connection works on."""

CLOSED: dict[str, tuple[int, list[bytes]]] = {
    "no JSON": (1008, [text("{")]),
    "an id with a thousand digits": (1008, [text('{"id": ' + "9" * 1000 + ', "type": "ping"}')]),
    "an infinite id": (1008, [text('{"id": 1e999, "type": "ping"}')]),
    "nothing": (1008, [text("")]),
    "NaN": (1008, [text("NaN")]),
    "too deep": (1008, [text(nested(5000, "[", "]"))]),
    "half of a surrogate": (1008, [text('{"id": 1, "type": "\\ud800"}')]),
    "an empty binary message": (1008, [frame(BINARY)]),
    "not UTF-8": (1007, [frame(TEXT, b"\xff\xfe")]),
    "too large": (1009, [frame(TEXT, b" " * (LIMIT + 1))]),
    "fragments that are too large": (1009, pieces(b" " * (2 * LIMIT), [LIMIT // 4] * 8)),
    "larger than it claims": (1009, [frame(TEXT, b"x", length=2**62)]),
    "larger than any size": (1009, [frame(TEXT, b"x", length=2**63 + 1)]),
    "a continuation of nothing": (1002, [frame(CONTINUATION, b"x")]),
    "a message in a message": (1002, [frame(TEXT, b"x", fin=False), frame(TEXT, b"y")]),
    "a fragment of a new message": (1002, [frame(TEXT, b"x", fin=False), frame(BINARY, b"y", fin=False)]),
    "a fragment of a ping": (1002, [frame(PING, b"x", fin=False)]),
    "a large ping": (1002, [frame(PING, b"x" * 126)]),
    "a large pong": (1002, [frame(PONG, b"x" * 70_000)]),
    "a reserved bit": (1002, [frame(TEXT, b"{}", rsv=1)]),
    "compressed, without negotiation": (1002, [frame(TEXT, deflated(b"{}"), rsv=4)]),
    "a reserved opcode": (1002, [frame(3, b"x")]),
    "a reserved control opcode": (1002, [frame(0xB, b"x")]),
    "a close code that is not allowed": (1002, [frame(CLOSE, b"\x03\xed")]),
    "half of a close code": (1002, [frame(CLOSE, b"\x03")]),
    "a close": (1000, [frame(CLOSE, b"\x03\xe8")]),
}
"""Frames that end a connection, with the code of the close frame."""


@pytest.mark.parametrize("name", ANSWERED)
async def test_answered(bridge: Bridge, secret: str, witness: Witness, name: str) -> None:
    """The answer has Home Assistant's form, and the connection works on."""
    for compress in (False, True):
        async with admitted(bridge, secret, compress=compress) as socket:
            with bounded():
                await socket.answers(*ANSWERED[name])
            assert socket.close_code is None
            assert not socket.is_over
            await witness.check()


@pytest.mark.parametrize("name", CLOSED)
async def test_closed(bridge: Bridge, secret: str, witness: Witness, name: str) -> None:
    """The connection is closed with the code for it."""
    if name.startswith("larger than") and OLD_READER:
        pytest.skip("this aiohttp reads a frame to its end before it looks at the size")
    code, frames = CLOSED[name]
    async with admitted(bridge, secret) as socket:
        with bounded():
            await socket.answers(*frames)
            assert await socket.next() is None
        assert socket.close_code == code
        await witness.check()
    assert len(bridge.entry.runtime_data.connections) == 1


async def test_unmasked(bridge: Bridge, secret: str, witness: Witness) -> None:
    """A frame that is not masked is read or refused, as Home Assistant's own server does."""
    async with admitted(bridge, secret) as socket:
        await socket.answers(frame(TEXT, json.dumps(SMALL).encode(), mask=False))
        await witness.check()


async def test_half_closed(bridge: Bridge, secret: str, witness: Witness) -> None:
    """A client that says that it sends nothing more, in the middle of a frame or between two, is let go."""
    whole = message(SMALL)
    for sent in (b"", whole[:3], whole[:-1], whole, frame(TEXT, b"{", fin=False)):
        async with admitted(bridge, secret) as socket:
            await socket.send(sent)
            socket.end()
            await socket.messages()
            assert socket.is_over
    await witness.check()
    assert len(bridge.entry.runtime_data.connections) == 1


async def test_gone_without_a_word(bridge: Bridge, secret: str, witness: Witness) -> None:
    """A client that disconnects in the middle of a message leaves nothing behind."""
    for sent in (b"", message(SMALL)[:3], message([{"id": item, "type": "get_states"} for item in range(1, 2000)])):
        async with admitted(bridge, secret) as socket:
            await socket.send(sent)
            socket.writer.transport.abort()
    await witness.check()
    await until(lambda: len(bridge.entry.runtime_data.connections) == 1)


@pytest.mark.parametrize("size", [2 * LIMIT, 500 * LIMIT])
async def test_bombs(bridge: Bridge, secret: str, witness: Witness, size: int) -> None:
    """A compressed message is not decompressed beyond the limit."""
    bomb = frame(TEXT, deflated(b" " * size), rsv=4)
    for phase in (handshake(bridge, compress=True), admitted(bridge, secret, compress=True)):
        async with phase as socket:
            with bounded(16 * LIMIT):
                await socket.answers(bomb)
            assert socket.close_code == 1009
    await witness.check()


@pytest.mark.parametrize("payload", [b"\xff" * 100, b"\x00", b"", deflated(b"[" * 2000), deflated(b"\xff\xfe")])
async def test_broken_compression(bridge: Bridge, secret: str, witness: Witness, payload: bytes) -> None:
    """A message that cannot be decompressed closes the connection."""
    async with admitted(bridge, secret, compress=True) as socket:
        await socket.answers(frame(TEXT, payload, rsv=4))
        assert socket.close_code is not None
    await witness.check()


class Results:
    """Counts the results of commands by their codes, and keeps nothing else."""

    def __init__(self) -> None:
        """Begin with none."""
        self.codes = Counter[str]()
        self.ids: set[int] = set()

    async def read(self, socket: RawSocket, number: int) -> None:
        """Read the results of so many commands. Each must have exactly one."""
        async for item in socket.each():
            if item["type"] == "result":
                assert item["id"] not in self.ids
                self.ids.add(item["id"])
                self.codes["success" if item["success"] else item["error"]["code"]] += 1
            if len(self.ids) == number:
                break
        assert socket.close_code is None
        assert self.ids == set(range(1, number + 1))


MANY: Final = 10_000
LIMITED: Final = {"success": 200, "unauthorized": MANY - 200}
KINDS: Final = {
    "get_config": {"success": MANY},
    "subscribe_events": LIMITED,
    "get_states": {"success": MANY},
    "no_such": {"unknown_command": MANY},
}


@pytest.mark.usefixtures("no_debug")
@pytest.mark.parametrize("kind", KINDS)
async def test_ten_thousand_commands(bridge: Bridge, secret: str, witness: Witness, kind: str) -> None:
    """In one array, of a kind that answers at once, of those that take their time, and of none. Each has an answer."""
    async with admitted(bridge, secret) as socket:
        sent = message([{"id": number, "type": kind} for number in range(1, MANY + 1)])
        results = Results()
        with bounded():
            await asyncio.gather(socket.send(sent), results.read(socket, MANY))
        assert results.codes == KINDS[kind]
        await witness.check()


@pytest.mark.usefixtures("no_debug")
async def test_commands_whose_results_are_not_read(
    bridge: Bridge, secret: str, hass: HomeAssistant, witness: Witness
) -> None:
    """Commands wait until their client reads, and are then all answered. Other clients do not wait."""
    hass.states.async_set("sensor.large", "on", {"text": "x" * 14_000})
    runtime = bridge.entry.runtime_data
    async with admitted(bridge, secret) as socket:
        with bounded(16 * LIMIT):
            await socket.send(message([{"id": number, "type": "get_states"} for number in range(1, 2001)]))
            await until(lambda: any(item.pending_bytes > LIMIT for item in runtime.connections))
            for _ in range(20):
                await witness.check()
                assert all(item.pending_bytes < 2 * LIMIT for item in runtime.connections)
                await asyncio.sleep(0.02)
            results = Results()
            await results.read(socket, 2000)
        assert results.codes == {"success": 2000}


SUBSCRIBING: Final[list[dict[str, Any]]] = [
    {"type": "subscribe_entities", "entity_ids": [LAMP]},
    {"type": "subscribe_events"},
    {"type": "subscribe_trigger", "trigger": {"platform": "state", "entity_id": LAMP}},
]


@pytest.mark.usefixtures("no_debug")
@pytest.mark.parametrize("kind", SUBSCRIBING, ids=lambda kind: kind["type"])
async def test_thousands_of_subscriptions(
    bridge: Bridge, secret: str, hass: HomeAssistant, witness: Witness, kind: dict[str, Any]
) -> None:
    """Subscriptions over the limit of a connection are refused, each with a response."""
    async with admitted(bridge, secret) as socket:
        results = Results()
        with bounded():
            for start in range(1, 2001, 100):
                await socket.send(message([{"id": number, **kind} for number in range(start, start + 100)]))
            await results.read(socket, 2000)
        assert results.codes == {"success": 200, "unauthorized": 1800}
        assert all(item.pending_bytes < LIMIT for item in bridge.entry.runtime_data.connections)
        await witness.check()
    await hass.async_block_till_done()
    runtime = bridge.entry.runtime_data
    await until(lambda: len(runtime.connections) == 1)
    assert (len(runtime.events), len(runtime.feed)) == (0, 1)


@pytest.mark.parametrize(
    "frames",
    [
        [message(SMALL)],
        [message([{"type": "auth", "access_token": "x"}])],
        [text("{")],
        [text(nested(900, "[", "]"))],
        [frame(BINARY, b"x")],
        [frame(BINARY)],
        [frame(TEXT, b" " * 70_000)],
        [frame(TEXT, b" " * (LIMIT + 1))],
        [frame(TEXT, b"\xff")],
        [frame(PING, b"x" * 126)],
        [frame(CONTINUATION, b"x")],
        [frame(CLOSE, b"\x03\xe8")],
        [message({"type": "auth", "access_token": None})],
        [text('{"type": "auth", "access_token": ' + nested(500, "[", "]") + "}")],
        [message({"type": "auth", "access_token": "x" * 60_000})],
        [message({"type": "auth", "access_token": "dbk_\u0000é"})],
        [message({"type": "auth", "access_token": "x", "api_password": "y"})],
        [message({"type": "auth", f"{'x' * 50}": "y"})],
    ],
    ids=range(18),
)
async def test_before_authentication(bridge: Bridge, witness: Witness, frames: list[bytes]) -> None:
    """Before authentication, any message without a key is refused."""
    async with handshake(bridge) as socket:
        with bounded():
            found = await socket.answers(*frames)
            assert await socket.next() is None
        assert [item["type"] for item in found] in (["auth_required"], ["auth_required", "auth_invalid"])
        assert socket.close_code in {1000, 1002, 1007, 1008, 1009}
        await witness.check()


async def test_pings_before_authentication(bridge: Bridge, secret: str) -> None:
    """Pings before authentication are answered, and do not extend the time limit."""
    async with handshake(bridge) as socket:
        await socket.send(*[frame(PING, b"x")] * 1000)
        found = await socket.answers(message({"type": "auth", "access_token": secret}))
        assert [item["type"] for item in found] == ["auth_required", "auth_ok"]


async def test_a_key_in_the_query(bridge: Bridge, secret: str, caplog: pytest.LogCaptureFixture) -> None:
    """A key in the query is not accepted, and does not appear in responses, logs or the audit trail."""
    runtime = bridge.entry.runtime_data
    caplog.set_level(logging.DEBUG)
    for name in ("access_token", "token", "api_key", "authSig", secret):
        async with handshake(bridge, f"?{name}={secret}") as socket:
            found = await socket.answers()
            assert [item["type"] for item in found] == ["auth_required", "auth_invalid"]
            assert secret not in str(found)
        for path in ("/api/states", "/api/websocket", "/api/stream"):
            answer = await bridge.get(f"{path}?{name}={secret}")
            assert answer.status == (400 if path == "/api/websocket" else 401), path
            assert secret not in await answer.text()
    async with handshake(bridge, f"?access_token={secret}") as socket:
        found = await socket.answers(message({"type": "auth", "access_token": f"{secret}x"}))
        assert [item["type"] for item in found] == ["auth_required", "auth_invalid"]
    audited = list(runtime.audit)
    assert [(item.route, item.status, item.key_id) for item in audited[-1:]] == [("/api/websocket", 401, None)]
    assert secret not in str(audited)
    assert secret not in caplog.text
    assert "aiohttp.access" in caplog.text, "the access log, which has the URLs"
    assert "[masked]" in caplog.text


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
COMMANDS = st.fixed_dictionaries(
    {"id": st.integers(1, 9) | JSON, "type": st.sampled_from(["ping", "get_states", "subscribe_events", "x"]) | JSON},
    optional={"event_type": JSON, "features": JSON},
)
PAYLOADS = st.one_of(
    COMMANDS.map(json.dumps), st.lists(COMMANDS, max_size=5).map(json.dumps), JSON.map(json.dumps), st.text()
).map(lambda item: item.encode(errors="surrogatepass")) | st.binary(max_size=200)
FRAMES = st.lists(
    st.builds(
        frame,
        st.sampled_from([TEXT, TEXT, TEXT, BINARY, CONTINUATION, PING, PONG, CLOSE]) | st.integers(0, 15),
        PAYLOADS,
        fin=st.sampled_from([True, True, True, False]),
        rsv=st.sampled_from([0, 0, 0, 0, 4, 2, 7]),
        mask=st.sampled_from([True, True, True, False]),
        length=st.none() | st.none() | st.none() | st.integers(0, 2**64 - 1),
    )
    | st.binary(max_size=50),
    max_size=6,
)


def examples[T](strategy: st.SearchStrategy[T], number: int) -> list[T]:
    """Return random examples."""
    found: list[T] = []

    @settings(
        max_examples=number, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(item: T) -> None:
        found.append(item)

    collect()
    return found


async def test_random_frames(bridge: Bridge, secret: str, witness: Witness) -> None:
    """Before authentication and after it, with compression and without."""
    for number, frames in enumerate(examples(FRAMES, NUMBER)):
        compress = bool(number & 1)
        phase = handshake(bridge, compress=compress) if number % 5 == 0 else admitted(bridge, secret, compress=compress)
        async with phase as socket:
            await socket.send(*frames, message({"id": LAST, "type": "ping"}))
            # A frame that claims to be longer than it is ends with the connection.
            socket.end()
            for item in await socket.messages():
                assert_form(item)
            assert socket.close_code is None or socket.close_code in CLOSE_CODES
        if number % 20 == 0:
            await witness.check()


HINTS: dict[str, list[Any]] = {
    "area_id": ["living_room", "bedroom", "no_such"],
    "entity_id": [LAMP, OTHER, "light.no_such", [LAMP, OTHER]],
    "entity_ids": [[LAMP], [OTHER, "sensor.outside"], []],
    "event_type": ["state_changed", "test_event"],
    "item_type": ["area", "entity", "device", "label"],
    "period": ["hour", "day"],
    "start_time": ["2026-11-01T00:00:00+00:00"],
    "template": ["{{ states('input_boolean.living_room_lamp') }}", "{{ 1 / 0 }}"],
    "trigger": [{"platform": "state", "entity_id": LAMP}],
    "condition": [{"condition": "state", "entity_id": LAMP, "state": "on"}],
}


def value(name: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values for a field: of its declared form, likely ones, and any others."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(max_size=30),
        "integer": st.integers(-(2**53), 2**53),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "array": st.lists(JSON, max_size=3),
        "object": st.dictionaries(st.text(max_size=8), JSON, max_size=3),
    }
    found = [kinds.get(schema.get("type", ""), JSON)]
    if options := schema.get("enum", []) + HINTS.get(name, []):
        found += [st.sampled_from(options)] * 2
    return st.one_of(*found, JSON)


def messages(command: Command) -> st.SearchStrategy[dict[str, Any]]:
    """Return messages of a command, from its declaration."""
    schema = object_schema(command.fields or {})
    fields = {name: value(name, item) for name, item in schema["properties"].items()}
    required = {name: fields.pop(name) for name in schema.get("required", [])}
    usual = st.fixed_dictionaries(required, optional=fields)
    return st.one_of(usual, usual, st.dictionaries(st.text(max_size=8), JSON, max_size=2)).map(
        lambda item: {**item, "type": command.type}
    )


@pytest.mark.parametrize("scope", [{}, {"areas": ["living_room"]}], ids=["full", "narrow"])
async def test_random_fields(bridge: Bridge, hass: HomeAssistant, witness: Witness, scope: dict[str, Any]) -> None:
    """Every declared command, with fields of the declared form and of any other."""
    secret = await bridge.add_key(
        "Fields", capabilities=EVERYTHING, events=["test_event"], limits={"per_minute": 0}, **scope
    )
    each = max(1, NUMBER // 20)
    for command in COMMANDS_DECLARED.values():
        async with admitted(bridge, secret) as socket:
            sent = [{**item, "id": number} for number, item in enumerate(examples(messages(command), each), 1)]
            await socket.answers(*map(message, sent))
            assert socket.close_code is None, (command.type, sent)
            await hass.async_block_till_done()
            # What took its time.
            await socket.answers()
    await witness.check()
