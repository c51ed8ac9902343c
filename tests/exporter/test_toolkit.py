"""What operators expect of an exporter: prefixes, several addresses, debug, discovery, logs, and no silence."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import yaml

from drawbridge_exporter.config.checklist_variables import ELSEWHERE
from drawbridge_exporter.config.options import OPTIONS

from .bridge import BridgeServer
from .documents import KEY
from .files import targets_file
from .process import run_exporter, running_exporter
from .serving import serving, settings_for

CHECKLIST = {
    "HA_BASE_URL", "HA_API_KEY", "BRIDGE_API_KEY", "BRIDGE_LOG_LEVEL", "ENABLE_RATE_LIMITING",
    "RATE_LIMIT_REQUESTS_PER_MINUTE", "ENABLE_CORS", "CORS_ORIGINS", "CACHE_ENABLED", "CACHE_TTL_STATES",
    "CACHE_TTL_SERVICES", "CACHE_TTL_CONFIG", "CONNECTION_POOL_SIZE", "REQUEST_TIMEOUT", "ENABLE_METRICS",
    "METRICS_PORT", "ENABLE_HEALTH_CHECKS",
}  # fmt: skip
PAGE = Path(__file__).parents[2] / "docs" / "environment-variables.md"


class TestVariables:
    """The seventeen variables of the checklist: taken, or named with the place where they are set."""

    def test_each_is_taken_or_known(self) -> None:
        """And the page explains each."""
        taken = {option.env for option in OPTIONS}
        assert CHECKLIST - taken == ELSEWHERE.keys()
        rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)
        assert set(rows) == CHECKLIST
        assert len(rows) == 17

    async def test_those_that_are_not_taken_are_named_at_start(self, bridge: BridgeServer) -> None:
        """With where they are set instead; their values are not logged."""
        variables = dict.fromkeys(ELSEWHERE, "value-of-the-variable")
        async with running_exporter(HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY, **variables) as running:
            pass
        for name in ELSEWHERE:
            assert f"{name} has no effect on the exporter" in running.output
        assert "value-of-the-variable" not in running.output

    async def test_a_check_of_the_configuration_names_them_too(self, bridge: BridgeServer) -> None:
        """It succeeds all the same."""
        ended = await run_exporter("--config.check", HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY, CACHE_ENABLED="true")
        assert ended.status == 0
        assert "CACHE_ENABLED has no effect" in ended.output


async def test_several_addresses(bridge: BridgeServer) -> None:
    """A second one does not replace the first."""
    async with running_exporter(
        "--web.listen-address=127.0.0.1:0", HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY
    ) as running:
        while len(urls := re.findall(r"Listening on (\S+)", running.output)) < 2:
            await running.read_line()
        async with aiohttp.ClientSession() as session:
            for address in urls:
                async with session.get(f"http://{address}/-/healthy") as response:
                    assert response.status == 200
    assert len(set(urls)) == 2


async def test_a_prefix_is_that_of_all_paths(bridge: BridgeServer) -> None:
    """Links have the path of the external URL."""
    settings = replace(settings_for(bridge.url), route_prefix="/bridge", link_prefix="/outside")
    async with serving(settings) as exporter:
        assert (await exporter.get("/bridge/metrics")).value("drawbridge_up") == 1
        assert (await exporter.get("/metrics")).status == 404
        assert (await exporter.get("/bridge/-/healthy")).status == 200
        landing = await exporter.get("/bridge/")
        assert 'href="/outside/metrics"' in landing.text
        assert (await exporter.get("/bridge")).headers["Location"] == "/outside/"


async def test_no_answer_has_a_version(bridge: BridgeServer) -> None:
    """Neither of Python nor of aiohttp, also in refusals and for requests that are no HTTP."""
    async with serving(settings_for(bridge.url)) as exporter:
        for path in ("/metrics", "/", "/nothing"):
            assert (await exporter.get(path)).headers["Server"] == "drawbridge-exporter"
        host, _, port = exporter.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"NONSENSE\r\n\r\n")
        answer = (await reader.read()).decode()
        writer.close()
    assert answer.startswith("HTTP/1.")
    assert not re.search(r"Python/|aiohttp/", answer)


async def test_debug_shows_the_steps_of_a_probe(bridge: BridgeServer, tmp_path: Path) -> None:
    """The reason, the last results, the metrics, the configuration; and no key."""
    file = targets_file(tmp_path, {"cabin": bridge.url})
    async with serving(replace(settings_for(bridge.url), targets_file=file)) as exporter:
        await exporter.get("/probe?target=cabin")
        bridge.status = 503
        text = (await exporter.get("/probe?target=cabin&debug=true")).text
    assert "failed: unavailable" in text
    assert len(re.findall(r"^\d{4}-\S+ \d+ ms (?:success|unavailable)", text, re.MULTILINE)) == 2
    assert "drawbridge_up 0.0" in text
    assert f"url: {bridge.url}/api/drawbridge" in text
    assert KEY not in text


async def test_the_configuration_is_shown_without_keys(bridge: BridgeServer, tmp_path: Path) -> None:
    """As YAML."""
    file = targets_file(tmp_path, {"cabin": bridge.url})
    async with serving(replace(settings_for(bridge.url), targets_file=file)) as exporter:
        text = (await exporter.get("/config")).text
    shown = yaml.safe_load(text)
    assert shown["targets"]["cabin"]["key_file"].endswith("bridge.key")
    assert shown["targets"]["home"]["key"] == "<secret>"
    assert KEY not in text


async def test_the_targets_are_discovered_without_relabeling(bridge: BridgeServer, tmp_path: Path) -> None:
    """The names stand once: in the targets file. A file for file_sd_configs has the same."""
    file = targets_file(tmp_path, {"cabin": bridge.url, "barn": bridge.url})
    async with serving(replace(settings_for(bridge.url), targets_file=file)) as exporter:
        found = json.loads((await exporter.get("/sd", Host="exporter:9123")).text)
        for group in found:
            labels = group["labels"]
            page = await exporter.get(f"{labels['__metrics_path__']}?target={labels['__param_target']}")
            assert page.value("drawbridge_up") == 1
    assert [group["labels"]["instance"] for group in found] == ["cabin", "barn"]
    assert {target for group in found for target in group["targets"]} == {"exporter:9123"}
    printed = await run_exporter("targets", f"--config.file={file}", "--address=exporter:9123")
    assert json.loads(printed.output) == found


async def test_the_targets_of_a_broken_file_are_not_printed(tmp_path: Path) -> None:
    """The problem is told with its line."""
    file = targets_file(tmp_path, {"cabin": "nowhere"})
    printed = await run_exporter("targets", f"--config.file={file}", "--address=exporter:9123")
    assert printed.status == 2
    assert f"{file}:3: targets.cabin.url" in printed.output


@pytest.mark.parametrize("word", ["preflight", "targets"])
async def test_help_names_each_subcommand(word: str) -> None:
    """And each has help of its own."""
    assert f"'{word}'" in (await run_exporter("--help")).output
    own = await run_exporter(word, "--help")
    assert own.status == 0
    assert f"drawbridge-exporter {word}" in own.output


async def test_logfmt(bridge: BridgeServer) -> None:
    """Each line is pairs of name and value, in quotes where they have spaces."""
    async with running_exporter("--log.format=logfmt", HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY) as running:
        pass
    line = running.output.splitlines()[0]
    assert re.fullmatch(r'time=\S+ level=info logger=\S+ msg="Listening on 127\.0\.0\.1:\d+"', line)


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("--web.route-prefix=a b", "is not a path prefix"),
        ("--web.external-url=ftp://x", "is not an http:// or https:// URL"),
        ("--web.listen-address=9123", "is not HOST:PORT"),
    ],
)
async def test_a_wrong_flag_is_told(bridge: BridgeServer, flag: str, said: str) -> None:
    """With status 2."""
    ended = await run_exporter(flag, HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY)
    assert ended.status == 2
    assert said in ended.output


async def test_the_path_of_the_external_url_is_the_prefix(bridge: BridgeServer) -> None:
    """Unless --web.route-prefix says otherwise, for a proxy that removes it."""
    async with running_exporter(
        "--web.external-url=https://x.example/db/", HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY
    ) as running, aiohttp.ClientSession() as session:  # fmt: skip
        assert (await session.get(f"{running.url}/db/metrics")).status == 200
    async with running_exporter(
        "--web.external-url=https://x.example/db/", "--web.route-prefix=/", HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY
    ) as running, aiohttp.ClientSession() as session:  # fmt: skip
        page = await (await session.get(f"{running.url}/")).text()
    assert 'href="/db/metrics"' in page
