"""The command: reads the settings, serves, and stops cleanly on a signal."""

import asyncio
import logging
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from . import __version__
from .client import BridgeClient, open_session
from .logs import set_up_logs
from .options import add_flags
from .settings import OPTIONS, Settings, SettingsError, read_settings
from .target import Target
from .web import Server

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
EXIT_SETTINGS: Final = 2

_LOGGER: Final = logging.getLogger(__name__)


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status.

    0 after a clean stop, 1 when it cannot listen, 2 for wrong settings.
    """
    parser = ArgumentParser(
        prog="drawbridge-exporter",
        description="Prometheus exporter for Drawbridge. A flag wins over the variable in brackets.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"drawbridge-exporter {__version__}")
    add_flags(parser, OPTIONS)
    try:
        settings = read_settings(os.environ, parser.parse_args(arguments))
    except SettingsError as error:
        for problem in error.problems:
            sys.stderr.write(f"drawbridge-exporter: {problem}\n")
        return EXIT_SETTINGS
    set_up_logs(settings.log_level, settings.log_format)
    return asyncio.run(serve(settings))


async def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT, then finish the open scrapes."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with open_session(settings.pool_size) as session:
        client = BridgeClient(session, settings.target.url, settings.target.key)
        target = Target(settings.target.url.host or "bridge", client, settings.timeout)
        runner = web.AppRunner(
            Server(settings, target).application(), access_log=None, shutdown_timeout=settings.timeout + 1
        )
        await runner.setup()
        try:
            return await _listen(runner, settings, stop)
        finally:
            await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings, stop: asyncio.Event) -> int:
    listen = settings.listen
    try:
        await web.TCPSite(runner, listen.host, listen.port).start()
    except OSError as error:
        _LOGGER.critical(
            "Cannot listen on %s:%d: %s. Is another program there?", listen.host or "*", listen.port, error.strerror
        )
        return EXIT_FAILED
    for address in runner.addresses:
        _LOGGER.info("Listening on %s:%d, reading %s", *address[:2], settings.target.url)
    await stop.wait()
    _LOGGER.info("Stopping: open scrapes are finished first")
    return EXIT_OK


def run() -> None:
    """Run the command with the process's arguments."""
    sys.exit(main(sys.argv[1:]))
