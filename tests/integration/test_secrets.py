"""Secrets that clients send where none belongs: no answer, record, event, log line or logbook text shows one."""

import json
import logging
import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import quote, unquote

import pytest
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from pytest_homeassistant_custom_component.common import async_capture_events
from yarl import URL

from custom_components.drawbridge.diagnostics import async_get_config_entry_diagnostics
from custom_components.drawbridge.keys import generate
from custom_components.drawbridge.logbook import async_describe_events
from tests.integration.house import BASE, Bridge

type Request = tuple[str, str, dict[str, Any]]

NUMBER: Final = 150
CAPABILITIES: Final = ["read", "control", "set_state", "fire_event", "template", "metrics"]
_PIECE: Final = 16
_SEPARATORS: Final = re.compile("[_.-]")


def _separators(text: str) -> str:
    return _SEPARATORS.sub(lambda found: f"%{ord(found[0]):02X}", text)


def _all(text: str) -> str:
    return "".join(f"%{ord(character):02x}" for character in text)


ENCODINGS: Final[dict[str, Callable[[str], str]]] = {
    "plain": str,
    "lower case": str.lower,
    "separators": _separators,
    "separators, twice": lambda text: quote(_separators(text)),
    "separators, thrice": lambda text: quote(quote(_separators(text))),
    "every character": _all,
    "every character, twice": lambda text: quote(_all(text)),
}


def in_header(name: str, text: str) -> Request:
    """Return a request with a text in a header."""
    return "GET", "/api/states/light.none", {"headers": {name: text}}


PLACES: Final[dict[str, Callable[[str], Request]]] = {
    "path": lambda text: ("GET", f"/{text}", {}),
    "path of the API": lambda text: ("GET", f"/api/{text}", {}),
    "state": lambda text: ("GET", f"/api/states/light.{text}", {}),
    "domain of a state": lambda text: ("GET", f"/api/states/{text}.x", {}),
    "camera": lambda text: ("GET", f"/api/camera_proxy/camera.{text}", {}),
    "calendar": lambda text: ("GET", f"/api/calendars/calendar.{text}?start=2026-01-01&end=2026-01-02", {}),
    "history": lambda text: ("GET", f"/api/history/period/{text}?filter_entity_id=light.{text}", {}),
    "logbook": lambda text: ("GET", f"/api/logbook/{text}?entity={text}", {}),
    "name in the query": lambda text: ("GET", f"/api/states?{text}=1", {}),
    "value in the query": lambda text: ("GET", f"/api/states?fields={text}&domain={text}&area={text}", {}),
    "cursor": lambda text: ("GET", f"/api/states?since={text}", {}),
    "glob": lambda text: ("GET", f"/api/states?entity_id=*{text}", {}),
    "set state": lambda text: ("POST", f"/api/states/sensor.{text}", {"json": {"state": "on"}}),
    "remove state": lambda text: ("DELETE", f"/api/states/sensor.{text}", {}),
    "text of a state": lambda text: ("POST", "/api/states/sensor.made", {"json": {"state": text}}),
    "attribute": lambda text: (
        "POST", "/api/states/sensor.made", {"json": {"state": "on", "attributes": {text: [text, {"a": text}]}}},
    ),
    "long state": lambda text: ("POST", "/api/states/sensor.made", {"json": {"state": text * 9}}),
    "member of a state": lambda text: ("POST", "/api/states/sensor.made", {"json": {text: text}}),
    "event": lambda text: ("POST", f"/api/events/{text}", {"json": {}}),
    "data of an event": lambda text: ("POST", "/api/events/bell", {"json": {text: {"a": [text]}}}),
    "change of state": lambda text: (
        "POST", "/api/events/state_changed", {"json": {"entity_id": text, "old_state": None, "new_state": {"a": text}}},
    ),
    "domain": lambda text: ("POST", f"/api/services/{text}/turn_on", {"json": {}}),
    "service": lambda text: ("POST", f"/api/services/light/{text}", {"json": {}}),
    "response": lambda text: ("POST", "/api/services/test/ask?return_response", {"json": {"said": {text: text}}}),
    "target": lambda text: (
        "POST", "/api/services/input_boolean/turn_on", {"json": {"entity_id": f"input_boolean.{text}"}},
    ),
    "area": lambda text: (
        "POST", "/api/services/input_boolean/turn_on",
        {"json": {"entity_id": "input_boolean.bedroom_lamp", "area_id": text}},
    ),
    "target of another service": lambda text: (
        "POST", "/api/services/test/ask?return_response", {"json": {"said": "x", "device_id": [text]}},
    ),
    "field": lambda text: (
        "POST", "/api/services/input_boolean/turn_on", {"json": {"entity_id": "input_boolean.bedroom_lamp", text: 1}},
    ),
    "value of a field": lambda text: (
        "POST", "/api/services/input_boolean/turn_on", {"json": {"entity_id": "input_boolean.bedroom_lamp", "x": text}},
    ),
    "template as text": lambda text: ("POST", "/api/template", {"json": {"template": text}}),
    "template": lambda text: ("POST", "/api/template", {"json": {"template": "{{ '" + text + "' }}"}}),
    "name in a template": lambda text: ("POST", "/api/template", {"json": {"template": "{{ x." + text + " }}"}}),
    "broken template": lambda text: ("POST", "/api/template", {"json": {"template": "{% " + text + " x %}{{ " + text}}),
    "filter": lambda text: ("POST", "/api/template", {"json": {"template": "{{ 1 | " + text + " }}"}}),
    "number": lambda text: ("POST", "/api/template", {"json": {"template": "{{ '" + text + "' | int }}"}}),
    "piece in a template": lambda text: (
        "POST", "/api/template", {"json": {"template": "{# " + text + " #}{{ 1 q" + text[-20:] + " }}"}},
    ),
    "piece in a refused template": lambda text: (
        "POST", "/api/template", {"json": {"template": "{# " + text + " #}{{ x._" + text[-20:] + " }}"}},
    ),
    "state in a template": lambda text: (
        "POST", "/api/template", {"json": {"template": "{{ states('light." + text + "').x.y }}"}},
    ),
    "variable": lambda text: (
        "POST", "/api/template", {"json": {"template": "{{ v }} {{ v | float }}", "variables": {"v": text, text: 1}}},
    ),
    "not JSON": lambda text: ("POST", "/api/services/light/turn_on", {"data": f'{{"{text}": {text}'}),
    "body without an object": lambda text: ("POST", "/api/template", {"json": text}),
    **{
        f"header {name}": partial(in_header, name)
        for name in (
            "X-Request-ID", "User-Agent", "Origin", "Referer", "Cookie", "If-None-Match", "Accept-Encoding",
            "X-Forwarded-For", "Access-Control-Request-Method", "Range", "X-Custom",
        )
    },
    "preflight": lambda text: (
        "OPTIONS", "/api/states", {"headers": {"Origin": f"https://{text}", "Access-Control-Request-Method": text}},
    ),
}  # fmt: skip


