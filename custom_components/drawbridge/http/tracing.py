"""Records the spans of requests: the whole request, its admission by the gate, and its handler."""

import time
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from aiohttp import web
from multidict import CIMultiDictProxy, istr

from ..operations import own
from ..telemetry.tracing import Span, Tracer
from ..trace_context import CURRENT, TraceContext, parse_context
from .call import Call
from .endpoint import Answering, Endpoint, Handler, takes_time

_TRACEPARENT: Final = istr("traceparent")
_TRACESTATE: Final = istr("tracestate")
_TRACERESPONSE: Final = istr("traceresponse")
_OWN: Final = frozenset({own.METRICS, own.TRACES, own.HEALTH})
"""What monitoring asks for at regular intervals. It is recorded only if its client wants it."""


def received(headers: CIMultiDictProxy[str]) -> TraceContext | None:
    """Return the trace context that a client sent, if it is valid."""
    if _TRACEPARENT not in headers:
        return None
    return parse_context(headers.getall(_TRACEPARENT), headers.getall(_TRACESTATE, ()))


def trace_id_of(call: Call) -> str | None:
    """Return the ID of the trace of a request, also if tracing is off."""
    if call.trace is not None and call.trace.span is not None:
        return call.trace.span.context.trace_id
    context = received(call.request.headers)
    return None if context is None else context.trace_id


def begin(call: Call, endpoint: Endpoint, tracer: Tracer) -> Endpoint:
    """Begin to record a request if it is in the sample. Returns the endpoint to call."""
    parent = received(call.request.headers)
    span = tracer.start(parent, is_own=endpoint.operation in _OWN)
    call.trace = RequestTrace(tracer, span, endpoint.handler)
    context = parent if span is None else span.context
    CURRENT.set(None if context is None else context.trace_id)
    return endpoint if span is None else replace(endpoint, handler=call.trace.handle)


class RequestTrace:
    """The spans of a request; no span if it is not in the sample."""

    def __init__(self, tracer: Tracer, span: Span | None, handler: Handler) -> None:
        """Create the trace of a request that ``handler`` handles."""
        self.span = span
        self._tracer = tracer
        self._handler = handler
        self._admitted: float | None = None
        self._handled: float | None = None

    def handle(self, call: Call) -> web.StreamResponse | Answering:
        """Call the handler, and note when it begins and ends."""
        self._admitted = time.perf_counter()
        result = self._handler(call)
        if takes_time(result):
            return self._wait(result)
        self._handled = time.perf_counter()
        return result

    async def _wait(self, result: Answering) -> web.StreamResponse:
        try:
            return await result
        finally:
            self._handled = time.perf_counter()

    def end(self, call: Call, response: web.StreamResponse, route: str, method: str, sent: int) -> None:
        """Keep the spans, and add the header with which the client finds them."""
        CURRENT.set(None)
        if (span := self.span) is None:
            return
        ended, status = time.perf_counter(), response.status
        if not response.prepared:
            response.headers[_TRACERESPONSE] = span.context.header
        error = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        attributes = _attributes(call, route, method) | {
            "http.response.status_code": status,
            "http.response.body.size": sent,
        }
        if call.refused is not None:
            attributes["drawbridge.refusal"] = call.refused.refusal.label
        if error:
            attributes["error.type"] = str(status) if call.refused is None else call.refused.refusal.label
        admitted = ended if self._admitted is None else self._admitted
        self._tracer.keep(
            span.document(f"{method} {call.base_path}{route}", ended, attributes=attributes, error=error),
            span.part("gate", span.started, admitted),
        )
        if self._admitted is not None:
            self._tracer.keep(span.part("handler", admitted, self._handled or ended))
        seconds = ended - span.started - call.activity.held
        call.bridge.recorder.exemplify(route, seconds, span.context)


def _attributes(call: Call, route: str, method: str) -> dict[str, str | int]:
    """Return the attributes of OpenTelemetry's HTTP conventions that contain nothing of the home or its persons."""
    version = call.request.version
    attributes: dict[str, str | int] = {
        "http.request.method": method if method != "other" else "_OTHER",
        "http.route": call.base_path + route,
        "url.scheme": "https" if call.request.secure else "http",
        "network.protocol.version": f"{version.major}.{version.minor}",
        "drawbridge.door": call.client.door.value,
        "drawbridge.request_id": call.request_id,
    }
    if call.presented is not None:
        attributes["drawbridge.key.id"] = call.presented.id
    return attributes
