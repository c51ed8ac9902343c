"""Rate limit, lock-out, concurrency, networks, origins and request IDs, without Home Assistant."""

import math
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, strategies as st

from custom_components.drawbridge.http import cors
from custom_components.drawbridge.http.security_headers import request_id
from custom_components.drawbridge.limits import origins
from custom_components.drawbridge.limits.concurrency import Concurrency
from custom_components.drawbridge.limits.lockout import Lockouts
from custom_components.drawbridge.limits.networks import contains, is_local, parse_address, parse_network
from custom_components.drawbridge.limits.rate_limit import RateLimit, RateLimiter
from custom_components.drawbridge.limits.sending import (
    MAX_ANONYMOUS,
    MAX_HOLDER_BYTES,
    MAX_TOTAL_BYTES,
    Sending,
    most_places,
    seconds_to_send,
)


class TokenBucket:
    """A simple token bucket, to compare the limiter with."""

    def __init__(self, limit: RateLimit) -> None:
        """Create a full bucket."""
        self.limit, self.tokens, self.last = limit, float(limit.burst), 0.0

    def take(self, now: float) -> bool:
        """Take a token, if there is one."""
        filled = self.tokens + (now - self.last) / self.limit.interval
        self.tokens, self.last = min(filled, float(self.limit.burst)), now
        if self.tokens < 1 - 1e-6:
            return False
        self.tokens -= 1
        return True


@given(
    st.integers(1, 6000),
    st.integers(1, 50),
    st.lists(st.floats(0, 100).map(lambda seconds: round(seconds, 3)), max_size=200),
)
def test_the_limiter_is_a_token_bucket(per_minute: int, burst: int, pauses: list[float]) -> None:
    """The limiter and the token bucket agree on every request, and on the remaining requests."""
    limit = RateLimit(per_minute, burst)
    limiter, bucket, now = RateLimiter(), TokenBucket(limit), 0.0
    for pause in pauses:
        now += pause
        allowance = limiter.take("key", limit, now)
        before = bucket.tokens
        assert allowance.allowed == bucket.take(now) or math.isclose(before % 1, 0, abs_tol=1e-5)
        if allowance.allowed:
            assert 0 <= allowance.remaining <= burst


def test_keys_do_not_share_a_bucket() -> None:
    """Each key has its own bucket."""
    limiter, limit = RateLimiter(), RateLimit(60, 1)
    assert limiter.take("a", limit, 0).allowed
    assert not limiter.take("a", limit, 0).allowed
    assert limiter.take("b", limit, 0).allowed
    assert limiter.take("a", limit, 1).allowed


def test_rate_limit_headers() -> None:
    """The headers of draft 11: the policy, the remaining requests, and the time to retry."""
    limiter, limit = RateLimiter(), RateLimit(60, 10)
    assert limiter.take("a", limit, 0).headers() == {
        "RateLimit-Policy": '"default";q=10;w=10',
        "RateLimit": '"default";r=9;t=1',
    }
    for _ in range(9):
        limiter.take("a", limit, 0)
    refused = limiter.take("a", limit, 0)
    assert refused.headers()["RateLimit"] == '"default";r=0;t=10'
    assert refused.headers()["Retry-After"] == "1"
    assert limiter.look("a", limit, 5).remaining == 5


def test_limits_by_default() -> None:
    """0 is no limit. The default burst is a quarter of the requests per minute, and at least 10."""
    assert RateLimit.of(0) is None
    assert RateLimit.of(1000) == RateLimit(1000, 250)
    assert RateLimit.of(20) == RateLimit(20, 10)
    assert RateLimit.of(20, 3) == RateLimit(20, 3)


def test_forgotten_keys_leave_nothing() -> None:
    """Removed keys are dropped."""
    limiter = RateLimiter()
    for number in range(100):
        limiter.take(str(number), RateLimit(60, 1), 0)
    limiter.keys_changed({}, {"7"})
    assert not limiter.take("7", RateLimit(60, 1), 0).allowed
    assert limiter.take("8", RateLimit(60, 1), 0).allowed


HOME = IPv4Address("192.0.2.1")


def test_lockout_grows_and_ends() -> None:
    """Five failures are allowed, then the lock-out is 1 s, 2 s, 4 s, up to 15 minutes."""
    lockouts, now, delays = Lockouts(), 0.0, []
    for _ in range(20):
        delays.append(lockouts.failed(HOME, now))
        assert lockouts.remaining(HOME, now) == delays[-1]
        now += delays[-1]
        assert lockouts.remaining(HOME, now) == 0
    assert delays == [0] * 5 + [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]
    assert lockouts.total == 15
    assert lockouts.active(now - 1) == 1
    assert lockouts.active(now) == 0


