"""``/api/states``: what the entities in scope are doing."""

from collections.abc import Awaitable
from typing import Final

from aiohttp import hdrs, web

from ..cache.documents import Document
from ..cache.view import StateView
from ..keys import Capability
from ..policy.headers import NO_STORE
from .call import Call
from .endpoint import Router
from .prepared import coding_for, document_response, is_current, not_modified, prepared
from .problem import not_found

router = Router()

_JSON: Final = "application/json"


@router.endpoint("GET", "/api/states", capability=Capability.READ)
def all_states(call: Call) -> web.StreamResponse | Awaitable[web.StreamResponse]:
    """Return the states of all entities in scope."""
    states, scope = call.bridge.caches.states, call.key.scope
    if not states.limits.enabled:
        return document_response(call, Document(states.direct(scope), None, 0.0))
    view = states.view(scope)
    if states.validate(view) and is_current(call.request, view.etag):
        states.revalidated()
        return not_modified(view.etag)
    coding = coding_for(call.request)
    body = states.body(view, coding)
    if body is None:
        return _slowly(call, view)
    return prepared(body, coding, view.etag)


async def _slowly(call: Call, view: StateView) -> web.StreamResponse:
    """Return the same, built while others go first."""
    coding = coding_for(call.request)
    body = await call.bridge.caches.states.body_in_slices(view, coding)
    call.ensure_unchanged()
    return prepared(body, coding, view.etag)


@router.endpoint("GET", "/api/states/{entity_id}", capability=Capability.READ)
def one_state(call: Call) -> web.StreamResponse:
    """Return the state of an entity."""
    entity_id = call.parameter("entity_id")
    state = call.bridge.hass.states.get(entity_id)
    # Asked first, and of what does not exist too: the two must not differ in what they cost.
    if not call.scope.allows(entity_id.lower()):
        raise not_found("Entity not found.", hidden="scope")
    if state is None:
        raise not_found("Entity not found.")
    return web.Response(body=state.as_dict_json, content_type=_JSON, headers={hdrs.CACHE_CONTROL: NO_STORE})
