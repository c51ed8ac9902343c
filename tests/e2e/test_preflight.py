"""Preflight against a household of real processes, and through proxies with faults."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.drawbridge import COMPONENT, CREATE_KEY, NewKey, add_key
from sandbox.exporter import COMMAND, ENVIRONMENT
from sandbox.files import write_private
from sandbox.stack import Plan, Stack, household
from tests.exporter.fault_proxy import Fault, faults, running_proxy
from tests.exporter.test_preflight_deployment import commit, init

ROOT = Path(__file__).parents[2]
MONITORING = NewKey("Preflight", ("metrics", "read"), everything=True)
BROAD = {"keys-limit", "keys-breadth", "keys-end", "keys-network"}
"""The items that fail for the keys of the benchmark, which have no limit and may do everything."""

MORE = {"single-page": {"auth-bypass"}}
"""What a fault does to a real bridge in addition: Home Assistant answers 404 to an address with a doubled slash."""

REVOKE_KEY = "/api/services/drawbridge/revoke_key"


async def preflight(url: str, key_file: Path, *arguments: str) -> dict[str, Any]:
    """Return the report of a run."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "preflight",
        f"--url={url}",
        f"--key-file={key_file}",
        f"--manifest={COMPONENT / 'manifest.json'}",
        "--stable-seconds=1",
        "--json",
        "--quiet",
        *arguments,
        env=os.environ | ENVIRONMENT,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    report: dict[str, Any] = json.loads(output)
    assert process.returncode == (1 if report["verdict"] == "not ready" else 0)
    return report


def failed(report: dict[str, Any]) -> dict[str, str]:
    """Return the evidence of the items that failed."""
    return {item["item"]: item["evidence"] for item in report["items"] if item["status"] == "fail"}


@dataclass(frozen=True, slots=True)
class Home:
    """A household with states that change, and a key for preflight."""

    stack: Stack
    secret: str
    key_file: Path

    @property
    def url(self) -> str:
        """Home Assistant's URL."""
        return self.stack.home_assistant.url

    @property
    def trust(self) -> str:
        """The argument that names the authority of the listener."""
        return f"--ca-file={self.stack.listener.authority_file}"

    async def failed(self, url: str = "", *arguments: str) -> dict[str, str]:
        """Return the evidence of the items that failed."""
        return failed(await preflight(url or self.url, self.key_file, self.trust, *arguments))

    async def revoke(self, *names: str) -> None:
        """Revoke keys by their names."""
        for name in names:
            await self.stack.home_assistant.client.post(REVOKE_KEY, {"key": name})


@asynccontextmanager
async def home(folder: Path) -> AsyncIterator[Home]:
    """Run a household until the block ends."""
    async with household(folder, Plan(churn=5.0)) as stack:
        secret = await add_key(stack.home_assistant.client, MONITORING)
        key_file = folder / "preflight.key"
        write_private(key_file, secret)
        yield Home(stack, secret, key_file)


SHOWN = (
    "balanced",
    "deployment",
    "environment",
    "exporter",
    "exporter-resources",
    "exporter-saturation",
    "firewall",
    "kubernetes-network",
    "limits",
    "performance-review",
    "rollback-trigger",
    "runtime",
    "vault",
)
"""The items that pass with what is shown to preflight in addition to the bridge."""


def committed(source: Path, target: Path) -> Path:
    """Return a copy of a folder under version control."""
    shutil.copytree(source, target)
    init(target)
    commit(target)
    return target


def shown(house: Home, folder: Path) -> tuple[str, ...]:
    """Return the flags for the exporter, for deployment files, and for what is wanted."""
    (folder / "production.env").write_text("ENABLE_RATE_LIMITING=true\nCACHE_TTL_STATES=300\nCACHE_ENABLED=true\n")
    return (
        f"--exporter={house.stack.exporter.url}",
        f"--deployment={committed(ROOT / 'deploy', folder / 'deploy')}",
        f"--env-file={folder / 'production.env'}",
        f"--previous={folder / 'before.json'}",
        "--closed=127.0.0.1:1",
    )


async def test_the_household_is_ready(tmp_path: Path) -> None:
    """Only the benchmark keys fail, and nothing fails without them. Preflight locks out nobody."""
    async with home(tmp_path) as house:
        prometheus = house.stack.prometheus
        arguments = (f"--prometheus={prometheus.url}", f"--html={tmp_path / 'report.html'}")
        before = await preflight(house.url, house.key_file, house.trust, *arguments)
        assert failed(before).keys() == BROAD
        (tmp_path / "before.json").write_text(json.dumps(before))
        await house.revoke("Everything", "Benchmark", "Living room", "Tablet")
        report = await preflight(
            house.url,
            house.key_file,
            house.trust,
            *arguments,
            *shown(house, tmp_path),
            "--load",
            "--load-seconds=1",
            "--soak=0.05",
        )
        lockouts = await prometheus.value("drawbridge_lockouts")
    assert failed(report) == {}
    assert report["verdict"] == "open"
    passed = {item["item"] for item in report["items"] if item["status"] == "pass"}
    assert passed >= {*SHOWN, "audit", "cache-settings", "load-cpu", "load-soak", "rules", "runbooks", "scraped"}
    assert lockouts == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert house.secret not in json.dumps(report) + page


@pytest.mark.timeout(900)
async def test_each_fault_in_front_of_a_real_bridge_is_found(tmp_path: Path) -> None:
    """Preflight finds each fault of a proxy, and each problem with its key.

    Each proxy has its own address, so that the wrong keys of several runs do not lock out an address.
    """
    async with home(tmp_path) as house:
        await house.revoke("Everything", "Benchmark", "Living room", "Tablet")
        planted = {"none": (Fault(), set()), **faults(house.secret)}
        wrong = {}
        for number, (name, (fault, expected)) in enumerate(planted.items(), 2):
            async with running_proxy(house.url, f"127.0.0.{number}") as proxy:
                proxy.fault = fault
                found = await house.failed(proxy.url)
            if found.keys() != expected | MORE.get(name, set()):
                wrong[name] = found
        assert wrong == {}
        await check_keys(house)


async def check_keys(house: Home) -> None:
    """An unusable key is reported as the cause, and each dangerous key is found."""
    client = house.stack.home_assistant.client
    cases = {
        "Read only": (replace(MONITORING, name="Read only", capabilities=("read",)), {"reach"}, "metrics"),
        "Gone": (replace(MONITORING, name="Gone"), {"reach"}, "removed"),
    }
    for name, (key, expected, said) in cases.items():
        write_private(house.key_file, await add_key(client, key))
        if name == "Gone":
            await house.revoke("Gone")
        found = await preflight(house.url, house.key_file, house.trust)
        assert failed(found).keys() == expected, name
        assert said in next(item["mend"] for item in found["items"] if item["item"] == "reach")
    write_private(house.key_file, house.secret)
    await client.post(CREATE_KEY, {"name": "No limit", "everything": True, "per_minute": 0})
    assert set(await house.failed()) == {"keys-limit"}
    await client.post(CREATE_KEY, {"name": "Everything", "everything": True, "capabilities": ["read", "control"]})
    assert set(await house.failed()) == BROAD
