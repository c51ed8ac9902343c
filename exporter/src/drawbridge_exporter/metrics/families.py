"""Converts a snapshot to metric families.

A value without data has no series: a zero would be a wrong value. Scores are
0 to 1 in the metrics and 0 to 100 in the snapshot.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from prometheus_client.core import (
    CounterMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from ..bridge.live import Live
from ..bridge.snapshot import Snapshot
from .build import PREFIX, cumulative, gauge, gauges
from .exemplars import with_exemplars
from .process import process_families

_CACHE_COUNTERS: Final = (
    ("cache_requests", "Cacheable requests.", "requests"),
    ("cache_hits", "Requests answered from a cache.", "hits"),
    (
        "cache_revalidations",
        "Requests answered with 304 Not Modified from a cache. They count as hits too.",
        "revalidations",
    ),
    ("cache_invalidations", "Invalidations of cached responses.", "invalidations"),
    ("cache_evictions", "Views evicted to stay within the memory limit.", "evictions"),
)
_CACHE_GAUGES: Final = (
    ("cache_entries", "Views in a cache.", "entries"),
    ("cache_bytes", "Memory used by the cached responses, in bytes.", "size_bytes"),
    ("cache_age_seconds", "Age of the oldest cached response, in seconds.", "age_seconds"),
    ("cache_warm_seconds", "Duration of the last cache warming, in seconds.", "warm_seconds"),
    ("cache_enabled", "Whether each cache is turned on (1) or off (0).", "enabled"),
)
_KEY_GAUGES: Final = (
    (
        "key_last_used_timestamp_seconds",
        "Unix timestamp of the last use of each API key. Absent if the key was never used.",
        "last_used",
    ),
    (
        "key_expiry_timestamp_seconds",
        "Unix timestamp of the expiry of each API key. Absent if the key does not expire.",
        "expires",
    ),
    ("key_created_timestamp_seconds", "Unix timestamp of the creation of each API key.", "created"),
    (
        "key_rotated_timestamp_seconds",
        "Unix timestamp of the last rotation of each API key. Absent if the key was never rotated.",
        "rotated",
    ),
    ("key_enabled", "Whether each API key is enabled (1) or disabled (0).", "enabled"),
)


def snapshot_families(snapshot: Snapshot, *, created: bool) -> Iterator[Metric]:
    """Yield every family that the snapshot has data for.

    With ``created``, counters and histograms have the created timestamp of OpenMetrics.
    """
    return _Families(snapshot, created=created).all()


class _Families:
    """The families of one snapshot."""

    def __init__(self, snapshot: Snapshot, *, created: bool) -> None:
        self._snapshot = snapshot
        self._created = snapshot.started_at if created else None

    def all(self) -> Iterator[Metric]:
        """Yield every family that the snapshot has data for."""
        yield from self._process()
        yield from self._event_loop_lag()
        yield from self._health()
        yield from self._traffic()
        yield from self._cache()
        yield from self._keys()
        yield from self._refusals()
        yield from self._live()
        yield from self._doors()
        yield from self._listener()
        yield from process_families(self._snapshot.process, self._created)

    def _process(self) -> Iterator[Metric]:
        snapshot = self._snapshot
        build = InfoMetricFamily(PREFIX + "build", "Versions of Drawbridge and Home Assistant.")
        build.add_metric(
            [], {"version": snapshot.bridge_version, "homeassistant_version": snapshot.homeassistant_version}
        )
        yield build
        yield gauge(
            "homeassistant_running",
            "Whether Home Assistant is running (1) or is starting or stopping (0).",
            float(snapshot.homeassistant_running),
        )
        yield gauge("start_time_seconds", "Unix timestamp of the start of the bridge.", snapshot.started_at)

    def _event_loop_lag(self) -> Iterator[Metric]:
        lag = self._snapshot.event_loop_lag
        if lag.mean is not None:
            yield gauge(
                "event_loop_lag_seconds",
                "Mean lag of Home Assistant's event loop in the health window, in seconds.",
                lag.mean,
            )
        if lag.maximum is not None:
            yield gauge(
                "event_loop_lag_max_seconds",
                "Largest lag of Home Assistant's event loop in the health window, in seconds.",
                lag.maximum,
            )

    def _health(self) -> Iterator[Metric]:
        health = self._snapshot.health
        if health.score is not None:
            yield gauge(
                "health_score_ratio", "Health score of the bridge over the health window: 0 to 1.", health.score / 100
            )
        scores = {name: part.score / 100 for name, part in health.components.items() if part.score is not None}
        yield from gauges(
            "health_component_ratio",
            "Score of each component of the health score that has data: 0 to 1.",
            "component",
            scores,
        )
        weights = {name: part.weight for name, part in health.components.items()}
        yield from gauges(
            "health_component_weight_ratio",
            "Weight of each component in the health score: 0 to 1.",
            "component",
            weights,
        )

    def _traffic(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            PREFIX + "http_requests",
            "Requests answered, by route, method and status.",
            labels=["route", "method", "code"],
        )
        for row in self._snapshot.requests:
            requests.add_metric([row.route, row.method, str(row.code)], row.count, created=self._created)
        yield requests
        yield self._durations()
        yield self._counter(
            "http_response_bytes",
            "Size of the response bodies as sent, in bytes, by route.",
            "route",
            self._snapshot.response_bytes,
        )

    def _durations(self) -> Metric:
        family = HistogramMetricFamily(
            PREFIX + "http_request_duration_seconds",
            "Duration of requests, in seconds, by route.",
            labels=["route"],
        )
        for row in self._snapshot.durations:
            buckets = with_exemplars(cumulative(self._snapshot.duration_bounds, row.counts), row.exemplars)
            family.add_metric([row.route], [*buckets], row.sum_seconds)
            if self._created is not None:
                family.add_sample(family.name + "_created", {"route": row.route}, self._created)
        return family

    def _cache(self) -> Iterator[Metric]:
        caches = self._snapshot.cache
        for name, text, member in _CACHE_COUNTERS:
            yield self._counter(name, text, "cache", {cache: getattr(row, member) for cache, row in caches.items()})
        bypassed = {cache: row.bypassed for cache, row in caches.items() if row.bypassed is not None}
        if bypassed:
            yield self._counter("cache_bypassed", "Cacheable requests while the cache was off.", "cache", bypassed)
        for name, text, member in _CACHE_GAUGES:
            told = {cache: getattr(row, member) for cache, row in caches.items()}
            yield from gauges(name, text, "cache", {cache: value for cache, value in told.items() if value is not None})

    def _keys(self) -> Iterator[Metric]:
        keys = self._snapshot.keys
        info = InfoMetricFamily(PREFIX + "key", "Names of the API keys. Other series have only the id.", labels=["key"])
        for key in keys:
            info.add_metric([key.key_id], {"name": key.name})
        yield info
        yield self._counter(
            "key_requests", "Requests made with each API key.", "key", {key.key_id: key.requests for key in keys}
        )
        for name, text, member in _KEY_GAUGES:
            told = {key.key_id: getattr(key, member) for key in keys}
            yield from gauges(name, text, "key", {key: value for key, value in told.items() if value is not None})
        denied = {key.key_id: key.denied for key in keys if key.denied is not None}
        if denied:
            yield self._counter("key_denied", "Requests with each API key that were refused.", "key", denied)
        new = {key.key_id: key.new_networks for key in keys if key.new_networks is not None}
        if new:
            text = "Networks from which each API key was used for the first time, after its first network."
            # It is kept over restarts, so it was not created with the bridge.
            yield self._counter("key_new_networks", text, "key", new, created=False)

    def _refusals(self) -> Iterator[Metric]:
        yield self._counter(
            "auth_failures", "Requests without a valid API key, by reason.", "reason", self._snapshot.auth_failures
        )
        yield self._counter(
            "denied", "Refused requests with a valid API key, by reason.", "reason", self._snapshot.denied
        )
        if self._snapshot.rate_limited is not None:
            none_yet = dict.fromkeys((key.key_id for key in self._snapshot.keys), 0)
            yield self._counter(
                "rate_limited",
                "Requests refused by an API key's rate limit.",
                "key",
                none_yet | dict(self._snapshot.rate_limited),
            )
        lockouts = self._snapshot.lockouts
        if lockouts is not None:
            yield gauge("lockouts", "Client addresses that are locked out.", lockouts.active)
            yield self._single("lockouts_started", "Lock-outs of client addresses.", lockouts.total)
        yield from self._sending()
        dropped = self._snapshot.audit_dropped
        if dropped is not None:
            yield self._counter("audit_dropped", "Audit records that were not written to the file.", "reason", dropped)

    def _sending(self) -> Iterable[Metric]:
        """Yield the metrics of slow readers; nothing for a bridge that does not report them."""
        sending = self._snapshot.sending
        if sending is None:
            return
        yield gauge("unread_responses", "Responses that clients have not read completely.", sending.answers)
        yield gauge(
            "unread_response_bytes",
            "Size of the responses that clients have not read completely, in bytes.",
            sending.size_bytes,
        )
        yield self._single(
            "slow_readers_dropped", "Connections dropped because the client read too slowly.", sending.dropped
        )

    def _live(self) -> Iterable[Metric]:
        """Yield the metrics of live connections; nothing for a bridge that does not report them."""
        live = self._snapshot.live
        if live is None:
            return
        yield from gauges("stream_clients", "Connected clients, by transport.", "transport", live.clients)
        yield gauge(
            "stream_pending_bytes", "Data that connected clients have not read yet, in bytes.", live.pending_bytes
        )
        yield self._single(
            "stream_events", "Events sent to connected clients, one for each changed entity.", live.events
        )
        yield self._single(
            "stream_conflated", "Changes merged into a later one because the client was behind.", live.conflated
        )
        yield self._single("stream_dropped", "Connections closed because the client read too slowly.", live.dropped)
        commands = CounterMetricFamily(
            PREFIX + "stream_commands", "Commands answered, by type and result.", labels=["type", "result"]
        )
        for row in live.commands:
            commands.add_metric([row.type, row.result], row.count, created=self._created)
        yield commands
        yield self._delays(live)

    def _delays(self, live: Live) -> Metric:
        family = HistogramMetricFamily(
            PREFIX + "stream_delivery_delay_seconds",
            "Time from a change in Home Assistant until it is sent to connected clients, in seconds.",
        )
        family.add_metric([], cumulative(live.delay_bounds, live.delay_counts), live.delay_sum_seconds)
        if self._created is not None:
            family.add_sample(family.name + "_created", {}, self._created)
        return family

    def _doors(self) -> Iterable[Metric]:
        """Yield the metrics of each door; nothing for a bridge that does not report them."""
        doors = self._snapshot.doors
        if not doors:
            return
        requests = {row.door: row.requests for row in doors}
        yield self._counter("door_requests", "Requests answered, by door.", "door", requests)
        clients = {row.door: row.clients for row in doors}
        yield from gauges("door_clients", "Connected WebSocket and event stream clients, by door.", "door", clients)

    def _listener(self) -> Iterable[Metric]:
        """Yield the metrics of the listener; nothing for a bridge that does not report it."""
        listener = self._snapshot.listener
        if listener is None:
            return
        if listener.enabled:
            yield gauge(
                "listener_up",
                "Whether the listener accepts connections (1) or not (0). Absent if it is not enabled.",
                float(listener.running),
            )
        yield gauge("listener_connections", "Open connections of the listener.", listener.connections)
        yield self._single(
            "listener_dropped_connections",
            "Connections of the listener that were closed because too many were open.",
            listener.dropped,
        )
        if listener.certificate_ends is not None:
            yield gauge(
                "listener_certificate_expiry_timestamp_seconds",
                "Unix timestamp of the expiry of the listener's TLS certificate. Absent if it has none.",
                listener.certificate_ends,
            )

    def _single(self, name: str, text: str, value: float) -> Metric:
        """Return a counter without labels."""
        return CounterMetricFamily(PREFIX + name, text, value, created=self._created)

    def _counter(
        self, name: str, text: str, label: str, values: Mapping[str, float], *, created: bool = True
    ) -> Metric:
        family = CounterMetricFamily(PREFIX + name, text, labels=[label])
        for key, value in values.items():
            family.add_metric([key], value, created=self._created if created else None)
        return family
