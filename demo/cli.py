"""The command line of the demo."""

import asyncio
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Final

from demo import state
from demo.table import table
from sandbox.interruption import INTERRUPTED, cancel_on_signals
from sandbox.process import DemoError
from sandbox.stack import DEFAULT_PORTS, Plan, Stack, start

STOP_HINT: Final = "scripts/demo --stop ends it."


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_stop() if options.stop else _up(options))
    except DemoError as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1
    except asyncio.CancelledError:
        sys.stderr.write("demo: interrupted; nothing is left running.\n")
        return INTERRUPTED
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="scripts/demo",
        description="Bring up Home Assistant with Drawbridge, the exporter and Prometheus, on 127.0.0.1 alone.",
    )
    parser.add_argument("--detach", action="store_true", help="leave it running; --stop ends it")
    parser.add_argument("--stop", action="store_true", help="end the demo that runs")
    parser.add_argument(
        "--entities",
        type=_count,
        default=0,
        metavar="N",
        help="add sensors until there are so many entities in total",
    )
    parser.add_argument(
        "--churn",
        type=_count,
        default=0,
        metavar="CHANGES_PER_SECOND",
        help="change so many of the added sensors a second",
    )
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text} is not a whole number, zero or more")
    return int(text)


async def _up(options: Namespace) -> None:
    """Bring the demo up, and stay with it until it is interrupted, unless it is to be left alone."""
    cancel_on_signals()
    began = monotonic()
    with state.exclusively():
        _check_nothing_runs()
        state.clear()
        stack = await _start(options)
        try:
            state.write(stack)
            entities = len(await stack.home_assistant.client.get("/api/states"))
            sys.stdout.write(table(stack, entities, monotonic() - began, detached=options.detach))
            sys.stdout.flush()
        except BaseException:
            await _end(stack)
            raise
    if options.detach:
        await stack.home_assistant.client.close()
    else:
        await _attend(stack)


def _check_nothing_runs() -> None:
    if running := state.processes():
        parts = ", ".join(f"{name} (process {identity.pid})" for name, identity in running.items())
        raise DemoError(f"The demo is up already: {parts}.\ndemo: {state.DEMO_JSON} says where. {STOP_HINT}")


async def _start(options: Namespace) -> Stack:
    plan = Plan(entities=options.entities, churn=options.churn, ports=DEFAULT_PORTS, step=_shown_step)
    try:
        return await start(state.FOLDER, plan)
    except BaseException:
        state.clear(keep_logs=True)
        raise


async def _attend(stack: Stack) -> None:
    """Wait until the demo is interrupted or ended by another command, and clean up.

    Raises DemoError where a part ended by itself.
    """
    try:
        part = await stack.first_to_end()
        if state.DEMO_JSON.exists():
            raise part.failure("ended by itself")
    except asyncio.CancelledError:
        # This is how a person ends it: nothing went wrong.
        sys.stdout.write("\n")
    finally:
        await _end(stack)


async def _end(stack: Stack) -> None:
    with _shown_step("stopping"):
        await stack.stop()
        state.clear()


async def _stop() -> None:
    """End the demo that runs, and remove what it left."""
    running = state.processes()
    # What attends a demo that is not detached sees by this that its end is meant.
    state.DEMO_JSON.unlink(missing_ok=True)
    if not running:
        sys.stdout.write("demo: nothing runs.\n")
    else:
        with _shown_step(f"stopping {', '.join(running)}"):
            await asyncio.gather(*(identity.end() for identity in running.values()))
    state.clear()


@contextmanager
def _shown_step(text: str) -> Iterator[None]:
    """Show what is being done, and how long it took."""
    began = monotonic()
    sys.stdout.write(f"demo: {text} … ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        sys.stdout.write("not done\n")
        sys.stdout.flush()
        raise
    sys.stdout.write(f"{monotonic() - began:.1f} s\n")
