"""The page of all homes: worst first, with versions, keys that end, doors and the load of the exporter."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drawbridge_exporter.bridge.assessment import Concern, assess
from drawbridge_exporter.bridge.errors import FetchError, Reason
from drawbridge_exporter.bridge.fleet import Fleet
from drawbridge_exporter.bridge.snapshot import parse_snapshot
from drawbridge_exporter.bridge.target import Scrape
from drawbridge_exporter.scrape_limit import ScrapeLimit
from drawbridge_exporter.server.fleet_page import fleet_page

from .bridge import BridgeServer, running_bridge
from .documents import full_snapshot
from .files import targets_file
from .serving import Exporter, serving, settings_for

DAY = 86400


def home(**members: Any) -> dict[str, Any]:
    """Return a snapshot of a home that is fine: its listener is up, and no key ends soon."""
    document = full_snapshot()
    for key in document["keys"]:
        key |= {"expires": None, "enabled": True}
    return document | members


def with_key(days: float, *, enabled: bool = True) -> dict[str, Any]:
    """Return a snapshot with a key that ends in some days."""
    document = home()
    document["keys"][0] |= {"expires": time.time() + days * DAY, "enabled": enabled, "name": "Wall <b>display"}
    return document


def with_listener(**members: Any) -> dict[str, Any]:
    """Return a snapshot with another listener."""
    return home(listener=full_snapshot()["listener"] | members)


def scored(score: float) -> dict[str, Any]:
    """Return a snapshot with another health score."""
    return home(health={"score": score, "window_seconds": 300, "components": {}})


def judged(document: Mapping[str, Any]) -> Concern:
    """Return the concern of a home with this snapshot."""
    scrape = Scrape(0.1, parse_snapshot(json.dumps(document).encode()))
    return assess(scrape.summary(time.time()), time.time()).concern


@pytest.mark.parametrize(
    ("document", "concern"),
    [
        (home(), Concern.FINE),
        (scored(80), Concern.FINE),
        (scored(79.9), Concern.URGENT),
        (with_key(8), Concern.FINE),
        (with_key(6), Concern.URGENT),
        (with_key(-1), Concern.FINE),
        (with_key(6, enabled=False), Concern.FINE),
        (with_listener(running=False), Concern.URGENT),
        (with_listener(enabled=False, running=False), Concern.FINE),
        (with_listener(certificate_ends=time.time() + 13 * DAY), Concern.URGENT),
        (with_listener(certificate_ends=time.time() + 15 * DAY), Concern.FINE),
    ],
)
def test_what_needs_attention(document: dict[str, Any], concern: Concern) -> None:
    """The fleet page marks what needs attention, with the limits of the alerts."""
    assert judged(document) is concern


def test_a_home_that_is_down_or_was_not_read() -> None:
    """The certificate of the bridge's own address counts too."""
    down = Scrape(0.1, error=FetchError(Reason.REFUSED, "refused"))
    assert assess(down.summary(0), 0).concern is Concern.DOWN
    assert assess(None, 0).concern is Concern.NOT_READ


@asynccontextmanager
async def fleet(folder: Path, documents: Mapping[str, Any]) -> AsyncIterator[tuple[Exporter, dict[str, BridgeServer]]]:
    """Serve homes with these snapshots. None is a home that is not available."""
    async with AsyncExitStack() as stack:
        running = {name: await stack.enter_async_context(running_bridge()) for name in documents}
        for name, document in documents.items():
            running[name].document = document
            running[name].status = 503 if document is None else 200
        file = targets_file(folder, {name: bridge.url for name, bridge in running.items()})
        settings = replace(settings_for("http://127.0.0.1:1"), target=None, targets_file=file)
        yield await stack.enter_async_context(serving(settings)), running


async def rows(exporter: Exporter) -> dict[str, list[str]]:
    """Return the cells of each row of the page, by the name of the home, as text."""
    page = await exporter.get("/fleet")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    found = re.findall(r"<tr>(<td>.*?)</tr>", page.text)
    cells = [re.findall(r"<td>(.*?)</td>", row) for row in found]
    return {re.sub("<.*?>", "", name): [re.sub("<.*?>", "", cell) for cell in rest] for name, *rest in cells}


async def test_the_worst_home_is_first(tmp_path: Path) -> None:
    """Homes are sorted: down, then those that need attention, then by score, then those not read yet."""
    documents = {
        "a-not-read": home(),
        "b-fine": home(),
        "c-lower": scored(90),
        "d-key": with_key(3),
        "e-listener": with_listener(running=False),
        "f-down": None,
    }
    async with fleet(tmp_path, documents) as (exporter, running):
        for name in list(documents)[1:]:
            await exporter.get(f"/probe?target={name}")
        asked = {name: bridge.requests for name, bridge in running.items()}
        found = await rows(exporter)
        summary = (await exporter.get("/fleet")).text
        assert asked == {name: bridge.requests for name, bridge in running.items()}, "the page reads no home"
    assert list(found) == ["f-down", "d-key", "e-listener", "c-lower", "b-fine", "a-not-read"]
    assert found["d-key"][0] == "up, needs attention"
    assert re.fullmatch(r"\d+ s ago, \d+ ms", found["d-key"][1])
    assert found["d-key"][2:] == ["98.2", "0.1.0", "2026.11.0", "Wall &lt;b&gt;display in 3 d", found["b-fine"][6], ""]
    assert found["e-listener"][6].startswith("listener down, certificate expires in ")
    assert found["f-down"][0] == "down"
    assert "not running" in found["f-down"][7]
    assert "4 up, 1 down, 1 not read yet, of 6 targets. 2 need attention." in summary
    assert "Versions of Drawbridge: 0.1.0 (4)" in summary


async def test_the_page_shows_how_busy_the_exporter_is(tmp_path: Path) -> None:
    """The scrapes and requests in progress."""
    async with fleet(tmp_path, {"cabin": home(), "barn": home()}) as (exporter, running):
        running["cabin"].gate.clear()
        scrapes = [asyncio.create_task(exporter.get("/probe?target=cabin")) for _ in range(2)]
        await running["cabin"].asked.wait()
        text = (await exporter.get("/fleet")).text
        running["cabin"].gate.set()
        await asyncio.gather(*scrapes)
    assert "In progress: 2 of 100 scrapes, 1 of 2 requests to bridges. Scrapes refused since the start: 0" in text


async def test_the_page_of_1000_homes_does_not_block_others(tmp_path: Path) -> None:
    """Other requests are answered while it is made."""
    file = targets_file(tmp_path, {f"home-{index}": "http://127.0.0.1:1" for index in range(1000)})
    homes = Fleet(replace(settings_for("http://127.0.0.1:1"), target=None, targets_file=file))
    page = asyncio.create_task(fleet_page(homes, ScrapeLimit(0), ""))
    turns = 0
    while not page.done():
        await asyncio.sleep(0)
        turns += 1
    assert page.result().count("<tr><td>") == 1000
    assert turns >= 20
    await homes.close()


async def test_the_version_of_a_home_is_that_of_its_last_scrape() -> None:
    """The version is that of the last scrape, and unknown before the first or after a failed one."""
    async with running_bridge() as bridge:
        homes = Fleet(settings_for(bridge.url))
        assert homes.default is not None
        versions = [homes.default.version]
        await homes.default.collect(5)
        versions.append(homes.default.version)
        bridge.status = 503
        await homes.default.collect(5)
        versions.append(homes.default.version)
        await homes.close()
    assert versions == [None, "0.1.0", None]
