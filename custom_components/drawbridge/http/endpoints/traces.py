"""``/traces``: the spans that the exporter sends to a collector of OpenTelemetry."""

from typing import Final

from aiohttp import web

from ...operations import own
from ..call import Call, json_response
from ..endpoint import Router
from ..spec import OBJECT, Answer, Parameter, ok

router = Router()

_OFF: Final = {"enabled": False, "cursor": "", "lost": 0, "more": False, "spans": []}


@router.endpoint(
    "GET",
    "/traces",
    operation=own.TRACES,
    about=ok(
        Answer("The spans after the cursor, at most 1,024, and the next cursor.", OBJECT, _OFF),
        parameters=(Parameter("since", "Only spans after this cursor, from an earlier response."),),
        tag="bridge",
    ),
)
def traces(call: Call) -> web.StreamResponse:
    """Return the recorded spans of requests, for OpenTelemetry."""
    tracer = call.bridge.tracer
    if tracer is None:
        return json_response(_OFF)
    return json_response({"enabled": True, **tracer.after(call.request.query.get("since", ""))})
