"""Who a secret belongs to."""

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
    """Return a key that the given secrets open."""
    return ApiKey(key_id, key_id, tuple(StoredSecret(digest(item), until) for item in secrets))


def test_each_secret_opens_its_own_key() -> None:
    """Keys do not mix, and one key may have two secrets."""
    first, second, third = generate(), generate(), generate()
    ring = KeyRing([one := key("one", first), two := key("two", second, third)])
    assert ring.authenticate(first, 0) is one
    assert ring.authenticate(second, 0) is two
    assert ring.authenticate(third, 0) is two
    assert list(ring) == [one, two]


def test_refusals() -> None:
    """A whole key of nobody is unknown, anything else malformed."""
    ring = KeyRing([key("one", generate())])
    assert ring.authenticate(generate(), 0) is AuthFailure.UNKNOWN
    assert ring.authenticate("dbk_", 0) is AuthFailure.MALFORMED


def test_a_secret_ends_on_time() -> None:
    """A secret opens until its time, and from then on no more."""
    ring = KeyRing([one := key("one", secret := generate(), until=100)])
    assert ring.authenticate(secret, 99.9) is one
    assert ring.authenticate(secret, 100) is AuthFailure.EXPIRED


def test_replace() -> None:
    """Keys that are not there any more open nothing."""
    ring = KeyRing([key("one", secret := generate())])
    ring.replace([])
    assert ring.authenticate(secret, 0) is AuthFailure.UNKNOWN


def test_stored_and_read_again() -> None:
    """A key survives storage whole."""
    scope = Scope(include=Selection(areas=frozenset({"hall"}), domains=frozenset({"light"})))
    stored = ApiKey("id", "name", (StoredSecret("ab", 5.0),), frozenset({Capability.CONTROL}), scope)
    assert ApiKey.from_mapping("id", "name", stored.as_dict()) == stored


@pytest.mark.parametrize("data", [{}, {"secrets": [{}]}, {"secrets": [], "capabilities": ["fly"], "scope": {}}])
def test_damaged_storage(data: dict[str, object]) -> None:
    """What is no key raises, and opens nothing."""
    with pytest.raises((KeyError, ValueError)):
        ApiKey.from_mapping("id", "name", data)
