"""Records the spans of commands."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from ..telemetry.tracing import Span, Tracer
from ..trace_context import CURRENT, TraceContext, parse_context
from .command import Command

if TYPE_CHECKING:
    from ..bridge import Bridge

_PARENT: Final = "traceparent"
_STATE: Final = "tracestate"


class CommandTraces:
    """The spans of the commands of one connection that are in progress.

    A command belongs to the trace that its message names in ``traceparent``, otherwise to that of the handshake.
    """

    def __init__(self, parent: TraceContext | None) -> None:
        """Create an empty collection. ``parent`` is the context of the handshake."""
        self._parent = parent
        self._spans: dict[int, Span] = {}

    @property
    def is_recording(self) -> bool:
        """Whether a command is recorded now."""
        return bool(self._spans)

    @property
    def trace_id(self) -> str | None:
        """The ID of the trace of the current command, otherwise that of the handshake."""
        return CURRENT.get() or (None if self._parent is None else self._parent.trace_id)

    @contextmanager
    def command(self, tracer: Tracer, message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Begin to record a command if it is in the sample. Yields the message without its trace context."""
        parent = self._parent
        if _PARENT in message:
            message = dict(message)
            parent = _context(message.pop(_PARENT), message.pop(_STATE, "")) or parent
        span = tracer.start(parent)
        context = parent if span is None else span.context
        if span is not None:
            self._spans[message["id"]] = span
        token = CURRENT.set(None if context is None else context.trace_id)
        try:
            yield message
        finally:
            CURRENT.reset(token)

    def end(self, bridge: Bridge, command: Command, message: Mapping[str, Any], result: str) -> None:
        """Keep the span of a command that was answered."""
        span = self._spans.pop(message.get("id", 0), None)
        if span is None or bridge.tracer is None:
            return
        attributes: dict[str, str | int] = {"drawbridge.command": command.type, "drawbridge.result": result}
        error = result in {"unknown_error", "timeout", "home_assistant_error"}
        if error:
            attributes["error.type"] = result
        name = f"WS {command.type}"
        bridge.tracer.keep(span.document(name, time.perf_counter(), attributes=attributes, error=error))


def _context(parent: object, state: object) -> TraceContext | None:
    states = [state] if isinstance(state, str) and state else []
    return parse_context([parent], states) if isinstance(parent, str) else None
