"""Reads from a request who its client is."""

import hashlib
import ssl
from functools import lru_cache
from typing import Final

from aiohttp import web

from ..admission import Client
from ..door import Door
from ..limits.networks import parse_address

_MAX_CLIENTS: Final = 1024


def client_of(request: web.BaseRequest, door: Door) -> Client:
    """Return the client of a request that came in through a door."""
    # Home Assistant's own server does not verify client certificates against the listener's authority.
    return _client(request.remote, door, _thumbprint(request) if door is Door.LISTENER else None)


@lru_cache(maxsize=_MAX_CLIENTS)
def _client(remote: str | None, door: Door, certificate: str | None) -> Client:
    return Client(remote, parse_address(remote or ""), door, certificate)


def _thumbprint(request: web.BaseRequest) -> str | None:
    """Return the SHA-256 thumbprint of the verified client certificate of a connection, if there is one."""
    transport = request.transport
    tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object") if transport is not None else None
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
    return None if certificate is None else hashlib.sha256(certificate).hexdigest()
