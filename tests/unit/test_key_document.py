"""The stored document of the keys: generations, tombstones, and reconciliation at the start."""

import json
from typing import Any

import pytest

from custom_components.drawbridge.keys.document import Content, DamagedDocument, Document, Review, ReviewReason
from custom_components.drawbridge.keys.reconcile import EntryState, reconcile

NOW = 1000.0
LATER = 2000.0


def content(digest: str = "ab", *, enabled: bool = True) -> Content:
    """Return the content of a key."""
    return Content("Key", {"secrets": [{"digest": digest}], "enabled": enabled})


def entry(generation: int | None, **keys: Content) -> EntryState:
    """Return a config entry with keys."""
    return EntryState("entry", generation, keys)


def stored(*keys: str) -> Document:
    """Return a document with keys, each added in a generation of its own."""
    document = Document("entry")
    for key_id in keys:
        document = document.put(key_id, content(key_id), NOW)
    return document


# Changes


def test_every_change_is_one_generation() -> None:
    """Every change has a new generation, with which the config entry is compared."""
    document = stored("a")
    assert document.generation == 1
    assert document.put("b", content("b"), NOW).generation == 2
    assert document.remove("a").generation == 2
    assert document.rename("a", "b").generation == 2
    assert document.reviewed().generation == 2


def test_a_changed_key_keeps_its_birth() -> None:
    """A changed key keeps its first generation, and gets a new last one."""
    record = stored("a", "b").put("a", content("new"), LATER).records["a"]
    assert (record.born, record.generation, record.changed) == (1, 3, LATER)


def test_a_renamed_key_is_new_under_its_id() -> None:
    """A renamed key has a new generation: an earlier config entry does not know its ID."""
    document = stored("a", "b").rename("a", "x")
    record = document.records["x"]
    assert (record.born, record.generation, record.changed, record.content) == (3, 3, NOW, content("a"))
    assert document.records.keys() == {"b", "x"}


def test_a_tombstone_has_its_generation() -> None:
    """A tombstone has the generation of the removal. A second removal moves it to the end."""
    document = stored("a", "b").remove("a").remove("b").remove("a")
    assert list(document.removed.items()) == [("b", 4), ("a", 5)]


@pytest.mark.parametrize("data", [{}, {"secrets": []}, {"secrets": None}, {"secrets": [{"digest": 5}]}])
def test_a_key_without_a_secret_has_no_twin(data: dict[str, Any]) -> None:
    """A key without a secret has no twin, and neither has a damaged one."""
    document = Document("entry").put("a", Content("Key", data), NOW)
    assert document.twin_of(Content("Key", data), ()) is None


def test_a_twin_is_a_key_that_the_entry_does_not_have() -> None:
    """A twin has the same newest secret, and is not in the config entry."""
    document = stored("a", "b")
    assert document.twin_of(content("b"), ["a"]) == "b"
    assert document.twin_of(content("b"), ["b"]) is None
    assert document.twin_of(content("c"), []) is None


def test_a_retired_document_has_tombstones_alone() -> None:
    """A retired document has tombstones of its own keys and of those in the config entry."""
    document = stored("a").remove("a").put("b", content("b"), NOW).retired("entry", ["b", "c"])
    assert not document.records
    assert document.removed.keys() == {"a", "b", "c"}


def test_the_document_of_another_entry_retires_as_if_it_was_empty() -> None:
    """The document of another config entry retires as if it was empty."""
    document = stored("a", "b").remove("b").retired("other", ["c"])
    assert document.entry_id == "other"
    assert not document.records
    assert document.removed.keys() == {"c"}


@pytest.mark.parametrize("generation", [None, 0, 1, 2, 9])
def test_a_removed_entry_that_comes_back_has_no_keys(generation: int | None) -> None:
    """A config entry that comes back after a crash gets none of the removed keys, whatever its generation."""
    document = stored("a").retired("entry", ["a", "b"])
    assert not reconcile(document, entry(generation, a=content("a"), b=content("b")), NOW).records


# Storage


def test_the_stored_form() -> None:
    """The stored form is compact and has every field."""
    review = Review(ReviewReason.RESTORED, ("a",))
    document = Document("entry", "line", 7, {}, {"b": 3}, review)
    assert document.as_json() == (
        b'{"format":1,"entry_id":"entry","lineage":"line","generation":7,"keys":{},"removed":{"b":3},'
        b'"reserved":[],"review":{"reason":"keys_restored","keys":["a"]}}'
    )
    assert Document.from_json(document.as_json()) == document


def changed(**fields: Any) -> bytes:
    """Return a stored document with other values."""
    return json.dumps({**json.loads(stored("a").as_json()), **fields}).encode()


@pytest.mark.parametrize("change", [{"reserved": ["ab"]}, {"reserved": None}, {"of_a_later_version": 1}])
def test_unused_fields_of_other_versions_are_ignored(change: dict[str, Any]) -> None:
    """Earlier versions store the hashes of secrets that were shown but did not work yet."""
    assert Document.from_json(changed(**change)) == stored("a")


def test_the_unused_field_may_be_missing() -> None:
    """The unused field can be missing, as a later version may not store it."""
    other = json.loads(stored("a").as_json())
    del other["reserved"]
    assert Document.from_json(json.dumps(other).encode()) == stored("a")


@pytest.mark.parametrize(
    "fields",
    [
        {"format": 2},
        {"entry_id": 5},
        {"lineage": None},
        {"generation": True},
        {"generation": -1},
        {"generation": 1.5},
        {"generation": "1"},
        {"removed": {"a": "1"}},
        {"removed": []},
        {"review": {"reason": "unknown", "keys": []}},
        {"review": {"reason": "keys_restored", "keys": [1]}},
        {"keys": []},
    ],
)
def test_a_damaged_field_damages_the_document(fields: dict[str, Any]) -> None:
    """A damaged field makes the document invalid."""
    with pytest.raises(DamagedDocument):
        Document.from_json(changed(**fields))


