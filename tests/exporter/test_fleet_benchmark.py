"""The benchmark of many homes, on a small scale."""

import asyncio
import re
import sys


async def test_a_small_run() -> None:
    """Six homes, half of which hang, on two exporters."""
    command = (sys.executable, "-m", "benchmarks.fleet", "--homes=6", "--hanging=0.5", "--exporters=2")
    process = await asyncio.create_subprocess_exec(
        *command, "--interval=0.2", "--seconds=0.4", "--timeout=1", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    found = dict(re.findall(r"^(.+?) {2,}(.+)$", output.decode(), re.MULTILINE))
    assert process.returncode == 0
    assert found["homes, of which hang"] == "6, 3"
    assert found["exporters"] == "2"
    assert int(found["scrapes"]) >= 6
    assert found["homes that answer but were reported as down"] == "0"
    assert found["homes that hang but were reported as up"] == "0"
    assert re.fullmatch(r"\d+\.\d\d ms", found["processor time of a scrape"])
    assert re.fullmatch(r"\d+ MiB", found["memory of the largest exporter"])
