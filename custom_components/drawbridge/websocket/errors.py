"""Errors of commands, in Home Assistant's format."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.const import (
    ERR_HOME_ASSISTANT_ERROR,
    ERR_INVALID_FORMAT,
    ERR_NOT_FOUND,
    ERR_NOT_SUPPORTED,
    ERR_TIMEOUT,
    ERR_UNAUTHORIZED,
    ERR_UNKNOWN_ERROR,
)
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from voluptuous.humanize import humanize_error

from ..masking import mask
from ..refusal import Refusal, RefusedError
from ..scope.redaction import without_bearer_text

_ERR_RATE_LIMITED: Final = "rate_limited"
_ERR_BUSY: Final = "busy"
_CODES: Final[Mapping[Refusal, str]] = MappingProxyType(
    {
        Refusal.NOT_FOUND: ERR_NOT_FOUND,
        Refusal.SCOPE: ERR_NOT_FOUND,
        Refusal.BAD_REQUEST: ERR_INVALID_FORMAT,
        Refusal.TOO_LARGE: ERR_INVALID_FORMAT,
        Refusal.UNSUPPORTED: ERR_NOT_SUPPORTED,
        Refusal.RATE_LIMITED: _ERR_RATE_LIMITED,
        Refusal.BUSY: _ERR_BUSY,
        Refusal.UNFINISHED: _ERR_BUSY,
        Refusal.TIMED_OUT: ERR_TIMEOUT,
        Refusal.FAILED: ERR_HOME_ASSISTANT_ERROR,
        Refusal.INTERNAL: ERR_UNKNOWN_ERROR,
        Refusal.UNAVAILABLE: ERR_HOME_ASSISTANT_ERROR,
        Refusal.CAMERA_OFF: ERR_HOME_ASSISTANT_ERROR,
    }
)
"""Home Assistant's error codes, and codes that its clients treat like any other.

All other refusals are `unauthorized`.
"""
_KINDS: Final = (
    (Unauthorized, ERR_UNAUTHORIZED, "Unauthorized"),
    (TimeoutError, ERR_TIMEOUT, "Timeout"),
)


class CommandError(Exception):
    """Raised by a handler to send exactly this error, like Home Assistant's own command."""

    def __init__(self, code: str, message: str, translation: Mapping[str, Any] | None = None) -> None:
        """Answer with an error.

        Args:
            code: The code, one of Home Assistant's ``ERR_…``.
            message: The text.
            translation: ``translation_key``, ``translation_placeholders`` and ``translation_domain``, if any.

        """
        super().__init__(message)
        self.code = code
        self.message = message
        self.translation = translation


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """An error as sent to the client, and the refusal that caused it, if any."""

    code: str
    message: str
    translation: Mapping[str, Any] | None = None
    refused: RefusedError | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the member ``error`` of a result."""
        return {"code": self.code, "message": self.message, **(self.translation or {})}


def error_answer(message: object, error: Exception) -> ErrorAnswer | None:
    """Return the error to send for an exception of a handler; ``None`` for an unexpected exception."""
    if isinstance(error, RefusedError):
        return ErrorAnswer(_CODES.get(error.refusal, ERR_UNAUTHORIZED), _safe(error.message), refused=error)
    if isinstance(error, CommandError):
        return ErrorAnswer(error.code, _safe(error.message), error.translation, _hidden(error.__cause__))
    found = next(((code, text) for kind, code, text in _KINDS if isinstance(error, kind)), None)
    if found is not None:
        return ErrorAnswer(*found)
    if isinstance(error, vol.Invalid):
        return ErrorAnswer(ERR_INVALID_FORMAT, _safe(humanize_error(message, error)))
    if isinstance(error, HomeAssistantError) and str(error):
        return ErrorAnswer(ERR_HOME_ASSISTANT_ERROR, _safe(str(error)))
    return None


@contextmanager
def missing_told(code: str) -> Iterator[None]:
    """Use this error code instead of ``not_found`` if something does not exist or is hidden."""
    try:
        yield
    except RefusedError as err:
        if err.refusal is Refusal.NOT_FOUND:
            raise CommandError(code, err.message) from err
        raise


@contextmanager
def failure_told() -> Iterator[None]:
    """Use the error code ``failed`` if Home Assistant fails, like some of its commands."""
    try:
        yield
    except RefusedError as err:
        if err.refusal is Refusal.FAILED:
            raise CommandError("failed", err.message) from err
        raise


def _hidden(cause: BaseException | None) -> RefusedError | None:
    """Return the refusal of an item outside the scope, so that it is counted whatever error the client gets."""
    return cause if isinstance(cause, RefusedError) and cause.reason is Refusal.SCOPE else None


def _safe(text: str) -> str:
    return without_bearer_text(mask(text))
