"""The options of the config entry."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final, Self

from .limits.origins import normalize_origin
from .values import DamagedValueError, field, flag, percentage, port, positive, positive_whole, text, texts, whole


@dataclass(frozen=True, slots=True)
class Options:
    """The options and their defaults.

    ``per_minute`` is the rate limit of keys without their own limit; 0 for no limit. ``time_limit`` is in seconds,
    ``max_body`` in bytes. ``max_connections`` and ``max_key_connections`` limit live connections in total and for each
    key, ``max_subscriptions`` the subscriptions of a connection, and ``max_message`` the size of a client's message in
    bytes. The TTLs of the cache are in seconds, and ``cache_size`` is in bytes. ``direct_responses`` writes complete
    responses directly to the transport; without it, aiohttp sends them.
    An empty ``listener_address`` means every address. ``listener_certificate``, ``listener_key`` and
    ``listener_client_ca`` are paths of files, or empty. ``trace_percent`` is the share of requests without a trace
    context that ``tracing`` records.
    """

    per_minute: int = 1000
    max_concurrent: int = 20
    max_body: int = 262_144
    time_limit: float = 30.0
    cors_origins: frozenset[str] = frozenset()
    report_to_ban_list: bool = False
    audit_file: bool = False
    audit_days: int = 30
    max_connections: int = 2000
    max_key_connections: int = 100
    max_subscriptions: int = 200
    max_message: int = 1_048_576
    cache_enabled: bool = True
    cache_ttl_states: float = 300.0
    cache_ttl_services: float = 600.0
    cache_ttl_config: float = 1800.0
    cache_size: int = 67_108_864
    direct_responses: bool = True
    listener_enabled: bool = False
    listener_port: int = 8124
    listener_address: str = ""
    listener_certificate: str = ""
    listener_key: str = ""
    listener_client_ca: str = ""
    listener_tls_1_2: bool = False
    pages: bool = False
    tracing: bool = False
    trace_percent: int = 10

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Parse stored options. Unknown options are ignored, and invalid ones have their default."""
        read = _read(data)
        kept = {name: value for name, value in read.items() if not isinstance(value, DamagedValueError)}
        if any(name.startswith(_LISTENER) for name in read.keys() - kept.keys()):
            # With the default instead, it could listen at more addresses, or without TLS.
            kept["listener_enabled"] = False
        return cls(**kept)

    @staticmethod
    def damaged(data: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names of invalid stored options."""
        return tuple(name for name, value in _read(data).items() if isinstance(value, DamagedValueError))

    def as_dict(self) -> dict[str, Any]:
        """Return the stored form, the inverse of ``from_mapping``."""
        return asdict(self) | {"cors_origins": sorted(self.cors_origins)}


_LISTENER: Final = "listener_"
_READERS: Final[Mapping[str, Callable[[object], object]]] = MappingProxyType(
    {
        "per_minute": whole,
        "max_concurrent": positive_whole,
        "max_body": positive_whole,
        "time_limit": positive,
        "cors_origins": lambda value: frozenset(map(normalize_origin, texts(value))),
        "report_to_ban_list": flag,
        "audit_file": flag,
        "audit_days": positive_whole,
        "max_connections": positive_whole,
        "max_key_connections": positive_whole,
        "max_subscriptions": positive_whole,
        "max_message": positive_whole,
        "cache_enabled": flag,
        "cache_ttl_states": positive,
        "cache_ttl_services": positive,
        "cache_ttl_config": positive,
        "cache_size": positive_whole,
        "direct_responses": flag,
        "listener_enabled": flag,
        "listener_port": port,
        "listener_address": text,
        "listener_certificate": text,
        "listener_key": text,
        "listener_client_ca": text,
        "listener_tls_1_2": flag,
        "pages": flag,
        "tracing": flag,
        "trace_percent": percentage,
    }
)
"""The parser of each option. A test compares them with the fields."""


def _read(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of each known stored option, or the error if it is invalid."""
    found: dict[str, Any] = {}
    for name in _READERS.keys() & data.keys():
        try:
            found[name] = field(data, name, _READERS[name])
        except DamagedValueError as err:
            found[name] = err
    return found
