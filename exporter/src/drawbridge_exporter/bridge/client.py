"""The HTTP client that fetches snapshots."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from .. import __version__
from ..config.settings import TargetSettings
from ..config.values import BRIDGE_PATH
from ..config.watch import Signature, signature
from .certificate import Certificate, shared_context
from .document import InvalidDocumentError, InvalidJSONError, parse_json
from .errors import FetchError, Reason, from_exception, from_status
from .snapshot import Snapshot, parse_snapshot
from .traces import TracePage, parse_traces
from .traffic import Traffic

_LOGGER: Final = logging.getLogger(__name__)

MAX_BODY_BYTES: Final = 8 * 1024 * 1024

# Shorter than Home Assistant's own timeout, so that the client closes idle connections first
# and no request is sent on a connection that the server is closing.
_KEEP_ALIVE_SECONDS: Final = 70.0


class BridgeClient:
    """Reads one bridge over connections of its own, so that it does not wait for the connections of another bridge."""

    def __init__(self, settings: TargetSettings, pool_size: int, traffic: Traffic) -> None:
        """Read the bridge of ``settings`` over at most ``pool_size`` connections."""
        self._settings = settings
        self._session = aiohttp.ClientSession(
            # The system's resolver, also where aiodns is installed: that one does not know names such as home.local.
            connector=aiohttp.TCPConnector(
                limit=pool_size, keepalive_timeout=_KEEP_ALIVE_SECONDS, resolver=aiohttp.ThreadedResolver()
            ),
            headers={"Accept": "application/json", "User-Agent": f"drawbridge-exporter/{__version__}"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=[traffic.trace()],
        )
        self._certificate = Certificate()
        self._files: Signature = ()
        self._tls: ssl.SSLContext | bool = True
        self._base = settings.url
        self._follow_files()

    async def fetch(self, timeout: float) -> Snapshot:  # noqa: ASYNC109 - one limit for connect, answer and body
        """Return the bridge's snapshot within ``timeout`` seconds.

        Raises:
            FetchError: The snapshot could not be read.

        """
        try:
            key = self._settings.key.read()
        except ValueError as error:
            raise FetchError(Reason.KEY_FILE, f"The API key: {error}") from None
        self._follow_files()
        try:
            with self._certificate.recording():
                async with asyncio.timeout(timeout):
                    return await self._find(key, timeout)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise from_exception(error) from None

    async def fetch_traces(self, since: str, timeout: float) -> TracePage:  # noqa: ASYNC109 - as above
        """Return the bridge's spans after the cursor ``since`` within ``timeout`` seconds.

        Raises:
            FetchError: The spans could not be read.

        """
        try:
            key = self._settings.key.read()
            self._follow_files()
            async with asyncio.timeout(timeout):
                url = (self._base / "traces").with_query(since=since)
                return _parse(await self._get(url, timeout, key), parse_traces)
        except ValueError as error:
            raise FetchError(Reason.KEY_FILE, f"The API key: {error}") from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise from_exception(error) from None

    @property
    def certificate_expiry(self) -> float | None:
        """The expiry of the bridge's certificate as a Unix timestamp, or None before the first TLS connection."""
        return self._certificate.expires

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _find(self, key: str, timeout: float) -> Snapshot:  # noqa: ASYNC109 - as above
        """Return the snapshot of the bridge, which is below Home Assistant's address or at the root of its listener."""
        try:
            return _parse(await self._get(self._base / "metrics", timeout, key), parse_snapshot)
        except FetchError as error:
            other = self._settings.url if self._base != self._settings.url else root_of(self._settings.url)
            if error.reason is not Reason.NOT_FOUND or not await self._is_bridge(other, timeout):
                raise
            self._base = other
        return _parse(await self._get(self._base / "metrics", timeout, key), parse_snapshot)

    async def _is_bridge(self, base: URL, timeout: float) -> bool:  # noqa: ASYNC109 - as above
        """Return whether a bridge answers at an address. The key is not sent to find out."""
        try:
            return is_health(await self._get(base / "health", timeout))
        except FetchError:
            return False

    def _follow_files(self) -> None:
        """Read the files of TLS again if they have changed. Files that cannot be used leave the last ones in use."""
        settings = self._settings
        if settings.url.scheme != "https":
            return
        client = settings.client_certificate
        paths = ([] if settings.ca_file is None else [settings.ca_file]) + list(client.paths if client else ())
        found = signature(paths)
        if self._tls is not True and found == self._files:
            return
        self._files = found
        try:
            self._tls = shared_context(settings.ca_file, client, found)
        except OSError as error:
            if self._tls is True:
                raise
            _LOGGER.warning("%s: the TLS files cannot be used, so the last ones stay in use: %s", settings.name, error)

    async def _get(self, url: URL, timeout: float, key: str | None = None) -> bytes:  # noqa: ASYNC109 - as above
        authorization = {} if key is None else {"Authorization": f"Bearer {key}"}
        async with self._session.get(
            url,
            headers=authorization | self._certificate.headers(),
            timeout=aiohttp.ClientTimeout(total=timeout),
            allow_redirects=False,
            ssl=self._tls,
        ) as response:
            if response.status != HTTPStatus.OK:
                raise from_status(response.status, response.headers.get("Location"))
            return await read_bounded(response, MAX_BODY_BYTES)


def root_of(url: URL) -> URL:
    """Return the address of a listener, which has the bridge at its root, for that of a bridge below a path."""
    return url.with_path(url.path.removesuffix(BRIDGE_PATH).rstrip("/") + "/")


def is_health(body: bytes) -> bool:
    """Return whether a body is that of a bridge's `/health`."""
    try:
        status = parse_json(body).member("status").text()
    except (InvalidJSONError, InvalidDocumentError):
        return False
    return status in {"ok", "unavailable"}


async def read_bounded(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """Return the decompressed body.

    Raises:
        FetchError: The body is larger than ``max_bytes``.

    """
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            raise FetchError(Reason.TOO_LARGE, f"The response is larger than {max_bytes >> 20} MiB. Check the URL.")
    return bytes(body)


def _parse[T](body: bytes, parse: Callable[[bytes], T]) -> T:
    try:
        return parse(body)
    except InvalidJSONError:
        raise FetchError(Reason.INVALID_JSON, "The response is not JSON. Check the URL.") from None
    except InvalidDocumentError as error:
        raise FetchError(
            Reason.SCHEMA,
            f"The response is not supported: {error}. Update the older of Drawbridge and the exporter.",
        ) from None
