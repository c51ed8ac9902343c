"""Prometheus as a process, with a client for queries."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import aiohttp

from sandbox import ports
from sandbox.client import Json
from sandbox.files import private_folder, write_private
from sandbox.process import Identity, Process, SandboxError
from sandbox.wait import answers, until

RULES: Final = Path(__file__).parents[1] / "exporter" / "rules" / "*.yml"
SCRAPE_SECONDS: Final = 5
START_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.25


class Prometheus:
    """Prometheus with scrape jobs and the exporter's rules."""

    def __init__(  # noqa: PLR0913 - what the tests set
        self,
        folder: Path,
        jobs: Mapping[str, str],
        *,
        port: int | None = None,
        scrape_seconds: int = SCRAPE_SECONDS,
        rules: Path = RULES,
        flags: Sequence[str] = (),
    ) -> None:
        """Create a Prometheus with its data in `folder` and its log beside it.

        `jobs` maps each job name to its target, `HOST:PORT`, or to the URL of a service discovery. `rules` is a pattern
        of the rule files, and `flags` are more flags of its command line.
        """
        program = shutil.which("prometheus")
        if program is None:
            raise SandboxError("Prometheus is not installed. Run scripts/setup.")
        private_folder(folder)
        self.port = ports.choose(port)
        self.url = f"http://{ports.HOST}:{self.port}"
        settings = write_private(folder / "prometheus.yml", _settings(jobs, scrape_seconds, rules))
        self.process = Process(
            "Prometheus",
            [
                program,
                f"--config.file={settings}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={ports.HOST}:{self.port}",
                *flags,
            ],
            log=folder.with_name(f"{folder.name}.log"),
        )

    def start(self) -> Identity:
        """Start the process, without waiting; see `wait_until_ready`."""
        return self.process.start()

    async def wait_until_ready(self) -> None:
        """Wait until Prometheus answers queries."""
        await self.process.until(self._ready, seconds=START_SECONDS, what="answering queries")

    async def query(self, expression: str) -> list[Json]:
        """Return the result of an instant query: a list of `{"metric": labels, "value": [time, text]}`."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.url}/api/v1/query", params={"query": expression}) as response,
        ):
            answer = await response.json()
        if answer["status"] != "success":
            raise SandboxError(f"Prometheus refused {expression!r}: {answer['error']}")
        result: list[Json] = answer["data"]["result"]
        return result

    async def value(self, expression: str) -> float | None:
        """Return the single value of an instant query, or None if there is not exactly one."""
        result = await self.query(expression)
        return float(result[0]["value"][1]) if len(result) == 1 else None

    async def until(self, expression: str, value: float, *, seconds: float = 3.0 * SCRAPE_SECONDS) -> None:
        """Wait until an instant query returns `value`. Raises SandboxError after `seconds`."""
        last: float | None = None

        async def has_value() -> bool:
            nonlocal last
            last = await self.value(expression)
            return last == value

        try:
            await until(has_value, seconds=seconds, poll=POLL_SECONDS)
        except TimeoutError as error:
            raise SandboxError(f"{expression} is {last} in Prometheus after {seconds:g} s; expected {value}") from error

    async def _ready(self) -> bool:
        return await answers(f"{self.url}/-/ready")


def _settings(jobs: Mapping[str, str], scrape_seconds: int, rules: Path) -> str:
    interval = f"{scrape_seconds}s"
    scrapes = "".join(f"  - job_name: {name}\n    {_targets(place, interval)}\n" for name, place in jobs.items())
    return (
        f"global:\n  scrape_interval: {interval}\n  evaluation_interval: {interval}\n"
        f"rule_files:\n  - {rules}\nscrape_configs:\n{scrapes}"
    )


def _targets(place: str, interval: str) -> str:
    """Return the setting for an address, or for the URL of a service discovery."""
    if "://" in place:
        return f"http_sd_configs: [{{url: '{place}', refresh_interval: {interval}}}]"
    return f"static_configs: [{{targets: ['{place}']}}]"