def shows(text: str, secret: str) -> bool:
    """Tell whether a text shows a secret, however it is encoded."""
    pieces = {secret[start : start + _PIECE].lower() for start in range(4, len(secret) - _PIECE + 1)}
    for _ in range(4):
        if any(piece in text.lower() for piece in pieces):
            return True
        text = unquote(text)
    return False


def is_ours(record: logging.LogRecord) -> bool:
    """Tell whether a log line is due to Drawbridge.

    Home Assistant writes what services are called with when it is debugged.
    """
    return record.levelno >= logging.INFO or record.name.startswith("custom_components.drawbridge")


def described(bridge: Bridge, events: list[Any]) -> list[str]:
    """Return what the logbook shows of events."""
    describe: list[Callable[[Any], dict[str, str]]] = []
    async_describe_events(bridge.hass, lambda _domain, _event, function: describe.append(function))
    return [str(describe[0](event)) for event in events]


@pytest.fixture
async def sent(
    bridge: Bridge, hass: HomeAssistant, hass_access_token: str, caplog: pytest.LogCaptureFixture
) -> Callable[[str, str, str], Any]:
    """Return a function that sends a secret, and returns all that could show it."""

    async def respond(call: ServiceCall) -> ServiceResponse:
        return {"said": call.data["said"]}

    hass.services.async_register("test", "ask", respond, supports_response=SupportsResponse.ONLY)
    limits = {"local_only": False, "per_minute": 0}
    services = ["test.ask", "input_boolean.turn_on.*", "light.*"]
    events = ["bell", "state_changed"]
    own = await bridge.add_key(capabilities=CAPABILITIES, services=services, events=events, limits=limits)
    other = await bridge.add_key("Other", capabilities=["read", "template"], limits=limits)
    secrets = {"own": own, "of nobody": generate(), "token": hass_access_token}
    audited = async_capture_events(hass, "drawbridge_audit")

    async def send(place: str, kind: str, encoding: str) -> tuple[str, list[str]]:
        audited.clear()
        caplog.clear()
        method, path, options = PLACES[place](ENCODINGS[encoding](secrets[kind]))
        headers = {"Authorization": f"Bearer {own}", **options.pop("headers", {})}
        url = URL(BASE + path, encoded=True)
        first = await bridge.client.request(method, url, headers=headers, **options)
        outputs = [await first.text(), str(first.headers)]
        for path in ("/api/states", "/api/states/sensor.made", "/api/events", "/api/services", "/api/config"):
            answer = await bridge.get(path, other)
            outputs.append(await answer.text())
        everything = {"template": "{{ states | map(attribute='attributes') | list }} {{ states('sensor.made') }}"}
        outputs.append(await (await bridge.post("/api/template", other, json=everything)).text())
        await hass.async_block_till_done()
        outputs += [str(list(bridge.entry.runtime_data.audit)), str(hass.states.get("event.drawbridge_security"))]
        outputs += [json.dumps(event.data) for event in audited] + described(bridge, audited)
        outputs += [record.getMessage() + (record.exc_text or "") for record in caplog.records if is_ours(record)]
        outputs.append(str(await async_get_config_entry_diagnostics(hass, bridge.entry)))
        return secrets[kind], outputs

    return send


async def test_no_output_shows_a_secret(sent: Callable[[str, str, str], Any]) -> None:
    """Each place, with each kind of secret and each encoding."""
    found: list[tuple[str, str, str]] = []

    @settings(
        max_examples=NUMBER,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.sampled_from(sorted(PLACES)),
        st.sampled_from(["own", "of nobody", "token"]),
        st.sampled_from(sorted(ENCODINGS)),
    )
    def collect(place: str, kind: str, encoding: str) -> None:
        found.append((place, kind, encoding))

    collect()
    # Each place at least once, whatever the examples are.
    found += [(place, "own", "plain") for place in PLACES]
    found += [(place, "token", "separators, twice") for place in PLACES]
    shown = []
    for place, kind, encoding in found:
        secret, outputs = await sent(place, kind, encoding)
        assert '"reason":"internal"' not in outputs[0]
        shown += [(place, kind, encoding, text[:300]) for text in outputs if shows(text, secret)]
    assert not shown
