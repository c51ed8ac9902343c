"""The audit trail and its file."""

import json
import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from custom_components.drawbridge.audit.file import AuditFile, RotatedFile
from custom_components.drawbridge.audit.shares import AuditShares
from custom_components.drawbridge.audit.trail import AuditRecord, AuditTrail
from tests.unit.test_key_store import mounted


def record(number: int = 0, key: str | None = None) -> AuditRecord:
    """Return a refusal."""
    return AuditRecord(time.time(), str(number), key, key, "192.0.2.1", "GET", "/api/states", 401, "refused", "x")


def test_the_trail_is_bounded_and_passed_on() -> None:
    """The trail keeps the last 1,000 records, and sends each record to its listeners."""
    trail, heard = AuditTrail(), list[AuditRecord]()
    stop = trail.listen(heard.append)
    for number in range(1500):
        trail.add(record(number))
    stop()
    trail.add(record(1500))
    assert [int(item.request_id) for item in trail] == list(range(501, 1501))
    assert len(heard) == 1500


def test_strangers_do_not_wash_away_what_keys_did() -> None:
    """Records of keys and of clients without a key have separate limits, and are listed in order."""
    trail = AuditTrail()
    trail.add(record(0, "key"))
    for number in range(1, 2000):
        trail.add(record(number))
    trail.add(record(2000, "key"))
    numbers = [int(item.request_id) for item in trail]
    assert numbers == [0, *range(1000, 2001)]


@pytest.mark.parametrize("flood", ["key_missing", "locked_out", "rate_limited"])
def test_a_flood_of_a_reason_displaces_no_other_reason(flood: str) -> None:
    """A flood of refusals for one reason does not displace records of other reasons."""
    trail = AuditTrail()
    evidence = [replace(record(number), reason="key_unknown") for number in range(400)]
    for item in evidence:
        trail.add(item)
    for number in range(5000):
        trail.add(replace(record(number), reason=flood))
    assert [item for item in trail if item.reason == "key_unknown"] == evidence
    assert len(list(trail)) == 1000


def test_a_key_displaces_only_what_it_did_itself() -> None:
    """The records of a key displace neither those of other keys nor its own in another domain."""
    trail = AuditTrail()
    evidence = [
        replace(record(1, "quiet"), reason="scope"),
        write("quiet"),
        write("loud", target="lock.unlock on lock.x"),
    ]
    for item in evidence:
        trail.add(item)
    for number in range(5000):
        trail.add(replace(record(number, "loud"), reason=("scope", "capability")[number % 2]))
        trail.add(write("loud", number))
    assert [item for item in trail if item in evidence] == evidence
    assert len(list(trail)) == 1000


def write(key: str = "key", number: int = 0, target: str = "light.turn_on on light.x") -> AuditRecord:
    """Return the record of an action of a key."""
    return AuditRecord(
        time.time(), str(number), key, key, "192.0.2.1", "POST", "/api/services", 200, "allowed", None, target
    )


def lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def written(file: AuditFile) -> None:
    """Wait until the queue is empty."""
    while file.waiting:
        time.sleep(0.001)


def test_the_file(tmp_path: Path) -> None:
    """Each line is a JSON object. Only the owner can read the files. Refusals have a separate file."""
    path = tmp_path / "audit" / "audit.jsonl"
    file = AuditFile()
    file.open(path, days=30)
    for number in range(100):
        file.write(write(number=number))
    file.write(record(7))
    file.close()
    assert [item["request_id"] for item in lines(path)] == [str(number) for number in range(100)]
    assert [item["request_id"] for item in lines(path.with_name("refusals.jsonl"))] == ["7"]
    assert {item.stat().st_mode & 0o777 for item in path.parent.iterdir()} == {0o600}


def test_the_file_is_rotated(tmp_path: Path) -> None:
    """The audit log has at most five files of 5 MB."""
    file = RotatedFile(tmp_path / "audit.jsonl")
    for number in range(700):
        file.append(f"{number:049999}\n".encode())
    file.close()
    files = sorted(tmp_path.iterdir())
    assert [item.name for item in files] == ["audit.jsonl", *(f"audit.jsonl.{number}" for number in range(1, 5))]
    assert all(item.stat().st_size <= 5_000_000 for item in files)
    assert int(files[0].read_bytes()[-50:]) == 699


