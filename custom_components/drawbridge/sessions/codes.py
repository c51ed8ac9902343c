"""Authorization codes: what a browser gets when it signs in, and exchanges for a session.

A code is valid once, for a short time, and only for the client that it was issued to (RFC 6749, section 4.1.2).
"""

import base64
import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from ..keys.secret import digest, token

PREFIX: Final = "dbc_"
CODE_SECONDS: Final = 60
_MAX_CODES: Final = 1000


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code was issued for.

    Attributes:
        key_id: The key that signed in.
        opened_by: The hash of the secret that signed in.
        client_id: The OAuth client: the origin of the pages.
        redirect_uri: The page of this origin to which the browser returns.
        challenge: The PKCE challenge (RFC 7636, method S256), if the client sent one.
        remember: Whether the browser remembers the session.

    """

    key_id: str
    opened_by: str
    client_id: str
    redirect_uri: str
    challenge: str | None
    remember: bool

    def is_for(self, client_id: str, redirect_uri: str | None, verifier: str | None) -> bool:
        """Tell whether a client may exchange the code. ``redirect_uri`` is checked if the client sends it."""
        if client_id != self.client_id or redirect_uri not in {None, self.redirect_uri}:
            return False
        if self.challenge is None:
            return verifier is None
        return verifier is not None and hmac.compare_digest(_challenge_of(verifier), self.challenge)


@dataclass(slots=True)
class _Issued:
    grant: Grant
    until: float
    is_used: bool = False
    session_id: str | None = None


class Codes:
    """The codes that were issued. They are kept in memory, because they are valid for a minute."""

    def __init__(self) -> None:
        """Create an empty collection."""
        self._by_digest: OrderedDict[str, _Issued] = OrderedDict()

    def issue(self, grant: Grant, now: float) -> str:
        """Return a new code."""
        self._drop_old(now)
        code = token(PREFIX)
        self._by_digest[digest(code)] = _Issued(grant, now + CODE_SECONDS)
        return code

    def redeem(self, code: str, now: float) -> Grant | None:
        """Return what a code was issued for, and use it up. ``None`` if it is not valid."""
        issued = self._by_digest.get(digest(code))
        if issued is None or issued.is_used or now >= issued.until:
            return None
        issued.is_used = True
        return issued.grant

    def opened(self, code: str, session_id: str) -> None:
        """Remember the session that a code opened."""
        if (issued := self._by_digest.get(digest(code))) is not None:
            issued.session_id = session_id

    def session_of_used(self, code: str) -> str | None:
        """Return the session that a used code opened. Whoever presents the code again may have stolen it."""
        issued = self._by_digest.get(digest(code))
        return None if issued is None else issued.session_id

    def _drop_old(self, now: float) -> None:
        while self._by_digest:
            oldest = next(iter(self._by_digest.values()))
            if now < oldest.until and len(self._by_digest) < _MAX_CODES:
                return
            self._by_digest.popitem(last=False)


def _challenge_of(verifier: str) -> str:
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
