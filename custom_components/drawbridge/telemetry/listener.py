"""The state of the listener, for metrics and repairs."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_SOON_SECONDS: Final = 7 * 86_400
_SOON_SHARE: Final = 1 / 6
"""The share of its validity after which a short-lived certificate should have been renewed."""


@dataclass(slots=True)
class ListenerStatus:
    """The state of the listener, which it keeps up to date.

    Attributes:
        is_running: Whether it accepts connections.
        problem: Why it cannot start, as a translation key.
        placeholders: The placeholders of the text of the problem.
        keeps_certificate: Whether it continues with an earlier certificate, because the files cannot be used.
        certificate_ends: The Unix time at which the certificate in use expires.
        certificate_begins: The Unix time from which the certificate in use is valid.

    """

    is_running: bool = False
    problem: str | None = None
    placeholders: Mapping[str, str] = MappingProxyType({})
    keeps_certificate: bool = False
    certificate_ends: float | None = None
    certificate_begins: float | None = None


def ends_soon(begins: float, ends: float, now: float) -> bool:
    """Tell whether a certificate should have been renewed by now: it ends within 7 days, or 1/6 of its validity."""
    return ends - now < min(_SOON_SECONDS, (ends - begins) * _SOON_SHARE)
