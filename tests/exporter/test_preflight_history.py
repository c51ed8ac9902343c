"""Preflight's items about the history of a bridge, with a real Prometheus that has a month of it."""

import json
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from drawbridge_exporter.preflight import history
from drawbridge_exporter.preflight.model import Status, Verdict
from sandbox.prometheus import Prometheus

from .checking import statuses, verdicts
from .documents import STARTED_AT
from .test_preflight import archive
from .whole_bridge import running_whole_bridge

DAY = 86_400
STEP = 60
LABELS = '{job="drawbridge",instance="home:9123"}'
CERTIFICATE = "drawbridge_tls_certificate_expiry_timestamp_seconds"
BUSIEST = "instance:drawbridge_http_requests:rate5m"


def history_of(days: int, outage_minutes: int, *, renewed: bool) -> Iterator[str]:
    """Yield the lines of a bridge's history, up to now."""
    now = int(time.time())
    for name in ("drawbridge_up", "drawbridge_start_time_seconds", CERTIFICATE, BUSIEST):
        yield f"# TYPE {name} gauge"
        for at in range(now - days * DAY, now, STEP):
            down = now - DAY < at < now - DAY + outage_minutes * 60
            value = {
                "drawbridge_up": 0 if down else 1,
                "drawbridge_start_time_seconds": STARTED_AT,
                CERTIFICATE: now + 30 * DAY + (DAY if renewed and at > now - DAY else 0),
                BUSIEST: 40 if at < now - DAY else 2,
            }[name]
            yield f"{name}{LABELS} {value} {at}"
    yield "# EOF"


@asynccontextmanager
async def running_prometheus(folder: Path, promtool: str, *lines: str, flags: Sequence[str] = ()) -> AsyncIterator[URL]:
    """Run a Prometheus with a history until the block ends."""
    (folder / "history.txt").write_text("\n".join(lines) + "\n")
    prometheus = Prometheus(folder / "prometheus", {}, flags=flags)
    data = folder / "prometheus" / "data"
    command = [promtool, "tsdb", "create-blocks-from", "openmetrics", str(folder / "history.txt"), str(data)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: ASYNC221, S603 - promtool
    prometheus.start()
    try:
        await prometheus.wait_until_ready()
        yield URL(prometheus.url)
    finally:
        await prometheus.process.stop()


def backup(folder: Path, hours: float) -> Path:
    """Write a backup that was made some hours ago."""
    made = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - hours * 3600))
    path = folder / "backup.tar"
    path.write_bytes(archive({"./backup.json": json.dumps({"date": made}).encode()}, ""))
    return path


async def found(**given: Any) -> dict[str, Verdict]:
    """Return the verdicts for a bridge."""
    async with running_whole_bridge() as bridge:
        return await verdicts(history.CHECKS, bridge.url, **given)


async def test_a_month_of_a_good_bridge(tmp_path: Path, promtool: str) -> None:
    """Its certificate was renewed, its capacity suffices, and its targets for recovery are met."""
    kept = ["--storage.tsdb.retention.time=60d", "--storage.tsdb.retention.size=1GB"]
    async with running_prometheus(tmp_path, promtool, *history_of(2, 30, renewed=True), flags=kept) as url:
        targets: dict[str, Any] = {"prometheus": url, "rto_hours": 1.0, "rpo_hours": 24.0}
        good = await found(peak=100.0, backup=backup(tmp_path, 2), **targets)
        bad = await found(peak=50.0, backup=backup(tmp_path, 30), **targets)
        late = await found(backup=backup(tmp_path, 2), **targets | {"rto_hours": 0.4})
    assert set(statuses(good).values()) == {Status.PASSED}, good
    assert "renewed 1 times" in good["certificates"].evidence
    assert "Audit files are kept for 30 days, and Prometheus keeps 60d or 1GiB." in good["retention"].evidence
    assert "had 40.0" in good["capacity"].evidence
    assert statuses(bad)["capacity"] is statuses(bad)["continuity"] is Status.FAILED
    assert statuses(late) == statuses(good) | {"capacity": Status.PERSON, "continuity": Status.FAILED}


async def test_a_certificate_that_was_never_renewed_needs_a_person(tmp_path: Path, promtool: str) -> None:
    """Nobody knows whether the renewal works."""
    async with running_prometheus(tmp_path, promtool, *history_of(1, 0, renewed=False)) as url:
        seen = await found(prometheus=url)
    assert seen["certificates"].status is seen["retention"].status is Status.PERSON
    assert "15d, which is its default: nobody chose it" in seen["retention"].evidence
    assert "not yet seen a renewal" in seen["certificates"].evidence


async def test_a_bridge_that_prometheus_does_not_have(tmp_path: Path, promtool: str) -> None:
    """Its history is that of no other."""
    other = (line.replace(str(STARTED_AT), "1700000000") for line in history_of(1, 0, renewed=True))
    async with running_prometheus(tmp_path, promtool, *other) as url:
        seen = await found(prometheus=url, peak=100.0)
    assert statuses(seen)["certificates"] is statuses(seen)["capacity"] is Status.PERSON
    assert "does not have this bridge" in seen["capacity"].evidence


async def test_without_prometheus_a_person_is_asked() -> None:
    """Nothing passes that was not looked at."""
    assert set(statuses(await found()).values()) == {Status.PERSON}


@pytest.mark.parametrize("content", [b"no archive", archive({"other.json": b"{}"}, "")])
async def test_a_file_that_is_no_backup_is_told(tmp_path: Path, promtool: str, content: bytes) -> None:
    """Its age is not known."""
    path = tmp_path / "backup.tar"
    path.write_bytes(content)
    async with running_prometheus(tmp_path, promtool, *history_of(1, 0, renewed=False)) as url:
        seen = await found(prometheus=url, rto_hours=1.0, rpo_hours=1.0, backup=path)
    assert seen["continuity"].status is Status.FAILED
    assert "backup" in seen["continuity"].evidence
