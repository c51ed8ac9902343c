"""``/api/states``: the states of entities in scope."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ...cache.documents import Document
from ...cache.states import Answer as CacheAnswer
from ...cache.views import StateView
from ...encoding import negotiation
from ...encoding.codecs import CODINGS, Coding, Payload
from ...operations import narrowing as narrow, states as operations
from ...operations.narrowing import Narrowing
from ..call import Call, json_response
from ..endpoint import Answering, Router
from ..header_block import NO_HEADERS, secured
from ..prepared import coding_for, document_response, is_current, not_modified, prepared
from ..response import WholeResponse
from ..security_headers import NO_STORE
from ..spec import JSON, MESSAGE, STATE, STATES, TEXT, About, Answer, Body, Parameter, array, ok

router = Router()

_CURSOR: Final = "Drawbridge-Cursor"
_UNCACHED: Final[Mapping[str, str]] = {hdrs.CONTENT_TYPE: JSON, hdrs.CACHE_CONTROL: NO_STORE}
_UNCACHED_BLOCK: Final = secured(_UNCACHED)
_DEFLATED: Final = ("gzip", "deflate")
"""Codings whose compressor is not shared, so that they can run in the executor."""
_COMPRESS_IN_LOOP_BELOW_BYTES: Final = 32_768
_EXAMPLE: Final = {"entity_id": "light.living_room", "state": "on", "attributes": {"brightness": 120}}
_WRITTEN: Final = {"Location": "The path of the state."}
_READ: Final = {
    "ETag": "The validator of the response, for If-None-Match.",
    _CURSOR: "The cursor of this response, for `since`.",
}
_PARAMETERS: Final = (
    Parameter("domain", "Only entities of these domains.", repeatable=True),
    Parameter("area", "Only entities in these areas, by id or name.", repeatable=True),
    Parameter("label", "Only entities with these labels, by id or name.", repeatable=True),
    Parameter("entity_id", "Only these entities. Supports the wildcards `*`, `?` and `[…]`.", repeatable=True),
    Parameter("fields", "Only these members, such as `state,attributes.unit_of_measurement`.", repeatable=True),
    Parameter("since", "Only changes after this cursor, from the header `Drawbridge-Cursor` of an earlier response."),
)
_FOLLOWED: Final = {
    "type": "object",
    "required": ["reset", "changed", "removed"],
    "properties": {"reset": {"type": "boolean"}, "changed": STATES, "removed": array(TEXT)},
}
"""The response to ``since``. With ``reset``, ``changed`` has all states, and the client must discard its own."""
_PROJECTED: Final = {"anyOf": [STATE, {"type": "object", "required": ["entity_id"]}]}


@router.endpoint(
    "GET",
    "/api/states",
    operation=operations.LIST,
    about=About(
        {
            HTTPStatus.OK: Answer(
                "The states. With `since`, an object with changed and removed states.",
                {"anyOf": [array(_PROJECTED), _FOLLOWED]},
                [_EXAMPLE],
                headers=_READ,
            ),
            HTTPStatus.NOT_MODIFIED: Answer(
                "Nothing has changed since the response that If-None-Match names.", headers=_READ
            ),
        },
        parameters=_PARAMETERS,
        problems=frozenset({HTTPStatus.BAD_REQUEST}),
    ),
)
def all_states(call: Call) -> web.StreamResponse | Answering:
    """Return the states of all entities in scope, or of the requested ones."""
    narrowing = _narrowing(call) if call.request.query_string else None
    states = call.bridge.states
    if narrowing is not None:
        caller = call.caller
        headers: dict[str, str] = {hdrs.CACHE_CONTROL: NO_STORE, _CURSOR: narrow.cursor(caller)}
        return _bulk(call, narrow.answer(caller, narrowing), headers)
    scope, redaction = call.key.scope, call.redaction
    if not states.limits.enabled:
        document = Document(states.direct(scope, redaction), None, 0.0)
        response = document_response(call, document)
        response.headers[_CURSOR] = narrow.cursor(call.caller)
        return response
    view, coding = states.view(scope, redaction), coding_for(call.request)
    body = states.respond(view, coding, partial(is_current, call.request))
    if body is CacheAnswer.PENDING:
        return _built_in_slices(call, view, coding)
    # This is the most frequent request, so a caller is created only if it is needed.
    cursor = {_CURSOR: narrow.kept_cursor(view) or narrow.steady_cursor(call.caller, view)}
    if body is CacheAnswer.NOT_MODIFIED:
        return not_modified(view.etag, cursor)
    return prepared(body, coding, view.etag, cursor)


def _narrowing(call: Call) -> Narrowing | None:
    """Parse the query. Returns ``None`` if it requests everything, as Home Assistant's own clients do."""
    query = call.request.query
    asked = {name: query.getall(name) for name in narrow.NAMES if name in query}
    return Narrowing.of(call.caller, asked) if asked else None


