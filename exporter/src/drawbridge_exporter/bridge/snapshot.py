"""The bridge's snapshot, parsed from JSON into typed values.

Unknown members are ignored, so that the exporter can read a newer bridge.
Required members must be present and have the expected type.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .document import InvalidDocumentError, Node, parse_json
from .doors import DoorCounts, Listener, parse_doors, parse_listener
from .exemplars import Exemplar, parse_exemplars
from .keys import KeyUsage, parse_keys
from .live import Live, parse_live
from .process import ProcessUse, parse_process
from .readers import bounds, buckets, counts, optional_amount, optional_count, optional_truth, require_unique

SCHEMA: Final = 1
_BEST_SCORE: Final = 100


class UnknownSchemaError(InvalidDocumentError):
    """The document declares a schema that this exporter cannot read."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of the health score, 0 to 100, or None without data."""

    score: float | None
    value: float | None
    weight: float


@dataclass(frozen=True, slots=True)
class Health:
    """The health score, 0 to 100, over the last ``window_seconds``."""

    score: float | None
    window_seconds: float
    components: Mapping[str, Component]


@dataclass(frozen=True, slots=True)
class RequestCount:
    """The number of responses of one route with one method and status."""

    route: str
    method: str
    code: int
    count: int


@dataclass(frozen=True, slots=True)
class Durations:
    """Response times of one route: a count for each bucket, and one for those above the largest bound."""

    route: str
    counts: tuple[int, ...]
    sum_seconds: float
    exemplars: Mapping[int, Exemplar]
    """The latest traced request of buckets, by number. Empty without tracing."""


@dataclass(frozen=True, slots=True)
class CacheCounts:
    """The counters of one cache since the start, and its current contents."""

    requests: int
    hits: int
    revalidations: int
    invalidations: int
    evictions: int
    bypassed: int | None
    """Cacheable requests while the cache was off."""
    entries: int
    size_bytes: int
    age_seconds: float | None
    warm_seconds: float | None
    enabled: bool | None


@dataclass(frozen=True, slots=True)
class Lag:
    """The lag of Home Assistant's event loop in the health window, in seconds."""

    mean: float | None
    maximum: float | None


@dataclass(frozen=True, slots=True)
class Lockouts:
    """Client addresses that are locked out, and the number of lock-outs since the start."""

    active: int
    total: int


