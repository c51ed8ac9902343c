"""The HTTP client: fetches a snapshot, or says why it could not."""

import ssl
from http import HTTPStatus
from typing import Final

import aiohttp

from .. import __version__
from ..config.settings import TargetSettings
from .document import InvalidDocumentError, InvalidJSONError
from .errors import FetchError, Reason, from_exception, from_status
from .snapshot import Snapshot, parse_snapshot

MAX_BODY_BYTES: Final = 8 * 1024 * 1024

# Home Assistant closes idle connections later, so that ours is the side that
# closes first and no request meets a connection that is just being closed.
_KEEP_ALIVE_SECONDS: Final = 70.0


def open_session(pool_size: int) -> aiohttp.ClientSession:
    """Return the session that all targets share; the caller closes it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=pool_size, keepalive_timeout=_KEEP_ALIVE_SECONDS),
        headers={"Accept": "application/json", "User-Agent": f"drawbridge-exporter/{__version__}"},
        cookie_jar=aiohttp.DummyCookieJar(),
    )


class BridgeClient:
    """Reads one bridge over a shared session."""

    def __init__(self, session: aiohttp.ClientSession, settings: TargetSettings) -> None:
        """Read the bridge of ``settings``; the caller closes ``session``."""
        self._session = session
        self._settings = settings
        self._tls = settings.ca_file is None or ssl.create_default_context(cafile=settings.ca_file)

    async def fetch(self, timeout: float) -> Snapshot:  # noqa: ASYNC109 - one limit for connect, answer and body
        """Return the bridge's snapshot within ``timeout`` seconds.

        Raises:
            FetchError: Whatever came in the way, classified.

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

    async def _get(self, path: str, key: str, timeout: float) -> bytes:  # noqa: ASYNC109 - as above
        async with self._session.get(
            self._settings.url / path,
            headers={"Authorization": f"Bearer {key}"},
            timeout=aiohttp.ClientTimeout(total=timeout),
            allow_redirects=False,
            ssl=self._tls,
        ) as response:
            if response.status != HTTPStatus.OK:
                raise from_status(response.status, response.headers.get("Location"))
            return await read_bounded(response, MAX_BODY_BYTES)


async def read_bounded(response: aiohttp.ClientResponse, most: int) -> bytes:
    """Return the decompressed body.

    Raises:
        FetchError: It is larger than ``most`` bytes.

    """
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > most:
            raise FetchError(Reason.TOO_LARGE, f"The answer is larger than {most >> 20} MiB. Is this Drawbridge's URL?")
    return bytes(body)


def _parse(body: bytes) -> Snapshot:
    try:
        return parse_snapshot(body)
    except InvalidJSONError:
        raise FetchError(Reason.INVALID_JSON, "The answer is not JSON. Is this Drawbridge's URL?") from None
    except InvalidDocumentError as error:
        raise FetchError(
            Reason.SCHEMA, f"The answer is not a snapshot that this exporter reads: {error}. Update the older of both."
        ) from None
