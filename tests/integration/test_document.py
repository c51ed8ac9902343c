"""The OpenAPI document, and features that not every Home Assistant has."""

from typing import Any

import pytest
from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant

from custom_components.drawbridge.http.mount import ENDPOINTS, mount
from custom_components.drawbridge.http.openapi import document
from custom_components.drawbridge.keys import Capability
from tests.integration.house import BASE, Bridge

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
VALUES = {
    "entity_id": "sensor.outside",
    "domain": "light",
    "service": "turn_on",
    "event_type": "bell",
    "start": "2026-11-01",
}


async def test_nothing_is_served_that_is_not_declared(bridge: Bridge) -> None:
    """Every route is a path of the document, and answers exactly the methods that stand there."""
    described = await (await bridge.get("/openapi.json")).json()
    router = web.UrlDispatcher()
    mount(router, lambda: None, base_path=BASE)
    routes = {resource.canonical.removeprefix(BASE) for resource in router.resources()}
    assert routes - {"{tail}"} == set(described["paths"])
    key = await bridge.add_key(everything=True, capabilities=[item.value for item in Capability], events=["bell"])
    for path, operations in described["paths"].items():
        for method in METHODS:
            answer = await bridge.request(method, path.format(**VALUES), key)
            if method.lower() in operations:
                ensure_declared(operations[method.lower()], answer)
            else:
                assert answer.status == 405, (method, path)
                assert set(answer.headers[hdrs.ALLOW].split(", ")) == {name.upper() for name in operations}


def ensure_declared(operation: dict[str, Any], answer: Any) -> None:
    """Expect status, kind of content and special headers of an answer to be in the document."""
    assert str(answer.status) in operation["responses"], (answer.status, operation["operationId"])
    declared = operation["responses"][str(answer.status)]
    if "content" in declared and answer.status != 304:
        assert {answer.content_type, "*/*"} & declared["content"].keys(), operation["operationId"]
    special = {"Drawbridge-Cursor", "ETag", "Location", "WWW-Authenticate", "Retry-After", "RateLimit"}
    assert special & answer.headers.keys() <= declared["headers"].keys(), operation["operationId"]


def test_the_document_is_whole() -> None:
    """Every operation has a summary, an example, its errors and its own id."""
    described = document(ENDPOINTS, "1.2.3", BASE)
    operations = [item for path in described["paths"].values() for item in path.values()]
    assert len({item["operationId"] for item in operations}) == len(operations)
    for item in operations:
        assert item["summary"].endswith((".", "?"))
        assert {"400", "401", "403", "429", "500", "503", "504"} <= item["responses"].keys()
    for endpoint in ENDPOINTS:
        assert endpoint.about is not None
        for answer in endpoint.about.answers.values():
            assert answer.schema is None or answer.example is not None or endpoint.path == "/openapi.json"


MISSING = {
    "/api/history/period?filter_entity_id=sensor.outside": "recorder",
    "/api/history/period/2026-11-01": "recorder",
    "/api/logbook": "recorder",
    "/api/logbook/2026-11-01": "recorder",
    "/api/calendars": "calendar",
    "/api/calendars/calendar.family": "calendar",
    "/api/camera_proxy/camera.door": "camera",
    "/api/image_proxy/image.map": "image",
}


@pytest.mark.parametrize(("path", "integration"), MISSING.items())
async def test_what_is_not_set_up(bridge: Bridge, hass: HomeAssistant, path: str, integration: str) -> None:
    """A part of the API whose integration is absent is not found, and says which it is."""
    assert integration not in hass.config.components
    key = await bridge.add_key(everything=True, capabilities=["read", "history", "images"])
    answer = await bridge.get(path, key)
    assert answer.status == 404
    assert f"'{integration}' is not set up" in (await answer.json(content_type=None))["message"]
