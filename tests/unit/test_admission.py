"""Admission: which client may connect with a key, and what the key may do."""

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any, Final

import pytest
from hass_nabucasa import remote
from homeassistant.core import HomeAssistant

from custom_components.drawbridge.admission import GUESSES, Admission, Client, Credential
from custom_components.drawbridge.keys import ApiKey, AuthFailure, Capability, KeyRing, StoredSecret, digest, generate
from custom_components.drawbridge.limits.lockout import Lockouts
from custom_components.drawbridge.limits.rate_limit import RateLimit, RateLimiter
from custom_components.drawbridge.operations.declaration import Access
from custom_components.drawbridge.options import Options
from custom_components.drawbridge.refusal import Refusal, RefusedError
from custom_components.drawbridge.sessions import Sessions
from custom_components.drawbridge.telemetry.counters import Counters

SECRET: Final = generate()
STALE: Final = generate()
KEY: Final = ApiKey("id", "Name", (StoredSecret(digest(SECRET)),))
ENDED: Final = ApiKey("ended", "Ended", (StoredSecret(digest(STALE)),), enabled=False)
HOME: Final = Client("192.168.1.5", ip_address("192.168.1.5"))
OUTSIDE: Final = Client("203.0.113.9", ip_address("203.0.113.9"))
SOCKET: Final = Client(None, None)


@dataclass
class Parts:
    """An admission, and the options that it reads."""

    admission: Admission
    options: Options = field(default_factory=Options)


@pytest.fixture
async def parts(tmp_path: Path) -> Parts:
    """Return an admission with two keys, one of which is disabled."""
    made: list[Parts] = []
    keys = KeyRing([KEY, ENDED])
    admission = Admission(
        hass=HomeAssistant(str(tmp_path)),
        keys=keys,
        sessions=Sessions(keys, tmp_path),
        lockouts=Lockouts(),
        rate_limiter=RateLimiter(),
        counters=Counters(),
        options=lambda: made[0].options,
    )
    made.append(Parts(admission))
    return made[0]


def refusal(found: object) -> Refusal:
    """Return why something was refused."""
    assert isinstance(found, RefusedError)
    return found.refusal


def guess(admission: Admission, client: Client, times: int = 1) -> list[Refusal]:
    """Send wrong keys."""
    return [refusal(admission.authenticate(generate(), client)) for _ in range(times)]


async def test_a_valid_key(parts: Parts) -> None:
    """A valid key is returned, and the time and the address of its use are counted."""
    admission = parts.admission
    assert admission.authenticate(SECRET, OUTSIDE) == KEY
    admission.authenticate(SECRET, HOME)
    counted = admission.counters.keys["id"]
    assert (counted.requests, counted.refused, counted.last_address) == (2, 0, "192.168.1.5")
    assert counted.last_used == pytest.approx(time.time(), abs=60)
    assert list(admission.counters.keys) == ["id"]


@pytest.mark.parametrize(
    ("secret", "expected", "failure"),
    [
        (AuthFailure.MISSING, Refusal.KEY_MISSING, "missing"),
        (AuthFailure.AMBIGUOUS, Refusal.KEY_AMBIGUOUS, "ambiguous"),
        ("dbk_x", Refusal.KEY_MALFORMED, "malformed"),
        (generate(), Refusal.KEY_UNKNOWN, "unknown"),
        (STALE, Refusal.KEY_DISABLED, "disabled"),
    ],
)
async def test_each_failure(parts: Parts, secret: str | AuthFailure, expected: Refusal, failure: str) -> None:
    """Each failure has its own reason, is counted once, and is a guess or not."""
    admission = parts.admission
    for number in range(1, 7):
        found = admission.authenticate(secret, OUTSIDE)
        assert refusal(found) is expected
        assert admission.counters.auth_failures[failure] == number
    assert sum(admission.counters.auth_failures.values()) == 6
    assert (admission.locked_out(OUTSIDE) is not None) == (expected in GUESSES)
    assert len(admission.lockouts) == (expected in GUESSES)
    assert not admission.counters.keys


