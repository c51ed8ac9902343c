"""Sums of reads, for the panel."""

from custom_components.drawbridge.audit.reads import ReadSum


def of_reads() -> ReadSum:
    """Return an empty sum."""
    return ReadSum(1, 0.0, "id", "Name", "states.read", "read", "GET", "/api/states/{entity_id}")


def test_a_repetition_is_counted_once() -> None:
    """A repeated read only increases the count; its entities are not computed."""
    found = of_reads()
    assert not found.repeats(("key", "client", 1))
    found.add(("key", "client", 1), "192.0.2.1", lambda: ["light.a"])
    assert found.repeats(("key", "client", 1))
    assert (found.count, found.address, list(found.entities)) == (2, "192.0.2.1", ["light.a"])


def test_the_address_is_that_of_the_last_read() -> None:
    """A sum has the address of its last read."""
    found = of_reads()
    found.add(("key", "one", 1), "192.0.2.1", lambda: ["light.a"])
    assert not found.repeats(("key", "two", 1))
    found.add(("key", "two", 1), "192.0.2.2", lambda: ["light.a"])
    assert (found.count, found.address, list(found.entities)) == (2, "192.0.2.2", ["light.a"])
