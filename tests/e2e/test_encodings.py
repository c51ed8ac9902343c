"""Common clients can read every encoding completely, from a real Home Assistant."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from sandbox import drawbridge
from sandbox.drawbridge import NewKey
from sandbox.homeassistant import HomeAssistant
from sandbox.stack import SYNTHETIC

SENSORS: Final = 3000
CLIENTS: Final = Path(__file__).parents[2] / ".venv-clients" / "bin" / "python"
REQUESTS: Final = """
import json, sys, requests
url, key, encoding = sys.argv[1:]
headers = {"X-API-Key": key} | ({"Accept-Encoding": encoding} if encoding else {})
answer = requests.get(url, headers=headers)
print(json.dumps([answer.headers.get("Content-Encoding"), answer.json()]))
"""
NODE: Final = """
const [url, key, encoding] = process.argv.slice(1);
const headers = {"X-API-Key": key, ...(encoding ? {"Accept-Encoding": encoding} : {})};
fetch(url, {headers}).then(async answer => {
  const body = await answer.json();
  process.stdout.write(JSON.stringify([answer.headers.get("content-encoding"), body]));
});
"""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Bridge:
    """The URL of all states, a key, and Home Assistant's own response."""

    url: str
    key: str
    expected: list[Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bridge(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bridge]:
    """Start Home Assistant with many sensors that do not change."""
    home_assistant = HomeAssistant(tmp_path_factory.mktemp("encodings") / "homeassistant")
    home_assistant.write_config(components=[drawbridge.COMPONENT, SYNTHETIC])
    try:
        await home_assistant.first_start()
        client = home_assistant.client
        await drawbridge.set_up(client)
        sensors = {"title": "Sensors", "sensors": SENSORS, "areas": [], "changes_per_second": 0}
        await client.flow("synthetic", sensors)
        key = await drawbridge.add_key(client, NewKey("Reader", everything=True, per_minute=0))
        own = [state for state in await client.get("/api/states") if state["entity_id"].startswith("sensor.synthetic")]
        yield Bridge(f"{client.url}{drawbridge.BASE_PATH}/api/states", key, own)
    finally:
        await home_assistant.stop()


async def run(*command: str) -> str:
    """Run a client, and return what it printed."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


def check(bridge: Bridge, states: list[Any]) -> None:
    """Compare a response with Home Assistant's own."""
    assert len(bridge.expected) == SENSORS
    assert [state for state in states if state["entity_id"].startswith("sensor.synthetic")] == bridge.expected


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd", "identity"])
async def test_aiohttp(bridge: Bridge, encoding: str) -> None:
    """Requests of aiohttp, like those of Home Assistant's own integrations."""
    headers = {"X-API-Key": bridge.key, "Accept-Encoding": encoding}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(bridge.url) as answer:
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        check(bridge, await answer.json())


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd", "identity"])
async def test_curl(bridge: Bridge, encoding: str) -> None:
    """The encodings that curl supports."""
    headers = (f"Accept-Encoding: {encoding}", f"X-API-Key: {bridge.key}")
    output = await run("curl", "-sS", "--compressed", "-H", headers[0], "-H", headers[1], bridge.url)
    check(bridge, json.loads(output))


@pytest.mark.parametrize(
    ("program", "encodings"),
    [
        ((str(CLIENTS), "-c", REQUESTS), ("gzip", "deflate", "identity", "")),
        (("node", "-e", NODE), ("gzip", "deflate", "identity", "")),
    ],
    ids=["requests", "node"],
)
async def test_programs(bridge: Bridge, program: tuple[str, ...], encodings: tuple[str, ...]) -> None:
    """Each encoding that the client supports, and its default."""
    assert shutil.which(program[0]) is not None, f"{program[0]} is missing: run scripts/setup"
    for encoding in encodings:
        used, states = json.loads(await run(*program, bridge.url, bridge.key, encoding))
        assert used == (encoding or "gzip") or (used is None and encoding == "identity")
        check(bridge, states)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd", None])
async def test_chromium(bridge: Bridge, encoding: str | None) -> None:
    """Each encoding in a real browser, and its default."""
    headers = {"X-API-Key": bridge.key} | ({"Accept-Encoding": encoding} if encoding else {})
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        page = await browser.new_page(extra_http_headers=headers)
        answer = await page.goto(bridge.url)
        assert answer is not None
        assert await answer.header_value("content-encoding") == (encoding or "gzip")
        check(bridge, json.loads(await page.evaluate("document.body.innerText")))
        await browser.close()
