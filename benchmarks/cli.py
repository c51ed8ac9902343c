"""The command line of the benchmarks."""

import asyncio
import json
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import Figures, figures
from benchmarks.house import house
from benchmarks.live import live_rows
from benchmarks.plot import plot
from benchmarks.recorded import recorded_rows
from benchmarks.report import as_dict, machine, table, worst
from benchmarks.rows import Row, Settings, rows
from sandbox.interruption import INTERRUPTED, cancel_on_signals
from sandbox.process import SandboxError

SMALL = 1000

type _Run = tuple[list[Row], Figures | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks with the given arguments, and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(options))
    except SandboxError as error:
        sys.stderr.write(f"benchmarks: {error}\n")
        return 1
    except asyncio.CancelledError:
        sys.stderr.write("benchmarks: interrupted; nothing is left running.\n")
        return INTERRUPTED


def _parser() -> ArgumentParser:
    usual = Settings()
    parser = ArgumentParser(prog="benchmarks/run", description="Measure Drawbridge beside Home Assistant's own API.")
    parser.add_argument("--entities", type=int, default=usual.entities)
    parser.add_argument("--churn", type=float, default=usual.churn)
    parser.add_argument("--scopes", type=int, default=usual.scopes)
    parser.add_argument("--encoding", choices=("gzip", "deflate", "zstd"), default=usual.encoding)
    parser.add_argument("--rounds", type=int, default=usual.rounds)
    parser.add_argument("--seconds", type=int, default=usual.seconds)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--without-isal", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plot", type=Path)
    return parser


async def _run(options: Namespace) -> int:
    cancel_on_signals()
    settings = Settings(
        entities=options.entities,
        churn=options.churn,
        scopes=options.scopes,
        encoding=options.encoding,
        rounds=options.rounds,
        seconds=options.seconds,
        only=options.only,
        isal=not options.without_isal,
    )
    runs = [await _one_run(settings) for _ in range(options.runs)]
    quoted = worst([rows for rows, _ in runs])
    found = runs[-1][1]
    if options.json:
        sys.stdout.write(json.dumps(_document(settings, quoted, runs), indent=2) + "\n")
    (sys.stderr if options.json else sys.stdout).write(table(quoted, found, settings, len(runs)))
    if options.plot is not None:
        options.plot.write_text(plot(quoted), encoding="utf-8")
    return 0 if all(row.reached for row in quoted) else 3


def _document(settings: Settings, quoted: Sequence[Row], runs: Sequence[_Run]) -> dict[str, Any]:
    return {
        "machine": machine(),
        "settings": as_dict(settings),
        "worst": [as_dict(row) for row in quoted],
        "runs": [[as_dict(row) for row in rows] for rows, _ in runs],
        "figures": [as_dict(item[1]) for item in runs if item[1] is not None],
    }


async def _one_run(settings: Settings) -> _Run:
    with tempfile.TemporaryDirectory(prefix="drawbridge-benchmark-") as folder:
        async with (
            house(Path(folder) / "big", settings.entities, isal=settings.isal) as big,
            house(Path(folder) / "small", SMALL, isal=settings.isal) as small,
        ):
            done = []
            async for row in rows(big, small, settings):
                sys.stderr.write(f"benchmarks: {row.work} / {row.against}: {row.ratio:.3f}\n")
                done.append(row)
            for more in (recorded_rows(big, settings), live_rows(big, settings)):
                async for row in more:
                    sys.stderr.write(f"benchmarks: {row.work} / {row.against}: {row.ratio:.3f}\n")
                    done.append(row)
            return done, None if settings.only else await figures(big, settings)
