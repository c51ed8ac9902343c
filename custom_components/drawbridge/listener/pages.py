"""Home Assistant's own pages: the installed frontend, unchanged. It gets its data through the transports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant

from ..bridge import Bridge
from ..door import Door
from ..encoding.codecs import Payload
from ..http.call import Call
from ..http.endpoint import Endpoint
from ..http.endpoints.sessions import ensure_pages
from ..http.gate import Gate
from ..http.problem import problem_of
from ..http.response import WholeResponse
from ..http.security_headers import SECURITY_HEADERS
from ..operations import sessions as operations
from ..refusal import Refusal, RefusedError, not_found

_POLICY: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; "
        "worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}
_FOLDERS: Final = ("frontend_latest", "frontend_es5", "static")
_ROOT_FILES: Final = ("robots.txt", "service_worker.js", "sw-legacy.js", "sw-modern.js")
_MONTH: Final = "public, max-age=2678400"
_REVALIDATE: Final = "no-cache"
_RESERVED: Final = (
    "api", "auth", "health", "key", "metrics", "websocket", "local", "media", "hacsfiles", "hassio", *_FOLDERS
)  # fmt: skip
PAGE_PATHS: Final = rf"/{{page:(?!(?:{'|'.join(_RESERVED)})(?:/|$))(?:[^/]+/)*[^/.]*}}"
"""Every path of a page. They do not reveal which panels exist: the pages ask for them with the key."""
_NO_SUCH_FILE: Final = not_found("There is no such file.")
_HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Frontend:
    """The installed frontend.

    Attributes:
        index: The page that loads the others.
        manifest: The manifest of the web application.
        files: All other files, by their path.

    """

    index: bytes
    manifest: bytes
    files: Mapping[str, Path]


class Pages:
    """Serves the installed frontend, while the option is on."""

    def __init__(self, find_bridge: Callable[[], Bridge | None]) -> None:
        """Serve the pages of a bridge."""
        self._find_bridge = find_bridge
        self._frontend: Frontend | None = None

    def mount(self, router: web.UrlDispatcher) -> None:
        """Register the paths of the pages at the root. Transports must be registered before."""
        for path in (*(f"/{folder}/{{file:.+}}" for folder in _FOLDERS), *(f"/{name}" for name in _ROOT_FILES)):
            router.add_get(path, self._file)
        router.add_get("/favicon.ico", self._file)
        router.add_get("/manifest.json", self._file)
        page = Endpoint(hdrs.METH_GET, "/{page}", operations.PAGES, self._index, "Return a page of the frontend.")
        gate = Gate("/{page}", {hdrs.METH_GET: page, hdrs.METH_HEAD: page}, self._find_bridge, "", Door.LISTENER)
        router.add_route(hdrs.METH_ANY, PAGE_PATHS, gate.handle)

    async def _index(self, call: Call) -> web.StreamResponse:
        ensure_pages(call)
        frontend = await self._found(call.bridge.hass)
        if frontend is None:
            raise not_found("Home Assistant's frontend is not set up here, so there are no pages.")
        call.headers = _POLICY
        headers: dict[str, str] = {hdrs.CONTENT_TYPE: _HTML, hdrs.CACHE_CONTROL: _REVALIDATE}
        return WholeResponse(HTTPStatus.OK, headers, Payload.of(frontend.index))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """Return a file of the frontend. They are the same in every Home Assistant of a version."""
        bridge = self._find_bridge()
        if bridge is None:
            return problem_of(RefusedError(Refusal.UNAVAILABLE))
        frontend = await self._found(bridge.hass) if bridge.options.pages else None
        if frontend is None:
            return problem_of(_NO_SUCH_FILE)
        if request.path == "/manifest.json":
            response: web.StreamResponse = web.Response(
                body=frontend.manifest, content_type="application/manifest+json"
            )
        elif (file := frontend.files.get(request.path)) is not None:
            response = web.FileResponse(file)
        else:
            return problem_of(_NO_SUCH_FILE)
        response.headers.update({**SECURITY_HEADERS, **_POLICY})
        response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        response.headers[hdrs.CACHE_CONTROL] = _MONTH if request.path.count("/") > 1 else _REVALIDATE
        return response

    async def _found(self, hass: HomeAssistant) -> Frontend | None:
        """Return the installed frontend, if its integration is set up."""
        if self._frontend is None and "frontend" in hass.config.components:
            self._frontend = await hass.async_add_executor_job(_find, hass)
        return self._frontend


def _find(hass: HomeAssistant) -> Frontend:
    import hass_frontend  # noqa: PLC0415 - the frontend may not be installed
    from homeassistant.components.frontend import MANIFEST_JSON, IndexView  # noqa: PLC0415

    root = Path(hass_frontend.where())
    files = {f"/{name}": root / name for name in _ROOT_FILES}
    files["/favicon.ico"] = root / "static" / "icons" / "favicon.ico"
    for folder in _FOLDERS:
        files |= {
            f"/{item.relative_to(root).as_posix()}": item for item in (root / folder).rglob("*") if item.is_file()
        }
    # The modules of custom cards are left out: their addresses tell what is installed.
    index = (
        IndexView(None, hass)
        .get_template()
        .render(theme_color=MANIFEST_JSON["theme_color"], extra_modules=(), extra_js_es5=())
    )
    return Frontend(index.encode(), MANIFEST_JSON.json.encode(), files)
