"""All reasons to refuse a request, with their status, text, metric and security event.

Transports convert a refusal to their own format, such as a problem document over HTTP (``http/problem.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from .masking import mask

_NO_PLACEHOLDERS: Final[Mapping[str, object]] = MappingProxyType({})


class SecurityEvent(StrEnum):
    """The types of the event entity. Client errors raise no security event."""

    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    ENDED_KEY = "ended_key"
    LOCKED_OUT = "locked_out"
    WRONG_NETWORK = "wrong_network"
    WRONG_CERTIFICATE = "wrong_certificate"
    NOT_ALLOWED = "not_allowed"
    RATE_LIMITED = "rate_limited"
    NEW_NETWORK = "new_network"


class Notice(Enum):
    """What is recorded about a request that is not refused. The label of each is its reason in the audit trail."""

    NEW_NETWORK = SecurityEvent.NEW_NETWORK

    @property
    def label(self) -> str:
        """The reason in the audit trail."""
        return self.name.lower()


class Metric(Enum):
    """The metric that counts a refusal."""

    AUTH_FAILURES = auto()
    DENIED = auto()
    NONE = auto()
    """Counted only as a response with its status."""


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """The properties of a refusal. Instances are never equal, so that no enumeration member is an alias.

    Attributes:
        status: The HTTP status.
        text: The message to the client, with placeholders.
        metric: The metric that counts it.
        event: The security event that it raises, if any.
        retry_after: The number of seconds after which the client should retry, if any.
        audited: Whether it is recorded in the audit trail.

    """

    status: HTTPStatus
    text: str
    metric: Metric = Metric.NONE
    event: SecurityEvent | None = None
    retry_after: int | None = None
    audited: bool = True


_SETTINGS: Final = "Settings > Devices & services > Drawbridge"


class Refusal(Enum):
    """The refusals. The label of each is its reason in metrics and in the audit trail."""

    UNAVAILABLE = Reason(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Drawbridge is not set up, or Home Assistant is starting or stopping. Try again soon.",
        retry_after=10,
    )
    LOCKED_OUT = Reason(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many invalid keys came from your address. Try again later, or with a valid key.",
        Metric.DENIED,
        SecurityEvent.LOCKED_OUT,
    )
    KEY_MISSING = Reason(
        HTTPStatus.UNAUTHORIZED,
        "No key. Send one as 'Authorization: Bearer dbk_…' or 'X-API-Key: dbk_…'.",
        Metric.AUTH_FAILURES,
        SecurityEvent.NO_KEY,
    )
    KEY_AMBIGUOUS = Reason(
        HTTPStatus.UNAUTHORIZED,
        "More than one key. Send one, in one header.",
        Metric.AUTH_FAILURES,
        SecurityEvent.WRONG_KEY,
    )
    KEY_MALFORMED = Reason(
        HTTPStatus.UNAUTHORIZED,
        "This is not a Drawbridge key, or part of it is missing: a key begins with 'dbk_' and is 53 characters long. "
        "A Home Assistant token does not work here.",
        Metric.AUTH_FAILURES,
        SecurityEvent.WRONG_KEY,
    )
    KEY_UNKNOWN = Reason(
        HTTPStatus.UNAUTHORIZED,
        f"This key is not valid: it was rotated or removed, or never existed. Create a new one in {_SETTINGS}.",
        Metric.AUTH_FAILURES,
        SecurityEvent.WRONG_KEY,
    )
    KEY_EXPIRED = Reason(
        HTTPStatus.UNAUTHORIZED,
        f"This key has expired or was rotated. Renew it in {_SETTINGS}.",
        Metric.AUTH_FAILURES,
        SecurityEvent.ENDED_KEY,
    )
    KEY_DISABLED = Reason(
        HTTPStatus.UNAUTHORIZED,
        f"This key is disabled. Enable it in {_SETTINGS}.",
        Metric.AUTH_FAILURES,
        SecurityEvent.ENDED_KEY,
    )
    KEY_CHANGED = Reason(
        HTTPStatus.UNAUTHORIZED,
        "The key was changed or removed while the request was in progress.",
        Metric.AUTH_FAILURES,
        SecurityEvent.ENDED_KEY,
    )
    KEY_SESSION_OVER = Reason(
        HTTPStatus.UNAUTHORIZED,
        "This session has ended. Sign in again.",
        Metric.AUTH_FAILURES,
        SecurityEvent.ENDED_KEY,
    )
    NETWORK = Reason(
        HTTPStatus.FORBIDDEN,
        f"The key '{{key}}' may not be used from your address. Change its networks in {_SETTINGS}.",
        Metric.DENIED,
        SecurityEvent.WRONG_NETWORK,
    )
    CERTIFICATE = Reason(
        HTTPStatus.UNAUTHORIZED,
        "The key '{key}' is bound to a client certificate. Connect to the port of Drawbridge's listener, with TLS and "
        "this certificate.",
        Metric.DENIED,
        SecurityEvent.WRONG_CERTIFICATE,
    )
    RATE_LIMITED = Reason(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The key '{key}' may make {per_minute} requests per minute. Slow down.",
        Metric.DENIED,
        SecurityEvent.RATE_LIMITED,
    )
    CAPABILITY = Reason(
        HTTPStatus.FORBIDDEN,
        f"The key '{{key}}' does not have the capability '{{capability}}'. Add it in {_SETTINGS}.",
        Metric.DENIED,
        SecurityEvent.NOT_ALLOWED,
    )
    BUSY = Reason(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Too many requests of this key are in progress. Wait for a response before you send another request.",
        Metric.DENIED,
        retry_after=1,
    )
    UNREAD = Reason(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Too many bytes of responses to this key have not been read yet. Read a response completely before you "
        "send another request.",
        Metric.DENIED,
        retry_after=1,
    )
    UNFINISHED = Reason(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Too many calls of this key are still running. A call can run longer than its request.",
        Metric.DENIED,
        retry_after=10,
    )
    TOO_MANY_CONNECTIONS = Reason(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "There are too many live connections, of this key or in all. Close one first.",
        Metric.DENIED,
        SecurityEvent.RATE_LIMITED,
        retry_after=10,
    )
    TOO_MANY_SUBSCRIPTIONS = Reason(
        HTTPStatus.TOO_MANY_REQUESTS,
        "This connection has {limit} subscriptions, which is the limit. End one first.",
        Metric.DENIED,
        SecurityEvent.RATE_LIMITED,
    )
    ORIGIN = Reason(
        HTTPStatus.FORBIDDEN,
        f"Pages of this origin may not use the key. Add the origin to the key in {_SETTINGS}.",
        Metric.DENIED,
        SecurityEvent.NOT_ALLOWED,
    )
    GRANT = Reason(HTTPStatus.BAD_REQUEST, "The code or the session is not valid, or is over. Sign in again.")
    UPGRADE_REQUIRED = Reason(HTTPStatus.BAD_REQUEST, "This path expects a WebSocket handshake.")
    TOO_LARGE = Reason(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large. The limit is {limit} bytes.")
    BAD_REQUEST = Reason(HTTPStatus.BAD_REQUEST, "{detail}")
    NOT_FOUND = Reason(HTTPStatus.NOT_FOUND, "{detail}", audited=False)
    SCOPE = Reason(HTTPStatus.NOT_FOUND, "{detail}", Metric.DENIED, SecurityEvent.NOT_ALLOWED)
    """Something is out of scope. The client is told that it does not exist."""
    SERVICE = Reason(
        HTTPStatus.FORBIDDEN,
        "This key may not make this call: the service is not on its list, or the call names or "
        "reaches an entity that is not in its scope.",
        Metric.DENIED,
        SecurityEvent.NOT_ALLOWED,
    )
    SERVICE_SCOPE = Reason(
        HTTPStatus.FORBIDDEN,
        "The service is not on the list of the key, or reaches an entity that is not in its scope.",
        Metric.DENIED,
        SecurityEvent.NOT_ALLOWED,
    )
    """The reason for ``SERVICE`` in metrics and in the audit trail."""
    ADMINISTRATOR = Reason(
        HTTPStatus.FORBIDDEN,
        "Only an administrator may call this service.",
        Metric.DENIED,
        SecurityEvent.NOT_ALLOWED,
    )
    APPROVAL_DENIED = Reason(
        HTTPStatus.FORBIDDEN,
        "This call needs an approval, and a person denied it.",
        Metric.DENIED,
        SecurityEvent.NOT_ALLOWED,
    )
    APPROVAL_TIMED_OUT = Reason(
        HTTPStatus.FORBIDDEN,
        "This call needs an approval, and nobody answered in time.",
        Metric.DENIED,
        SecurityEvent.NOT_ALLOWED,
    )
    APPROVALS_PENDING = Reason(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many calls of this key wait for an approval, or it has asked too often. Try again later.",
        Metric.DENIED,
        SecurityEvent.RATE_LIMITED,
        retry_after=30,
    )
    EVENT = Reason(
        HTTPStatus.FORBIDDEN,
        "This key may not fire events of the type '{event_type}': it is not on its list.",
        Metric.DENIED,
        SecurityEvent.NOT_ALLOWED,
    )
    EVENT_SCOPE = Reason(
        HTTPStatus.FORBIDDEN,
        "The event's data names something that is not in the scope of this key.",
        Metric.DENIED,
        SecurityEvent.NOT_ALLOWED,
    )
    TOO_MANY_STATES = Reason(
        HTTPStatus.FORBIDDEN,
        "This key has created {limit} states, which is the limit. Remove some first.",
        Metric.DENIED,
        SecurityEvent.NOT_ALLOWED,
    )
    TEMPLATE_FUNCTION = Reason(HTTPStatus.FORBIDDEN, "{detail}", Metric.DENIED, SecurityEvent.NOT_ALLOWED)
    TEMPLATE_SCOPE = Reason(
        HTTPStatus.FORBIDDEN, "The template asks for {detail}", Metric.DENIED, SecurityEvent.NOT_ALLOWED
    )
    TEMPLATE_BUDGET = Reason(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The templates of this key have used up their processor time for now. Try again later.",
        Metric.DENIED,
        SecurityEvent.RATE_LIMITED,
    )
    TEMPLATE_BUSY = Reason(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Another template of this key is being rendered. Templates of a key are rendered one at a time.",
        Metric.DENIED,
        retry_after=5,
    )
    CAMERA_OFF = Reason(HTTPStatus.SERVICE_UNAVAILABLE, "The camera is off.", Metric.DENIED, retry_after=60)
    UNSUPPORTED = Reason(HTTPStatus.BAD_REQUEST, "{detail}", audited=False)
    METHOD_NOT_ALLOWED = Reason(HTTPStatus.METHOD_NOT_ALLOWED, "This path accepts {methods}.", audited=False)
    TIMED_OUT = Reason(
        HTTPStatus.GATEWAY_TIMEOUT, "Home Assistant did not answer in time. The request may still be in progress."
    )
    FAILED = Reason(HTTPStatus.INTERNAL_SERVER_ERROR, "{detail}")
    INTERNAL = Reason(
        HTTPStatus.INTERNAL_SERVER_ERROR, "An error occurred in Drawbridge. See Home Assistant's log for details."
    )

    @property
    def label(self) -> str:
        """The reason in metrics and in the audit trail."""
        return self.name.lower()


class RefusedError(Exception):
    """Raised to refuse a request. It never leaves the transport."""

    def __init__(
        self,
        refusal: Refusal,
        placeholders: Mapping[str, object] = _NO_PLACEHOLDERS,
        *,
        hidden: Refusal | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Refuse a request.

        Args:
            refusal: The refusal that the client sees.
            placeholders: The placeholders of its text.
            hidden: The actual reason, which is counted and audited, if the client must not see it.
            retry_after: The number of seconds after which the client should retry; that of the refusal by default.

        """
        self.refusal = refusal
        self.placeholders = placeholders
        self.retry_after = refusal.value.retry_after if retry_after is None else retry_after
        self.reason = hidden or refusal
        # A placeholder may quote a part of the request that contains a secret. Masking costs more than the rest of the
        # refusal, so a fixed text is not masked.
        text = refusal.value.text
        self.message = mask(text.format_map(placeholders)) if placeholders else text
        super().__init__(self.message)


def bad_request(detail: str) -> RefusedError:
    """Return the refusal of an invalid request."""
    return RefusedError(Refusal.BAD_REQUEST, {"detail": detail})


def not_found(detail: str, *, hidden: Refusal | None = None) -> RefusedError:
    """Return the refusal of something that does not exist or is hidden. Clients cannot tell which."""
    return RefusedError(Refusal.NOT_FOUND, {"detail": detail}, hidden=hidden)


def failed(detail: str) -> RefusedError:
    """Return the refusal for a failure in Home Assistant."""
    return RefusedError(Refusal.FAILED, {"detail": detail})


def unsupported(detail: str) -> RefusedError:
    """Return the refusal of what this entity, or the bridge, cannot do."""
    return RefusedError(Refusal.UNSUPPORTED, {"detail": detail})
