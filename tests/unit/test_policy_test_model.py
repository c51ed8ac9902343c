"""How policy tests are stored with a key, and read back."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custom_components.drawbridge.approvals.approvals import is_same
from custom_components.drawbridge.keys import ApiKey, Capability, StoredSecret
from custom_components.drawbridge.keys.policy_test import (
    MAX_TESTS,
    UNREADABLE,
    Expectation,
    PolicyTest,
    read_tests,
)

KEY = ApiKey("id", "name", (StoredSecret("ab"),))
DOOR = PolicyTest(Expectation.NOT_CONTROLS, entity_id="lock.door", action="lock.open")
KITCHEN = PolicyTest(Expectation.SEES, area_id="kitchen")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["sees", "a.b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["expect", "entity_id", "area_id", "action", "x"]), inner, max_size=4)
    ),
)


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (DOOR, "may not call lock.open on lock.door"),
        (replace(DOOR, action=None), "does not control lock.door"),
        (replace(DOOR, expect=Expectation.CONTROLS), "may call lock.open on lock.door"),
        (KITCHEN, "sees the area kitchen"),
        (replace(KITCHEN, expect=Expectation.NOT_SEES), "does not see the area kitchen"),
        (UNREADABLE, "a damaged test"),
    ],
)
def test_words_and_stored_form(test: PolicyTest, words: str) -> None:
    """A test is read as it was stored, and is named in plain words."""
    assert PolicyTest.from_mapping(test.as_dict()) == test
    assert str(test) == words


@pytest.mark.parametrize(
    "stored",
    [
        None,
        5,
        {},
        {"expect": "sees"},
        {"expect": "flies", "entity_id": "lock.door"},
        {"expect": ["sees"], "entity_id": "lock.door"},
        {"expect": "sees", "entity_id": "lock.door", "area_id": "kitchen"},
        {"expect": "sees", "entity_id": "lock.door", "action": "lock.open"},
        {"expect": "sees", "entity_id": "lock.Door"},
        {"expect": "sees", "entity_id": f"lock.{'d' * 300}"},
        {"expect": "sees", "area_id": "../kitchen"},
        {"expect": "controls", "entity_id": "lock.door", "action": "open"},
    ],
)
def test_a_damaged_test_never_gets_lost(stored: Any) -> None:
    """A damaged test is unreadable beside the intact ones, and stays so when it is stored again."""
    tests = read_tests([DOOR.as_dict(), stored, KITCHEN.as_dict(), stored])
    assert tests == (DOOR, UNREADABLE, KITCHEN)
    assert read_tests([item.as_dict() for item in tests]) == tests


@pytest.mark.parametrize("stored", [None, "sees", {"expect": "sees"}, 5])
def test_a_damaged_list(stored: Any) -> None:
    """A damaged list counts as one damaged test, and the key works."""
    key = ApiKey.from_mapping("id", "name", {**KEY.as_dict(), "tests": stored})
    assert key == replace(KEY, tests=(UNREADABLE,))


def test_a_key_of_an_earlier_version() -> None:
    """A key of an earlier version has no tests."""
    stored = KEY.as_dict()
    del stored["tests"]
    assert ApiKey.from_mapping("id", "name", stored) == KEY


def test_the_number_is_limited() -> None:
    """Tests over the limit count as damaged instead of being dropped."""
    tests = [PolicyTest(Expectation.SEES, entity_id=f"light.l{number}") for number in range(MAX_TESTS + 5)]
    stored = [item.as_dict() for item in tests]
    assert read_tests(stored[:MAX_TESTS]) == tuple(tests[:MAX_TESTS])
    assert read_tests(stored) == (*tests[: MAX_TESTS - 1], UNREADABLE)


@given(JSON)
def test_anything_can_be_read(stored: Any) -> None:
    """Any stored value can be read without an error. What was read can be stored and read again."""
    tests = read_tests(stored)
    assert len(tests) <= MAX_TESTS
    assert read_tests([item.as_dict() for item in tests]) == tests


def test_tests_are_no_permissions() -> None:
    """A change of policy tests does not end waiting approvals. A change of permissions does."""
    tested = replace(KEY, tests=(DOOR,))
    assert tested.permissions == KEY.permissions
    assert is_same(KEY, tested)
    assert not is_same(KEY, replace(tested, capabilities=frozenset({Capability.CONTROL})))
    for change in (
        {"capabilities": frozenset({Capability.CONTROL})},
        {"scope": replace(KEY.scope, everything=True)},
        {"services": frozenset({"light.turn_on"})},
    ):
        assert replace(KEY, **change).permissions != KEY.permissions
