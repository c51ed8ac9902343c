"""The headers of every answer."""

from aiohttp import hdrs
from multidict import CIMultiDict

from ..policy import cors
from ..policy.headers import REQUEST_ID, SECURITY_HEADERS, STRICT_TRANSPORT_SECURITY
from .call import Call


def add_headers(call: Call, headers: CIMultiDict[str]) -> None:
    """Add what every answer to a call carries: what a page may not do with it, its number, and what is left."""
    request = call.request
    headers.update(SECURITY_HEADERS)
    headers[REQUEST_ID] = call.request_id
    if request.secure:
        name, value = STRICT_TRANSPORT_SECURITY
        headers[name] = value
    if call.allowance is not None:
        headers.update(call.allowance.headers())
    if (origin := request.headers.get(hdrs.ORIGIN)) is not None:
        headers.update(cors.answer_headers(origin, call.bridge.origins(call.presented)))