def test_the_error_names_its_cause_and_no_value() -> None:
    """The error names its cause, but no value, which may be secret."""
    with pytest.raises(DamagedDocument, match=r"^KeyError$"):
        Document.from_json(b'{"format":1,"keys":{}}')


def test_generation_zero_is_a_generation() -> None:
    """The generation 0 is that of an empty document."""
    assert Document.from_json(Document("entry").as_json()).generation == 0


@pytest.mark.parametrize(
    "fields", [{"data": []}, {"title": 5}, {"generation": True}, {"born": -1}, {"born": 0.5}, {"changed": "now"}]
)
def test_a_damaged_record_is_unreadable(fields: dict[str, Any]) -> None:
    """With a damaged record, only that key cannot be read."""
    record = json.loads(stored("a").as_json())["keys"]["a"]
    document = Document.from_json(changed(keys={"a": {**record, **fields}, "b": record}))
    assert document.unreadable == {"a"}
    assert document.records.keys() == {"b"}


# Reconciling


@pytest.mark.parametrize(("generation", "expected"), [(None, 2), (5, 7)])
def test_adopted_keys_go_on_from_the_generation_of_the_entry(generation: int | None, expected: int) -> None:
    """Adopted keys continue from the generation of the config entry, so that later changes are newer."""
    document = reconcile(None, entry(generation, a=content("a"), b=content("b")), NOW)
    assert document.generation == expected
    assert {record.changed for record in document.records.values()} == {NOW}


def test_after_a_loss_a_key_that_was_disabled_stays_so() -> None:
    """After a loss, a key that was disabled before is not in the review."""
    document = reconcile(None, entry(5, a=content("a"), b=content("b", enabled=False)), NOW)
    assert document.review == Review(ReviewReason.UNCONFIRMED, ("a",))
    assert not any(record.data["enabled"] for record in document.records.values())


def test_after_a_loss_disabled_keys_alone_need_no_review() -> None:
    """If all keys were disabled before the loss, there is no review."""
    assert reconcile(None, entry(5, a=content("a", enabled=False)), NOW).review is None
    assert reconcile(None, entry(5), NOW).review is None


def test_an_unknown_key_that_was_disabled_needs_no_review() -> None:
    """An unknown key that was disabled stays disabled, and needs no review."""
    found = reconcile(stored("a", "b"), entry(1, a=content("a"), x=content("x", enabled=False)), NOW)
    assert found.records["x"].data["enabled"] is False
    assert found.review is None


@pytest.mark.parametrize("generation", [None, 0])
def test_an_entry_that_has_taken_over_nothing_has_removed_nothing(generation: int | None) -> None:
    """A key that is only in the document stays, and an unknown key in the config entry is disabled."""
    found = reconcile(stored("a"), entry(generation, x=content("x")), LATER)
    assert found.records["a"].content == content("a")
    assert found.records["x"].content == content("x", enabled=False)
    assert found.records["x"].changed == LATER


def test_a_key_is_removed_once_the_entry_had_it() -> None:
    """A key that is missing in the config entry is removed if the entry is as new as the key."""
    document = stored("a", "b")
    assert reconcile(document, entry(1, a=content("a")), NOW).records.keys() == {"a", "b"}
    assert reconcile(document, entry(2, a=content("a")), NOW).records.keys() == {"a"}


@pytest.mark.parametrize(("generation", "holds"), [(1, "new"), (2, "entry"), (3, "entry")])
def test_generations_are_compared(generation: int, holds: str) -> None:
    """Changes after the generation of the config entry win; otherwise the config entry does."""
    document = stored("a").put("a", content("new"), NOW)
    found = reconcile(document, entry(generation, a=content("entry")), LATER)
    assert found.records["a"].content == content(holds)
    assert found.records["a"].changed == (NOW if holds == "new" else LATER)
    assert found.generation >= generation


def test_a_generation_of_the_entry_is_never_used_again() -> None:
    """A document that was restored continues after the generation of the config entry."""
    assert reconcile(stored("a"), entry(9, a=content("a")), NOW).generation == 9


def test_a_tombstone_wins_over_an_older_entry() -> None:
    """A removed key does not come back with an older config entry."""
    document = stored("a", "b").remove("a")
    assert reconcile(document, entry(2, a=content("a"), b=content("b")), NOW).records.keys() == {"b"}


def test_a_key_added_while_not_loaded_is_adopted() -> None:
    """A key in a config entry of the current generation is adopted."""
    found = reconcile(stored("a"), entry(1, a=content("a"), x=content("x")), LATER)
    assert found.records["x"].content == content("x")
    assert found.records["x"].changed == LATER
    assert found.review is None


def test_a_start_forgets_unreadable_keys() -> None:
    """Keys with damaged records are disabled until an administrator decides."""
    document = Document("entry", unreadable=frozenset({"a"}))
    found = reconcile(document, entry(0, a=content("a")), NOW)
    assert found.unreadable == frozenset()
    assert found.records["a"].content == content("a", enabled=False)


def test_a_review_gets_longer() -> None:
    """Keys are added to a pending review, each of them once."""
    document = Document("entry", generation=5, review=Review(ReviewReason.RESTORED, ("a", "x")))
    found = reconcile(document, entry(0, x=content("x"), y=content("y")), NOW)
    assert found.review == Review(ReviewReason.UNCONFIRMED, ("a", "x", "y"))
