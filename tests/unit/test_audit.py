"""The audit trail and its file."""

import json
import os
import time
from pathlib import Path

from custom_components.drawbridge.telemetry.audit import AuditRecord, AuditTrail
from custom_components.drawbridge.telemetry.audit_file import AuditFile


def record(number: int = 0, key: str | None = None) -> AuditRecord:
    """Return a refusal."""
    return AuditRecord(time.time(), str(number), key, key, "192.0.2.1", "GET", "/api/states", 401, "refused", "x")


def test_the_trail_is_bounded_and_passed_on() -> None:
    """The last thousand are kept, and each is passed on while somebody listens."""
    trail, heard = AuditTrail(), list[AuditRecord]()
    stop = trail.listen(heard.append)
    for number in range(1500):
        trail.add(record(number))
    stop()
    trail.add(record(1500))
    assert [int(item.request_id) for item in trail] == list(range(501, 1501))
    assert len(heard) == 1500


def test_strangers_do_not_wash_away_what_keys_did() -> None:
    """Each have their own room, and are told in their order."""
    trail = AuditTrail()
    trail.add(record(0, "key"))
    for number in range(1, 2000):
        trail.add(record(number))
    trail.add(record(2000, "key"))
    numbers = [int(item.request_id) for item in trail]
    assert numbers == [0, *range(1000, 2001)]


def test_the_file(tmp_path: Path) -> None:
    """One JSON document a line, for its owner's eyes alone."""
    path = tmp_path / "audit" / "audit.jsonl"
    file = AuditFile(path, days=30)
    file.open()
    for number in range(100):
        file.write(record(number))
    file.close()
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["request_id"] for line in lines] == [str(number) for number in range(100)]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_file_is_rotated_and_old_ones_go(tmp_path: Path) -> None:
    """Ten files of 5 MB at most, and none older than asked for."""
    path = tmp_path / "audit.jsonl"
    old, recent = tmp_path / "audit.jsonl.9", tmp_path / "audit.jsonl.8"
    for item, days in ((old, 31), (recent, 29)):
        item.write_text("{}\n", encoding="utf-8")
        moment = time.time() - days * 86_400
        os.utime(item, (moment, moment))
    file = AuditFile(path, days=30)
    file.open()
    assert not old.exists()
    assert recent.exists()
    for number in range(60_000):
        file.write(record(number))
        while file.waiting > 5_000:
            time.sleep(0.001)
    file.close()
    assert file.dropped == 0
    files = sorted(tmp_path.iterdir())
    assert path.with_name("audit.jsonl.1") in files
    assert all(item.stat().st_size <= 5_000_000 for item in files)
    assert len(files) <= 10


def test_a_slow_disk_does_not_fill_the_memory(tmp_path: Path) -> None:
    """What cannot be queued is dropped and counted."""
    file = AuditFile(tmp_path / "audit.jsonl", days=1)
    for number in range(10_050):
        file.write(record(number))
    assert file.waiting == 10_000
    assert file.dropped == 50
