"""The command line interface of the demo."""

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
from sandbox.process import SandboxError
from sandbox.stack import DEFAULT_PORTS, Plan, Stack, start

STOP_HINT: Final = "Run scripts/demo --stop to stop it."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo with the given arguments, and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_stop() if options.stop else _up(options))
    except SandboxError as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1
    except asyncio.CancelledError:
        sys.stderr.write("demo: interrupted; nothing is left running.\n")
        return INTERRUPTED
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="scripts/demo",
        description="Start Home Assistant with Drawbridge, the exporter and Prometheus, on 127.0.0.1 only.",
    )
    parser.add_argument("--detach", action="store_true", help="keep the demo running in the background")
    parser.add_argument("--stop", action="store_true", help="stop the running demo")
    parser.add_argument(
        "--entities",
        type=_count,
        default=0,
        metavar="N",
        help="add sensors up to a total of N entities",
    )
    parser.add_argument(
        "--churn",
        type=_count,
        default=0,
        metavar="CHANGES_PER_SECOND",
        help="number of changes of the added sensors per second",
    )
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text} is not a whole number of zero or more")
    return int(text)


async def _up(options: Namespace) -> None:
    """Start the demo, and wait until it is interrupted unless it is detached."""
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
        raise SandboxError(
            f"The demo is already running: {parts}.\ndemo: See {state.DEMO_JSON} for its URLs. {STOP_HINT}"
        )


async def _start(options: Namespace) -> Stack:
    plan = Plan(entities=options.entities, churn=options.churn, pages=True, ports=DEFAULT_PORTS, step=_shown_step)
    try:
        return await start(state.FOLDER, plan)
    except BaseException:
        state.clear(keep_logs=True)
        raise


async def _attend(stack: Stack) -> None:
    """Wait until the demo is interrupted or stopped by another command, and clean up.

    Raises:
        SandboxError: A process ended unexpectedly.

    """
    try:
        part = await stack.first_to_end()
        if state.DEMO_JSON.exists():
            raise part.failure("ended unexpectedly")
    except asyncio.CancelledError:
        # Ctrl-C is the normal way to stop the demo.
        sys.stdout.write("\n")
    finally:
        await _end(stack)


async def _end(stack: Stack) -> None:
    with _shown_step("stopping"):
        await stack.stop()
        state.clear()


async def _stop() -> None:
    """Stop the running demo, and remove its files."""
    running = state.processes()
    # A missing demo.json tells the foreground process that the stop is intended.
    state.DEMO_JSON.unlink(missing_ok=True)
    if not running:
        sys.stdout.write("demo: not running.\n")
    else:
        with _shown_step(f"stopping {', '.join(running)}"):
            await asyncio.gather(*(identity.end() for identity in running.values()))
    state.clear()


@contextmanager
def _shown_step(text: str) -> Iterator[None]:
    """Print a step and its duration."""
    began = monotonic()
    sys.stdout.write(f"demo: {text} … ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        sys.stdout.write("failed\n")
        sys.stdout.flush()
        raise
    sys.stdout.write(f"{monotonic() - began:.1f} s\n")