def test_quiet_ends_it() -> None:
    """Failures are forgotten 30 minutes after the last lock-out."""
    lockouts = Lockouts()
    for _ in range(6):
        lockouts.failed(HOME, 0)
    assert lockouts.failed(HOME, 1802) == 0


def test_addresses_are_apart_and_ipv6_clients_are_networks() -> None:
    """An IPv6 /64 network counts as one address, and other addresses are separate."""
    lockouts = Lockouts()
    for number in range(6):
        lockouts.failed(ip_address(f"2001:db8::{number}"), 0)
    assert lockouts.remaining(IPv6Address("2001:db8::ffff"), 0) > 0
    assert lockouts.remaining(IPv6Address("2001:db8:0:1::1"), 0) == 0
    assert lockouts.remaining(HOME, 0) == 0


def test_lockout_memory_is_bounded() -> None:
    """At most 4,096 addresses are remembered."""
    lockouts = Lockouts()
    for number in range(1_000_000):
        lockouts.failed(IPv4Address(number), 0)
    assert len(lockouts) == 4096


def test_answers_under_way_are_bounded_by_holder_and_in_all() -> None:
    """A client without a response in progress can always get one. Finished responses are not kept."""
    sending = Sending()
    assert not sending.is_full("a", MAX_HOLDER_BYTES * 10)
    sending.enter("a", MAX_HOLDER_BYTES)
    assert sending.is_full("a", 1)
    sending.enter("b", 1)
    assert not sending.is_full("b", MAX_HOLDER_BYTES - 1)
    assert sending.is_full("b", MAX_HOLDER_BYTES)
    sending.enter("c", MAX_TOTAL_BYTES - MAX_HOLDER_BYTES - 1)
    assert sending.is_full("b", 1)
    assert not sending.is_full("d", 1)
    assert (sending.answers, sending.size) == (3, MAX_TOTAL_BYTES)
    sending.leave("a", MAX_HOLDER_BYTES)
    assert not sending.is_full("b", 1)
    sending.leave("b", 1)
    sending.leave("c", MAX_TOTAL_BYTES - MAX_HOLDER_BYTES - 1)
    assert (len(sending), sending.answers, sending.size) == (0, 0, 0)
    assert seconds_to_send(65_536, 30) == 32
    assert (most_places("a", 20), most_places("", 20)) == (40, MAX_ANONYMOUS)


def test_concurrency() -> None:
    """Requests in progress are counted for each key. A key without requests is not kept."""
    concurrency = Concurrency()
    concurrency.enter("a")
    assert not concurrency.is_full("a", 2)
    concurrency.enter("a")
    assert concurrency.is_full("a", 2)
    assert not concurrency.is_full("b", 2)
    concurrency.enter("b")
    concurrency.leave("a")
    assert not concurrency.is_full("a", 2)
    concurrency.leave("a")
    concurrency.leave("b")
    assert len(concurrency) == 0


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("172.31.0.1", True),
        ("172.32.0.1", False),
        ("192.168.1.1", True),
        ("169.254.1.1", True),
        ("8.8.8.8", False),
        ("100.64.0.1", False),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("2001:db8::1", False),
        ("::ffff:192.168.1.1", True),
        ("::ffff:8.8.8.8", False),
    ],
)
def test_local_addresses(address: str, local: bool) -> None:  # noqa: FBT001  a table
    """Loopback, private and link-local addresses are local, also IPv4 addresses in IPv6."""
    parsed = parse_address(address)
    assert parsed is not None
    assert is_local(parsed) is local


def test_networks() -> None:
    """Host bits are ignored, IPv4 and IPv6 are separate, and invalid networks are refused."""
    networks = [parse_network("192.168.1.7/24"), parse_network(" 2001:db8::/32 "), parse_network("10.0.0.7")]
    for address, inside in {
        "192.168.1.200": True,
        "192.168.2.1": False,
        "2001:db8:1::1": True,
        "10.0.0.7": True,
        "10.0.0.8": False,
        "::ffff:10.0.0.7": True,
    }.items():
        parsed = parse_address(address)
        assert parsed is not None
        assert contains(networks, parsed) is inside
    assert parse_address("unknown") is None
    for text in ("", "192.168.1.0/33", "example.com", "1.2.3"):
        with pytest.raises(ValueError, match=r".*"):
            parse_network(text)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://A.Example", "https://a.example"),
        ("https://a.example:443/", "https://a.example"),
        ("http://a.example:80", "http://a.example"),
        ("http://a.example:8080", "http://a.example:8080"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        (" * ", "*"),
    ],
)
def test_origins(text: str, origin: str) -> None:
    """Origins are normalized as browsers send them."""
    assert origins.normalize_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    ["", "null", "a.example", "https://", "https://a.example/x", "https://a.example?x", "https://u@a.example",
     "ftp://a.example", "https://a.example:99999", "file:///etc"],
)  # fmt: skip
def test_what_is_no_origin(text: str) -> None:
    """Texts that are not origins are refused."""
    with pytest.raises(ValueError, match=r".*"):
        origins.normalize_origin(text)