@dataclass(frozen=True, slots=True)
class Sending:
    """Responses that clients have not read completely, and connections dropped because clients read too slowly."""

    answers: int
    size_bytes: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of the bridge at ``generated_at``."""

    generated_at: float
    bridge_version: str
    started_at: float
    homeassistant_version: str
    homeassistant_running: bool
    health: Health
    requests: tuple[RequestCount, ...]
    duration_bounds: tuple[float, ...]
    durations: tuple[Durations, ...]
    response_bytes: Mapping[str, int]
    cache: Mapping[str, CacheCounts]
    keys: tuple[KeyUsage, ...]
    auth_failures: Mapping[str, int]
    denied: Mapping[str, int]
    event_loop_lag: Lag
    rate_limited: Mapping[str, int] | None
    lockouts: Lockouts | None
    sending: Sending | None
    audit_dropped: Mapping[str, int] | None
    live: Live | None
    doors: tuple[DoorCounts, ...]
    listener: Listener | None
    process: ProcessUse | None


def parse_snapshot(body: bytes) -> Snapshot:
    """Return the snapshot that ``body`` holds.

    Raises:
        InvalidJSONError: The body is not JSON.
        UnknownSchemaError: The snapshot has an unsupported schema.
        InvalidDocumentError: A required member is missing or invalid.

    """
    root = parse_json(body)
    _require_schema(root.member("schema"))
    bridge = root.member("bridge")
    home_assistant = root.member("home_assistant")
    duration_bounds = bounds(root.member("duration_bounds"))
    return Snapshot(
        generated_at=root.member("generated_at").amount(),
        bridge_version=bridge.member("version").text(),
        started_at=bridge.member("started_at").amount(),
        homeassistant_version=home_assistant.member("version").text(),
        homeassistant_running=home_assistant.member("running").truth(),
        health=_health(root.member("health")),
        requests=_requests(root.member("requests")),
        duration_bounds=duration_bounds,
        durations=_durations(root.member("durations"), len(duration_bounds) + 1),
        response_bytes=_response_bytes(root.member("response_bytes")),
        cache={name: _cache(node) for name, node in root.member("cache").members()},
        keys=parse_keys(root.member("keys")),
        auth_failures=counts(root.member("auth_failures")),
        denied=counts(root.member("denied")),
        event_loop_lag=_lag(root.present("event_loop_lag")),
        rate_limited=_rate_limited(root.present("rate_limited")),
        lockouts=_lockouts(root.present("lockouts")),
        sending=_sending(root.present("sending")),
        audit_dropped=_audit_dropped(root.present("audit")),
        live=parse_live(root.present("live")),
        doors=parse_doors(root.present("doors")),
        listener=parse_listener(root.present("listener")),
        process=parse_process(root.present("process")),
    )


def _require_schema(schema: Node) -> None:
    if schema.value != SCHEMA:
        message = f"the snapshot has schema {schema.value!r:.40}, this exporter reads schema {SCHEMA}"
        raise UnknownSchemaError(message)


def _health(node: Node) -> Health:
    return Health(
        score=_score(node),
        window_seconds=node.member("window_seconds").amount(),
        components={name: _component(part) for name, part in node.member("components").members()},
    )


def _component(node: Node) -> Component:
    return Component(
        score=_score(node),
        value=optional_amount(node, "value"),
        weight=node.member("weight").amount(),
    )


def _score(parent: Node) -> float | None:
    """Return the required member ``score``: null or 0 to 100."""
    node = parent.member("score")
    if node.value is None:
        return None
    score = node.number()
    node.require(0 <= score <= _BEST_SCORE, "is not between 0 and 100")
    return score


def _requests(node: Node) -> tuple[RequestCount, ...]:
    rows = tuple(
        RequestCount(
            route=item.member("route").text(),
            method=item.member("method").text(),
            code=item.member("code").count(),
            count=item.member("count").count(),
        )
        for item in node.items()
    )
    require_unique(node, rows, lambda row: (row.route, row.method, row.code))
    return rows


def _durations(node: Node, length: int) -> tuple[Durations, ...]:
    rows = tuple(_duration(item, length) for item in node.items())
    require_unique(node, rows, lambda row: row.route)
    return rows


def _duration(item: Node, length: int) -> Durations:
    return Durations(
        item.member("route").text(),
        buckets(item.member("counts"), length),
        item.member("sum").amount(),
        parse_exemplars(item.present("exemplars")),
    )


def _response_bytes(node: Node) -> dict[str, int]:
    rows = tuple((item.member("route").text(), item.member("bytes").count()) for item in node.items())
    require_unique(node, rows, lambda row: row[0])
    return dict(rows)


def _cache(node: Node) -> CacheCounts:
    return CacheCounts(
        requests=node.member("requests").count(),
        hits=node.member("hits").count(),
        revalidations=node.member("revalidations").count(),
        invalidations=node.member("invalidations").count(),
        evictions=node.member("evictions").count(),
        bypassed=optional_count(node, "bypassed"),
        entries=node.member("entries").count(),
        size_bytes=node.member("bytes").count(),
        age_seconds=optional_amount(node, "age"),
        warm_seconds=optional_amount(node, "warm_seconds"),
        enabled=optional_truth(node, "enabled"),
    )


def _rate_limited(node: Node | None) -> dict[str, int] | None:
    if node is None:
        return None
    rows = tuple((item.member("key").text(), item.member("count").count()) for item in node.items())
    require_unique(node, rows, lambda row: row[0])
    return dict(rows)


def _lockouts(node: Node | None) -> Lockouts | None:
    return None if node is None else Lockouts(node.member("active").count(), node.member("total").count())


def _sending(node: Node | None) -> Sending | None:
    if node is None:
        return None
    return Sending(node.member("answers").count(), node.member("bytes").count(), node.member("dropped").count())


def _audit_dropped(audit: Node | None) -> dict[str, int] | None:
    dropped = None if audit is None else audit.present("dropped")
    return None if dropped is None else counts(dropped)


def _lag(node: Node | None) -> Lag:
    if node is None:
        return Lag(None, None)
    return Lag(optional_amount(node, "mean"), optional_amount(node, "max"))
