"""The limit of states that a key creates."""

from custom_components.drawbridge.limits.created_states import MAX_CREATED_STATES, CreatedStates


def filled() -> CreatedStates:
    """Return a collection in which the key "a" has reached the limit."""
    created = CreatedStates()
    assert all(created.reserve("a", f"sensor.x{number}", lambda _: True) for number in range(MAX_CREATED_STATES))
    return created


def test_a_key_may_create_so_many() -> None:
    """Further states are refused each time. Another key has its own limit."""
    created = filled()
    assert created.reserve("a", "sensor.y", lambda _: True) is False
    assert created.reserve("a", "sensor.y", lambda _: True) is False
    assert created.reserve("b", "sensor.y", lambda _: True) is True


def test_a_state_that_is_gone_is_not_counted() -> None:
    """For each removed state, one can be created, and no more."""
    created = filled()
    gone = {"sensor.x1", "sensor.x2"}
    assert created.reserve("a", "sensor.y1", lambda entity_id: entity_id not in gone) is True
    assert created.reserve("a", "sensor.y2", lambda _: True) is True
    assert created.reserve("a", "sensor.y3", lambda _: True) is False


def test_a_state_counts_once() -> None:
    """A state that is reserved several times counts once."""
    created = CreatedStates()
    for _ in range(MAX_CREATED_STATES + 5):
        assert created.reserve("a", "sensor.x", lambda _: True)


def test_a_removed_key_is_forgotten() -> None:
    """A removed key is forgotten, and other keys are kept."""
    created = filled()
    created.keys_changed({}, {"a"})
    assert created.reserve("a", "sensor.y", lambda _: True) is False
    created.keys_changed({}, {"b"})
    assert created.reserve("a", "sensor.y", lambda _: True) is True
