"""Why the listener cannot start, or cannot use a certificate."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

_NO_PLACEHOLDERS: Final[Mapping[str, str]] = MappingProxyType({})


class Fault(StrEnum):
    """The reasons why the listener cannot start, or cannot use a certificate."""

    PORT_TAKEN = "port_taken"
    PORT_NOT_PERMITTED = "port_not_permitted"
    ADDRESS_INVALID = "address_invalid"
    ADDRESS_NOT_AVAILABLE = "address_not_available"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_UNREADABLE = "certificate_unreadable"
    CERTIFICATE_INVALID = "certificate_invalid"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_REQUIRED = "certificate_required"
    KEY_REQUIRED = "key_required"
    KEY_MISSING = "key_missing"
    KEY_UNREADABLE = "key_unreadable"
    KEY_INVALID = "key_invalid"
    KEY_OF_OTHER_CERTIFICATE = "key_of_other_certificate"
    AUTHORITY_MISSING = "authority_missing"
    AUTHORITY_UNREADABLE = "authority_unreadable"
    AUTHORITY_INVALID = "authority_invalid"
    FAILED = "failed"

    @property
    def key(self) -> str:
        """The translation key, of an error in the form and of a repair issue."""
        return f"listener_{self.value}"

    @property
    def option(self) -> str:
        """The option to which the reason belongs."""
        return next((option for prefix, option in _OPTIONS.items() if self.value.startswith(prefix)), "listener_port")


_OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "address": "listener_address",
        "certificate": "listener_certificate",
        "key": "listener_key",
        "authority": "listener_client_ca",
    }
)


class ListenerError(Exception):
    """The listener cannot start, or cannot use a certificate."""

    def __init__(
        self, fault: Fault, placeholders: Mapping[str, str] = _NO_PLACEHOLDERS, *, moment: float | None = None
    ) -> None:
        """Create the error from its reason. ``moment`` is the Unix time that its text names."""
        super().__init__(fault.value)
        self.fault = fault
        self.placeholders = dict(placeholders)
        self.moment = moment
