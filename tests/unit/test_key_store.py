"""The store of the keys: acknowledged changes are on disk, and withdrawn keys stay invalid after a start."""

import errno
import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from custom_components.drawbridge.keys.document import Change, Content, DamagedDocument, Document, Review, ReviewReason
from custom_components.drawbridge.keys.reconcile import EntryState, reconcile
from custom_components.drawbridge.keys.store import MARKER_FILE, STORE_FILE, KeyStore

ROOT = Path(__file__).parents[2]
NOW = 1000.0
KILLS = int(os.environ.get("DRAWBRIDGE_STORE_KILLS", "100"))


def content(digest: str = "ab", *, enabled: bool = True, title: str = "Key") -> Content:
    """Return the content of a key."""
    return Content(title, {"secrets": [{"digest": digest}], "enabled": enabled})


def entry(generation: int | None, **keys: Content) -> EntryState:
    """Return a config entry with keys."""
    return EntryState("entry", generation, keys)


def stored(*keys: str) -> Document:
    """Return a document with keys, each added in a generation of its own."""
    document = Document("entry")
    for key_id in keys:
        document = document.put(key_id, content(key_id), NOW)
    return document


def contents(document: Document) -> dict[str, Content]:
    """Return what is stored of every key."""
    return {key_id: record.content for key_id, record in document.records.items()}


# Reconciling


def test_the_first_start_takes_over_all_keys() -> None:
    """The first start takes over the keys of a config entry without a generation."""
    document = reconcile(None, entry(None, a=content()), NOW)
    assert contents(document) == {"a": content()}
    assert document.review is None


@pytest.mark.parametrize(
    ("generation", "damaged"), [(5, False), (5, True), (None, True)], ids=["lost", "damaged", "damaged at first"]
)
def test_a_lost_store_closes_all_keys(generation: int | None, *, damaged: bool) -> None:
    """After a loss of the store, all keys are disabled until an administrator decides."""
    document = reconcile(None, entry(generation, a=content(), b=content("cd")), NOW, damaged=damaged)
    assert contents(document) == {"a": content(enabled=False), "b": content("cd", enabled=False)}
    assert document.review is not None
    assert document.review.reason is ReviewReason.UNCONFIRMED
    assert set(document.review.keys) == {"a", "b"}


def test_a_store_lost_twice_closes_no_key_for_ever() -> None:
    """The config entry stores which keys the first loss disabled, without those that a user had disabled."""
    keys = {"a": content(enabled=False), "b": content("cd", enabled=False)}
    document = reconcile(None, EntryState("entry", 5, keys, ["a", "gone"]), NOW)
    assert document.review == Review(ReviewReason.UNCONFIRMED, ("a",))
    assert document.unconfirmed == ("a",)
    assert reconcile(None, EntryState("entry", 5, keys), NOW).review is None


def test_only_keys_that_a_loss_closed_are_unconfirmed() -> None:
    """The keys of a restored backup are not among them."""
    assert stored("a").unconfirmed == ()
    assert replace(stored("a"), review=Review(ReviewReason.RESTORED, ("a",))).unconfirmed == ()


def test_the_store_of_another_entry_is_not_used() -> None:
    """A config entry that was removed and added again starts without keys."""
    document = reconcile(stored("a"), EntryState("other", None, {}), NOW)
    assert not document.records
    assert document.entry_id == "other"


def test_a_lost_save_cannot_widen_a_key() -> None:
    """A removal, a change and an addition that the config entry has lost are made again."""
    document = stored("a", "b")
    before = entry(document.generation, **contents(document))
    document = document.remove("a").put("b", content("b", enabled=False), NOW).put("c", content("c"), NOW)
    assert contents(reconcile(document, before, NOW)) == {"b": content("b", enabled=False), "c": content("c")}


def test_what_changed_while_not_loaded_holds() -> None:
    """Differences in a config entry of the current generation are later changes, and are adopted."""
    document = stored("a", "b")
    now = entry(document.generation, b=content("b", title="Renamed"), n=content("n"))
    assert contents(reconcile(document, now, NOW)) == {"b": content("b", title="Renamed"), "n": content("n")}


def test_a_removed_key_never_comes_back() -> None:
    """A removed key does not come back, even with the current generation."""
    document = stored("a").remove("a")
    assert not reconcile(document, entry(document.generation, a=content("a")), NOW).records