def test_a_changed_retention_takes_effect_at_once(tmp_path: Path) -> None:
    """A changed retention applies without opening the file again."""
    old, recent = tmp_path / "audit.jsonl.4", tmp_path / "refusals.jsonl.3"
    for item, days in ((old, 31), (recent, 29)):
        item.write_text("{}\n", encoding="utf-8")
        moment = time.time() - days * 86_400
        os.utime(item, (moment, moment))
    file = AuditFile()
    file.open(tmp_path / "audit.jsonl", days=30)
    assert (old.exists(), recent.exists()) == (False, True)
    file.keep(7)
    written(file)
    file.close()
    assert not recent.exists()


def test_a_flood_does_not_displace_other_kinds(tmp_path: Path) -> None:
    """Each reason has its own limit, also for each caller. The file has the number of left-out records."""
    file = AuditFile()
    path = tmp_path / "audit.jsonl"
    file.open(path, days=30)
    for number in range(20_000):
        file.write(replace(record(number), address=f"192.0.2.{number % 250}"))
    for number in range(2_000):
        file.write(replace(record(number, "loud"), reason="scope"))
    file.write(replace(record(1, "quiet"), reason="scope"))
    file.write(write())
    file.close()
    told = lines(tmp_path / "refusals.jsonl")
    assert 200 <= sum(item["reason"] == "x" for item in told) <= 250
    assert 30 <= sum(item["reason"] == "scope" for item in told) <= 45
    assert [item["key_id"] for item in lines(path)] == ["key"]
    assert "quiet" in {item.get("key_id") for item in told}
    missing = {item["reason"]: item["count"] for item in told if item["outcome"] == "not_written"}
    assert missing == {kind: count for kind, count in file.dropped.items() if count}
    kept = sum(item["outcome"] != "not_written" for item in told)
    assert kept + sum(missing.values()) == 22_001


def test_a_busy_key_does_not_displace_what_others_did(tmp_path: Path) -> None:
    """A key that writes often does not displace the records of other keys."""
    file = AuditFile()
    file.open(tmp_path / "audit.jsonl", days=30)
    for number in range(3_000):
        file.write(write("loud", number))
    file.write(write("quiet"))
    file.close()
    told = lines(tmp_path / "audit.jsonl")
    assert 1_200 <= sum(item.get("key_id") == "loud" for item in told) <= 1_300
    assert "quiet" in {item.get("key_id") for item in told}


def test_a_key_cannot_hide_what_it_does_by_a_flood(tmp_path: Path) -> None:
    """Each domain has its own limit. The file has the number of left-out records for each key and domain."""
    file = AuditFile()
    file.open(tmp_path / "audit.jsonl", days=30)
    for number in range(5_000):
        file.write(write("loud", number))
    file.write(write("loud", target="lock.unlock on lock.front_door"))
    file.close()
    told = lines(tmp_path / "audit.jsonl")
    assert [item["target"] for item in told if (item["target"] or "").startswith("lock")] == [
        "lock.unlock on lock.front_door"
    ]
    (missing,) = (item for item in told if item["outcome"] == "not_written")
    assert (missing["key_id"], missing["key_name"], missing["target"]) == ("loud", "loud", "light")
    assert sum(item["outcome"] == "allowed" for item in told) + missing["count"] == 5_001


def test_strangers_from_everywhere_give_a_key_no_new_share() -> None:
    """Records of many clients without a key do not displace those of a key."""
    shares = AuditShares()
    for number in range(2_000):
        shares.take(write("loud", number), 0.0)
    for number in range(5_000):
        shares.take(replace(record(), address=f"10.{number // 250}.0.{number % 250}"), 0.0)
    assert not shares.take(write("loud"), 0.0)


def test_every_kind_is_counted_from_zero() -> None:
    """All counters exist at 0, so that Prometheus sees the first increment."""
    shares = AuditShares()
    assert shares.take(write(), 0.0)
    assert shares.take(replace(record(), reason="scope"), 0.0)
    assert shares.dropped == {"allowed": 0, "scope": 0}


