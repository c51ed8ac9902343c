"""The key ring: look-up of keys by their secrets."""

import pytest

from custom_components.drawbridge.keys import (
    ApiKey,
    AuthFailure,
    Capability,
    KeyRing,
    StoredSecret,
    digest,
    generate,
)
from custom_components.drawbridge.scope.model import Scope, Selection


def key(key_id: str, *secrets: str, until: float | None = None) -> ApiKey:
    """Return a key with these secrets."""
    return ApiKey(key_id, key_id, tuple(StoredSecret(digest(item), until) for item in secrets))


def test_each_secret_opens_its_own_key() -> None:
    """Each secret has its own key, and a key can have two secrets."""
    first, second, third = generate(), generate(), generate()
    ring = KeyRing([one := key("one", first), two := key("two", second, third)])
    assert ring.authenticate(first, 0) is one
    assert ring.authenticate(second, 0) is two
    assert ring.authenticate(third, 0) is two
    assert list(ring) == [one, two]


def test_refusals() -> None:
    """A well-formed secret without a key is unknown. Any other text is malformed."""
    ring = KeyRing([key("one", generate())])
    assert ring.authenticate(generate(), 0) is AuthFailure.UNKNOWN
    assert ring.authenticate("dbk_", 0) is AuthFailure.MALFORMED


def test_a_secret_ends_on_time() -> None:
    """A secret is valid before its end, and expired from then on."""
    ring = KeyRing([one := key("one", secret := generate(), until=100)])
    assert ring.authenticate(secret, 99.9) is one
    assert ring.authenticate(secret, 100) is AuthFailure.EXPIRED


def test_replace() -> None:
    """Secrets of removed keys are unknown."""
    ring = KeyRing([key("one", secret := generate())])
    ring.replace([])
    assert ring.authenticate(secret, 0) is AuthFailure.UNKNOWN


def test_listeners() -> None:
    """Listeners are called in order, with the old and the new keys, until they unsubscribe."""
    ring, told = KeyRing([one := key("one", generate())]), []
    first = ring.subscribe(lambda old, new: told.append(("first", dict(old), dict(new))))
    ring.subscribe(lambda old, new: told.append(("second", dict(old), dict(new))))
    ring.replace([two := key("two", generate())])
    change = {"one": one}, {"two": two}
    assert told == [("first", *change), ("second", *change)]
    first()
    ring.replace([])
    assert told[2:] == [("second", {"two": two}, {})]


def test_a_listener_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """The others are called, the keys are replaced, and the error is logged."""
    ring, told = KeyRing([key("one", secret := generate())]), []

    def fail(_old: object, _new: object) -> None:
        raise ValueError("broken")

    ring.subscribe(fail)
    ring.subscribe(lambda _old, new: told.append(dict(new)))
    ring.replace([])
    assert told == [{}]
    assert ring.authenticate(secret, 0) is AuthFailure.UNKNOWN
    assert "broken" in caplog.text


def test_a_listener_may_unsubscribe_while_it_is_called() -> None:
    """The next listener is still called."""
    ring, told = KeyRing(), []
    stop = ring.subscribe(lambda _old, _new: stop())
    ring.subscribe(lambda _old, _new: told.append(True))
    ring.replace([])
    ring.replace([])
    assert told == [True, True]


def test_stored_and_read_again() -> None:
    """A key that is stored and read again is equal."""
    scope = Scope(include=Selection(areas=frozenset({"hall"}), domains=frozenset({"light"})))
    stored = ApiKey("id", "name", (StoredSecret("ab", 5.0),), frozenset({Capability.CONTROL}), scope)
    assert ApiKey.from_mapping("id", "name", stored.as_dict()) == stored


@pytest.mark.parametrize("data", [{}, {"secrets": [{}]}, {"secrets": [], "capabilities": ["fly"], "scope": {}}])
def test_damaged_storage(data: dict[str, object]) -> None:
    """Invalid stored data raises an error."""
    with pytest.raises((KeyError, ValueError)):
        ApiKey.from_mapping("id", "name", data)
