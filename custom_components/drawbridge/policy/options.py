"""What the operator chose for the whole bridge."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the config entry, with what holds where nothing was chosen.

    ``per_minute`` is the rate limit of keys that have none of their own, 0 for no limit;
    ``time_limit`` is in seconds, ``max_body`` in bytes. The cache's TTLs are in seconds, its
    ``cache_size`` in bytes.
    """

    per_minute: int = 1000
    max_concurrent: int = 20
    max_body: int = 262_144
    time_limit: float = 30.0
    cors_origins: frozenset[str] = frozenset()
    report_to_ban_list: bool = False
    audit_file: bool = False
    audit_days: int = 30
    cache_enabled: bool = True
    cache_ttl_states: float = 300.0
    cache_ttl_services: float = 600.0
    cache_ttl_config: float = 1800.0
    cache_size: int = 67_108_864

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options; what is unknown is ignored."""
        known = {item.name: data[item.name] for item in fields(cls) if item.name in data}
        if "cors_origins" in known:
            known["cors_origins"] = frozenset(known["cors_origins"])
        return cls(**known)

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored, the inverse of ``from_mapping``."""
        return asdict(self) | {"cors_origins": sorted(self.cors_origins)}