def test_there_is_one_writer(tmp_path: Path) -> None:
    """Only one writer is attached. A second one would write every line twice."""
    file = AuditFile()
    file.open(tmp_path / "audit.jsonl", days=30)
    with pytest.raises(RuntimeError):
        file.open(tmp_path / "audit.jsonl", days=30)
    file.close()
    file.open(tmp_path / "audit.jsonl", days=30)
    file.close()


def test_many_addresses_take_no_memory_and_share_by_network() -> None:
    """An IPv6 /64 network counts as one client."""
    shares = AuditShares()
    taken = [shares.take(replace(record(), address=f"2001:db8::{number:x}"), 0.0) for number in range(100)]
    assert sum(taken) == 30
    for number in range(10_000):
        shares.take(replace(record(), address=f"10.0.{number // 250}.{number % 250}"), 0.0)
    assert len(shares) <= 4096


def test_a_disk_that_is_full_and_then_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No error is raised, lost records are counted and summarized later, and no partial line remains."""
    path = tmp_path / "audit.jsonl"
    file = AuditFile()
    file.open(path, days=30)
    file.write(write(number=1))
    written(file)
    limit = path.stat().st_size + 40
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        file.write(write(number=2))
        file.write(write(number=3))
        written(file)
        while file.dropped != {"allowed": 2}:
            time.sleep(0.001)
        assert file.error
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    monkeypatch.setattr(file, "_retry_at", 0.0)
    file.write(write(number=4))
    written(file)
    file.close()
    told = lines(path)
    assert [item.get("request_id") for item in told] == ["1", None, "4"]
    assert (told[1]["outcome"], told[1]["count"]) == ("not_written", 2)


def test_the_error_stays_while_the_disk_is_full(tmp_path: Path) -> None:
    """Removing old files works on a full disk too. What was lost is told once there is room, without a new record."""
    path = tmp_path / "audit.jsonl"
    file = AuditFile()
    file.open(path, days=30)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, before[1]))
    try:
        file.write(write())
        file.keep(30)
        done(file)
        assert file.error
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    file.keep(30)
    done(file)
    assert file.error is None
    assert [item["count"] for item in lines(path)] == [1]
    file.close()


def test_a_read_only_folder(tmp_path: Path) -> None:
    """No error is raised, lost records are counted, and writing starts when the folder is writable."""
    folder = tmp_path / "drawbridge"
    folder.mkdir()
    file = AuditFile()
    with read_only(folder):
        file.open(folder / "audit.jsonl", days=30)
        assert file.error
        file.write(write())
        done(file)
        assert file.dropped == {"allowed": 1}
        assert not list(folder.iterdir())
    file.keep(30)
    done(file)
    assert file.error is None
    file.close()
    assert [item["count"] for item in lines(folder / "audit.jsonl")] == [1]


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder read-only, even for root."""
    if os.geteuid() != 0:
        folder.chmod(0o500)
        yield
        folder.chmod(0o700)
    else:
        with mounted(folder, "-o", "bind,ro", str(folder)):
            yield


def done(file: AuditFile) -> None:
    """Wait until all that is queued now has been done, not only taken from the queue."""
    reached = threading.Event()
    file._queue.put(reached.set)  # noqa: SLF001
    assert reached.wait(60)


def test_a_slow_disk_does_not_fill_the_memory() -> None:
    """Records that do not fit in the queue are dropped and counted."""
    file = AuditFile()
    for number in range(10_050):
        file.write(write(f"key {number}"))
    assert file.waiting == 10_000
    assert file.dropped == {"allowed": 50}


def test_sums_that_find_no_room_are_told_later(tmp_path: Path) -> None:
    """Sums that cannot be written are written later, exactly once."""
    file = AuditFile()
    for number in range(10_050):
        file.write(write(f"key {number}"))
    file.write_sums()
    assert file.dropped == {"allowed": 50}
    file.open(tmp_path / "audit.jsonl", days=30)
    written(file)
    file.close()
    told = [item for item in lines(tmp_path / "audit.jsonl") if item["outcome"] == "not_written"]
    assert sum(item["count"] for item in told) == 50