def test_what_counts_as_a_guess() -> None:
    """A secret that was valid before is not a guess, and neither is a request without a secret."""
    assert {Refusal.KEY_AMBIGUOUS, Refusal.KEY_MALFORMED, Refusal.KEY_UNKNOWN} == GUESSES


async def test_lock_out(parts: Parts) -> None:
    """A lock-out applies to the address that guesses, and to every failure. Further failures do not prolong it."""
    admission = parts.admission
    assert guess(admission, OUTSIDE, 6) == [Refusal.KEY_UNKNOWN] * 6
    for secret in (generate(), "dbk_x", STALE, AuthFailure.MISSING, AuthFailure.AMBIGUOUS):
        found = admission.authenticate(secret, OUTSIDE)
        assert refusal(found) is Refusal.LOCKED_OUT
        assert isinstance(found, RefusedError)
        assert found.retry_after == 1
    assert admission.counters.auth_failures["unknown"] == 7
    assert admission.counters.auth_failures["missing"] == 1
    assert admission.lockouts.total == 1


async def test_the_end_of_a_lock_out(parts: Parts) -> None:
    """After the lock-out, the address may try again. The next failure doubles the time."""
    admission, now = parts.admission, time.monotonic()
    for _ in range(6):
        admission.lockouts.failed(ip_address("203.0.113.9"), now - 2)
    assert admission.locked_out(OUTSIDE) is None
    assert guess(admission, OUTSIDE, 2) == [Refusal.KEY_UNKNOWN, Refusal.LOCKED_OUT]
    found = admission.locked_out(OUTSIDE)
    assert isinstance(found, RefusedError)
    assert found.retry_after == 2


async def test_a_valid_key_is_never_locked_out(parts: Parts) -> None:
    """Wrong keys from the same address do not affect a valid key, and a valid key does not reset their lock-out."""
    admission = parts.admission
    guess(admission, OUTSIDE, 40)
    for _ in range(40):
        assert admission.authenticate(SECRET, OUTSIDE) == KEY
        assert guess(admission, OUTSIDE) == [Refusal.LOCKED_OUT]
    assert admission.lockouts.total == 1


async def test_a_local_socket_has_no_address_to_lock_out(parts: Parts) -> None:
    """Wrong keys over a local socket are refused, but not counted."""
    admission = parts.admission
    assert guess(admission, SOCKET, 10) == [Refusal.KEY_UNKNOWN] * 10
    assert admission.locked_out(SOCKET) is None
    assert len(admission.lockouts) == 0


@pytest.mark.parametrize(
    ("local_only", "networks", "client", "admitted"),
    [
        (False, (), OUTSIDE, True),
        (False, (), SOCKET, True),
        (True, (), HOME, True),
        (True, (), OUTSIDE, False),
        (True, (), SOCKET, True),
        (False, ("203.0.113.0/24",), OUTSIDE, True),
        (False, ("203.0.113.0/24",), HOME, False),
        (False, ("203.0.113.0/24",), SOCKET, False),
        (True, ("203.0.113.0/24",), OUTSIDE, False),
        (True, ("203.0.113.0/24",), HOME, False),
        (True, ("192.168.1.0/24",), HOME, True),
    ],
)
async def test_networks(
    parts: Parts,
    networks: tuple[str, ...],
    client: Client,
    *,
    local_only: bool,
    admitted: bool,
) -> None:
    """Allowed networks and "local only" both apply. A local socket has no address, so it is in no network."""
    key = ApiKey("id", "Name", (), local_only=local_only, networks=tuple(map(ip_network, networks)))
    found = parts.admission.check_client(key, client)
    if admitted:
        assert found is None
    else:
        assert refusal(found) is Refusal.NETWORK
        assert "'Name'" in str(found)


