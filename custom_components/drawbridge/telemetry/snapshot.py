"""The bridge's metrics as JSON documents. Times are Unix times or durations, in seconds."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from ..door import Door
from ..keys import ApiKey
from ..limits.limiters import Limiters
from ..limits.lockout import Lockouts
from ..limits.sending import Sending
from ..options import Options
from .counters import DURATION_BOUNDS, CacheCounters, Counters
from .health import Health
from .listener import ListenerStatus
from .live import DELAY_BOUNDS, LiveCounters
from .process import ProcessMonitor
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
    options: Options
    keys: Iterable[ApiKey]
    caches: Mapping[str, Mapping[str, float | None]]
    """For each cache: ``entries``, ``bytes``, and in seconds ``age`` and ``warm_seconds``."""
    limits: Limiters
    audit_records: int
    """The number of audit records since the start."""
    audit_dropped: Mapping[str, int]
    """The number of audit records that were not written to the file since the start, by reason."""
    pending_bytes: int
    """The number of bytes that the clients of live connections have not read yet."""
    listener: ListenerStatus
    process: ProcessMonitor
    new_networks: Callable[[str], int]
    """Returns the number of new networks from which a key was used."""


def snapshot(recorder: Recorder, about: BridgeStatus) -> dict[str, Any]:
    """Return the document that the exporter reads. It contains no secret."""
    counters = recorder.counters
    return {
        "schema": SCHEMA,
        "generated_at": time.time(),
        "bridge": {"version": about.version, "started_at": recorder.started_at},
        "home_assistant": {"version": about.home_assistant_version, "running": about.running},
        "health": health_document(recorder.health(running=about.running)),
        **_traffic(counters),
        "cache": {name: _cache(counters.caches[name], holds) for name, holds in about.caches.items()},
        "keys": [_key(recorder, key, about) for key in about.keys],
        "auth_failures": dict(counters.auth_failures),
        "denied": dict(counters.denied),
        "rate_limited": [{"key": key_id, "count": count} for key_id, count in counters.rate_limited.items()],
        "lockouts": _lockouts(about.limits.lockouts),
        "sending": _sending(about.limits.sending),
        "live": _live(recorder.live, about.pending_bytes),
        "doors": _doors(recorder),
        "listener": _listener(about),
        "audit": {
            "records": about.audit_records,
            "file": about.options.audit_file,
            "dropped": about.audit_dropped,
        },
        "settings": _settings(about.options),
        "event_loop_lag": _lag(recorder.totals()),
        "process": about.process.as_dict(),
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
    requests: Counter[tuple[str, str, int]] = Counter()
    for (route, method, code, _), count in counters.requests.items():
        requests[route, method, code] += count
    return {
        "requests": [
            {"route": route, "method": method, "code": code, "count": count}
            for (route, method, code), count in requests.items()
        ],
        "duration_bounds": DURATION_BOUNDS,
        "durations": [
            {
                "route": route,
                "counts": item.buckets,
                "sum": item.seconds,
                "exemplars": [{"bucket": bucket, **asdict(found)} for bucket, found in item.exemplars.items()],
            }
            for route, item in counters.routes.items()
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
        "bypassed": counters.bypassed,
        **holds,
    }


def _settings(options: Options) -> dict[str, float | bool]:
    """Return the settings that preflight compares with what is wanted."""
    return {
        "per_minute": options.per_minute,
        "cache_enabled": options.cache_enabled,
        "cache_ttl_states": options.cache_ttl_states,
        "cache_ttl_services": options.cache_ttl_services,
        "cache_ttl_config": options.cache_ttl_config,
        "audit_days": options.audit_days,
    }


def _lockouts(lockouts: Lockouts) -> dict[str, int]:
    return {"active": lockouts.active(time.monotonic()), "total": lockouts.total}


def _sending(sending: Sending) -> dict[str, int]:
    return {"answers": sending.answers, "bytes": sending.size, "dropped": sending.dropped}


def _doors(recorder: Recorder) -> list[dict[str, Any]]:
    requests, clients = Counter[Door](), recorder.live.door_clients
    for (*_, door), count in recorder.counters.requests.items():
        requests[door] += count
    return [{"door": door, "requests": requests[door], "clients": clients[door]} for door in Door]


def _listener(about: BridgeStatus) -> dict[str, float | None]:
    return {
        "enabled": about.options.listener_enabled,
        "running": about.listener.is_running,
        "connections": len(about.limits.places),
        "dropped": about.limits.places.dropped,
        "certificate_ends": about.listener.certificate_ends,
        "port": about.options.listener_port,
        "tls_1_2": about.options.listener_tls_1_2,
        "client_certificates": bool(about.options.listener_client_ca),
        "bound_keys": sum(key.certificate is not None for key in about.keys),
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


def _key(recorder: Recorder, key: ApiKey, about: BridgeStatus) -> dict[str, Any]:
    limit = key.rate_limit(about.options.per_minute)
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
        "new_networks": about.new_networks(key.id),
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
