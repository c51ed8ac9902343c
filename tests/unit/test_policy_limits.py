"""Edge cases of limits: rate limits, lock-outs, origins, cursors and scopes."""

from base64 import urlsafe_b64decode
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, strategies as st

from custom_components.drawbridge.http import cors
from custom_components.drawbridge.http.security_headers import request_id
from custom_components.drawbridge.limits import origins
from custom_components.drawbridge.limits.concurrency import Concurrency
from custom_components.drawbridge.limits.lockout import Lockouts
from custom_components.drawbridge.limits.rate_limit import RateLimit, RateLimiter
from custom_components.drawbridge.operations.log_entries import LogFilter
from custom_components.drawbridge.scope.model import EntityFacts, Scope, Selection
from custom_components.drawbridge.states.cursor import Cursors, Position

PAGE = "https://a.example"
ALLOWED = "Authorization, Content-Type, If-None-Match, X-API-Key, X-Request-ID, traceparent, tracestate"
EXPOSED = "Drawbridge-Cursor, ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-ID, traceresponse"  # noqa: E501 - one header


def test_headers_of_an_answer_to_a_page() -> None:
    """Responses to a page have its origin, and expose the headers that a client needs."""
    expected = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Expose-Headers": EXPOSED}
    for allowed in ({PAGE}, {"*"}):
        assert cors.answer_headers(PAGE, allowed) == expected


@pytest.mark.parametrize("private_network", [False, True])
def test_headers_of_a_preflight(*, private_network: bool) -> None:
    """Private network access is allowed only if the request asks for it."""
    expected = {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Methods": "GET, OPTIONS",
        "Access-Control-Allow-Headers": ALLOWED,
        "Access-Control-Max-Age": "600",
    }
    if private_network:
        expected["Access-Control-Allow-Private-Network"] = "true"
    granted = cors.preflight_headers(PAGE, {PAGE}, "GET, OPTIONS", private_network=private_network)
    assert granted == expected


@pytest.mark.parametrize("text", ["ftp://a.example", "https://a.example/x"])
def test_a_wrong_origin_is_named_in_the_error(text: str) -> None:
    """The error names the invalid origin."""
    with pytest.raises(ValueError, match=text):
        origins.normalize_origin(f" {text} ")


def test_the_smallest_limit() -> None:
    """One request a minute is a limit, and a burst is a whole number."""
    assert RateLimit.of(1) == RateLimit(1, 10)
    usual = RateLimit.of(1001)
    assert usual is not None
    assert (usual.burst, type(usual.burst)) == (250, int)
    assert RateLimit.of(-1) is None


@given(st.integers(1, 600), st.integers(1, 50), st.integers(0, 60))
def test_what_is_told_of_a_bucket_is_true(per_minute: int, burst: int, taken: int) -> None:
    """The remaining requests are allowed, the next one is refused, and it is allowed after `retry_after`."""
    limiter, limit = RateLimiter(), RateLimit(per_minute, burst)
    for _ in range(taken):
        limiter.take("key", limit, 0)
    told = limiter.look("key", limit, 0)
    assert told.remaining == max(0, burst - taken)
    assert told.allowed
    assert [limiter.take("key", limit, 0).allowed for _ in range(told.remaining)] == [True] * told.remaining
    refused = limiter.take("key", limit, 0)
    assert (refused.allowed, refused.remaining) == (False, 0)
    assert refused.retry_after == pytest.approx(limit.interval)
    assert not limiter.take("key", limit, limit.interval * 0.99).allowed
    assert limiter.take("key", limit, refused.retry_after).allowed


def test_a_bucket_nobody_took_from_is_full() -> None:
    """A new bucket is full, and so is one that was emptied long ago or under a larger limit."""
    limiter, limit = RateLimiter(), RateLimit(60, 10)
    new = limiter.look("new", limit, 5)
    assert (new.remaining, new.reset) == (10, 0.0)
    limiter.take("old", limit, 0)
    old = limiter.look("old", limit, 100)
    assert (old.remaining, old.reset) == (10, 0.0)
    for _ in range(300):
        limiter.take("shrunk", RateLimit(60, 300), 0)
    narrowed = limiter.look("shrunk", RateLimit(120, 10), 0)
    assert (narrowed.remaining, narrowed.reset) == (0, 5.0)


def test_a_long_wait_is_told_in_the_header() -> None:
    """The header contains a long waiting time."""
    limiter, limit = RateLimiter(), RateLimit(1, 1)
    limiter.take("key", limit, 0)
    refused = limiter.take("key", limit, 0)
    assert refused.retry_after == 60
    assert refused.headers()["Retry-After"] == "60"


def test_limiter_forgets_only_keys_that_are_gone() -> None:
    """Only removed keys are forgotten."""
    limiter, limit = RateLimiter(), RateLimit(60, 2)
    for key in ("a", "b"):
        limiter.take(key, limit, 0)
    limiter.keys_changed({}, {"a", "c"})
    assert [limiter.look(key, limit, 0).remaining for key in "abc"] == [1, 2, 2]
    assert set(limiter._full_at) == {"a"}  # noqa: SLF001 - what is kept in memory is the subject


def test_one_place_is_enough_for_one_request() -> None:
    """A key with a concurrency limit of 1 can make one request."""
    concurrency = Concurrency()
    assert not concurrency.is_full("a", 1)
    concurrency.enter("a")
    assert concurrency.is_full("a", 1)


