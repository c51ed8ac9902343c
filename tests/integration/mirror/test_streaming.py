"""A history that is too large for one piece."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance

from custom_components.drawbridge.http import streaming
from custom_components.drawbridge.operations import history
from custom_components.drawbridge.operations.history_states import HistoryQuery, read_states
from tests.integration.house import Bridge
from tests.integration.test_slow_readers import rest, sending, status, stopped, until

SENSORS = [f"sensor.busy_{number}" for number in range(6)]
PATH = f"/api/history/period?filter_entity_id={','.join(SENSORS)}"


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin to send early, so that a small household has a large history."""
    monkeypatch.setattr(streaming, "_CHUNK_BYTES", 2048)
    monkeypatch.setattr(history, "_ENTITIES_AT_ONCE", 1)


@pytest.fixture
async def reader(bridge: Bridge, hass: HomeAssistant) -> str:
    """Return the secret of a key that reads history, of which there is some."""
    for number in range(60):
        for entity_id in SENSORS:
            hass.states.async_set(entity_id, str(number), {"text": "some more text " * 4})
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()
    return await bridge.add_key("Reader", everything=True, capabilities=["history"])


async def test_it_comes_in_pieces(bridge: Bridge, reader: str) -> None:
    """Without a length, with all headers, whole, and counted."""
    for encoding in ("identity", "gzip"):
        answer = await bridge.get(PATH, reader, headers={"Accept-Encoding": encoding})
        assert answer.status == 200
        assert answer.headers.get("Transfer-Encoding") == "chunked"
        assert {"X-Request-ID", "Content-Security-Policy", "RateLimit", "Cache-Control"} <= answer.headers.keys()
        assert [len(states) for states in await answer.json()] == [60] * len(SENSORS)
    sent = bridge.entry.runtime_data.recorder.counters
    assert any("history" in str(route) for route in sent.requests)


async def test_head_has_no_body(bridge: Bridge, reader: str) -> None:
    """HEAD is answered like GET, without the body."""
    answer = await bridge.request("HEAD", PATH, reader)
    assert (answer.status, await answer.read()) == (200, b"")
    assert (await bridge.get("/api/", reader)).status == 200


async def test_a_key_that_is_revoked_meanwhile(bridge: Bridge, reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is cut off, not ended as if it were whole."""
    loop = asyncio.get_running_loop()

    def slow(hass: HomeAssistant, query: HistoryQuery, *more: Any) -> Any:
        if SENSORS[3] in query.entity_ids:
            revoked = bridge.act("revoke_key", key=bridge.key_id("Reader"))
            asyncio.run_coroutine_threadsafe(revoked, loop).result()
        return read_states(hass, query, *more)

    monkeypatch.setattr(history, "read_states", slow)
    answer = await bridge.get(PATH, reader, headers={"Accept-Encoding": "identity"})
    assert answer.status == 200
    with pytest.raises(aiohttp.ClientPayloadError):
        await answer.read()


@pytest.mark.parametrize("path", [PATH, f"/api/logbook?entity={SENSORS[3]}"])
async def test_a_key_that_is_revoked_before_the_answer_starts(
    bridge: Bridge, reader: str, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """A small answer is refused as a whole."""
    monkeypatch.setattr(streaming, "_CHUNK_BYTES", 1_000_000)
    recorder, key_id = get_instance(bridge.hass), bridge.key_id("Reader")
    own, loop = recorder.async_add_executor_job, asyncio.get_running_loop()

    def read(function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        def reading() -> Any:
            asyncio.run_coroutine_threadsafe(bridge.act("revoke_key", key=key_id), loop).result()
            return function(*arguments)

        monkeypatch.setattr(recorder, "async_add_executor_job", own)
        return own(reading)

    monkeypatch.setattr(recorder, "async_add_executor_job", read)
    answer = await bridge.get(path, reader)
    assert answer.status == 401
    assert SENSORS[3] not in await answer.text()


async def test_a_client_that_stops_reading(bridge: Bridge, hass: HomeAssistant) -> None:
    """The answer is cut off at the time limit, gives its place back, and counts as dropped."""
    for number in range(120):
        for entity_id in SENSORS:
            hass.states.async_set(entity_id, str(number), {"text": f"{number} " * 3000})
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()
    limits = {"local_only": False, "per_minute": 0}
    key = await bridge.add_key("Reader", capabilities=["history", "metrics"], limits=limits)
    await bridge.set_options(max_concurrent=1, time_limit=5)

    async def is_busy() -> bool:
        return await status(bridge, key) == 503

    async def is_free() -> bool:
        return not await is_busy()

    async with stopped(bridge, PATH, key) as reader:
        await until(is_busy)
        await until(is_free)
        assert (await sending(bridge, key))["dropped"] == 1
        answer = await rest(reader)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert not answer.endswith(b"\r\n0\r\n\r\n")
