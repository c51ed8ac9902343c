"""Preflight through a reverse proxy with a fault: it is found, and nothing else is reported."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from yarl import URL

from drawbridge_exporter.preflight.checklist import boxes, sections
from drawbridge_exporter.preflight.context import Plan
from drawbridge_exporter.preflight.model import Readiness, Report, Result, Status, failed as failing, passed
from drawbridge_exporter.preflight.runner import checks
from drawbridge_exporter.preflight.signoff import read_signatures

from .documents import KEY
from .fault_proxy import faults, running_proxy
from .test_preflight import failed, items
from .whole_bridge import running_whole_bridge

FAULTS = faults(KEY)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the time after which a silent stream is reported."""
    monkeypatch.setattr("drawbridge_exporter.preflight.live._STREAM_SECONDS", 2.0)


async def test_a_sound_proxy_is_not_complained_about(key_file: Path) -> None:
    """A proxy without faults causes no failed item."""
    async with running_whole_bridge() as bridge, running_proxy(bridge.url) as proxy:
        assert await failed(proxy.url, key_file) == set()


@pytest.mark.parametrize("name", sorted(FAULTS))
async def test_each_fault_of_a_proxy_is_found(key_file: Path, name: str) -> None:
    """Each fault of a proxy is found by its items, and by no others."""
    fault, expected = FAULTS[name]
    async with running_whole_bridge() as bridge, running_proxy(bridge.url) as proxy:
        proxy.fault = fault
        found = await items(proxy.url, key_file, stable_seconds=1.0 if name == "websocket-cut" else 0.2)
    assert {item for item, verdict in found.items() if verdict.status is Status.FAILED} == expected
    if expected == {"reach"}:
        assert found["reach"].fix
        assert found["auth-enabled"].status is Status.SKIPPED
        assert found["vault"].status is Status.PERSON


async def test_two_runs_one_after_the_other_find_the_same(key_file: Path) -> None:
    """Two runs in a row have the same result: the first one leaves some of the rate limit."""
    async with running_whole_bridge() as bridge:
        assert await failed(bridge.url, key_file) == set()
        assert await failed(bridge.url, key_file) == set()


async def test_a_bridge_that_hangs_does_not_hold_preflight_up(key_file: Path) -> None:
    """If the bridge hangs, the time of a request, a check and the run is limited."""
    async with running_whole_bridge() as bridge, running_proxy(bridge.url) as proxy:
        proxy.fault = FAULTS["slow-on-the-way"][0]
        async with asyncio.timeout(20):
            found = await items(proxy.url, key_file, max_seconds=4.0)
    statuses = {verdict.status for verdict in found.values()}
    assert Status.SKIPPED in statuses
    assert "the time of 4 s was up" in found["vault"].evidence


async def test_a_locked_out_address_is_one_cause(key_file: Path) -> None:
    """Preflight waits for the end of a short lock-out, and reports a long one with its end."""
    async with running_whole_bridge("locked-out") as bridge:
        found = await items(bridge.url, key_file)
        assert {item for item, verdict in found.items() if verdict.status is Status.FAILED} == {"reach"}
        assert "Wait 900 seconds" in found["reach"].fix
        bridge.lock_out = "1"
        assert await failed(bridge.url, key_file) == set()


