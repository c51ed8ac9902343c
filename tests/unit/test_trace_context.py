"""The headers of W3C trace context, by the rules of the specification, and the spans that are kept."""

import pytest

from custom_components.drawbridge.keys import generate
from custom_components.drawbridge.options import Options
from custom_components.drawbridge.telemetry.tracing import Tracer, configured
from custom_components.drawbridge.trace_context import TraceContext, parse_context

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize(
    ("header", "sampled"),
    [
        (PARENT, True),
        (f"00-{TRACE}-{SPAN}-00", False),
        (f"00-{TRACE}-{SPAN}-02", False),
        (f"00-{TRACE}-{SPAN}-03", True),
        (f"  {PARENT}\t", True),
        (f"cc-{TRACE}-{SPAN}-01", True),
        (f"cc-{TRACE}-{SPAN}-01-what-comes-later", True),
    ],
)
def test_valid(header: str, sampled: bool) -> None:  # noqa: FBT001 - a parameter
    """The version 00 and later versions are read. The lowest bit is the sampled flag."""
    assert parse_context([header]) == TraceContext(TRACE, SPAN, sampled)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [PARENT, PARENT],
        [""],
        [PARENT.upper()],
        [f"{PARENT}-more"],
        [f"00-{TRACE}-{SPAN}-1"],
        [f"00-{TRACE}-{SPAN}-0g"],
        [f"ff-{TRACE}-{SPAN}-01"],
        [f"cc-{TRACE}-{SPAN}-01.x"],
        [f"00-{'0' * 32}-{SPAN}-01"],
        [f"00-{TRACE}-{'0' * 16}-01"],
        [f"00-{TRACE[:-1]}-{SPAN}-01"],
        [f"00-{TRACE}-{SPAN}0-01"],
        [f"cc-{TRACE}-{SPAN}-01-{'x' * 600}"],
        [f"00-{TRACE}-{SPAN}-01\n"],
    ],
)
def test_invalid(headers: list[str]) -> None:
    """An invalid context starts a new trace."""
    assert parse_context(headers) is None


@pytest.mark.parametrize(
    ("values", "state"),
    [
        (["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"], "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
        (["a=1 , ,b=2", "c@v/w=3"], "a=1,b=2,c@v/w=3"),
        (["a=1,a=2"], ""),
        (["A=1"], ""),
        (["a"], ""),
        (["a="], ""),
        (["a=b=c"], ""),
        ([",".join(f"k{number}=1" for number in range(33))], ""),
        ([f"a={'x' * 600}"], ""),
        ([f"a={generate()}"], ""),
        (["a=\u00e9"], ""),
    ],
)
def test_the_state_is_passed_on_if_it_is_valid(values: list[str], state: str) -> None:
    """A valid state is passed on. An invalid one is left out, and the trace continues."""
    context = parse_context([PARENT], values)
    assert context is not None
    assert (context.trace_id, context.state) == (TRACE, state)


def test_who_decides_what_is_recorded() -> None:
    """The client decides if it sent a context; otherwise, the configured share does."""
    sampled, unsampled = parse_context([PARENT]), parse_context([PARENT[:-1] + "0"])
    never, always = Tracer(0), Tracer(100)
    assert always.start(unsampled) is None
    assert never.start(None) is None
    assert always.start(None, is_own=True) is None
    span = never.start(sampled, is_own=True)
    assert span is not None
    assert span.parent == sampled
    assert span.context.trace_id == TRACE
    assert span.context.span_id != SPAN
    fresh = always.start(None)
    assert fresh is not None
    assert fresh.parent is None
    assert parse_context([fresh.context.header]) == fresh.context
    started = sum(Tracer(25).start(None) is not None for _ in range(4000))
    assert 800 < started < 1200


def test_spans_are_bounded_and_read_once() -> None:
    """A cursor continues after the last response, and the number of lost spans is returned."""
    tracer = Tracer(100)
    assert tracer.after("") == tracer.after("unknown.7") | {}
    tracer.keep(*({"span_id": str(number)} for number in range(1500)))
    first = tracer.after("")
    assert [len(first["spans"]), first["lost"], first["more"]] == [1024, 0, True]
    second = tracer.after(first["cursor"])
    assert [item["span_id"] for item in second["spans"]] == [str(number) for number in range(1024, 1500)]
    assert not second["more"]
    assert tracer.after(second["cursor"])["spans"] == []
    tracer.keep(*({"span_id": str(number)} for number in range(10_000)))
    late = tracer.after(second["cursor"])
    assert late["lost"] == 10_000 - 4096
    assert late["spans"][0]["span_id"] == str(10_000 - 4096)
    for cursor in ("x", f"{second['cursor']}9", "\u0665", f"{second['cursor'].partition('.')[0]}.\u0665"):
        assert tracer.after(cursor)["spans"]


def test_a_changed_share_keeps_the_spans() -> None:
    """A changed share keeps the spans. If tracing is turned off, they are dropped."""
    tracer = configured(None, Options(tracing=True, trace_percent=0))
    assert tracer is not None
    assert tracer.start(None) is None
    assert configured(tracer, Options(tracing=True, trace_percent=100)) is tracer
    assert tracer.start(None) is not None
    assert configured(tracer, Options()) is None
