"""Sessions of browsers: short-lived tokens that stand for a key (OAuth 2.0, RFC 6749)."""

from .codes import Codes, Grant
from .model import ACCESS_SECONDS, Session
from .sessions import Sessions, SessionsNotSavedError, is_access_token

__all__ = ["ACCESS_SECONDS", "Codes", "Grant", "Session", "Sessions", "SessionsNotSavedError", "is_access_token"]
