"""``/api/states``: what the entities in scope are doing."""

from http import HTTPStatus

from aiohttp import hdrs, web

from ..keys import Capability
from ..policy.headers import NO_STORE, REVALIDATE
from .call import Call
from .endpoint import Router
from .problem import not_found

router = Router()


@router.endpoint("GET", "/api/states", capability=Capability.READ)
def all_states(call: Call) -> web.StreamResponse:
    """Return the states of all entities in scope."""
    body = call.bridge.states.view(call.key.scope).body()
    headers = {hdrs.CACHE_CONTROL: REVALIDATE, hdrs.ETAG: body.etag}
    if _matches(call.request, body.etag):
        call.bridge.state_recorder.revalidated()
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    response = web.Response(
        body=body.content,
        content_type="application/json",
        headers=headers,
        zlib_executor_size=32768,
    )
    response.enable_compression()
    return response


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
    return web.Response(
        body=state.as_dict_json,
        content_type="application/json",
        headers={hdrs.CACHE_CONTROL: NO_STORE},
    )


def _matches(request: web.Request, etag: str) -> bool:
    """Compare weakly, as RFC 9110 asks for ``If-None-Match``."""
    candidates = request.headers.getall(hdrs.IF_NONE_MATCH, ())
    wanted = {item.strip() for header in candidates for item in header.split(",")}
    return "*" in wanted or etag in wanted or etag.removeprefix("W/") in wanted
