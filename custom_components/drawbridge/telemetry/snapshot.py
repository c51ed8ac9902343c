"""The bridge's metrics as JSON documents. Times are Unix times or durations, in seconds."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..door import Door
from ..keys import ApiKey
from .counters import DURATION_BOUNDS, CacheCounters, Counters
from .health import Health
from .live import DELAY_BOUNDS, LiveCounters
from .recorder import Recorder
from .window import WINDOW_SECONDS, Totals

SCHEMA: Final = 1
"""Incremented when readers of the previous version would misread the document."""


@dataclass(frozen=True, slots=True)
class BridgeStatus:
    """The state of the bridge that is not in the counters."""

    version: str
    home_assistant_version: str
    running: bool
    keys: Iterable[ApiKey]
    caches: Mapping[str, Mapping[str, float | None]]
    """For each cache: ``entries``, ``bytes``, and in seconds ``age`` and ``warm_seconds``."""
    lockouts: Mapping[str, int]
    """Locked-out addresses (``active``) and lock-outs since the start (``total``)."""
    audit: Mapping[str, int | bool | Mapping[str, int]]
    """Audit records since the start (``records``), whether they are written to a file (``file``), and those that were
    not written (``dropped``), by reason."""
    sending: Mapping[str, int]
    """Unread responses (``answers``), their size (``bytes``), and dropped connections (``dropped``)."""
    per_minute: int
    """The rate limit of keys without their own; 0 for no limit."""
    pending_bytes: int
    """The number of bytes that the clients of live connections have not read yet."""
    listener: Mapping[str, float | None]
    """Of the listener: whether it is ``enabled`` and ``running``, its open ``connections``, those that were ``dropped``
    for others, and the Unix time at which its ``certificate_ends``; its ``port``, whether it allows ``tls_1_2`` and
    asks for ``client_certificates``, and how many keys are bound to one (``bound_keys``)."""


def snapshot(recorder: Recorder, about: BridgeStatus) -> dict[str, Any]:
    """Return the document that the exporter reads. It contains no secret."""
    counters = recorder.counters
    return {
        "schema": SCHEMA,
        "generated_at": time.time(),
        "bridge": {"version": about.version, "started_at": recorder.started_at},
        "home_assistant": {
            "version": about.home_assistant_version,
            "running": about.running,
        },
        "health": health_document(recorder.health(running=about.running)),
        **_traffic(counters),
        "cache": {name: _cache(counters.caches[name], holds) for name, holds in about.caches.items()},
        "keys": [_key(recorder, key, about.per_minute) for key in about.keys],
        "auth_failures": dict(counters.auth_failures),
        "denied": dict(counters.denied),
        "rate_limited": [{"key": key_id, "count": count} for key_id, count in counters.rate_limited.items()],
        "lockouts": dict(about.lockouts),
        "sending": dict(about.sending),
        "live": _live(recorder.live, about.pending_bytes),
        "doors": [
            {"door": door, "requests": counters.doors[door], "clients": recorder.live.door_clients[door]}
            for door in Door
        ],
        "listener": dict(about.listener),
        "audit": dict(about.audit),
        "event_loop_lag": _lag(recorder.totals()),
    }


def health_document(health: Health) -> dict[str, Any]:
    """Return the score with its components; values are ``None`` without data."""
    components = {
        item.component.name: {
            "score": item.score,
            "value": item.value,
            "weight": item.component.weight,
        }
        for item in health.measurements
    }
    return {
        "score": health.score,
        "window_seconds": WINDOW_SECONDS,
        "components": components,
    }


def _traffic(counters: Counters) -> dict[str, Any]:
    return {
        "requests": [
            {"route": route, "method": method, "code": code, "count": count}
            for (route, method, code), count in counters.requests.items()
        ],
        "duration_bounds": DURATION_BOUNDS,
        "durations": [
            {"route": route, "counts": item.buckets, "sum": item.seconds} for route, item in counters.routes.items()
        ],
        "response_bytes": [{"route": route, "bytes": item.sent} for route, item in counters.routes.items()],
    }


def _cache(counters: CacheCounters, holds: Mapping[str, float | None]) -> dict[str, float | None]:
    return {
        "requests": counters.requests,
        "hits": counters.hits,
        "misses": counters.requests - counters.hits,
        "revalidations": counters.revalidations,
        "invalidations": counters.invalidations,
        "evictions": counters.evictions,
        **holds,
    }


def _live(live: LiveCounters, pending_bytes: int) -> dict[str, Any]:
    return {
        "clients": dict(live.clients),
        "events": live.events,
        "conflated": live.conflated,
        "dropped": live.dropped,
        "pending_bytes": pending_bytes,
        "commands": [
            {"type": type_, "result": result, "count": count} for (type_, result), count in live.commands.items()
        ],
        "delay_bounds": DELAY_BOUNDS,
        "delays": {"counts": live.delays, "sum": live.delay_seconds},
    }


def _key(recorder: Recorder, key: ApiKey, per_minute: int) -> dict[str, Any]:
    limit = key.rate_limit(per_minute)
    used = recorder.counters.keys.get(key.id)
    return {
        "id": key.id,
        "name": key.name,
        "requests": used.requests if used else 0,
        "last_used": used.last_used if used else None,
        "created": key.created,
        "expires": key.expires,
        "enabled": key.enabled,
        "rotated": key.last_rotated or key.created or None,
        "denied": used.refused if used else 0,
        "clients": recorder.live.key_clients.get(key.id, 0),
        "capabilities": sorted(key.capabilities),
        "everything": key.scope.everything,
        "networks_limited": bool(key.networks) or key.local_only,
        "per_minute": limit.per_minute if limit is not None else 0,
    }


def _lag(totals: Totals) -> dict[str, float | None]:
    if not totals.lags:
        return {"mean": None, "max": None}
    return {"mean": totals.lag_seconds / totals.lags, "max": totals.lag_max}
