"""The stored form of a key, and the rotation of its secrets."""

from dataclasses import fields, replace
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custom_components.drawbridge.keys import (
    Additions,
    ApiKey,
    AuthFailure,
    Capability,
    KeyRing,
    StoredSecret,
    TemporaryAdditions,
    digest,
    generate,
)
from custom_components.drawbridge.keys.additions import MAX_TEMPORARY
from custom_components.drawbridge.keys.policy_test import Expectation, PolicyTest
from custom_components.drawbridge.limits.rate_limit import RateLimit
from custom_components.drawbridge.scope.model import NOTHING, Scope, Selection
from custom_components.drawbridge.values import DamagedValueError

STORED: dict[str, Any] = {
    "secrets": [{"digest": "ab", "valid_until": None}, {"digest": "cd", "valid_until": 7.5}],
    "capabilities": ["control", "read"],
    "scope": {"everything": True, "include": {}, "exclude": {"areas": ["hall"]}},
    "services": ["light.*", "switch.turn_on"],
    "events": ["bell", "ring"],
    "media_hosts": ["music.example"],
    "dashboards": ["wall-tablet", "a-tablet"],
    "expires": 9.5,
    "networks": ["10.0.0.0/8", "2001:db8::/32"],
    "local_only": True,
    "certificate": "5e" * 32,
    "per_minute": 60,
    "burst": 5,
    "cors_origins": ["https://a.example", "https://b.example"],
    "enabled": False,
    "created": 1.5,
    "last_rotated": 2.5,
    "learning": True,
    "ask": ["lock", "script.leave"],
    "ask_seconds": 90,
    "approved": ["lock.lock lock.front_door"],
    "temporary": [
        {
            "until": 3.5,
            "capabilities": ["read"],
            "entities": ["light.a"],
            "services": ["light.turn_on"],
            "events": ["x"],
        }
    ],
    "tests": [
        {"expect": "not_controls", "entity_id": "lock.door", "area_id": None, "action": "lock.open"},
        {"expect": "sees", "entity_id": None, "area_id": "kitchen", "action": None},
    ],
}
REQUIRED = ("secrets", "capabilities", "scope")
LAMP = Scope(include=Selection(entities=frozenset({"light.lamp"})))


