"""Limits of connections: those that wait longest for a request are closed first."""

from collections.abc import Callable
from functools import partial

from custom_components.drawbridge.limits.places import Place, Places


def take(places: Places, dropped: list[str], name: str, group: str = "a", *, limited: bool = True) -> Place | None:
    """Add a connection that records its name when it is closed."""
    abort: Callable[[], None] = partial(dropped.append, name)
    return places.take(group, abort, limited=limited)


def test_the_one_that_waits_longest_gives_way() -> None:
    """At the limit of an address, the connection of this address that waits longest is closed."""
    places, dropped = Places(most=10, most_of_group=2), list[str]()
    assert take(places, dropped, "other", "b")
    first, second = take(places, dropped, "first"), take(places, dropped, "second")
    assert first
    assert second
    first.serve()
    first.wait()
    assert take(places, dropped, "third")
    assert dropped == ["second"]
    assert take(places, dropped, "fourth")
    assert dropped == ["second", "first"]
    assert len(places) == 3
    assert places.dropped == 2


def test_who_is_served_stays() -> None:
    """Connections with a request in progress stay open. A new connection is refused until one of them ends."""
    places, dropped = Places(most=10, most_of_group=2), list[str]()
    taken = [take(places, dropped, str(number)) for number in range(2)]
    for place in taken:
        assert place
        place.serve()
    assert take(places, dropped, "late") is None
    assert dropped == []
    assert taken[0]
    taken[0].leave()
    taken[0].leave()
    assert take(places, dropped, "late")
    assert len(places) == 2


def test_in_total() -> None:
    """All addresses share the total limit, and a proxy has no limit of its own."""
    places, dropped = Places(most=3, most_of_group=1), list[str]()
    for number in range(4):
        assert take(places, dropped, str(number), "proxy", limited=False)
    assert dropped == ["0"]
    assert take(places, dropped, "late", "b")
    assert dropped == ["0", "1"]
    assert len(places) == 3


def test_nothing_remains() -> None:
    """Nothing is kept of closed connections."""
    places, dropped = Places(), list[str]()
    for number in range(5):
        place = take(places, dropped, str(number), str(number))
        assert place
        place.serve()
        place.leave()
        place.wait()
    assert len(places) == 0
    assert [value for value in vars(places).values() if isinstance(value, dict) and value] == []
