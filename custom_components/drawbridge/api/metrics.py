"""``/metrics``: the snapshot that the exporter reads."""

from aiohttp import web

from ..keys import Capability
from .call import Call, json_response
from .endpoint import Router

router = Router()


@router.endpoint("GET", "/metrics", capability=Capability.METRICS)
def metrics(call: Call) -> web.StreamResponse:
    """Return the bridge's own metrics as one JSON document."""
    return json_response(call.bridge.snapshot())
