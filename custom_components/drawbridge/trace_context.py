"""W3C trace context: the headers ``traceparent`` and ``tracestate``.

See https://www.w3.org/TR/trace-context/.
"""

import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from random import getrandbits
from typing import Final

from .masking import holds_secret

_TRACEPARENT: Final = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)
_NO_TRACE: Final = "0" * 32
_NO_SPAN: Final = "0" * 16
_SAMPLED: Final = 1
_MAX_HEADER_CHARACTERS: Final = 512
_MAX_MEMBERS: Final = 32
_MEMBER: Final = re.compile(
    r"[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
)


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A span of a trace, as it is passed between programs.

    Attributes:
        trace_id: The ID of the trace: 32 hexadecimal digits.
        span_id: The ID of the span: 16 hexadecimal digits.
        is_sampled: Whether the caller records the trace.
        state: The vendors' own data, which is passed on unchanged.

    """

    trace_id: str
    span_id: str
    is_sampled: bool
    state: str = ""

    @property
    def header(self) -> str:
        """The value of ``traceparent`` and of ``traceresponse``."""
        return f"00-{self.trace_id}-{self.span_id}-{int(self.is_sampled):02x}"


CURRENT: Final[ContextVar[str | None]] = ContextVar("drawbridge_trace_id", default=None)
"""The ID of the trace of the request that is handled, for logs and contexts of Home Assistant."""


def parse_context(parents: Sequence[str], states: Sequence[str] = ()) -> TraceContext | None:
    """Return the context in the values of ``traceparent`` and ``tracestate``; ``None`` if there is no valid one.

    An invalid ``tracestate`` does not affect the rest.
    """
    if len(parents) != 1 or len(parents[0]) > _MAX_HEADER_CHARACTERS:
        return None
    found = _TRACEPARENT.fullmatch(parents[0].strip(" \t"))
    if found is None or found["version"] == "ff" or found["trace"] == _NO_TRACE or found["span"] == _NO_SPAN:
        return None
    if found["version"] == "00" and found["more"] is not None:
        return None
    return TraceContext(found["trace"], found["span"], bool(int(found["flags"], 16) & _SAMPLED), _state(states))


def _state(values: Sequence[str]) -> str:
    """Return the combined ``tracestate``, or nothing if it is not valid, too long or contains a secret."""
    text = ",".join(values)
    if not text or len(text) > _MAX_HEADER_CHARACTERS or holds_secret(text):
        return ""
    members = [stripped for item in text.split(",") if (stripped := item.strip(" \t"))]
    names = {item.partition("=")[0] for item in members}
    if len(members) > _MAX_MEMBERS or len(names) != len(members) or not all(map(_MEMBER.fullmatch, members)):
        return ""
    return ",".join(members)


def new_trace_id() -> str:
    """Return a random ID of a trace."""
    return f"{getrandbits(128) or 1:032x}"


def new_span_id() -> str:
    """Return a random ID of a span."""
    return f"{getrandbits(64) or 1:016x}"