def test_every_field_is_read_and_stored() -> None:
    """The stored form has a fixed layout, and each field of the key comes from its own item."""
    key = ApiKey.from_mapping("id", "name", STORED)
    assert key == ApiKey(
        id="id",
        name="name",
        secrets=(StoredSecret("ab"), StoredSecret("cd", 7.5)),
        capabilities=frozenset({Capability.CONTROL, Capability.READ}),
        scope=Scope(everything=True, exclude=Selection(areas=frozenset({"hall"}))),
        services=frozenset({"light.*", "switch.turn_on"}),
        events=frozenset({"bell", "ring"}),
        media_hosts=frozenset({"music.example"}),
        dashboards=("wall-tablet", "a-tablet"),
        expires=9.5,
        networks=(ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")),
        local_only=True,
        certificate="5e" * 32,
        per_minute=60,
        burst=5,
        cors_origins=frozenset({"https://a.example", "https://b.example"}),
        enabled=False,
        created=1.5,
        last_rotated=2.5,
        learning=True,
        ask=frozenset({"lock", "script.leave"}),
        ask_seconds=90,
        approved=frozenset({"lock.lock lock.front_door"}),
        temporary=(
            TemporaryAdditions(
                frozenset({Capability.READ}),
                frozenset({"light.a"}),
                frozenset({"light.turn_on"}),
                frozenset({"x"}),
                3.5,
            ),
        ),
        tests=(
            PolicyTest(Expectation.NOT_CONTROLS, entity_id="lock.door", action="lock.open"),
            PolicyTest(Expectation.SEES, area_id="kitchen"),
        ),
    )
    assert key.as_dict() == STORED
    assert set(STORED) | {"id", "name"} == {item.name for item in fields(ApiKey)}


def test_what_is_not_stored_has_its_default() -> None:
    """A stored key with only the required items has the narrowest defaults."""
    key = ApiKey.from_mapping("id", "name", {"secrets": [{"digest": "ab"}], "capabilities": [], "scope": {}})
    assert key == ApiKey("id", "name", (StoredSecret("ab", None),), frozenset(), NOTHING)
    assert (key.local_only, key.enabled, key.learning, key.created) == (False, True, False, 0.0)
    assert type(key.local_only) is type(key.enabled) is type(key.learning) is bool


@pytest.mark.parametrize("name", REQUIRED)
def test_required_items(name: str) -> None:
    """A key without its secrets, capabilities or scope is damaged."""
    with pytest.raises(DamagedValueError, match=name):
        ApiKey.from_mapping("id", "name", {item: value for item, value in STORED.items() if item != name})


def test_a_stored_scope_with_nothing_in_it_sees_nothing() -> None:
    """A stored scope without items sees nothing."""
    assert Scope.from_mapping({}) == NOTHING
    assert Scope.from_mapping({"include": {"areas": ["hall"]}}) == Scope(include=Selection(areas=frozenset({"hall"})))
    assert Scope.from_mapping({}).everything is False


@pytest.mark.parametrize(
    ("own", "default", "limit"),
    [(None, 20, 20), (60, 20, 60), (0, 20, None), (None, 0, None), (60, 0, 60), (1, 20, 1)],
)
def test_the_keys_own_rate_limit_comes_first(own: int | None, default: int, limit: int | None) -> None:
    """Without its own rate limit, a key has that of the bridge. 0 means no limit in both."""
    key = replace(ApiKey("id", "name", ()), per_minute=own, burst=7)
    assert key.rate_limit(default) == (None if limit is None else RateLimit(limit, 7))


def test_expiry_of_a_key() -> None:
    """A key is expired from the exact time of its expiry."""
    key = replace(ApiKey("id", "name", ()), expires=100.0)
    assert [key.is_expired(now) for now in (99.9, 100.0, 100.1)] == [False, True, True]
    assert not ApiKey("id", "name", ()).is_expired(1e12)


def test_a_rotation_keeps_the_old_secret_for_the_overlap() -> None:
    """After a rotation, the old secret ends, and the new one does not."""
    key = ApiKey("id", "name", (StoredSecret("old"),), scope=LAMP).rotated("new", 1000, 60)
    assert key.secrets == (StoredSecret("new"), StoredSecret("old", 1060))
    assert (key.last_rotated, key.scope, key.id) == (1000, LAMP, "id")


@pytest.mark.parametrize("overlap", [0, -1])
def test_a_rotation_without_overlap_ends_all_old_secrets(overlap: float) -> None:
    """With an overlap of 0, old secrets end at once."""
    old = (StoredSecret("one"), StoredSecret("two", 5000))
    assert ApiKey("id", "name", old).rotated("new", 1000, overlap).secrets == (StoredSecret("new"),)


def test_a_second_rotation_does_not_prolong_an_older_secret() -> None:
    """A rotation with a longer overlap does not prolong old secrets."""
    first, second, third = generate(), generate(), generate()
    key = ApiKey("id", "name", (StoredSecret(digest(first)),)).rotated(digest(second), 1000, 60)
    key = key.rotated(digest(third), 1010, 86_400)
    ring = KeyRing([key])
    assert ring.authenticate(first, 1059.9) is key
    assert ring.authenticate(first, 1060) is AuthFailure.EXPIRED
    assert ring.authenticate(second, 1010 + 86_399) is key
    assert ring.authenticate(second, 1010 + 86_400) is AuthFailure.EXPIRED


def test_a_rotation_shortens_what_would_last_longer() -> None:
    """The newest overlap limits all older secrets. Ended ones are dropped."""
    old = (StoredSecret("long", 9000), StoredSecret("over", 1000), StoredSecret("short", 1001))
    secrets = ApiKey("id", "name", old).rotated("new", 1000, 60).secrets
    assert secrets == (StoredSecret("new"), StoredSecret("long", 1060), StoredSecret("short", 1001))


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000)), max_size=12))
def test_rotations_only_ever_shorten(rotations: list[tuple[float, float]]) -> None:
    """Each old secret keeps its earliest end, exactly one secret has no end, and at most four old ones are kept."""
    key, now, ends = ApiKey("id", "name", (StoredSecret("0"),)), 0.0, dict[str, float]()
    for number, (pause, overlap) in enumerate(rotations, start=1):
        now += pause
        ends = {name: min(end, now + overlap) for name, end in ends.items()} | {f"{number - 1}": now + overlap}
        key = key.rotated(f"{number}", now, overlap)
        assert key.secrets[0] == StoredSecret(f"{number}")
        assert len(key.secrets) <= 5
        assert all(item.valid_until == ends[item.digest] > now for item in key.secrets[1:])


