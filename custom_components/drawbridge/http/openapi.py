"""``/openapi.json``: the OpenAPI document, generated from the endpoint declarations."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from aiohttp import hdrs, web
from homeassistant.helpers.json import json_bytes

from ..encoding.codecs import Payload
from ..operations import own
from ..operations.declaration import Access
from .call import Call
from .endpoint import Endpoint
from .problem import CONTENT_TYPE
from .response import WholeResponse
from .security_headers import NO_STORE
from .spec import JSON, MOMENT, NOTHING, OBJECT, TEXT, About, Answer, Body, Parameter, Schema, component, ok

_PROBLEM: Final = component("Problem")

SCHEMAS: Final[Mapping[str, Schema]] = {
    "State": {
        "type": "object",
        "required": ["entity_id", "state", "attributes"],
        "properties": {
            "entity_id": TEXT,
            "state": TEXT,
            "attributes": OBJECT,
            "last_changed": MOMENT,
            "last_reported": MOMENT,
            "last_updated": MOMENT,
            "context": OBJECT,
        },
    },
    "Health": {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"enum": ["ok", "unavailable"]},
            "score": {"type": ["number", "null"]},
            "components": OBJECT,
        },
    },
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail", "message", "reason"],
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "message": {"type": "string", "description": "The detail, as in Home Assistant's API."},
            "reason": {"type": "string", "description": "A machine-readable reason."},
        },
    },
}

_TAGS: Final[Mapping[str, str]] = {
    "mirror": "Home Assistant's own paths and bodies, within the scope of the key.",
    "bridge": "Drawbridge's own endpoints.",
}
_SECURITY_SCHEMES: Final[Mapping[str, Mapping[str, str]]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer dbk_…`"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}

_PATH_PARAMETERS: Final[Mapping[str, tuple[str, str]]] = {
    "entity_id": ("The id of an entity.", "light.living_room"),
    "event_type": ("The event type.", "doorbell"),
    "domain": ("The domain of the service.", "light"),
    "service": ("The name of the service.", "turn_on"),
    "start": ("The start of the period.", "2026-11-01T12:00:00+00:00"),
}

_PROBLEMS: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "The request is invalid. The message has the details.",
    HTTPStatus.UNAUTHORIZED: "The key is missing or invalid.",
    HTTPStatus.FORBIDDEN: "The key does not have permission, or may not be used from this address.",
    HTTPStatus.NOT_FOUND: "It does not exist, is not in the scope of the key, or its integration is not set up.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.TOO_MANY_REQUESTS: "The key's rate limit is used up, or the address is locked out.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Home Assistant returned an error.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The bridge is down, or the key has too many concurrent requests.",
    HTTPStatus.GATEWAY_TIMEOUT: "Home Assistant did not answer in time.",
}
_OF_EVERY: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""Statuses that the gate can return for every endpoint."""

_PROBLEM_HEADERS: Final[Mapping[HTTPStatus, Mapping[str, str]]] = {
    HTTPStatus.UNAUTHORIZED: {hdrs.WWW_AUTHENTICATE: "The authentication scheme, and the error."},
    HTTPStatus.TOO_MANY_REQUESTS: {hdrs.RETRY_AFTER: "Seconds to wait."},
    HTTPStatus.SERVICE_UNAVAILABLE: {hdrs.RETRY_AFTER: "Seconds to wait."},
}
_HEADERS: Final = {
    "X-Request-ID": "The id of the request, as in the audit trail.",
    hdrs.CACHE_CONTROL: "Whether the response may be stored.",
    hdrs.VARY: "The request headers that the response depends on.",
}
_RATE_HEADERS: Final = {
    "RateLimit": "The remaining rate limit of the key.",
    "RateLimit-Policy": "The rate limit of the key.",
}


def with_document(endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Return the endpoints, and an endpoint with their OpenAPI document."""
    declared = list(endpoints)

    @cache
    def content(version: str, base_path: str) -> bytes:
        return json_bytes(document(declared, version, base_path))

    def openapi(call: Call) -> web.StreamResponse:
        """Return this document."""
        headers: dict[str, str] = {hdrs.CONTENT_TYPE: JSON, hdrs.CACHE_CONTROL: NO_STORE}
        return WholeResponse(HTTPStatus.OK, headers, Payload.of(content(call.bridge.version, call.base_path)))

    about = ok(Answer("The document.", OBJECT), tag="bridge")
    declared.append(Endpoint("GET", "/openapi.json", own.DOCUMENT, openapi, "Return this document.", about))
    return tuple(declared)


def document(endpoints: Iterable[Endpoint], version: str, base_path: str) -> dict[str, Any]:
    """Return the OpenAPI document of endpoints.

    Args:
        endpoints: The endpoints.
        version: The version of the integration.
        base_path: The path under which the endpoints are mounted.

    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Drawbridge",
            "version": version,
            "summary": "Home Assistant's own REST API, for scoped API keys.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": base_path or "/"}],
        "tags": [{"name": name, "description": description} for name, description in _TAGS.items()],
        "paths": _paths(endpoints),
        "components": {"schemas": dict(SCHEMAS), "securitySchemes": dict(_SECURITY_SCHEMES)},
    }


