"""Runs single checks of preflight."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from drawbridge_exporter.config.values import parse_bridge_url
from drawbridge_exporter.preflight.context import Context, Plan
from drawbridge_exporter.preflight.model import Check, Status, Verdict
from drawbridge_exporter.preflight.runner import run_check
from drawbridge_exporter.preflight.sources import Sources

from .documents import KEY


async def verdicts(checks: Iterable[Check], url: str = "http://127.0.0.1:1", **given: Any) -> dict[str, Verdict]:
    """Return the verdicts of checks by item. ``given`` are fields of the plan or of its sources."""
    sources = {name: value for name, value in given.items() if name in Sources.__dataclass_fields__}
    others = {name: value for name, value in given.items() if name not in sources and name != "peak"}
    plan = Plan(parse_bridge_url(url), KEY, Path(), sources=Sources(**sources))
    async with aiohttp.ClientSession() as session:
        context = Context(replace(plan, **others), session)
        context.peak = given.get("peak")
        return {check.item: await run_check(check, context) for check in checks}


def statuses(found: dict[str, Verdict]) -> dict[str, Status]:
    """Return the statuses by item."""
    return {item: verdict.status for item, verdict in found.items()}


def url_of(address: object) -> URL:
    """Return the URL of a server on this machine."""
    assert isinstance(address, tuple)
    return URL(f"http://127.0.0.1:{address[1]}")
