"""Preflight's items about exporters, with real exporters that read the bridge."""

import asyncio
from pathlib import Path

import aiohttp
from yarl import URL

from drawbridge_exporter.config.values import parse_bridge_url
from drawbridge_exporter.preflight import exporters
from drawbridge_exporter.preflight.context import Context, Plan
from drawbridge_exporter.preflight.model import Status, Verdict
from drawbridge_exporter.preflight.runner import run_check
from drawbridge_exporter.preflight.sources import Sources

from .bridge import running_bridge
from .documents import KEY
from .process import running_exporter
from .whole_bridge import running_whole_bridge


async def verdicts(url: str, *urls: str) -> dict[str, Verdict]:
    """Return the verdicts by item; an error of a request is the failure of its item."""
    plan = Plan(parse_bridge_url(url), KEY, Path(), sources=Sources(exporters=tuple(map(URL, urls))))
    async with aiohttp.ClientSession() as session:
        context = Context(plan, session)
        return {check.item: await run_check(check, context) for check in exporters.CHECKS}


def statuses(found: dict[str, Verdict]) -> dict[str, Status]:
    """Return the statuses by item."""
    return {item: verdict.status for item, verdict in found.items()}


async def test_two_exporters_of_a_bridge(tmp_path: Path) -> None:
    """Two exporters are healthy and interchangeable, also if one has the bridge as a target."""
    key, targets = tmp_path / "key", tmp_path / "targets.yml"
    key.write_text(KEY)
    async with running_whole_bridge() as bridge:
        targets.write_text(f"targets:\n  home:\n    url: {bridge.url}\n    key_file: key\n")
        async with (
            running_exporter(HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY) as blue,
            running_exporter("--config.file", str(targets)) as green,
        ):
            both = await verdicts(bridge.url, blue.url, f"{green.url}/probe?target=home")
            one = await verdicts(bridge.url, blue.url)
            none = await verdicts(bridge.url)
            missing = await verdicts(bridge.url, blue.url, green.url)
    assert set(statuses(both).values()) == {Status.PASSED}, both
    assert statuses(one) == statuses(both) | {"blue-green": Status.PERSON}
    assert set(statuses(none).values()) == {Status.PERSON}
    assert {item for item, status in statuses(missing).items() if status is Status.FAILED} == {
        "exporter",
        "balanced",
        "blue-green",
    }
    assert "cores" in both["exporter-resources"].evidence


async def test_an_exporter_of_another_bridge_is_found() -> None:
    """An exporter that cannot read this bridge is found."""
    async with (
        running_whole_bridge() as bridge,
        running_exporter(HA_BASE_URL="http://127.0.0.1:1", BRIDGE_API_KEY=KEY) as other,
    ):
        found = await verdicts(bridge.url, other.url)
    assert found["exporter"].status is Status.FAILED
    assert "drawbridge_up is not 1" in found["exporter"].evidence


async def test_a_saturated_exporter_is_found() -> None:
    """A saturated exporter, which has refused a scrape, is found."""
    async with (
        running_bridge() as hanging,
        running_exporter("--web.max-requests=1", HA_BASE_URL=hanging.url, BRIDGE_API_KEY=KEY) as exporter,
        aiohttp.ClientSession() as session,
    ):
        hanging.gate.clear()
        first = asyncio.create_task(session.get(f"{exporter.url}/metrics"))
        await hanging.asked.wait()
        async with session.get(f"{exporter.url}/metrics") as second:
            assert second.status == 503
        hanging.gate.set()
        (await first).release()
        found = await verdicts(hanging.url, exporter.url)
    assert found["exporter-saturation"].status is Status.FAILED
    assert "refused 1 scrapes" in found["exporter-saturation"].evidence