def _paths(endpoints: Iterable[Endpoint]) -> dict[str, dict[str, Any]]:
    """Describe the methods of each path, including HEAD for each GET, and OPTIONS."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        item = paths.setdefault(endpoint.path, {})
        item[endpoint.method.lower()] = _operation(endpoint)
        if endpoint.method == hdrs.METH_GET:
            item["head"] = _without_content(_operation(endpoint, "head"))
        item.setdefault("options", _options(endpoint))
    return paths


def _operation(endpoint: Endpoint, method: str | None = None) -> dict[str, Any]:
    about = endpoint.about
    if about is None:
        raise TypeError(f"{endpoint.method} {endpoint.path} does not declare its responses")
    operation: dict[str, Any] = {
        "operationId": _operation_id(method or endpoint.method, endpoint.path),
        "summary": endpoint.summary,
        "tags": [about.tag],
        "parameters": [*_path_parameters(endpoint.path), *map(_parameter, about.parameters)],
        "responses": _responses(endpoint, about),
        "security": _security(endpoint),
    }
    if not isinstance(endpoint.operation.capability, Access):
        operation["description"] = f"Needs the capability `{endpoint.operation.capability}`."
    if about.body is not None:
        operation["requestBody"] = _body(about.body)
    return operation


def _operation_id(method: str, path: str) -> str:
    words = re.findall(r"[a-z_]+", path.removeprefix("/api"))
    return "_".join([method.lower(), *words]) if words else f"{method.lower()}_api"


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    keys: list[dict[str, list[str]]] = [{"bearer": []}, {"header": []}]
    return [{}, *keys] if endpoint.operation.capability is Access.PUBLIC else keys


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PATH_PARAMETERS[name][0],
            "schema": {"type": "string", "minLength": 1},
            "example": _PATH_PARAMETERS[name][1],
        }
        for name in re.findall(r"{(\w+)}", path)
    ]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: Schema = {"type": "array", "items": parameter.schema} if parameter.repeatable else parameter.schema
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.description,
        "schema": schema,
    }


def _body(body: Body) -> dict[str, Any]:
    return {
        "description": body.description,
        "required": body.required,
        "content": {JSON: {"schema": body.schema, "example": body.example}},
    }


def _responses(endpoint: Endpoint, about: About) -> dict[str, Any]:
    problems = _OF_EVERY | about.problems
    if about.body is not None:
        problems |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
    answers = {str(status.value): _answer(answer) for status, answer in sorted(about.answers.items())}
    refusals = {str(status.value): _refusal(status) for status in sorted(problems)}
    if endpoint.when_down is not None:
        down = refusals[str(HTTPStatus.SERVICE_UNAVAILABLE.value)]["content"]
        down[JSON] = {"schema": next(iter(about.answers.values())).schema, "example": dict(endpoint.when_down)}
    return answers | refusals


def _answer(answer: Answer) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": answer.description,
        "headers": _described({**_HEADERS, **_RATE_HEADERS, **answer.headers}),
    }
    if answer.schema is not None and answer.content_type is not None:
        media: dict[str, Any] = {"schema": answer.schema}
        if answer.example is not None:
            media["example"] = answer.example
        described["content"] = {answer.content_type: media}
    elif answer.content_type is None:
        described["content"] = {"*/*": {"schema": {}}}
    return described


def _refusal(status: HTTPStatus) -> dict[str, Any]:
    example = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": _PROBLEMS[status],
        "message": _PROBLEMS[status],
        "reason": status.name.lower(),
    }
    content: dict[str, Any] = {CONTENT_TYPE: {"schema": _PROBLEM, "example": example}}
    if status is HTTPStatus.BAD_REQUEST:
        # Home Assistant's request filter refuses suspicious queries before they reach the bridge.
        content["text/plain"] = {"schema": TEXT}
    headers = {**_HEADERS, **_RATE_HEADERS, **_PROBLEM_HEADERS.get(status, NOTHING)}
    return {"description": _PROBLEMS[status], "headers": _described(headers), "content": content}


def _described(headers: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"description": text, "schema": TEXT} for name, text in headers.items()}


def _without_content(operation: dict[str, Any]) -> dict[str, Any]:
    responses = operation["responses"].items()
    return operation | {
        "summary": f"The same as GET, without the body. {operation['summary']}",
        "responses": {status: {k: v for k, v in item.items() if k != "content"} for status, item in responses},
    }


def _options(endpoint: Endpoint) -> dict[str, Any]:
    answer = Answer("The allowed methods, and CORS headers.", headers={hdrs.ALLOW: "The allowed methods."})
    refusals = {str(status.value): _refusal(status) for status in sorted(_OF_EVERY)}
    return {
        "operationId": _operation_id(hdrs.METH_OPTIONS, endpoint.path),
        "summary": "Return the methods.",
        "tags": [endpoint.about.tag if endpoint.about is not None else "mirror"],
        "parameters": _path_parameters(endpoint.path),
        "responses": {str(HTTPStatus.NO_CONTENT.value): _answer(answer)} | refusals,
        "security": [{}, {"bearer": []}, {"header": []}],
    }
