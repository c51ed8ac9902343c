"""Checks that a trace of a client continues in the bridge."""

import secrets
from http import HTTPStatus
from typing import Final

from .context import Context
from .model import Check, Verdict, needs_person, passed

_SECTION: Final = "Infrastructure"
_WHERE: Final = "Settings > Devices & services > Drawbridge > Configure"


async def continued(context: Context) -> Verdict:
    """Send a request in a trace of its own, and look for its span among those that the exporter collects."""
    trace = secrets.token_hex(16)
    await context.ask("/key", headers={"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"})
    reply = await context.ask("/traces")
    if reply.status == HTTPStatus.OK and trace.encode() in reply.body:
        return passed("A request of this run, sent in a trace, is among the spans of the bridge.")
    return needs_person(
        "The bridge does not record traces.",
        f"If you use distributed tracing, turn it on in {_WHERE}. Otherwise, use the request ID, which is in every"
        " response and in the audit trail.",
    )


CHECKS: Final = (Check(_SECTION, "tracing", "Distributed tracing, if used", continued, flag="tracing in the settings"),)
