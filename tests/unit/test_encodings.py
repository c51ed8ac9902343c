"""Which content coding a client gets, by RFC 9110."""

import pytest
from hypothesis import given, strategies as st

from custom_components.drawbridge.encoding.negotiation import IDENTITY, choose

OFFERED = ("zstd", "gzip", "deflate")


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (None, IDENTITY),
        ("", IDENTITY),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("x-deflate", "deflate"),
        ("br", IDENTITY),
        ("*", IDENTITY),
        ("gzip, deflate, zstd", "zstd"),
        ("deflate, gzip", "gzip"),
        (" deflate ; q=0.9 ,gzip;q=0.5", "deflate"),
        ("gzip;q=0.5, zstd;q=0.49", "gzip"),
        ("gzip;q=0", IDENTITY),
        ("gzip;q=0, deflate", "deflate"),
        ("gzip;q=1", "gzip"),
        ("gzip;q=1.5", IDENTITY),
        ("gzip;q=-1", IDENTITY),
        ("gzip;q=nan", IDENTITY),
        ("gzip;q=", IDENTITY),
        ("gzip;q=high", IDENTITY),
        ("gzip;level=9", "gzip"),
        ("gzip;level=9;q=0", IDENTITY),
        ("gzip; Q =0.5, deflate;q=0.6", "deflate"),
        ("gzip;q=0.5;q=1, deflate;q=0.7", "deflate"),
        ("identity, gzip;q=0.5", IDENTITY),
        ("identity, gzip", "gzip"),
        ("identity;q=0.4, gzip;q=0.5", "gzip"),
        ("identity;q=0, br", IDENTITY),
        ("gzip" + " " * 508, "gzip"),
        ("gzip" + " " * 509, IDENTITY),
    ],
)
def test_choice(accepted: str | None, chosen: str) -> None:
    """The client's weights decide, then the order in which codings are offered."""
    assert choose(accepted, OFFERED) == chosen


@given(st.dictionaries(st.sampled_from((*OFFERED, "identity", "br")), st.integers(0, 1000), max_size=5))
def test_nothing_that_is_offered_weighs_more_than_the_choice(weights: dict[str, int]) -> None:
    """A coding that the client did not name, or gave the weight 0, is never chosen."""
    chosen = choose(", ".join(f"{name};q={weight / 1000}" for name, weight in weights.items()), OFFERED)
    best = max((weights.get(name, 0) for name in OFFERED), default=0)
    if chosen == IDENTITY:
        assert best == 0 or weights.get(IDENTITY, 0) > best
    else:
        assert weights[chosen] == best > 0
        assert weights.get(IDENTITY, 0) <= best
        assert chosen == next(name for name in OFFERED if weights.get(name, 0) == best)