def test_an_unknown_key_of_an_old_entry_is_closed() -> None:
    """An unknown key of an old config entry is disabled, because its tombstone may have been dropped."""
    document = stored("a", "b")
    found = reconcile(document, entry(1, a=content("a"), b=content("b"), x=content("x")), NOW)
    assert found.records["x"].data["enabled"] is False
    assert found.review is not None
    assert found.review.keys == ("x",)


def test_a_key_of_a_flow_gets_the_id_of_its_subentry() -> None:
    """A key that was stored before its id was known is not duplicated."""
    document = stored("a").put("before", content("new"), NOW)
    assert contents(reconcile(document, entry(1, a=content("a"), x=content("new")), NOW)).keys() == {"a", "x"}


def test_tombstones_are_bounded() -> None:
    """The number of tombstones is limited. The oldest are dropped first."""
    document = Document("entry")
    for number in range(1200):
        document = document.put(str(number), content(), NOW).remove(str(number))
    assert len(document.removed) == 1000
    assert "1199" in document.removed


def test_stored_and_read_again() -> None:
    """A document that is stored and read again is equal."""
    document = reconcile(None, entry(5, a=content()), NOW).remove("b")
    assert Document.from_json(document.as_json()) == document


@pytest.mark.parametrize(
    "text",
    [b"", b"null", b"[]", b"{}", b"\xff", b'{"format": 2}', stored("a").as_json().replace(b'"keys":{', b'"keys":[{')],
)
def test_a_damaged_document_raises(text: bytes) -> None:
    """A damaged document raises an error."""
    with pytest.raises(DamagedDocument):
        Document.from_json(text)


# The file


def filled(folder: Path) -> tuple[KeyStore, EntryState]:
    """Return a store with two keys, and the entry that goes with it."""
    store = KeyStore(folder)
    store.load(entry(None, a=content("a"), b=content("b")), NOW)
    store.save()
    return store, entry(store.document.generation, a=content("a"), b=content("b"))


def test_a_start_after_a_start_asks_for_nothing(tmp_path: Path) -> None:
    """A second start finds neither a restore nor a loss."""
    store, state = filled(tmp_path)
    store.change([lambda document: document.remove("a")])
    again = KeyStore(tmp_path)
    assert again.load(state, NOW).review is None
    assert contents(again.document) == {"b": content("b")}


def test_a_damaged_file_closes_all_and_is_kept_aside(tmp_path: Path) -> None:
    """A damaged store is kept for inspection."""
    _store, state = filled(tmp_path)
    (tmp_path / STORE_FILE).write_bytes(b"{")
    document = KeyStore(tmp_path).load(state, NOW)
    assert not any(record.data["enabled"] for record in document.records.values())
    assert (tmp_path / f"{STORE_FILE}.damaged").read_bytes() == b"{"


@pytest.mark.parametrize("damage", [None, 5, {}, {"title": "a"}, {"title": 1, "data": {}, "generation": 1}])
def test_a_damaged_record_closes_only_its_key(tmp_path: Path, damage: object) -> None:
    """A damaged record disables only its own key, which is reviewed. The damaged file is kept."""
    _store, state = filled(tmp_path)
    path = tmp_path / STORE_FILE
    stored = json.loads(path.read_bytes())
    stored["keys"]["a"] = damage
    path.write_text(json.dumps(stored))
    store = KeyStore(tmp_path)
    document = store.load(state, NOW)
    enabled = {key_id: record.data["enabled"] for key_id, record in document.records.items()}
    assert enabled == {"a": False, "b": True}
    assert document.review is not None
    assert document.review.keys == ("a",)
    assert json.loads((tmp_path / f"{STORE_FILE}.damaged").read_bytes()) == stored
    store.save()
    assert KeyStore(tmp_path).load(state, NOW).records.keys() == {"a", "b"}


