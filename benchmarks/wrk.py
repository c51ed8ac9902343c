"""Runs wrk, and parses its output."""

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.process import SandboxError

CONNECTIONS: Final = 8
POST: Final = Path(__file__).parent / "post.lua"
ROTATION: Final = Path(__file__).parent / "rotate.lua"

_UNITS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
_RATE: Final = re.compile(r"^Requests/sec:\s+([\d.]+)", re.MULTILINE)
_COUNT: Final = re.compile(r"^\s+(\d+) requests in", re.MULTILINE)
_PERCENTILE: Final = r"^\s+{}%\s+([\d.]+)(us|ms|s|m)\b"
_BAD: Final = re.compile(r"^\s+(?:Non-2xx or 3xx responses|Socket errors):.*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Request:
    """The request that wrk repeats, with one key or several keys in turn."""

    url: str
    headers: Mapping[str, str]
    keys: Sequence[str] = ()
    body: str = ""
    """The body of a POST request; without it, the request is a GET."""


@dataclass(frozen=True, slots=True)
class Load:
    """The result: requests per second, and the 50th and 99th percentile latencies in seconds."""

    rate: float
    p50: float
    p99: float
    count: int
    cpu: float = 0.0
    """The CPU time of Home Assistant during the run, in seconds."""


async def drive(request: Request, seconds: int) -> Load:
    """Run wrk for `seconds` with eight connections.

    wrk is pinned to the last CPU, if the system allows it, to reduce its effect on Home Assistant, which can use
    all CPUs.
    """
    command = ["taskset", "-c", str((os.cpu_count() or 1) - 1), "wrk", "--latency", "-t1", f"-c{CONNECTIONS}"]
    command += [f"-d{seconds}s", "--timeout", "30s"]
    for name, value in request.headers.items():
        command += ["-H", f"{name}: {value}"]
    if request.body:
        command += ["-s", str(POST), request.url, "--", request.body, *request.keys]
    elif request.keys:
        command += ["-s", str(ROTATION), request.url, "--", *request.keys]
    else:
        command.append(request.url)
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output = (await process.communicate())[0].decode()
    return _read(output, request)


def _read(output: str, request: Request) -> Load:
    rate, count, bad = _RATE.search(output), _COUNT.search(output), _BAD.search(output)
    if rate is None or count is None or bad is not None:
        raise SandboxError(f"wrk could not measure {request.url}: {output if bad is None else bad[0]}")
    return Load(float(rate[1]), _percentile(output, 50), _percentile(output, 99), int(count[1]))


def _percentile(output: str, percent: int) -> float:
    found = re.search(_PERCENTILE.format(percent), output, re.MULTILINE)
    return float(found[1]) * _UNITS[found[2]] if found else float("nan")