def test_a_fifth_old_secret_is_let_go() -> None:
    """Only the newest four old secrets are kept, whatever their overlap."""
    key = ApiKey("id", "name", (StoredSecret("0"),))
    for number in range(1, 8):
        key = key.rotated(f"{number}", number, 86_400)
    assert [item.digest for item in key.secrets] == ["7", "6", "5", "4", "3"]


def test_a_disabled_key_opens_nothing() -> None:
    """With a valid secret, the failure is that the key is disabled."""
    secret = generate()
    key = replace(ApiKey("id", "name", (StoredSecret(digest(secret), 100),)), enabled=False)
    ring = KeyRing([key])
    assert ring.authenticate(secret, 0) is AuthFailure.DISABLED
    assert ring.authenticate(secret, 100) is AuthFailure.EXPIRED
    assert ring.get("id") is key
    assert ring.get("other") is None


@pytest.mark.parametrize(("expires", "until", "end"), [(50, 100, 50), (100, 50, 50), (50, None, 50), (None, 50, 50)])
def test_the_earlier_end_counts(expires: float | None, until: float | None, end: float) -> None:
    """A secret ends at its own end or at that of its key, whichever is earlier."""
    secret = generate()
    key = replace(ApiKey("id", "name", (StoredSecret(digest(secret), until),)), expires=expires)
    assert KeyRing([key]).authenticate(secret, end - 0.1) is key
    assert KeyRing([key]).authenticate(secret, end) is AuthFailure.EXPIRED


def test_a_text_that_cannot_be_a_key_is_malformed_even_where_its_hash_is_kept() -> None:
    """The length and the characters are checked first. A wrong checksum is malformed; a right one is unknown."""
    short, foreign = "dbk_short", "é" * 53
    ring = KeyRing([ApiKey("id", "name", (StoredSecret(digest(short)), StoredSecret(digest(foreign))))])
    whole = generate()
    damaged = whole[:-1] + ("0" if whole[-1] != "0" else "1")
    for text in (short, foreign, damaged, "x" * 53):
        assert ring.authenticate(text, 0) is AuthFailure.MALFORMED
    assert ring.authenticate(whole, 0) is AuthFailure.UNKNOWN


def test_who_guesses() -> None:
    """Only failures that may be guesses count towards a lock-out."""
    guesses = {item for item in AuthFailure if item.is_guess}
    assert guesses == {AuthFailure.AMBIGUOUS, AuthFailure.MALFORMED, AuthFailure.UNKNOWN}


@pytest.mark.parametrize("part", ["include", "exclude"])
def test_every_selection_of_a_scope_is_read(part: str) -> None:
    """Every selection is read, alone and together with the others."""
    selection = {item.name: ["x"] for item in fields(Selection)}
    stored = {"secrets": [], "capabilities": [], "scope": {part: selection}}
    assert getattr(ApiKey.from_mapping("id", "name", stored).scope, part) == Selection.from_mapping(selection)
    stored["scope"] = {part: {**selection, "unknown": ["x"]}}
    with pytest.raises(DamagedValueError):
        ApiKey.from_mapping("id", "name", stored)
    stored["scope"] = {part: {"unknown": []}}
    with pytest.raises(DamagedValueError):
        ApiKey.from_mapping("id", "name", stored)


