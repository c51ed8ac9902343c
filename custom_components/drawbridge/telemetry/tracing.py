"""Records spans of requests, for OpenTelemetry. The exporter fetches them."""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from random import random
from typing import Any, Final

from ..options import Options
from ..trace_context import TraceContext, new_span_id, new_trace_id

_MAX_SPANS: Final = 4096
_MAX_FETCHED: Final = 1024
_PERCENT: Final = 100
_NANOSECONDS: Final = 1_000_000_000

type Attributes = Mapping[str, str | int | float | bool]


@dataclass(slots=True)
class Span:
    """A span that is being recorded. Times are those of ``time.perf_counter``, in seconds."""

    context: TraceContext
    parent: TraceContext | None
    started: float = field(default_factory=time.perf_counter)
    wall: int = field(default_factory=time.time_ns)

    def document(self, name: str, ended: float, *, attributes: Attributes, error: bool = False) -> dict[str, Any]:
        """Return the span of the request as JSON. Times are Unix times in nanoseconds."""
        return {
            "trace_id": self.context.trace_id,
            "span_id": self.context.span_id,
            "parent_id": None if self.parent is None else self.parent.span_id,
            "state": self.context.state,
            "name": name,
            "kind": "server",
            "start": self.wall,
            "end": self._at(ended),
            "attributes": attributes,
            "error": error,
        }

    def part(self, name: str, started: float, ended: float) -> dict[str, Any]:
        """Return a part of the request as JSON."""
        return {
            "trace_id": self.context.trace_id,
            "span_id": new_span_id(),
            "parent_id": self.context.span_id,
            "state": self.context.state,
            "name": name,
            "kind": "internal",
            "start": self._at(started),
            "end": self._at(ended),
            "attributes": {},
            "error": False,
        }

    def _at(self, moment: float) -> int:
        return self.wall + round((moment - self.started) * _NANOSECONDS)


class Tracer:
    """Decides which requests are recorded, and keeps the latest 4,096 spans.

    A request whose client sent a trace context is recorded if the client records it. Of all others, a share is.
    """

    def __init__(self, percent: float) -> None:
        """Create a tracer without spans. ``percent`` is the share of requests without a trace context."""
        self.configure(percent)
        self._spans: deque[dict[str, Any]] = deque(maxlen=_MAX_SPANS)
        self._number = 0
        self._instance = new_span_id()

    def configure(self, percent: float) -> None:
        """Record this share of the requests without a trace context."""
        self._share = percent / _PERCENT

    def start(self, parent: TraceContext | None, *, is_own: bool = False) -> Span | None:
        """Return a new span if the request is to be recorded. ``is_own``: only if its client wants it."""
        if parent is None:
            if is_own or random() >= self._share:  # noqa: S311 - a sample
                return None
            return Span(TraceContext(new_trace_id(), new_span_id(), is_sampled=True), None)
        if not parent.is_sampled:
            return None
        return Span(TraceContext(parent.trace_id, new_span_id(), is_sampled=True, state=parent.state), parent)

    def keep(self, *spans: dict[str, Any]) -> None:
        """Keep spans that have ended."""
        self._spans.extend(spans)
        self._number += len(spans)

    def after(self, cursor: str) -> dict[str, Any]:
        """Return the spans after a cursor, oldest first, with the next cursor. An unknown cursor is before all of them.

        ``lost`` is the number of spans after the cursor that are not kept any longer.
        """
        instance, _, text = cursor.partition(".")
        is_known = instance == self._instance and text.isdecimal() and int(text) <= self._number
        number, oldest = int(text) if is_known else 0, self._number - len(self._spans)
        first = max(number, oldest)
        spans = list(islice(self._spans, first - oldest, first - oldest + _MAX_FETCHED))
        following = first + len(spans)
        return {
            "cursor": f"{self._instance}.{following}",
            "lost": first - number,
            "more": following < self._number,
            "spans": spans,
        }


def configured(tracer: Tracer | None, options: Options) -> Tracer | None:
    """Return the tracer for changed options, with the spans that it has. ``None`` if tracing is off."""
    if not options.tracing:
        return None
    if tracer is None:
        return Tracer(options.trace_percent)
    tracer.configure(options.trace_percent)
    return tracer
