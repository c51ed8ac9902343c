"""Traces of requests: from the client's header to the audit trail, the log, Home Assistant's context and the spans."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util.ulid import ulid_to_bytes
from pytest_homeassistant_custom_component.common import async_capture_events, async_mock_service

from tests.integration.house import BASE, Bridge

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
HEADERS = {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "vendor=value"}


async def spans(bridge: Bridge, secret: str, since: str = "") -> list[dict[str, Any]]:
    """Return the spans after a cursor."""
    answer = await (await bridge.get(f"/traces?since={since}", secret)).json()
    found: list[dict[str, Any]] = answer["spans"]
    return found


@pytest.fixture
async def reader(bridge: Bridge) -> str:
    """Turn tracing on, and return a key of the exporter."""
    await bridge.set_options(tracing=True, trace_percent=0)
    return await bridge.add_key("Exporter", capabilities=["metrics"])


async def test_a_request_is_a_span(bridge: Bridge, reader: str) -> None:
    """With its admission and its handler as parts, and nothing of the home in it."""
    key = await bridge.add_key("Display", everything=True)
    answer = await bridge.get("/api/states/input_boolean.lamp?secret=1", key, headers=HEADERS)
    [server, gate, handler] = await spans(bridge, reader)
    assert answer.headers["traceresponse"] == f"00-{TRACE}-{server['span_id']}-01"
    assert (server["trace_id"], server["parent_id"], server["state"]) == (TRACE, SPAN, "vendor=value")
    route = f"{BASE}/api/states/{{entity_id}}"
    assert (server["name"], server["kind"], server["error"]) == (f"GET {route}", "server", False)
    attributes = server["attributes"]
    assert attributes["http.route"] == route
    assert attributes["http.response.status_code"] == answer.status
    assert attributes["drawbridge.key.id"] == bridge.key_id("Display")
    for part, name in ((gate, "gate"), (handler, "handler")):
        assert (part["name"], part["trace_id"], part["parent_id"]) == (name, TRACE, server["span_id"])
    assert server["start"] == gate["start"] <= gate["end"] == handler["start"] <= handler["end"] <= server["end"]
    text = str([server, gate, handler])
    assert not [word for word in ("lamp", "secret", key, "127.0.0.1", "Display") if word in text]


async def test_a_refused_request(bridge: Bridge, reader: str) -> None:
    """It has no handler, and says why. The trace is in the audit trail."""
    audited = async_capture_events(bridge.hass, "drawbridge_audit")
    await bridge.get("/api/states", headers=HEADERS)
    [server, gate] = await spans(bridge, reader)
    assert server["attributes"]["drawbridge.refusal"] == "key_missing"
    assert gate["name"] == "gate"
    assert audited[-1].data["trace_id"] == TRACE
    snapshot = bridge.entry.runtime_data.snapshot()
    durations = next(item for item in snapshot["durations"] if item["route"] == "/api/states")
    [exemplar] = durations["exemplars"]
    assert (exemplar["trace_id"], exemplar["span_id"]) == (TRACE, server["span_id"])
    assert durations["counts"][exemplar["bucket"]] == 1


async def test_the_client_decides(bridge: Bridge, reader: str) -> None:
    """A trace that it does not record is not recorded here; an invalid one is none."""
    unsampled = HEADERS | {"traceparent": f"00-{TRACE}-{SPAN}-00"}
    invalid = HEADERS | {"traceparent": f"00-{TRACE}-{SPAN}-01-x"}
    for headers in (unsampled, invalid, {}):
        answer = await bridge.get("/api/states", reader, headers=headers)
        assert "traceresponse" not in answer.headers
    assert await spans(bridge, reader) == []
    await bridge.set_options(tracing=True, trace_percent=100)
    answer = await bridge.get("/api/states", reader, headers=invalid)
    _, trace_id, _, flags = answer.headers["traceresponse"].split("-")
    assert trace_id != TRACE
    assert flags == "01"
    read = await spans(bridge, reader)
    assert {item["trace_id"] for item in read} == {trace_id}
    assert {item["trace_id"] for item in await spans(bridge, reader)} == {trace_id}, "its own requests are left out"


async def test_the_cause_of_a_call(bridge: Bridge, reader: str, hass: HomeAssistant) -> None:
    """Home Assistant's context carries the trace, over HTTP and WebSocket."""
    del reader
    calls = async_mock_service(hass, "light", "turn_on")
    hass.states.async_set("light.lamp", "off")
    key = await bridge.add_key("Switch", capabilities=["read", "control"], everything=True, services=["light.turn_on"])
    body = {"entity_id": "light.lamp"}
    assert (await bridge.post("/api/services/light/turn_on", key, json=body, headers=HEADERS)).status == 200
    assert (await bridge.post("/api/services/light/turn_on", key, json=body)).status == 200
    first, second = (call.context for call in calls)
    assert first.parent_id is not None
    assert ulid_to_bytes(first.parent_id).hex() == TRACE
    assert second.parent_id is None


async def test_commands(bridge: Bridge, reader: str) -> None:
    """A command belongs to the trace of its message, otherwise to that of the handshake."""
    key = await bridge.add_key("Display", everything=True)
    websocket = await bridge.client.ws_connect(f"{BASE}/api/websocket", headers=HEADERS)
    await websocket.receive_json()
    await websocket.send_json({"type": "auth", "access_token": key})
    await websocket.receive_json()
    other = "f" * 32
    await websocket.send_json({"id": 1, "type": "ping"})
    await websocket.send_json({"id": 2, "type": "get_states", "traceparent": f"00-{other}-{SPAN}-01"})
    await websocket.send_json({"id": 3, "type": "get_panels", "traceparent": f"00-{other}-{SPAN}-00"})
    for _ in range(3):
        await websocket.receive_json()
    await websocket.close()
    found = [(item["name"], item["trace_id"], item["parent_id"]) for item in await spans(bridge, reader)]
    assert found == [("WS ping", TRACE, SPAN), ("WS get_states", other, SPAN)]


async def test_off(bridge: Bridge) -> None:
    """Nothing is recorded. The audit trail has the client's trace all the same."""
    audited = async_capture_events(bridge.hass, "drawbridge_audit")
    key = await bridge.add_key("Exporter", capabilities=["metrics"])
    answer = await bridge.get("/api/states", key, headers=HEADERS)
    assert "traceresponse" not in answer.headers
    assert audited[-1].data["trace_id"] == TRACE
    assert await (await bridge.get("/traces", key)).json() == {
        "enabled": False, "cursor": "", "lost": 0, "more": False, "spans": [],
    }  # fmt: skip
    reader = await bridge.add_key("Reader", everything=True)
    assert (await bridge.get("/traces", reader)).status == 403
