"""The example for many homes: Prometheus accepts it, and each home is scraped by exactly one shard."""

import asyncio
import json
import re
import subprocess
from pathlib import Path

from .files import targets_file
from .process import running_exporter

EXAMPLE = Path(__file__).parents[2] / "exporter" / "prometheus" / "many-homes.yml"
HOMES = 40


def test_prometheus_takes_the_example(promtool: str) -> None:
    """As it is."""
    done = subprocess.run([promtool, "check", "config", "--syntax-only", EXAMPLE], capture_output=True, check=False)  # noqa: S603 - promtool
    assert done.returncode == 0, done.stderr


async def homes_of(promtool: str, shard: int, urls: list[str], folder: Path) -> list[str]:
    """Return the homes that a shard scrapes, as Prometheus's own service discovery and relabeling find them."""
    text, changed = re.subn(r'"0" #', f'"{shard}" #', EXAMPLE.read_text())
    assert changed == 2, "the two places that the example marks"
    for number, url in enumerate(urls, start=1):
        text = text.replace(f"http://exporter-{number}:9123", url)
    file = folder / f"shard-{shard}.yml"
    await asyncio.to_thread(file.write_text, text)
    command = (promtool, "check", "service-discovery", "--timeout=4s", str(file), "drawbridge")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return [row["labels"]["instance"] for row in json.loads(output) if row.get("labels")]


async def test_each_home_has_one_shard(promtool: str, tmp_path: Path) -> None:
    """Of two exporters with homes of their own; both shards have some of each."""
    files = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        names = [f"home-{number}-{index}" for index in range(HOMES // 2)]
        files.append(targets_file(folder, dict.fromkeys(names, "http://127.0.0.1:1")))
    async with (
        running_exporter(TARGETS_FILE=str(files[0])) as first,
        running_exporter(TARGETS_FILE=str(files[1])) as second,
    ):
        urls = [first.url, second.url]
        shards = await asyncio.gather(*(homes_of(promtool, shard, urls, tmp_path) for shard in range(2)))
    assert sorted(shards[0] + shards[1]) == sorted(f"home-{n}-{i}" for n in range(2) for i in range(HOMES // 2))
    assert not set(shards[0]) & set(shards[1])
    assert all(any(name.startswith(f"home-{number}-") for name in shard) for shard in shards for number in range(2))
