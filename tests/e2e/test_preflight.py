"""The production checklist, run as a command against a household of real processes."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from sandbox.drawbridge import COMPONENT, NewKey, add_key
from sandbox.exporter import COMMAND, ENVIRONMENT
from sandbox.files import write_private
from sandbox.stack import Stack, household

MONITORING = NewKey("Preflight", ("metrics", "read"), everything=True)


async def preflight(stack: Stack, key_file: Path, *arguments: str) -> dict[str, Any]:
    """Return the report of a run with every address that the household has."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "preflight",
        f"--url={stack.home_assistant.url}",
        f"--key-file={key_file}",
        f"--prometheus={stack.prometheus.url}",
        f"--manifest={COMPONENT / 'manifest.json'}",
        "--json",
        "--quiet",
        *arguments,
        env=os.environ | ENVIRONMENT,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    report: dict[str, Any] = json.loads(output)
    assert process.returncode == (0 if report["ready"] else 1)
    return report


async def test_the_household_is_ready(tmp_path: Path) -> None:
    """Nothing fails; what only people can see is said to be so; nobody is locked out by it."""
    async with household(tmp_path) as stack:
        await stack.prometheus.until("drawbridge_up", 1)
        secret = await add_key(stack.home_assistant.client, MONITORING)
        key_file = tmp_path / "preflight.key"
        write_private(key_file, secret)
        report = await preflight(stack, key_file, "--load", "--load-seconds=1", f"--html={tmp_path / 'report.html'}")
        lockouts = await stack.prometheus.value("drawbridge_lockouts")
    failed = {item["title"]: item["evidence"] for item in report["items"] if item["status"] == "fail"}
    assert failed == {}
    assert report["counts"]["pass"] >= 20
    assert lockouts == 0
    assert secret not in json.dumps(report) + (tmp_path / "report.html").read_text(encoding="utf-8")
