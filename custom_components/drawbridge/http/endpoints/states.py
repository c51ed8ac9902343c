"""``/api/states``: what the entities in scope are doing."""

from functools import partial
from http import HTTPStatus
from typing import Any, Final

from aiohttp import hdrs, web
from homeassistant.core import Context
from homeassistant.exceptions import InvalidEntityFormatError, InvalidStateError
from homeassistant.helpers.json import json_bytes
from multidict import CIMultiDict, CIMultiDictProxy

from ...cache.documents import Document
from ...cache.states import Answer as CacheAnswer
from ...cache.views import StateView
from ...const import BASE_PATH
from ...encoding import negotiation
from ...encoding.codecs import CODINGS, Coding, Payload
from ...keys import Capability
from ...limits.created_states import MAX_CREATED_STATES
from ..call import Call, json_response
from ..endpoint import Answering, Router
from ..prepared import coding_for, document_response, is_current, not_modified, prepared
from ..problem import bad_request, failed, forbidden, not_found, too_large
from ..response import WholeResponse
from ..security_headers import NO_STORE
from ..spec import JSON, MESSAGE, STATE, About, Answer, Body, array, ok
from . import narrowing as narrow
from .narrowing import Narrowing

router = Router()

_CURSOR: Final = "Drawbridge-Cursor"
_NOT_FOUND: Final = "Entity not found."
_UNCACHED: Final = CIMultiDictProxy(CIMultiDict({hdrs.CONTENT_TYPE: JSON, hdrs.CACHE_CONTROL: NO_STORE}))
_LONGEST: Final = 255
_MAX_ATTRIBUTES_BYTES: Final = 16_384
"""As much as Home Assistant's recorder stores of one state."""
_DEFLATED: Final = ("gzip", "deflate")
"""Codings whose compressor is not shared, so that the executor may use them."""
_COMPRESSED_AT_ONCE_BYTES: Final = 32_768
_EXAMPLE: Final = {"entity_id": "light.living_room", "state": "on", "attributes": {"brightness": 120}}
_WRITTEN: Final = {"Location": "The path of the state."}
_READ: Final = {
    "ETag": "Names the answer, for If-None-Match.",
    _CURSOR: "Names this moment, for `since`.",
}


@router.endpoint(
    "GET",
    "/api/states",
    capability=Capability.READ,
    about=About(
        {
            HTTPStatus.OK: Answer(
                "The states; with `since`, an object of what changed and what was removed.",
                {"anyOf": [array(narrow.PROJECTED), narrow.FOLLOWED]},
                [_EXAMPLE],
                headers=_READ,
            ),
            HTTPStatus.NOT_MODIFIED: Answer(
                "Nothing changed since the answer that If-None-Match names.", headers=_READ
            ),
        },
        parameters=narrow.PARAMETERS,
        problems=frozenset({HTTPStatus.BAD_REQUEST}),
    ),
)
def all_states(call: Call) -> web.StreamResponse | Answering:
    """Return the states of all entities in scope, or of those that are asked for."""
    narrowing = Narrowing.of(call.bridge.hass, call.request.query) if call.request.query_string else None
    if narrowing is not None:
        return _bulk(call, narrow.answer(call, narrowing), {hdrs.CACHE_CONTROL: NO_STORE, _CURSOR: narrow.cursor(call)})
    key, states = call.key, call.bridge.states
    if not states.limits.enabled:
        document = Document(states.direct(key.scope, call.redaction), None, 0.0)
        response = document_response(call, document)
        response.headers[_CURSOR] = narrow.cursor(call)
        return response
    view, coding = states.view(key.scope, call.redaction), coding_for(call.request)
    body = states.respond(view, coding, partial(is_current, call.request))
    if body is CacheAnswer.PENDING:
        return _built_in_slices(call, view, coding)
    cursor = {_CURSOR: narrow.steady_cursor(call, view)}
    if body is CacheAnswer.NOT_MODIFIED:
        return not_modified(view.etag, cursor)
    return prepared(body, coding, view.etag, cursor)


async def _built_in_slices(call: Call, view: StateView, coding: Coding) -> web.StreamResponse:
    body = await call.bridge.states.body_in_slices(view, coding)
    call.ensure_unchanged()
    return prepared(body, coding, view.etag, {_CURSOR: narrow.steady_cursor(call, view)})


@router.endpoint(
    "GET",
    "/api/states/{entity_id}",
    capability=Capability.READ,
    about=ok(Answer("The state.", STATE, _EXAMPLE), HTTPStatus.NOT_FOUND),
)
def one_state(call: Call) -> web.StreamResponse:
    """Return the state of an entity."""
    entity_id, key, bridge = call.parameter("entity_id"), call.key, call.bridge
    state = bridge.hass.states.get(entity_id)
    # Asked first, and of what does not exist too: the two must not differ in what they cost.
    if not bridge.directory.live(key.scope).allows(entity_id.lower()):
        raise not_found(_NOT_FOUND, hidden="scope")
    if state is None:
        raise not_found(_NOT_FOUND)
    text = bridge.states.json.encode(state, call.redaction)
    return WholeResponse(HTTPStatus.OK, _UNCACHED, Payload((text,), len(text)))