def test_a_folder_that_cannot_be_synced_undoes_the_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the folder cannot be synced, the earlier file is written again."""
    store, state = filled(tmp_path)
    before, sync, failures = (tmp_path / STORE_FILE).read_bytes(), os.fsync, ["once"]

    def fail_once_for_a_folder(file: int) -> None:
        if failures and stat.S_ISDIR(os.fstat(file).st_mode):
            failures.pop()
            raise OSError(errno.EIO, "Input/output error")
        sync(file)

    monkeypatch.setattr(os, "fsync", fail_once_for_a_folder)
    with pytest.raises(OSError, match="Input/output error"):
        store.change([lambda document: document.remove("a")])
    assert (tmp_path / STORE_FILE).read_bytes() == before
    assert store.document.records.keys() == {"a", "b"}
    assert KeyStore(tmp_path).load(state, NOW).records.keys() == {"a", "b"}


def test_a_file_that_cannot_be_read_is_no_empty_store(tmp_path: Path) -> None:
    """A file that cannot be read raises an error, and is not treated as empty."""
    (tmp_path / STORE_FILE).mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        KeyStore(tmp_path).load(entry(None, a=content()), NOW)


def test_a_restore_is_noticed(tmp_path: Path) -> None:
    """A store was restored if its marker is missing, of another lineage or newer. Later starts ask no more."""
    store, state = filled(tmp_path)
    backup = (tmp_path / STORE_FILE).read_bytes()
    store.change([lambda document: document.remove("a")])
    (tmp_path / STORE_FILE).write_bytes(backup)
    rolled_back = KeyStore(tmp_path)
    review = rolled_back.load(state, NOW).review
    assert review is not None
    assert review.reason is ReviewReason.RESTORED
    assert set(review.keys) == {"a", "b"}
    rolled_back.change([lambda document: document.reviewed()])
    assert KeyStore(tmp_path).load(state, NOW).review is None
    (tmp_path / MARKER_FILE).unlink()
    assert KeyStore(tmp_path).load(state, NOW).review is not None


def test_a_marker_that_cannot_be_written_is_told_and_written_later(tmp_path: Path) -> None:
    """If the marker cannot be written, keys are still saved, and the next start finds no restore."""
    obstacle = tmp_path / ".cache"
    obstacle.write_bytes(b"")
    store, state = filled(tmp_path)
    assert isinstance(store.marker_error, OSError)
    assert store.document.lineage == ""
    again = KeyStore(tmp_path)
    assert again.load(state, NOW).review is None
    assert again.marker_error is not None
    obstacle.unlink()
    again.change([lambda document: document.remove("a")])
    assert again.marker_error is None
    assert again.document.lineage
    marker = json.loads((tmp_path / MARKER_FILE).read_bytes())
    assert marker == {"lineage": again.document.lineage, "generation": again.document.generation}
    assert KeyStore(tmp_path).load(state, NOW).review is None


def test_a_stale_marker_is_told(tmp_path: Path) -> None:
    """A marker of an earlier generation is not a restore, and the reason is reported."""
    store, state = filled(tmp_path)
    obstacle = tmp_path / f"{MARKER_FILE}.tmp"
    obstacle.mkdir()
    store.change([lambda document: document.remove("a")])
    assert isinstance(store.marker_error, OSError)
    assert KeyStore(tmp_path).load(state, NOW).review is None


@pytest.mark.parametrize(
    "marker",
    [b"", b"{", b"5", b"{}", b'{"lineage": "other", "generation": 0}', b'{"lineage": "LINEAGE", "generation": "1"}'],
)
def test_a_marker_that_does_not_fit_tells_of_a_restore(tmp_path: Path, marker: bytes) -> None:
    """A marker that does not match, or is damaged, means that a backup was restored."""
    store, state = filled(tmp_path)
    (tmp_path / MARKER_FILE).write_bytes(marker.replace(b"LINEAGE", store.document.lineage.encode()))
    again = KeyStore(tmp_path)
    review = again.load(state, NOW).review
    assert review is not None
    assert review.reason is ReviewReason.RESTORED
    assert again.document.lineage != store.document.lineage
    assert json.loads((tmp_path / MARKER_FILE).read_bytes())["lineage"] == again.document.lineage


def test_a_restored_store_of_an_unconfirmed_review_keeps_that(tmp_path: Path) -> None:
    """The keys of the pending review stay disabled."""
    state = entry(5, a=content("a"))
    store = KeyStore(tmp_path)
    store.load(state, NOW)
    store.save()
    (tmp_path / MARKER_FILE).unlink()
    assert KeyStore(tmp_path).load(
        entry(store.document.generation, a=content("a", enabled=False)), NOW
    ).review == Review(ReviewReason.UNCONFIRMED, ("a",))


def test_a_restored_store_without_keys_asks_for_nothing(tmp_path: Path) -> None:
    """A restored store without keys needs no review."""
    store = KeyStore(tmp_path)
    store.load(entry(None), NOW)
    store.save()
    (tmp_path / MARKER_FILE).unlink()
    assert KeyStore(tmp_path).load(entry(0), NOW).review is None


def test_the_store_of_another_entry_is_no_restore(tmp_path: Path) -> None:
    """The store of another config entry is not a restore."""
    _store, _state = filled(tmp_path)
    (tmp_path / MARKER_FILE).unlink()
    assert KeyStore(tmp_path).load(EntryState("other", None, {"n": content("n")}), NOW).review is None


def test_loading_writes_no_keys(tmp_path: Path) -> None:
    """Loading does not write the keys. They are saved when they are in the config entry."""
    KeyStore(tmp_path).load(entry(None, a=content("a")), NOW)
    assert not (tmp_path / STORE_FILE).exists()
    assert json.loads((tmp_path / MARKER_FILE).read_bytes())["generation"] == 0


def test_only_a_damaged_file_is_kept_aside(tmp_path: Path) -> None:
    """Only a damaged file is kept aside; an intact one is not."""
    _store, state = filled(tmp_path)
    KeyStore(tmp_path).load(state, NOW)
    assert not (tmp_path / f"{STORE_FILE}.damaged").exists()


@pytest.mark.parametrize("damage", [b"", b"{"])
def test_a_damaged_file_closes_all_at_the_first_start_too(tmp_path: Path, damage: bytes) -> None:
    """A damaged file disables all keys also at the first start, and is kept aside."""
    filled(tmp_path)
    (tmp_path / STORE_FILE).write_bytes(damage)
    document = KeyStore(tmp_path).load(entry(None, a=content("a")), NOW)
    assert contents(document) == {"a": content("a", enabled=False)}
    assert (tmp_path / f"{STORE_FILE}.damaged").read_bytes() == damage


def test_a_damaged_file_that_cannot_be_kept_aside(tmp_path: Path) -> None:
    """A damaged file that cannot be kept aside disables all keys too."""
    _store, state = filled(tmp_path)
    (tmp_path / STORE_FILE).write_bytes(b"{")
    (tmp_path / f"{STORE_FILE}.damaged.tmp").mkdir()
    assert KeyStore(tmp_path).load(state, NOW).review is not None


def test_a_marker_that_cannot_be_removed_does_not_matter(tmp_path: Path) -> None:
    """A marker that cannot be removed does not prevent the removal of the store."""
    store, _state = filled(tmp_path)
    assert store.marker_error is None
    (tmp_path / MARKER_FILE).unlink()
    (tmp_path / MARKER_FILE).mkdir()
    store.remove()
    assert not (tmp_path / STORE_FILE).exists()


def test_a_store_that_cannot_be_read_is_retired_too(tmp_path: Path) -> None:
    """A store that cannot be read is retired too: it is replaced."""
    (tmp_path / ".storage").mkdir()
    (tmp_path / STORE_FILE).symlink_to(tmp_path / STORE_FILE)
    KeyStore(tmp_path).retire("entry", ["a"])
    assert not KeyStore(tmp_path).load(entry(None, a=content("a")), NOW).records


def test_a_new_store_has_no_error(tmp_path: Path) -> None:
    """A new store has no error of its marker."""
    assert KeyStore(tmp_path).marker_error is None


def test_a_change_returns_the_keys(tmp_path: Path) -> None:
    """Changes are made in order, and the returned document is the one on disk."""
    store, _state = filled(tmp_path)
    changes: list[Change] = [
        lambda document: document.remove("a"),
        lambda document: document.put("c", content("c"), NOW),
    ]
    document = store.change(changes)
    assert document is store.document
    assert document.records.keys() == {"b", "c"}
    assert Document.from_json((tmp_path / STORE_FILE).read_bytes()) == document


def test_a_removed_store_leaves_nothing(tmp_path: Path) -> None:
    """The store and its marker are removed."""
    store, _state = filled(tmp_path)
    store.remove()
    assert not [*(tmp_path / ".storage").iterdir(), *(tmp_path / ".cache").iterdir()]


@pytest.mark.parametrize("generation", [None, 0, 2, 9])
def test_a_retired_store_opens_no_key_again(tmp_path: Path, generation: int | None) -> None:
    """After a crash, the config entry can come back as it was. It then has no keys."""
    filled(tmp_path)
    KeyStore(tmp_path).retire("entry", ["a", "n"])
    state = entry(generation, a=content("a"), b=content("b"), n=content("n"))
    assert not KeyStore(tmp_path).load(state, NOW).records


def test_a_damaged_store_is_retired_too(tmp_path: Path) -> None:
    """A damaged store is retired with the keys of the config entry."""
    filled(tmp_path)
    (tmp_path / STORE_FILE).write_bytes(b"{")
    KeyStore(tmp_path).retire("entry", ["a", "b"])
    assert not KeyStore(tmp_path).load(entry(None, a=content("a"), b=content("b")), NOW).records


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    """A full disk changes nothing. ``/dev/full`` acts as one."""
    store, state = filled(tmp_path)
    before = store.document
    (tmp_path / f"{STORE_FILE}.tmp").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        store.change([lambda document: document.remove("a")])
    assert store.document is before
    assert contents(KeyStore(tmp_path).load(state, NOW)) == contents(before)


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount a file system on a folder, if the machine allows it."""
    done = subprocess.run(["/bin/mount", *options, str(folder)], capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        pytest.skip("this user may not mount file systems")
    try:
        yield
    finally:
        subprocess.run(["/bin/umount", str(folder)], check=True)  # noqa: S603


def test_a_read_only_folder_changes_nothing(tmp_path: Path) -> None:
    """A read-only folder changes nothing, and the reason is that of the operating system."""
    store, _state = filled(tmp_path)
    folder = tmp_path / ".storage"
    with mounted(folder, "-o", "bind,ro", str(folder)), pytest.raises(OSError, match="Read-only"):
        store.change([lambda document: document.remove("a")])
    assert set(store.document.records) == {"a", "b"}


_WRITER = """
import os, sys
from pathlib import Path
from custom_components.drawbridge.keys.document import Content
from custom_components.drawbridge.keys.reconcile import EntryState
from custom_components.drawbridge.keys.store import KeyStore

def say(text):
    os.write(1, f"{text}\\n".encode())  # one write: a kill cannot tear a line

def write(folder, start):
    store = KeyStore(folder)
    store.load(EntryState("entry", 0 if (folder / ".storage/drawbridge.keys").exists() else None, {}), 0.0)
    for number in range(start, start + 100_000):
        new, old = f"key{number}", f"key{number - 2}"
        store.change([lambda document: document.put(new, Content(new, {"pad": "x" * 2000}), 0.0)])
        say(f"+ {new}")
        store.change([lambda document: document.remove(old) if old in document.records else document])
        say(f"- {old}")

for line in sys.stdin:
    if not (child := os.fork()):
        write(Path(sys.argv[1]), int(line))
    say(f"pid {child}")
    os.waitpid(child, 0)
    say(f"end {child}")
"""
"""Starts a writer for every line that it reads: to import anew for each kill would take most of the time."""


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """After each kill, every acknowledged addition and removal is on disk."""
    chance, start = random.Random(4), 0  # noqa: S311 - moments, not secrets
    there: set[str] = set()
    host = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _WRITER, str(tmp_path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert host.stdin is not None
    assert host.stdout is not None
    for _kill in range(KILLS):
        host.stdin.write(f"{start}\n")
        host.stdin.flush()
        lines: list[str] = []
        while not any(line.startswith("pid ") for line in lines) or not any(line[0] == "+" for line in lines):
            lines.append(host.stdout.readline())
        (pid,) = (int(line.split()[1]) for line in lines if line.startswith("pid "))
        time.sleep(chance.random() * 0.05)
        os.kill(pid, signal.SIGKILL)
        while not lines[-1].startswith("end "):
            lines.append(host.stdout.readline())
        lines = [line for line in lines if line[0] in "+-"]
        gone: set[str] = set()
        for sign, name in (line.split() for line in lines if line.endswith("\n")):
            (there if sign == "+" else gone).add(name)
        there -= gone
        document = Document.from_json((tmp_path / STORE_FILE).read_bytes())
        found = set(document.records)
        number = start + len(lines) // 2
        # The change that was under way at the kill may have been made or not.
        assert there - found <= {f"key{number - 2}"}
        assert not gone & found
        there, start = found, number + 3
    host.stdin.close()
    host.wait()
    host.stdout.close()


# Values


def test_the_size_of_what_is_written(tmp_path: Path) -> None:
    """Each change writes the complete store, here with 200 keys."""
    store = KeyStore(tmp_path)
    keys: dict[str, Any] = {f"k{number}": content(f"{number:x}") for number in range(200)}
    store.load(entry(None, **keys), NOW)
    store.save()
    assert len(Document.from_json((tmp_path / STORE_FILE).read_bytes()).records) == 200
    assert (tmp_path / STORE_FILE).stat().st_mode & 0o777 == 0o600
