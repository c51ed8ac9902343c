"""``/metrics``: the snapshot that the exporter reads."""

from aiohttp import web

from ...operations import own
from ..call import Call, json_response
from ..endpoint import Router
from ..spec import OBJECT, Answer, ok

router = Router()


@router.endpoint(
    "GET",
    "/metrics",
    operation=own.METRICS,
    about=ok(Answer("The snapshot.", OBJECT, {"schema": 1, "bridge": {"version": "0.1.0"}}), tag="bridge"),
)
async def metrics(call: Call) -> web.StreamResponse:
    """Return the bridge's own metrics as one JSON document."""
    await call.bridge.process.refresh()
    return json_response(call.bridge.snapshot())
