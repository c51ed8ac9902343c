"""``/health``: the health of the bridge."""

from aiohttp import web

from ...keys import Capability
from ...operations import own
from ...telemetry.snapshot import health_document
from ..call import Call, json_response
from ..endpoint import Router
from ..spec import Answer, component, ok

router = Router()


@router.endpoint(
    "GET",
    "/health",
    operation=own.HEALTH,
    about=ok(Answer("The bridge is up.", component("Health"), {"status": "ok"}), tag="bridge"),
    when_down={"status": "unavailable"},
)
def health(call: Call) -> web.StreamResponse:
    """Return whether the bridge is up. With the capability `metrics`, also returns the health score."""
    document: dict[str, object] = {"status": "ok"}
    if call.presented is not None and Capability.METRICS in call.presented.capabilities:
        document |= health_document(call.bridge.health())
    return json_response(document)
