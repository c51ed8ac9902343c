"""The sign-in page: plain files of this integration, with a strict content security policy."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

from ..encoding.codecs import Payload
from ..http.call import Call
from ..http.endpoint import Router
from ..http.endpoints.sessions import ensure_own_origin, ensure_pages
from ..http.response import WholeResponse
from ..http.spec import Answer, ok
from ..operations import sessions as operations

router = Router()

_FOLDER: Final = Path(__file__).parent / "web"
_POLICY: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
}
_FILES: Final = {
    "html": ((_FOLDER / "page.html").read_bytes(), "text/html; charset=utf-8"),
    "js": ((_FOLDER / "page.js").read_bytes(), "text/javascript; charset=utf-8"),
    "css": ((_FOLDER / "page.css").read_bytes(), "text/css; charset=utf-8"),
}
"""Read while the module is imported, which Home Assistant does outside of the event loop."""
_ANSWER: Final = ok(Answer("A part of the sign-in page.", content_type=None))


def _file(name: str) -> Callable[[Call], web.StreamResponse]:
    content, content_type = _FILES[name]

    def send(call: Call) -> web.StreamResponse:
        """Return a part of the sign-in page."""
        ensure_pages(call)
        call.headers = _POLICY
        headers: dict[str, str] = {hdrs.CONTENT_TYPE: content_type, hdrs.CACHE_CONTROL: "no-cache"}
        return WholeResponse(HTTPStatus.OK, headers, Payload.of(content))

    return send


for _path, _name in (("/auth/sign-in", "html"), ("/auth/sign-in.js", "js"), ("/auth/sign-in.css", "css")):
    router.endpoint("GET", _path, operation=operations.SIGN_IN_PAGE, about=_ANSWER)(_file(_name))

_page: Final = _file("html")


@router.endpoint("GET", "/auth/authorize", operation=operations.SIGN_IN_PAGE, about=_ANSWER)
def authorize(call: Call) -> web.StreamResponse:
    """Return the sign-in page, for a client of this origin."""
    ensure_pages(call)
    query = call.request.query
    ensure_own_origin(call.request, query.get("client_id", ""), query.get("redirect_uri", ""))
    return _page(call)
