"""Converts spans to those of OpenTelemetry's SDK, and sends them with its exporter for OTLP over HTTP.

Only this module imports OpenTelemetry, which is optional.
"""

from collections.abc import Iterable
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from ..bridge.traces import Span

_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
_SCOPE: Final = InstrumentationScope("drawbridge")


class OTLPSender:
    """Sends spans to one collector. Its methods block.

    OpenTelemetry's own variables, such as OTEL_EXPORTER_OTLP_HEADERS and OTEL_EXPORTER_OTLP_CERTIFICATE, apply.
    """

    def __init__(self, url: str) -> None:
        """Create a sender. ``url`` is the collector's address for traces."""
        self._exporter = OTLPSpanExporter(endpoint=url)

    def send(self, instance: str, version: str | None, spans: Iterable[Span]) -> bool:
        """Send the spans of one bridge, and return whether the collector has accepted them."""
        attributes = {"service.name": "drawbridge", "service.instance.id": instance}
        if version is not None:
            attributes["service.version"] = version
        resource = Resource(attributes)
        return self._exporter.export([_converted(span, resource) for span in spans]) is SpanExportResult.SUCCESS

    def close(self) -> None:
        """Do not retry any longer, and close the connections."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]


def _converted(span: Span, resource: Resource) -> ReadableSpan:
    state = TraceState.from_header([span.state])
    parent = None
    if span.parent_id is not None:
        parent = SpanContext(
            span.trace_id, span.parent_id, is_remote=span.is_server, trace_flags=_SAMPLED, trace_state=state
        )
    return ReadableSpan(
        name=span.name,
        context=SpanContext(span.trace_id, span.span_id, is_remote=False, trace_flags=_SAMPLED, trace_state=state),
        parent=parent,
        resource=resource,
        attributes=span.attributes,
        kind=SpanKind.SERVER if span.is_server else SpanKind.INTERNAL,
        status=Status(StatusCode.ERROR if span.error else StatusCode.UNSET),
        start_time=span.start,
        end_time=span.end,
        instrumentation_scope=_SCOPE,
    )
