"""Measures exporters with many homes: real exporter processes, homes that answer or hang, and scrapes on a schedule.

    .venv/bin/python -m benchmarks.fleet --homes 200 --hanging 0.5
    .venv/bin/python -m benchmarks.fleet --homes 5000 --exporters 5 --interval 30 --seconds 90
    .venv/bin/python -m benchmarks.fleet --homes 5000 --exporters 5 --concurrency 10

As with Prometheus, the scrapes of an interval are spread over it, and the homes are those of each exporter's /sd.
"""

import asyncio
import os
import random
import resource
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.fleet_figures import Load, Scrape, table
from sandbox import ports
from sandbox.exporter import COMMAND, ENVIRONMENT
from tests.exporter.files import targets_file

_ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Exporter:
    """An exporter process."""

    process: Process
    url: str


@asynccontextmanager
async def running(*command: str, **variables: str) -> AsyncIterator[Process]:
    """Run a program until the block ends."""
    environment = {**os.environ, **ENVIRONMENT, **variables}
    process = await asyncio.create_subprocess_exec(*command, cwd=_ROOT, env=environment, stdout=PIPE)
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def exporter(file: Path, session: aiohttp.ClientSession) -> AsyncIterator[Exporter]:
    """Run an exporter with a targets file, and wait until it is ready."""
    port = ports.choose(None)
    flags = (f"--web.listen-address=127.0.0.1:{port}", f"--config.file={file}", "--log.level=ERROR")
    async with running(*COMMAND, *flags) as process:
        found = Exporter(process, f"http://127.0.0.1:{port}")
        while process.returncode is None:
            try:
                async with session.get(f"{found.url}/-/ready"):
                    break
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
        yield found


async def scrape(session: aiohttp.ClientSession, url: str, name: str, timeout: float) -> Scrape:  # noqa: ASYNC109 - Prometheus's
    """Scrape a home as Prometheus does."""
    headers = {"X-Prometheus-Scrape-Timeout-Seconds": f"{timeout:g}", "Accept-Encoding": "gzip"}
    started = time.perf_counter()
    async with session.get(f"{url}/probe", params={"target": name}, headers=headers) as response:
        text = await response.text()
    return Scrape(name.startswith("home"), "\ndrawbridge_up 1.0" in text, time.perf_counter() - started)


async def scrape_all(
    session: aiohttp.ClientSession, homes: Sequence[tuple[str, str]], options: Namespace, seconds: float
) -> list[Scrape]:
    """Scrape each home once in every interval for some seconds, with offsets that are spread over the interval."""
    found: list[Scrape] = []
    interval: float = options.interval

    async def loop(url: str, name: str) -> None:
        await asyncio.sleep(random.random() * interval)  # noqa: S311 - no secret
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            due = time.monotonic() + interval
            found.append(await scrape(session, url, name, options.timeout))
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    await asyncio.gather(*(loop(url, name) for url, name in homes))
    return found


async def scrapes_of(
    session: aiohttp.ClientSession, homes: Sequence[tuple[str, str]], options: Namespace, seconds: float
) -> list[Scrape]:
    """Scrape the homes on their schedule, or as fast as it goes."""
    if options.concurrency:
        return await sweep(session, homes, options)
    return await scrape_all(session, homes, options, seconds)


async def sweep(session: aiohttp.ClientSession, homes: Sequence[tuple[str, str]], options: Namespace) -> list[Scrape]:
    """Scrape each home once, as fast as it goes, with a number of scrapes at the same time."""
    slots = asyncio.Semaphore(options.concurrency)

    async def one(url: str, name: str) -> Scrape:
        async with slots:
            return await scrape(session, url, name, options.timeout)

    return await asyncio.gather(*(one(url, name) for url, name in homes))


async def measure(options: Namespace) -> str:
    """Run everything, and return a table."""
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=0)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        sizes = ("--keys", str(options.keys), "--routes", str(options.routes))
        bridges = await stack.enter_async_context(running(sys.executable, "-m", "benchmarks.fleet_bridges", *sizes))
        address = (await bridges.stdout.readline()).decode().strip() if bridges.stdout else ""
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drawbridge-fleet-")))
        files = targets_files(folder, address, options)
        exporters = [await stack.enter_async_context(exporter(file, session)) for file in files]
        homes = [(one.url, name) for one in exporters for name in await discovered(session, one)]
        if not options.concurrency:
            # The first scrape of each home opens its connection, and is not measured.
            await scrape_all(session, homes, options, options.interval)
        before, started = [used(one) for one in exporters], time.monotonic()
        scrapes = await scrapes_of(session, homes, options, options.seconds)
        elapsed = time.monotonic() - started
        loads = [Load(used(one) - first, memory(one)) for one, first in zip(exporters, before, strict=True)]
        return table(options, scrapes, loads, elapsed)


def targets_files(folder: Path, address: str, options: Namespace) -> list[Path]:
    """Write a targets file for each exporter. Each has its share of the homes that hang."""
    files = []
    for number in range(options.exporters):
        indexes = range(number, options.homes, options.exporters)
        kinds = [
            (index, "hang" if place < len(indexes) * options.hanging else "home") for place, index in enumerate(indexes)
        ]
        place = folder / str(number)
        place.mkdir()
        files.append(targets_file(place, {f"{kind}-{index}": f"{address}/{kind}-{index}" for index, kind in kinds}))
    return files


async def discovered(session: aiohttp.ClientSession, one: Exporter) -> list[str]:
    """Return the names of the homes of an exporter, from its service discovery."""
    async with session.get(f"{one.url}/sd") as response:
        return [group["labels"]["instance"] for group in await response.json()]


def used(one: Exporter) -> float:
    """Return the processor time of an exporter in seconds."""
    fields = Path(f"/proc/{one.process.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(one: Exporter) -> float:
    """Return the resident memory of an exporter in MiB."""
    pages = int(Path(f"/proc/{one.process.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> int:
    """Measure with the arguments of the command line."""
    parser = ArgumentParser(prog="python -m benchmarks.fleet", description="Measure exporters with many homes.")
    parser.add_argument("--homes", type=int, default=200)
    parser.add_argument("--hanging", type=float, default=0.0, help="the share of homes that do not answer")
    parser.add_argument("--exporters", type=int, default=1)
    parser.add_argument("--interval", type=float, default=30.0, help="the scrape interval in seconds")
    parser.add_argument("--timeout", type=float, default=10.0, help="the scrape timeout in seconds")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument(
        "--concurrency",
        type=int,
        default=0,
        help="scrape each home once, this many at the same time, without a schedule",
    )
    parser.add_argument("--keys", type=int, default=2)
    parser.add_argument("--routes", type=int, default=20, help="how many routes of each home are in use")
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(asyncio.run(measure(options)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
