"""``/key``: who am I?"""

from aiohttp import web

from .call import Call, json_response
from .endpoint import Access, Router

router = Router()


@router.endpoint("GET", "/key", capability=Access.ANY_KEY)
def key(call: Call) -> web.StreamResponse:
    """Return the caller's name, capabilities and scope."""
    return json_response(
        {
            "name": call.key.name,
            "capabilities": sorted(call.key.capabilities),
            "scope": call.key.scope.as_dict(),
        }
    )