async def _built_in_slices(call: Call, view: StateView, coding: Coding) -> web.StreamResponse:
    body = await call.bridge.states.body_in_slices(view, coding)
    call.ensure_unchanged()
    return prepared(body, coding, view.etag, {_CURSOR: narrow.steady_cursor(call.caller, view)})


@router.endpoint(
    "GET",
    "/api/states/{entity_id}",
    operation=operations.READ,
    about=ok(Answer("The state.", STATE, _EXAMPLE), HTTPStatus.NOT_FOUND),
)
def one_state(call: Call) -> web.StreamResponse:
    """Return the state of an entity."""
    caller = call.caller
    text = operations.encoded(caller, operations.find(caller, call.parameter("entity_id")))
    return WholeResponse(HTTPStatus.OK, NO_HEADERS, Payload((text,), len(text)), _UNCACHED_BLOCK)


@router.endpoint(
    "POST",
    "/api/states/{entity_id}",
    operation=operations.SET,
    about=About(
        {
            HTTPStatus.OK: Answer("The state was set.", STATE, _EXAMPLE, headers=_WRITTEN),
            HTTPStatus.CREATED: Answer("The state was created.", STATE, _EXAMPLE, headers=_WRITTEN),
        },
        body=Body(
            "The new state.",
            {
                "type": "object",
                "required": ["state"],
                "properties": {
                    "state": {},
                    "attributes": {"type": ["object", "null"]},
                    "force_update": {},
                },
            },
            {"state": "21.5", "attributes": {"unit_of_measurement": "°C"}},
            required=True,
        ),
        problems=frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}),
    ),
)
async def set_state(call: Call) -> web.StreamResponse:
    """Set or create the state of an entity. This does not control its device."""
    caller = call.caller
    # Check this before reading the body, which may be large or slow.
    entity_id = operations.ensure_writable(caller, call.parameter("entity_id"))
    state, is_new = await operations.set_state(caller, entity_id, await call.json())
    headers = {**_UNCACHED, hdrs.LOCATION: f"{call.base_path}/api/states/{entity_id}"}
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return WholeResponse(status, headers, Payload.of(operations.encoded(caller, state)))


@router.endpoint(
    "DELETE",
    "/api/states/{entity_id}",
    operation=operations.REMOVE,
    about=ok(Answer("The state was removed.", MESSAGE, {"message": "Entity removed."}), HTTPStatus.NOT_FOUND),
)
async def remove_state(call: Call) -> web.StreamResponse:
    """Remove the state of an entity. If an integration provides the entity, its next change restores it."""
    await operations.remove_state(call.caller, call.parameter("entity_id"))
    return json_response({"message": "Entity removed."})


def _bulk(call: Call, body: bytes, headers: dict[str, str]) -> web.StreamResponse | Answering:
    """Respond with a body that is not cached. Compresses a large body in the executor."""
    coding = CODINGS[negotiation.choose(call.request.headers.get(hdrs.ACCEPT_ENCODING), _DEFLATED)]
    headers[hdrs.CONTENT_TYPE] = JSON
    if coding.name == negotiation.IDENTITY:
        return WholeResponse(HTTPStatus.OK, headers, Payload.of(body))
    headers[hdrs.CONTENT_ENCODING] = coding.name
    if len(body) <= _COMPRESS_IN_LOOP_BELOW_BYTES:
        return WholeResponse(HTTPStatus.OK, headers, coding.encode(body))
    return _bulk_in_executor(call, body, headers, coding)


async def _bulk_in_executor(call: Call, body: bytes, headers: dict[str, str], coding: Coding) -> web.StreamResponse:
    compressed = await call.caller.compute(partial(coding.encode, body))
    call.ensure_unchanged()
    return WholeResponse(HTTPStatus.OK, headers, compressed)
