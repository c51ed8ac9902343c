"""The command line interface of preflight."""

import asyncio
import sys
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import aiohttp

from .. import __version__
from ..config.values import (
    ClientCertificate,
    parse_bridge_url,
    parse_ca_file,
    parse_client_certificate,
    parse_key_file,
    seconds,
)
from .checklist import ORGANISATION, PROFILES
from .context import Context, Plan
from .flags import check_together, existing_path, parse_origin, read_flag, read_optional, writable_file
from .model import Readiness, Report, Result
from .profile import LoadProfile, read_profile
from .reports.html import html_report
from .reports.json import json_report
from .reports.junit import junit_report
from .reports.text import progress, summary
from .runner import run
from .signoff import read_signatures
from .sources import Sources, add_source_options, read_sources, web_url

EXIT_READY: Final = 0
EXIT_NOT_READY: Final = 1
EXIT_USAGE: Final = 2
EXIT_OPEN: Final = 3
_CONNECTIONS: Final = 512


def preflight(arguments: Sequence[str]) -> int:
    """Run preflight and return the exit status.

    0 if no item failed, 1 if an item failed or was skipped, 2 for an invalid command line, and with ``--strict``
    3 if an item still needs a person.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        plan = _plan(options)
        for flag, path in (("--junit", options.junit), ("--html", options.html)):
            read_optional(flag, writable_file, path)
    except ValueError as error:
        parser.error(str(error))
    report = asyncio.run(_run(plan, quiet=options.quiet))
    _write(options, report)
    if report.has_failed:
        return EXIT_NOT_READY
    return EXIT_OPEN if options.strict and report.readiness is Readiness.OPEN else EXIT_READY


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="drawbridge-exporter preflight",
        usage="%(prog)s --url URL --key-file FILE [flags]",
        description="Run the production checklist against a live bridge. Preflight changes nothing.",
        epilog="Exit status: 0 if no item failed, 1 if an item failed or was not checked, 2 for an invalid command"
        " line, 3 with --strict if an item still needs a person.",
        allow_abbrev=False,
    )
    _add_bridge_options(parser.add_argument)
    _add_monitoring_options(parser.add_argument)
    add_source_options(parser.add_argument)
    _add_load_options(parser.add_argument)
    _add_run_options(parser.add_argument)
    return parser


def _add_bridge_options(add: Callable[..., Action]) -> None:
    add("--url", required=True, help="Home Assistant's URL, as clients use it")
    add(
        "--key-file",
        required=True,
        metavar="FILE",
        help="file containing a key with the 'metrics' capability, ideally also 'read'",
    )
    add("--ca-file", metavar="FILE", help="CA certificates to trust instead of the system's, in PEM")
    add("--client-cert-file", metavar="FILE", help="client certificate in PEM, for a key that is bound to it")
    add("--client-key-file", metavar="FILE", help="private key of the client certificate, if it is in another file")
    add(
        "--listener-url",
        metavar="URL",
        help="URL of Drawbridge's listener, as clients use it (default: its port at the host of --url)",
    )
    add("--timeout", default="10", metavar="SECONDS", help="timeout of a request (default: 10)")
    add(
        "--cors-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="origin that CORS should allow; can be repeated",
    )


def _add_monitoring_options(add: Callable[..., Action]) -> None:
    add("--prometheus", metavar="URL", help="URL of Prometheus, to check metrics and rules")
    add("--grafana", metavar="URL", help="URL of Grafana, to check the dashboard")
    add("--grafana-token-file", metavar="FILE", help="file with the token of a Grafana service account")
    add(
        "--manifest",
        default="",
        metavar="URL|FILE",
        help="manifest of the newest version (default: the repository's)",
    )
    add("--backup", metavar="FILE", help="Home Assistant backup, to check that it contains the API keys")
    add(
        "--scan",
        action="append",
        default=[],
        metavar="FOLDER",
        help="folder to search for API keys; can be repeated",
    )


def _add_load_options(add: Callable[..., Action]) -> None:
    add("--load", action="store_true", help="also run the load tests")
    add(
        "--load-profile",
        metavar="FILE",
        help="YAML file with the expected load: requests a second by kind, writes and subscriptions; implies --load",
    )
    add(
        "--load-key-file",
        metavar="FILE",
        help="file with the API key for the load tests, preferably with 'read' and without a rate limit",
    )
    add("--load-seconds", default="10", metavar="SECONDS", help="duration of each of the two load tests (default: 10)")


def _add_run_options(add: Callable[..., Action]) -> None:
    add(
        "--profile",
        choices=PROFILES,
        default=ORGANISATION,
        help="whose checklist: all 160 boxes (organisation, the default), or those that concern a home (household)",
    )
    add(
        "--signoff",
        metavar="FILE",
        help="YAML file with the items that a person has confirmed; confirmations expire after a year",
    )
    add("--strict", action="store_true", help="exit with status 3 if an item still needs a person")
    add("--max-seconds", default="300", metavar="SECONDS", help="time limit of the run without load (default: 300)")
    add("--stable-seconds", default="5", metavar="SECONDS", help="how long the WebSocket must be stable (default: 5)")
    add("--json", action="store_true", help="write the report to standard output as JSON")
    add("--junit", type=Path, metavar="FILE", help="write the report as JUnit XML")
    add("--html", type=Path, metavar="FILE", help="write the report as one HTML page")
    add("--quiet", action="store_true", help="do not report progress")


def _plan(options: Namespace) -> Plan:
    """Return the plan. Raises ValueError with the name of an invalid flag."""
    key_file = Path(options.key_file)
    check_together(options)
    token_file, sources = options.grafana_token_file, read_sources(options)
    profile = read_optional("--load-profile", read_profile, options.load_profile)
    return Plan(
        url=read_flag("--url", parse_bridge_url, options.url),
        key=read_flag("--key-file", _key, options.key_file),
        key_file=key_file,
        timeout=read_flag("--timeout", seconds(0.1, 300), options.timeout),
        ca_file=read_optional("--ca-file", parse_ca_file, options.ca_file),
        client_certificate=_client_certificate(options),
        listener=read_optional("--listener-url", web_url, options.listener_url),
        origins=tuple(read_flag("--cors-origin", parse_origin, text) for text in options.cors_origin),
        prometheus=read_optional("--prometheus", web_url, options.prometheus),
        grafana=read_optional("--grafana", web_url, options.grafana),
        grafana_token="" if token_file is None else read_flag("--grafana-token-file", _text, token_file),
        manifest=options.manifest,
        backup=read_optional("--backup", existing_path, options.backup),
        scan=tuple(read_flag("--scan", existing_path, path) for path in options.scan),
        load=options.load or profile is not None,
        load_profile=profile,
        load_key="" if options.load_key_file is None else read_flag("--load-key-file", _key, options.load_key_file),
        load_seconds=read_flag("--load-seconds", seconds(1, 600), options.load_seconds),
        profile=options.profile,
        max_seconds=read_flag("--max-seconds", seconds(10, 7200), options.max_seconds)
        + _load_time(options, profile, sources),
        stable_seconds=read_flag("--stable-seconds", seconds(0, 3600), options.stable_seconds),
        signed={} if options.signoff is None else read_flag("--signoff", read_signatures, options.signoff),
        sources=sources,
    )


def _load_time(options: Namespace, profile: LoadProfile | None, sources: Sources) -> float:
    """Return the additional time that the run needs for the load tests and the WebSocket check."""
    one = read_flag("--load-seconds", seconds(1, 600), options.load_seconds)
    expected = one if profile is None else profile.seconds
    load = one + expected + 60 * sources.soak_minutes if options.load or profile is not None else 0.0
    return load + read_flag("--stable-seconds", seconds(0, 3600), options.stable_seconds)


def _client_certificate(options: Namespace) -> ClientCertificate | None:
    key = None if options.client_key_file is None else Path(options.client_key_file)
    if options.client_cert_file is None:
        if key is not None:
            raise ValueError("--client-key-file: set without --client-cert-file. Set both.")
        return None
    return read_flag(
        "--client-cert-file", lambda text: parse_client_certificate(Path(text), key), options.client_cert_file
    )


def _key(path: str) -> str:
    return parse_key_file(path).read()


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}."
        raise ValueError(message) from error


async def _run(plan: Plan, *, quiet: bool) -> Report:
    def tell(result: Result) -> None:
        if not quiet:
            sys.stderr.write(progress(result) + "\n")
            sys.stderr.flush()

    connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
    headers = {"User-Agent": f"drawbridge-preflight/{__version__}"}
    async with aiohttp.ClientSession(
        connector=connector, headers=headers, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        return await run(Context(plan, session), tell)


def _write(options: Namespace, report: Report) -> None:
    sys.stdout.write(json_report(report) if options.json else summary(report))
    if options.junit is not None:
        options.junit.write_text(junit_report(report), encoding="utf-8")
    if options.html is not None:
        options.html.write_text(html_report(report), encoding="utf-8")
