"""Preflight's items about the delivery of alerts, with a real Alertmanager."""

import asyncio
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import yaml
from yarl import URL

from drawbridge_exporter.preflight import alerting
from drawbridge_exporter.preflight.context import Context, Plan
from drawbridge_exporter.preflight.model import Status, Verdict
from drawbridge_exporter.preflight.sources import Sources

from .test_alertmanager import ALERTMANAGER, EXAMPLE, running_alertmanager, running_webhooks, send

WATCHDOG = {"alertname": "DrawbridgeWatchdog", "severity": "none"}
PLAN = Plan(URL("http://home.example"), "", Path())


async def verdicts(plan: Plan) -> dict[str, Verdict]:
    """Return the verdicts by item."""
    async with aiohttp.ClientSession() as session:
        context = Context(plan, session)
        return {check.item: await check.run(context) for check in alerting.CHECKS}


async def settled(plan: Plan) -> dict[str, Verdict]:
    """Return the verdicts after Alertmanager had the time to notify."""
    found = await verdicts(plan)
    for _ in range(50):
        if found["alertmanager"].status is Status.PASSED:
            break
        await asyncio.sleep(0.2)
        found = await verdicts(plan)
    return found


@pytest.mark.skipif(ALERTMANAGER is None, reason="Alertmanager is not installed")
class TestAlertmanager:
    """The example passes; each fault of it is found."""

    async def test_the_example_delivers_and_escalates(self, tmp_path: Path) -> None:
        """The example delivers and escalates alerts, without and with the watchdog."""
        async with running_webhooks() as (_, hooks), running_alertmanager(tmp_path, hooks) as url:
            plan = replace(PLAN, sources=Sources(alertmanager=URL(url)))
            before = await verdicts(plan)
            await send(url, WATCHDOG)
            after = await settled(plan)
        assert before["alertmanager"].status is Status.FAILED
        assert "does not have DrawbridgeWatchdog" in before["alertmanager"].evidence
        assert {after[item].status for item in ("alertmanager", "escalation")} == {Status.PASSED}, after
        assert "second-level after 30 minutes" in after["escalation"].evidence

    async def test_a_receiver_that_does_not_answer_is_found(self, tmp_path: Path) -> None:
        """A receiver that does not respond is found by its failed notifications."""
        async with running_alertmanager(tmp_path, "http://127.0.0.1:1") as url:
            plan = replace(PLAN, sources=Sources(alertmanager=URL(url)))
            await send(url, WATCHDOG)
            await asyncio.sleep(1)
            found = await verdicts(plan)
        assert found["alertmanager"].status is Status.FAILED


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", "second-level after 30 minutes"),
        ("      continue: true\n", "", "to nobody later"),
        ("receiver: dead-mans-switch\n      group_wait", "receiver: at-once\n      group_wait", "of its own"),
    ],
)
def test_a_missing_level_is_found(old: str, new: str, said: str) -> None:
    """A missing second level is found, and so is a watchdog that notifies the people on call."""
    assert old in EXAMPLE.read_text()
    found = alerting.judge_routes(yaml.safe_load(EXAMPLE.read_text().replace(old, new))["route"])
    assert found.status is (Status.FAILED if old else Status.PASSED)
    assert said in found.evidence


async def test_without_an_alertmanager_a_person_is_asked() -> None:
    """Without Prometheus, no Alertmanager is known, so a person is asked."""
    found = await verdicts(PLAN)
    assert {found[item].status for item in ("alertmanager", "escalation")} == {Status.PERSON}