async def test_a_key_in_the_environment_is_found(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the environment is found, because other programs of the user can read it."""
    monkeypatch.setenv("BRIDGE_API_KEY", KEY)
    async with running_whole_bridge() as bridge:
        found = await items(bridge.url, key_file)
    assert found["secrets"].status is Status.FAILED
    assert "BRIDGE_API_KEY" in found["secrets"].evidence
    assert KEY not in repr(found)


async def test_a_household_is_not_asked_about_an_organisation(key_file: Path) -> None:
    """A household is not asked about an organisation, and a person confirms its keys without an expiry."""
    async with running_whole_bridge("endless-key") as bridge:
        found = await items(bridge.url, key_file, profile="household")
        organisation = await items(bridge.url, key_file)
    assert {"kubernetes-rbac", "trained", "approved", "contacts"} & found.keys() == set()
    assert {"kubernetes-rbac", "trained", "approved", "contacts"} <= organisation.keys()
    assert found["keys-end"].status is Status.PERSON
    assert organisation["keys-end"].status is Status.FAILED


class TestSignoff:
    """What a person has confirmed is kept with name and date, and asked again when it is old."""

    @staticmethod
    def written(folder: Path, text: str) -> str:
        """Write a sign-off file, and return its path."""
        path = folder / "signoff.yml"
        path.write_text(text)
        return str(path)

    async def test_a_confirmed_item_passes_for_a_year(self, key_file: Path, tmp_path: Path) -> None:
        """A confirmed item passes for a year. A failed item stays failed."""
        today = datetime.now(UTC).date()
        signed = read_signatures(
            self.written(
                tmp_path,
                f"vault: {{by: Ada, on: {today}, note: In Vault.}}\n"
                f"firewall: {{by: Ada, on: {today - timedelta(days=400)}}}\n"
                f"keys-breadth: {{by: Ada, on: {today}}}\n",
            )
        )
        async with running_whole_bridge("broad-key") as bridge:
            found = await items(bridge.url, key_file, signed=signed)
        assert (found["vault"].status, found["firewall"].status) == (Status.PASSED, Status.PERSON)
        assert found["vault"].evidence == f"Confirmed by Ada on {today}. In Vault."
        assert "over a year ago" in found["firewall"].evidence
        assert found["keys-breadth"].status is Status.FAILED

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("valt: {by: Ada, on: 2026-01-01}", "Did you mean vault?"),
            ("vault: {on: 2026-01-01}", "has no by"),
            ("vault: {by: Ada}", "has no on"),
            ("vault: {by: Ada, on: yesterday}", "is not a date"),
            ("vault: {by: Ada, on: 2999-01-01}", "is in the future"),
            ("vault: {by: ' ', on: 2026-01-01}", "Write the name"),
            ("rate-limit: {by: Ada, on: 2026-01-01}", "is unknown"),
        ],
    )
    def test_a_wrong_file_is_told(self, tmp_path: Path, text: str, said: str) -> None:
        """An invalid file is reported with its lines."""
        with pytest.raises(ValueError, match=r"signoff\.yml:1: ") as caught:
            read_signatures(self.written(tmp_path, text))
        assert said in str(caught.value)


class TestChecklist:
    """The 160 boxes of the checklist, each answered by items that exist."""

    def test_every_box_is_there_and_has_items(self) -> None:
        """Every box has items, and every item that a check answers belongs to a box."""
        known = {check.item for check in checks(Plan(URL("http://ha/api/drawbridge"), KEY, Path(), load=True))}
        asked = {item for box in boxes() for item in box.items}
        assert len(boxes()) == 160
        assert asked <= known
        assert all(box.items for box in boxes())
        assert known - asked == set()

    async def test_the_worst_item_decides(self, key_file: Path) -> None:
        """A box is ready only if all of its items passed; a section only if all of its boxes are."""
        plan = Plan(URL("http://ha/api/drawbridge"), KEY, key_file)
        results = tuple(
            Result("", check.item, "", passed("Seen.") if check.item != "cors" else failing("*", "Fix."), 0.0)
            for check in checks(replace(plan, load=True))
        )
        report = Report("", 0.0, 0.0, "", "organisation", results)
        verdicts = {section.title: section.readiness for section in sections(report)}
        assert verdicts["Pre-Deployment Validation"] is Readiness.NOT_READY
        assert verdicts["Ongoing Operations"] is Readiness.READY
        assert report.readiness is Readiness.NOT_READY
        not_run = replace(report, results=tuple(item for item in results if item.item != "load-peak"))
        after = {section.title: section.readiness for section in sections(not_run)}
        assert after["Post-Deployment Validation"] is Readiness.OPEN
