"""The middleware that enforces the web config file.

It applies the rate limit, basic auth, the allowed names of client
certificates and response headers. It reloads the file when the file, or a
file that it refers to, changes. While the file is invalid, it refuses all
requests, because it does not know the access rules.
"""

import asyncio
import base64
import binascii
import hashlib
import logging
import secrets
import ssl
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import bcrypt
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from ..config.watch import Signature, signature
from ..config.web_config import RateLimit, WebConfig, read_web_config
from ..config.yamlfile import ConfigFileError
from .tls import server_context

_LOGGER: Final = logging.getLogger(__name__)
_MAX_VERIFIED: Final = 100
_MAX_PASSWORD_BYTES: Final = 72
_DIGEST_LENGTH: Final = 31


class WebConfigFile:
    """The web config file, reloaded when it changes."""

    def __init__(self, path: Path | None) -> None:
        """Read the file at ``path``, or use the defaults if it is None.

        Raises:
            ConfigFileError: The file is invalid.

        """
        self._path = path
        self._watched: list[Path] = [] if path is None else [path]
        self._signature: Signature = ()
        self._config = WebConfig()
        self._context: ssl.SSLContext | None = None
        self._error: ConfigFileError | None = None
        if path is not None:
            self._read(path)
        if self._error is not None:
            raise self._error
        self.uses_tls: Final = self._context is not None

    def config(self) -> WebConfig:
        """Return the current settings.

        Raises:
            ConfigFileError: The file is invalid.

        """
        if self._path is not None and signature(self._watched) != self._signature:
            self._read(self._path)
            for problem in () if self._error is None else self._error.problems:
                _LOGGER.warning("All requests are refused until this is fixed: %s", problem)
        if self._error is not None:
            raise self._error
        return self._config

    def context(self) -> ssl.SSLContext:
        """Return the TLS context for a new connection.

        Raises:
            ConfigFileError: The file is invalid or no longer has TLS settings.

        """
        self.config()
        if self._context is None:
            raise ConfigFileError([f"{self._path}: no longer has tls_server_config. Restart to serve without TLS."])
        return self._context

    def _read(self, path: Path) -> None:
        """Read the file and the files that it refers to."""
        self._watched = [path]
        try:
            self._config = read_web_config(path)
            if self._config.tls is not None:
                self._watched += self._config.tls.files()
            self._signature = signature(self._watched)
            self._context = None if self._config.tls is None else server_context(self._config.tls)
            self._error = None
        except ConfigFileError as error:
            self._signature = signature(self._watched)
            self._error = error


class TokenBucket:
    """A token bucket that limits the rate of requests."""

    def __init__(self) -> None:
        """Create a full bucket."""
        self._full_at = 0.0

    def take(self, limit: RateLimit, now: float) -> bool:
        """Return whether a request is allowed at ``now``, and take a token if it is."""
        full_at = max(self._full_at, now) + limit.interval
        if full_at - now > limit.interval * limit.burst:
            return False
        self._full_at = full_at
        return True


class Guard:
    """Enforces the web config file."""

    def __init__(self, file: WebConfigFile) -> None:
        """Create a guard that enforces ``file``."""
        self._file = file
        self._bucket = TokenBucket()
        self._verified: OrderedDict[bytes, bool] = OrderedDict()

    def middleware(self) -> Any:  # noqa: ANN401 - aiohttp marks middlewares with an attribute
        """Return the middleware for an application."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                config = self._file.config()
            except ConfigFileError:
                return _refusal(500, "The web config file is invalid. See the exporter's log.")
            response = await self._refuse(config, request) or await handler(request)
            response.headers.update(config.headers)
            return response

        return guard

    async def _refuse(self, config: WebConfig, request: web.Request) -> web.Response | None:
        """Return the response that refuses a request, or None if it is allowed."""
        if (config.tls is not None) != self._file.uses_tls:
            return _refusal(500, "The web config file turned TLS on or off. Restart the exporter.")
        if config.rate_limit is not None and not self._bucket.take(config.rate_limit, time.monotonic()):
            return _refusal(429, "Too many requests.", Retry_After="1")
        if config.tls is not None and config.tls.allowed_sans and not config.tls.allowed_sans & _names(request):
            return _refusal(403, "The client certificate has none of the allowed names.")
        if config.users and not await self._known(config, request.headers.get(hdrs.AUTHORIZATION, "")):
            return _refusal(401, "A user name and a password are required.", WWW_Authenticate='Basic charset="UTF-8"')
        return None

    async def _known(self, config: WebConfig, header: str) -> bool:
        """Return whether the header has a known user with the correct password.

        It caches results by a hash of the user, the password and the password
        hash, because bcrypt is slow by design.
        """
        user, password = _basic(header)
        hashed = config.users.get(user)
        token = hashlib.sha256(b"\0".join((user.encode(), password, hashed or b""))).digest()
        if token not in self._verified:
            hashes = hashes_to_check(config.users, user)
            right = await asyncio.to_thread(_is_right, password[:_MAX_PASSWORD_BYTES], hashes)
            self._verified[token] = right and hashed is not None
            if len(self._verified) > _MAX_VERIFIED:
                self._verified.popitem(last=False)
        return self._verified[token]


def hashes_to_check(users: Mapping[str, bytes], user: str) -> list[bytes]:
    """Return the hashes that a password is checked against: the user's own first, then decoys.

    bcrypt does 2^cost rounds. The decoys fill the rounds up to those of the costliest user, so that every
    attempt does the same work, whether its user exists and whatever the user's hash costs. For costs c and
    C: 2^c + (2^c + 2^(c+1) + … + 2^(C-1)) = 2^C.
    """
    most = max(map(cost_of, users.values()))
    hashed = users.get(user)
    if hashed is None:
        return [_decoy(most)]
    return [hashed, *map(_decoy, range(cost_of(hashed), most))]


def cost_of(hashed: bytes) -> int:
    """Return the cost of a bcrypt hash, such as 10 for ``$2y$10$…``."""
    return int(hashed.split(b"$")[2])


def _decoy(cost: int) -> bytes:
    """Return a hash with this cost that matches no known password."""
    return bcrypt.gensalt(cost) + secrets.token_hex(_DIGEST_LENGTH)[:_DIGEST_LENGTH].encode()


def _is_right(password: bytes, hashes: Sequence[bytes]) -> bool:
    """Check a password against all hashes, and return whether it matches the first."""
    results = [bcrypt.checkpw(password, hashed) for hashed in hashes]
    return results[0]


def _basic(header: str) -> tuple[str, bytes]:
    """Return the user and the password of an Authorization header, or empty values if it is invalid."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", b""
    try:
        user, _, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return user.decode(), password.replace(b"\0", b"")
    except (binascii.Error, UnicodeDecodeError):
        return "", b""


def _names(request: web.Request) -> frozenset[str]:
    """Return the subject alternative names of the verified client certificate."""
    certificate = request.get_extra_info("peercert") or {}
    return frozenset(name for _, name in certificate.get("subjectAltName", ()))


def _refusal(status: int, text: str, **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(status=status, text=text + "\n", headers={"Cache-Control": "no-store", **named})