@router.endpoint(
    "POST",
    "/api/states/{entity_id}",
    capability=Capability.SET_STATE,
    about=About(
        {
            HTTPStatus.OK: Answer("The state was set.", STATE, _EXAMPLE, headers=_WRITTEN),
            HTTPStatus.CREATED: Answer("The state was made.", STATE, _EXAMPLE, headers=_WRITTEN),
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
    """Set the state of an entity, whether there is one or not. Its device is told nothing."""
    _writable(call)
    new = _new_state(await call.json())
    states = call.bridge.hass.states
    context = await _context(call)
    # Asked again: while the body came, the entity may have moved.
    entity_id = _writable(call)
    status = HTTPStatus.OK if states.get(entity_id) is not None else HTTPStatus.CREATED
    if status is HTTPStatus.CREATED:
        _ensure_may_create(call, entity_id)
    try:
        states.async_set(entity_id, new["state"], new.get("attributes"), bool(new.get("force_update")), context)
    except InvalidEntityFormatError as err:
        raise bad_request("Invalid entity ID specified.") from err
    except InvalidStateError as err:
        raise bad_request("Invalid state specified: 255 characters are the limit.") from err
    if (state := states.get(entity_id)) is None:
        raise failed("Error storing state.")
    headers = {**_UNCACHED, hdrs.LOCATION: f"{BASE_PATH}/api/states/{entity_id}"}
    return WholeResponse(status, headers, Payload.of(call.bridge.states.json.encode(state, call.redaction)))


@router.endpoint(
    "DELETE",
    "/api/states/{entity_id}",
    capability=Capability.SET_STATE,
    about=ok(Answer("The state was removed.", MESSAGE, {"message": "Entity removed."}), HTTPStatus.NOT_FOUND),
)
async def remove_state(call: Call) -> web.StreamResponse:
    """Remove the state of an entity. An entity that something provides comes back with its next change."""
    context = await _context(call)
    entity_id = _writable(call)
    if not call.bridge.hass.states.async_remove(entity_id, context):
        raise not_found(_NOT_FOUND)
    return json_response({"message": "Entity removed."})


def _writable(call: Call) -> str:
    """Return the entity to write to. Home Assistant writes in lower case, so that is held against the scope."""
    entity_id = call.parameter("entity_id").lower()
    call.caller.activity.target = f"state of {entity_id[:_LONGEST]}"
    if not call.scope.allows(entity_id):
        raise not_found(_NOT_FOUND, hidden="scope")
    return entity_id


async def _context(call: Call) -> Context:
    context = Context(user_id=await call.bridge.usage.user_id(call.key))
    call.ensure_unchanged()
    return context


def _new_state(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise bad_request("State data should be a JSON object.")
    if data.get("state") is None:
        raise bad_request("No state specified.")
    if not isinstance(data.get("attributes"), dict | None):
        raise bad_request("'attributes' should be a JSON object.")
    if len(json_bytes(data.get("attributes"))) > _MAX_ATTRIBUTES_BYTES:
        raise too_large(_MAX_ATTRIBUTES_BYTES)
    return data


def _ensure_may_create(call: Call, entity_id: str) -> None:
    """Refuse a new state where the key has created too many; those that it lists by their id always fit."""
    if entity_id in call.key.scope.include.entities:
        return
    exists = call.bridge.hass.states.get
    if not call.bridge.created_states.reserve(call.key.id, entity_id, lambda item: exists(item) is not None):
        detail = f"This key has created {MAX_CREATED_STATES} states, which is the limit. Remove some first."
        raise forbidden("too_many_states", detail)


def _bulk(call: Call, body: bytes, headers: dict[str, str]) -> web.StreamResponse | Answering:
    """Answer with a body that is not kept, compressed in the executor where it is large."""
    coding = CODINGS[negotiation.choose(call.request.headers.get(hdrs.ACCEPT_ENCODING), _DEFLATED)]
    headers[hdrs.CONTENT_TYPE] = JSON
    if coding.name == negotiation.IDENTITY:
        return WholeResponse(HTTPStatus.OK, headers, Payload.of(body))
    headers[hdrs.CONTENT_ENCODING] = coding.name
    if len(body) <= _COMPRESSED_AT_ONCE_BYTES:
        return WholeResponse(HTTPStatus.OK, headers, coding.encode(body))
    return _bulk_in_executor(call, body, headers, coding)


async def _bulk_in_executor(call: Call, body: bytes, headers: dict[str, str], coding: Coding) -> web.StreamResponse:
    compressed = await call.bridge.hass.async_add_executor_job(coding.encode, body)
    call.ensure_unchanged()
    return WholeResponse(HTTPStatus.OK, headers, compressed)