@pytest.mark.parametrize(
    ("origin", "allowed", "granted"),
    [
        ("https://a.example", {"https://a.example"}, True),
        ("https://a.example", {"*"}, True),
        ("https://a.example.evil", {"https://a.example"}, False),
        ("http://a.example", {"https://a.example"}, False),
        ("null", {"*"}, False),
        ("", {"*"}, False),
        (None, {"*"}, False),
        ("https://a.example", set(), False),
    ],
)
def test_cors(origin: str | None, allowed: set[str], granted: bool) -> None:  # noqa: FBT001  a table
    """An origin is allowed only if the complete origin is listed."""
    assert bool(cors.answer_headers(origin, allowed)) is granted
    assert bool(cors.preflight_headers(origin, allowed, "GET", private_network=False)) is granted


@given(st.text(max_size=80))
def test_request_ids_are_harmless(sent: str) -> None:
    """Request IDs are safe in headers and in logs."""
    number = request_id(sent)
    assert 1 <= len(number) <= 64
    assert number.isascii()
    assert not set(number) & set("\r\n\t \"'<>;,")


def test_request_ids_are_kept_or_made() -> None:
    """A valid request ID is kept. A request without one gets a new one."""
    assert request_id("abc-1:2.3_4") == "abc-1:2.3_4"
    assert request_id(None) != request_id(None)


def test_what_is_under_way_is_counted_by_holder() -> None:
    """Unsent bytes are counted for each holder, and released one by one."""
    sending = Sending()
    assert (sending.answers, sending.size, sending.dropped, len(sending)) == (0, 0, 0, 0)
    sending.enter("a", 10)
    sending.enter("a", 20)
    sending.enter("b", MAX_HOLDER_BYTES - 5)
    assert (sending.answers, sending.size, len(sending)) == (3, MAX_HOLDER_BYTES + 25, 2)
    sending.leave("a", 10)
    assert not sending.is_full("a", MAX_HOLDER_BYTES - 20)
    assert sending.is_full("a", MAX_HOLDER_BYTES - 19)
    assert not sending.is_full("b", 5)
    assert sending.is_full("b", 6)
    sending.leave("a", 20)
    assert not sending.is_full("a", MAX_TOTAL_BYTES)
    assert (sending.answers, sending.size, len(sending)) == (1, MAX_HOLDER_BYTES - 5, 1)


def test_the_total_may_be_reached() -> None:
    """The total can be reached exactly."""
    sending = Sending()
    for number in range(MAX_TOTAL_BYTES // MAX_HOLDER_BYTES):
        sending.enter(str(number), MAX_HOLDER_BYTES - 1)
    left = MAX_TOTAL_BYTES - sending.size
    sending.enter("a", 1)
    assert not sending.is_full("a", left - 1)
    assert sending.is_full("a", left)


def test_nobody_is_locked_out_at_first() -> None:
    """An address without failures is not locked out."""
    lockouts = Lockouts()
    assert lockouts.remaining(ip_address("192.0.2.1"), 0.0) == 0.0
    for _ in range(7):
        lockouts.failed(ip_address("192.0.2.1"), 0.0)
    assert lockouts.remaining(ip_address("192.0.2.2"), 0.0) == 0.0


def test_addresses_of_both_kinds_are_told_apart() -> None:
    """IPv4 addresses and IPv6 networks with equal numbers are different."""
    for network in range(4):
        lockouts = Lockouts()
        for _ in range(7):
            lockouts.failed(IPv6Address(network << 64), 0.0)
        assert not any(lockouts.remaining(IPv4Address(number), 0.0) for number in range(8))


def test_the_newest_address_is_remembered() -> None:
    """The newest addresses are remembered, and the oldest are forgotten."""
    lockouts = Lockouts()
    for number in range(4097):
        for _ in range(6):
            lockouts.failed(IPv4Address(number), 0.0)
    assert lockouts.remaining(IPv4Address(0), 0.0) == 0.0
    assert lockouts.remaining(IPv4Address(1), 0.0) == 1.0
    assert lockouts.remaining(IPv4Address(4096), 0.0) == 1.0
    assert len(lockouts) == 4096