async def test_a_local_key_through_home_assistant_cloud(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests through Home Assistant Cloud have a local address, but their client is not local."""
    key = ApiKey("id", "Name", (), local_only=True)
    monkeypatch.setattr(remote, "is_cloud_request", ContextVar("is_cloud_request", default=True))
    assert parts.admission.check_client(key, HOME) is None
    parts.admission.hass.config.components.add("cloud")
    for client in (HOME, SOCKET):
        assert refusal(parts.admission.check_client(key, client)) is Refusal.NETWORK


async def test_rate_limit(parts: Parts) -> None:
    """The limit of the key or the default applies. Refusals are counted, and say what is allowed."""
    admission = parts.admission
    key = ApiKey("id", "Name", (), per_minute=60, burst=2)
    found = [admission.limit_rate(key) for _ in range(5)]
    assert [item.allowed for item in found if item is not None] == [True, True, False, False, False]
    assert [item.remaining for item in found if item is not None] == [1, 0, 0, 0, 0]
    assert admission.counters.rate_limited == {"id": 3}
    refused = admission.over_limit(key)
    assert refused.refusal is Refusal.RATE_LIMITED
    assert str(refused) == "The key 'Name' may make 60 requests per minute. Slow down."


async def test_keys_have_a_rate_each(parts: Parts) -> None:
    """A key does not use up the rate limit of another key."""
    one, two = (ApiKey(name, name, (), per_minute=1, burst=1) for name in ("one", "two"))
    found = [parts.admission.limit_rate(key) for key in (one, two, one)]
    assert [item.allowed for item in found if item is not None] == [True, True, False]
    assert parts.admission.counters.rate_limited == {"one": 1}


async def test_default_rate_limit(parts: Parts) -> None:
    """A changed default rate limit takes effect on the next request."""
    admission = parts.admission
    parts.options = Options(per_minute=40)
    first = admission.limit_rate(KEY)
    assert first is not None
    assert (first.limit, first.remaining) == (RateLimit(40, 10), 9)
    assert "may make 40 requests" in str(admission.over_limit(KEY))
    parts.options = Options(per_minute=0)
    assert admission.limit_rate(KEY) is None
    # The option can change between a request and its refusal.
    assert "may make 0 requests" in str(admission.over_limit(KEY))
    assert not admission.counters.rate_limited


async def test_capabilities(parts: Parts) -> None:
    """A refusal names the missing capability. Operations without a capability are open to every key."""
    key = ApiKey("id", "Name", (), frozenset({Capability.READ, Capability.METRICS}))
    for capability in (Capability.READ, Capability.METRICS, Access.ANY_KEY, Access.PUBLIC):
        assert parts.admission.authorize(key, capability) is None
    refused = parts.admission.authorize(key, Capability.CONTROL)
    assert refusal(refused) is Refusal.CAPABILITY
    assert str(refused).startswith("The key 'Name' does not have the capability 'control'.")


WRONG_KEYS: Final = 1_000_000


async def test_a_million_wrong_keys(parts: Parts, record_property: Callable[[str, Any], None]) -> None:
    """Random secrets from one or many addresses are refused, and the memory that they take is bounded."""
    admission, spent = parts.admission, 0.0
    for number in range(WRONG_KEYS):
        secret = f"dbk_{number:049}" if number % 4 else generate()
        # Of every three, one is from the same address.
        client = (OUTSIDE, Client(None, IPv4Address(number)), Client(None, IPv6Address(number << 64)))[number % 3]
        started = time.process_time()
        found = admission.authenticate(secret, client)
        spent += time.process_time() - started
        assert isinstance(found, RefusedError)
    record_property("microseconds_per_wrong_key", round(spent / WRONG_KEYS * 1_000_000, 2))
    assert len(admission.lockouts) == 4096
    assert {name: count for name, count in admission.counters.auth_failures.items() if count} == {
        "malformed": WRONG_KEYS * 3 // 4,
        "unknown": WRONG_KEYS // 4,
    }
    assert not admission.counters.keys
    assert not admission.counters.rate_limited
    assert list(admission.keys) == [KEY, ENDED]
    assert admission.authenticate(SECRET, OUTSIDE) == KEY


async def test_credentials_without_a_session(parts: Parts) -> None:
    """Without a session, the credential is the secret itself; without a secret, there is none."""
    assert parts.admission.credential_of_pages(KEY) == Credential("")
    assert parts.admission.credential(SECRET) == Credential(digest(SECRET))
