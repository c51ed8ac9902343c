"""The HTTP client that fetches snapshots."""

from http import HTTPStatus
from typing import Final

import aiohttp

from .. import __version__
from ..config.settings import TargetSettings
from .certificate import Certificate
from .document import InvalidDocumentError, InvalidJSONError
from .errors import FetchError, Reason, from_exception, from_status
from .snapshot import Snapshot, parse_snapshot
from .traffic import Traffic

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
        self._tls = self._certificate.context(settings.ca_file) if settings.url.scheme == "https" else True

    async def fetch(self, timeout: float) -> Snapshot:  # noqa: ASYNC109 - one limit for connect, answer and body
        """Return the bridge's snapshot within ``timeout`` seconds.

        Raises:
            FetchError: The snapshot could not be read.

        """
        try:
            key = self._settings.key.read()
        except ValueError as error:
            raise FetchError(Reason.KEY_FILE, f"The API key: {error}") from None
        try:
            body = await self._get("metrics", key, timeout)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise from_exception(error) from None
        return _parse(body)

    @property
    def certificate_expiry(self) -> float | None:
        """The expiry of the bridge's certificate as a Unix timestamp, or None before the first TLS connection."""
        return self._certificate.expires

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _get(self, path: str, key: str, timeout: float) -> bytes:  # noqa: ASYNC109 - as above
        async with self._session.get(
            self._settings.url / path,
            headers={"Authorization": f"Bearer {key}", **self._certificate.headers()},
            timeout=aiohttp.ClientTimeout(total=timeout),
            allow_redirects=False,
            ssl=self._tls,
        ) as response:
            if response.status != HTTPStatus.OK:
                raise from_status(response.status, response.headers.get("Location"))
            return await read_bounded(response, MAX_BODY_BYTES)


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


def _parse(body: bytes) -> Snapshot:
    try:
        return parse_snapshot(body)
    except InvalidJSONError:
        raise FetchError(Reason.INVALID_JSON, "The response is not JSON. Check the URL.") from None
    except InvalidDocumentError as error:
        raise FetchError(
            Reason.SCHEMA,
            f"The response is not a supported snapshot: {error}. Update the older of Drawbridge and the exporter.",
        ) from None