def added(**lists: Any) -> Additions:
    """Return additions of lists."""
    return Additions(**{name: frozenset(items) for name, items in lists.items()})


def with_lists(**lists: Any) -> ApiKey:
    """Return a key with lists."""
    return with_fields(ApiKey("id", "name", ()), lists)


def with_fields(key: ApiKey, lists: dict[str, Any]) -> ApiKey:
    """Return a key with other lists."""
    fields: dict[str, Any] = {name: frozenset(items) for name, items in lists.items()}
    return replace(key, **fields)


@pytest.mark.parametrize(
    ("before", "more", "after"),
    [
        # A list of actions grows; where all are allowed, an addition does not restrict them.
        ({"capabilities": ["control"], "services": ["a.b"]}, {"services": ["c.d"]}, {"services": ["a.b", "c.d"]}),
        ({"capabilities": ["control"]}, {"services": ["c.d"]}, {"services": []}),
        # A capability comes with its own list alone, and never without one.
        ({}, {"capabilities": ["control"], "services": ["c.d"]}, {"capabilities": ["control"], "services": ["c.d"]}),
        ({}, {"capabilities": ["control"]}, {"capabilities": []}),
        (
            {"services": ["a.b"], "events": ["e"]},
            {"capabilities": ["control", "fire_event"], "services": ["c.d"], "events": ["f"]},
            {"capabilities": ["control", "fire_event"], "services": ["c.d"], "events": ["f"]},
        ),
        ({"services": ["a.b"], "events": ["e"]}, {"services": ["c.d"], "events": ["f"]}, {}),
        ({"capabilities": ["fire_event"], "events": []}, {"events": ["f"]}, {"events": ["f"]}),
        ({"capabilities": ["fire_event"]}, {"capabilities": ["fire_event"]}, {}),
        ({}, {"capabilities": ["fire_event"]}, {"capabilities": []}),
    ],
)
def test_what_additions_add(before: dict[str, Any], more: dict[str, Any], after: dict[str, Any]) -> None:
    """Additions add exactly what they name."""
    key = with_lists(**{"capabilities": [], **before})
    changed = key.with_additions(added(**more))
    assert changed == with_fields(key, after)


def test_temporary_permissions_end() -> None:
    """Temporary permissions end at their time. The stored permissions do not change."""
    key = with_lists(capabilities=["read"])
    first = TemporaryAdditions.of(added(entities=["light.a"]), 10.0)
    second = TemporaryAdditions.of(added(capabilities=["history"]), 20.0)
    key = key.with_temporary(first, 0.0).with_temporary(second, 0.0)
    assert key.scope == NOTHING
    assert key.capabilities == {"read"}
    now = key.in_force(9.9)
    assert now.scope.include.entities == {"light.a"}
    assert now.capabilities == {"read", "history"}
    later = key.in_force(10.0)
    assert (later.scope, later.temporary) == (NOTHING, (second,))
    assert later.capabilities == {"read", "history"}
    assert replace(key.in_force(20.0), temporary=()) == with_lists(capabilities=["read"])
    assert ApiKey.from_mapping(key.id, key.name, key.as_dict()) == key


def test_the_number_of_temporary_permissions_is_limited() -> None:
    """Ended temporary permissions do not count towards the limit."""
    key, more = with_lists(), added(entities=["light.a"])
    for number in range(MAX_TEMPORARY):
        key = key.with_temporary(TemporaryAdditions.of(more, 10.0 + number), 0.0)
    with pytest.raises(ValueError, match="at most"):
        key.with_temporary(TemporaryAdditions.of(more, 99.0), 9.0)
    assert len(key.with_temporary(TemporaryAdditions.of(more, 99.0), 10.0).temporary) == MAX_TEMPORARY
