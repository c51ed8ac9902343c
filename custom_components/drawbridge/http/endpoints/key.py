"""``/key``: the key of the caller."""

from datetime import UTC, datetime

from aiohttp import web

from ...operations import own
from ..call import Call, json_response
from ..endpoint import Router
from ..spec import OBJECT, Answer, ok

router = Router()


@router.endpoint(
    "GET",
    "/key",
    operation=own.KEY,
    about=ok(
        Answer("The caller.", OBJECT, {"name": "Dashboard", "capabilities": ["read"], "expires": None}), tag="bridge"
    ),
)
def key(call: Call) -> web.StreamResponse:
    """Return the caller's name, permissions, expiry and remaining rate limit."""
    me, bridge = call.key, call.bridge
    limit = me.rate_limit(bridge.options.per_minute)
    allowance = call.allowance
    return json_response(
        {
            "name": me.name,
            "capabilities": sorted(me.capabilities),
            "scope": me.scope.as_dict(),
            "services": sorted(me.services),
            "events": sorted(me.events),
            "media_hosts": sorted(me.media_hosts),
            "expires": _iso(me.expires),
            "rate_limit": {
                "requests_per_minute": limit.per_minute,
                "burst": limit.burst,
                "remaining": allowance.remaining if allowance is not None else limit.burst,
            }
            if limit is not None
            else None,
        }
    )


def _iso(timestamp: float | None) -> str | None:
    return datetime.fromtimestamp(timestamp, UTC).isoformat() if timestamp is not None else None
