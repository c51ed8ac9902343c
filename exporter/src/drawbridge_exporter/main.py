"""The command line interface: reads the settings, serves metrics, and stops on a signal."""

import asyncio
import logging
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from aiohttp import web

from . import __version__
from .bridge.fleet import Fleet
from .config.checklist_variables import set_elsewhere
from .config.option import add_flags
from .config.options import OPTIONS
from .config.settings import Settings, SettingsError, read_settings
from .config.targets_file import read_targets
from .config.yamlfile import ConfigFileError
from .dry_run import plan
from .logs import set_up_logs
from .preflight.command import preflight
from .resources import raise_file_limit, use_many_resolver_threads, warn_of_few_files
from .server.curves import use_curves
from .server.guard import Guard, WebConfigFile
from .server.listening import ListenError, listen
from .server.pages import Server
from .targets_command import print_targets
from .tracing.forwarder import MISSING, forwarding, is_installed

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
EXIT_SETTINGS: Final = 2

_USAGE: Final = """%(prog)s [flags]
       %(prog)s preflight --url URL --key-file FILE [flags]
       %(prog)s targets --config.file FILE --address HOST:PORT [flags]"""
_LOGGER: Final = logging.getLogger(__name__)


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status.

    0 after a clean stop, 1 if the exporter cannot listen, 2 for invalid settings.
    Subcommands have their own exit statuses.
    """
    if arguments and arguments[0] in SUBCOMMANDS:
        return SUBCOMMANDS[arguments[0]](arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        settings = read_settings(os.environ, options)
        _check_files(settings)
        if not (options.config_check or options.dry_run):
            use_curves(_curves(settings))
    except (SettingsError, ConfigFileError) as error:
        for problem in error.problems:
            sys.stderr.write(f"drawbridge-exporter: {problem}\n")
        return EXIT_SETTINGS
    if options.config_check:
        for message in set_elsewhere(os.environ):
            sys.stderr.write(f"drawbridge-exporter: {message}\n")
        sys.stdout.write("drawbridge-exporter: the settings are valid\n")
        return EXIT_OK
    if options.dry_run:
        sys.stdout.write(plan(settings))
        return EXIT_OK
    set_up_logs(settings.log_level, settings.log_format)
    for message in set_elsewhere(os.environ):
        _LOGGER.warning("%s", message)
    return asyncio.run(serve(settings))


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="drawbridge-exporter",
        usage=_USAGE,
        description="Prometheus exporter for Drawbridge. A flag overrides the environment variable in brackets.",
        epilog="Subcommands, each with --help: 'preflight' runs the production checklist against a bridge; 'targets'"
        " prints the targets file for Prometheus's file_sd_configs. Two variables have no flag: BRIDGE_API_KEY is the"
        " API key itself, and METRICS_PORT is the port on all interfaces, default 9123.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"drawbridge-exporter {__version__}")
    parser.add_argument(
        "--config.check", dest="config_check", action="store_true", help="check all settings and files, then exit"
    )
    parser.add_argument(
        "--dry-run", dest="dry_run", action="store_true", help="check the same, print what would be scraped, then exit"
    )
    add_flags(parser, OPTIONS)
    return parser


def _check_files(settings: Settings) -> None:
    """Raise SettingsError for problems in the files that the settings name."""
    problems: list[str] = []
    try:
        if settings.targets_file is not None:
            read_targets(settings.targets_file, settings.defaults)
    except ConfigFileError as error:
        problems += error.problems
    try:
        WebConfigFile(settings.web_config_file)
    except ConfigFileError as error:
        problems += error.problems
    if settings.tracing_endpoint is not None and not is_installed():
        problems.append(MISSING)
    if problems:
        raise SettingsError(problems)


def _curves(settings: Settings) -> tuple[str, ...]:
    tls = WebConfigFile(settings.web_config_file).config().tls
    return () if tls is None else tls.curves


async def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT, then wait for the open scrapes."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    raise_file_limit()
    use_many_resolver_threads()
    fleet = Fleet(settings)
    warn_of_few_files(len(fleet))
    loop.add_signal_handler(signal.SIGHUP, _reload, fleet)
    web_config = WebConfigFile(settings.web_config_file)
    server = Server(settings, fleet, Guard(web_config))
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=settings.defaults.timeout + 1)
    await runner.setup()
    try:
        async with forwarding(fleet, settings.tracing_endpoint, settings.tracing_interval):
            await listen(runner, settings, web_config, stop)
    except ListenError as error:
        _LOGGER.critical("%s", error)
        return EXIT_FAILED
    else:
        return EXIT_OK
    finally:
        await runner.cleanup()
        await fleet.close()


def _reload(fleet: Fleet) -> None:
    """Read the targets file again on SIGHUP. The fleet logs its problems."""
    with suppress(ConfigFileError):
        fleet.reload()


SUBCOMMANDS: Final = {"preflight": preflight, "targets": print_targets}


def run() -> None:
    """Run the command with the process's arguments."""
    sys.exit(main(sys.argv[1:]))