def test_the_address_heard_of_longest_ago_is_forgotten_first() -> None:
    """The oldest addresses are forgotten first, so that a flood does not end the lock-out of an active address."""
    lockouts, guesser = Lockouts(), IPv4Address("192.0.2.1")
    for _ in range(6):
        lockouts.failed(guesser, 0)
    lockouts.failed(IPv4Address(1), 0)
    for number in range(2, 4096):
        lockouts.failed(IPv4Address(number), 0)
        if number == 2000:
            lockouts.failed(guesser, 0)
    lockouts.failed(IPv4Address("198.51.100.1"), 0)
    assert len(lockouts) == 4096
    assert lockouts.remaining(guesser, 0) == 2


def test_quiet_is_counted_from_the_end_of_the_lock() -> None:
    """Failures count until 30 minutes after the end of the lock-out."""
    for pause, delay in ((1800, 2), (1800.1, 0)):
        lockouts = Lockouts()
        for _ in range(6):
            lockouts.failed(IPv4Address("192.0.2.1"), 0)
        assert lockouts.failed(IPv4Address("192.0.2.1"), 1 + pause) == delay


@pytest.mark.parametrize(("four", "six"), [("0.0.0.1", "0:0:0:1::"), ("0.0.0.1", "0:0:0:2::")])
def test_families_do_not_share_a_lock(four: str, six: str) -> None:
    """IPv4 and IPv6 addresses with equal numbers have separate lock-outs."""
    for failing, other in (
        (IPv4Address(four), IPv6Address(six)),
        (IPv6Address(six), IPv4Address(four)),
    ):
        lockouts = Lockouts()
        for _ in range(6):
            lockouts.failed(failing, 0)
        assert lockouts.remaining(failing, 0) == 1
        assert lockouts.remaining(other, 0) == 0


def test_cursors_cannot_be_compared() -> None:
    """Equal positions have different cursors, which do not contain the bytes of the position, and have no padding."""
    cursors, position = Cursors(), Position(1, 2)
    made = [cursors.encode(position, "view") for _ in range(100)]
    assert len({item[:10] for item in made}) == 100
    assert len({urlsafe_b64decode(item + "=" * (-len(item) % 4))[8:24] for item in made}) == 100
    assert {len(item) for item in made} == {43}
    assert all(cursors.decode(item, "view") == position for item in made)


def test_cursors_of_two_bridges_have_nothing_in_common() -> None:
    """The cursors of two bridges differ in every part."""
    raw = [urlsafe_b64decode(Cursors().encode(Position(1, 2), "view") + "=") for _ in range(20)]
    for part in (slice(0, 8), slice(8, 24), slice(24, 32)):
        assert len({item[part] for item in raw}) == 20


def test_two_positions_cannot_be_subtracted() -> None:
    """Cursors do not reveal the difference between positions."""
    cursors = Cursors()
    one, other = (urlsafe_b64decode(cursors.encode(Position(0, number), "view") + "=")[8:24] for number in (1, 2))
    assert int.from_bytes(one) ^ int.from_bytes(other) != 1 ^ 2


@pytest.mark.parametrize("length", [0, 1, 2, 3, 40, 41, 42, 44, 45, 60])
def test_a_cursor_of_another_length(length: int) -> None:
    """A cursor of another length is invalid."""
    cursors = Cursors()
    cursor = cursors.encode(Position(1, 2), "view")
    assert cursors.decode((cursor * 2)[:length], "view") is None


def test_own_request_ids() -> None:
    """A new request ID has 16 hexadecimal digits."""
    made = [request_id(None) for _ in range(200)]
    assert len(set(made)) == 200
    assert {len(item) for item in made} == {16}
    assert set("".join(made)) <= set("0123456789abcdef")


def test_the_bridges_own_entities_need_their_name() -> None:
    """The bridge's own entities must be listed by ID, and the rule says so."""
    entity = EntityFacts("switch.key", is_own=True)
    rule = Scope(everything=True).rule(entity)
    assert rule == "Drawbridge's own entities must be listed by their entity id"
    named = Scope(include=Selection(entities=frozenset({"switch.key"})))
    assert named.rule(entity) == "included by entity switch.key"
    assert named.matches(entity)


@given(st.booleans(), st.sampled_from(["a", "b"]), st.sampled_from(["a", "b"]))
def test_scopes_are_found_by_what_they_say(everything: bool, area: str, excluded: str) -> None:  # noqa: FBT001 - drawn
    """Equal scopes are one entry of a mapping. The hash depends on each part."""

    def scope(areas: str, excludes: str, *, is_everything: bool) -> Scope:
        include = Selection(areas=frozenset({areas}))
        return Scope(is_everything, include, Selection(labels=frozenset({excludes})))

    one, same = (scope(area, excluded, is_everything=everything) for _ in range(2))
    assert hash(one) == hash(same)
    for other in (
        scope(area, excluded, is_everything=not everything),
        scope("other", excluded, is_everything=everything),
        scope(area, "other", is_everything=everything),
    ):
        assert other != one
        assert hash(other) != hash(one)


def test_a_log_entry_with_a_text_too_deep_to_search() -> None:
    """An entry with a text that is nested too deeply is hidden."""
    deep: object = "nothing"
    for _ in range(40):
        deep = [deep]
    seen = LogFilter(lambda _: True, {"light"}).entry({"entity_id": "light.x", "message": deep})
    assert seen == {"entity_id": "light.x"}


def test_a_log_filter_is_narrow_unless_told() -> None:
    """By default, the filter hides entries that are about no entity."""
    assert LogFilter(lambda _: True, {"light"}).entry({"name": "House"}) is None
