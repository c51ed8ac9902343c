"""The settings from the command line and the environment."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yarl import URL

from .options import Option, Source
from .values import (
    ClientCertificate,
    KeySource,
    ListenAddress,
    one_of,
    parse_bridge_url,
    parse_ca_file,
    parse_client_certificate,
    parse_external_url,
    parse_key_file,
    parse_key_literal,
    parse_listen_address,
    parse_otlp_endpoint,
    parse_route_prefix,
    parse_switch,
    parse_timeout,
    whole_number,
)

URL_OPTION: Final[Option[URL | None]] = Option(
    "HA_BASE_URL", "--bridge.url", None, parse_bridge_url, "URL", "Home Assistant's URL, such as http://host:8123"
)
KEY_OPTION: Final[Option[KeySource | None]] = Option(
    "BRIDGE_API_KEY", None, None, parse_key_literal, "KEY", "API key with the capability 'metrics'"
)
KEY_FILE_OPTION: Final[Option[KeySource | None]] = Option(
    "BRIDGE_API_KEY_FILE",
    "--bridge.key-file",
    None,
    parse_key_file,
    "FILE",
    "file with the API key, read on each scrape",
)
LISTEN_OPTION: Final[Option[ListenAddress | None]] = Option(
    None,
    "--web.listen-address",
    None,
    parse_listen_address,
    "HOST:PORT",
    "address to listen on, all interfaces by default; can be repeated",
    repeatable=True,
)
SYSTEMD_SOCKET_OPTION: Final = Option(
    None,
    "--web.systemd-socket",
    default=False,
    parse=parse_switch,
    metavar="BOOL",
    help="listen on the sockets that systemd passes, instead of on addresses",
    bare=True,
)
EXTERNAL_URL_OPTION: Final[Option[URL | None]] = Option(
    None,
    "--web.external-url",
    None,
    parse_external_url,
    "URL",
    "URL under which the exporter is reachable, if a reverse proxy serves it",
)
ROUTE_PREFIX_OPTION: Final[Option[str | None]] = Option(
    None,
    "--web.route-prefix",
    None,
    parse_route_prefix,
    "PATH",
    "prefix of all paths, default the path of --web.external-url",
)
PORT_OPTION: Final = Option(
    "METRICS_PORT", None, 9123, whole_number(0, 65535), "PORT", "port to listen on if no address is set, default 9123"
)
TIMEOUT_OPTION: Final = Option(
    "REQUEST_TIMEOUT",
    "--bridge.timeout",
    30.0,
    parse_timeout,
    "SECONDS",
    "timeout of requests to a bridge, default 30",
)
CA_FILE_OPTION: Final[Option[Path | None]] = Option(
    "BRIDGE_CA_FILE", "--bridge.ca-file", None, parse_ca_file, "FILE", "CA certificates in PEM, instead of the system's"
)
CLIENT_CERT_OPTION: Final[Option[Path | None]] = Option(
    "BRIDGE_CLIENT_CERT_FILE",
    "--bridge.client-cert-file",
    None,
    Path,
    "FILE",
    "client certificate in PEM, for a key that is bound to it",
)
CLIENT_KEY_OPTION: Final[Option[Path | None]] = Option(
    "BRIDGE_CLIENT_KEY_FILE",
    "--bridge.client-key-file",
    None,
    Path,
    "FILE",
    "private key of the client certificate, if it is in another file",
)
TARGETS_OPTION: Final[Option[Path | None]] = Option(
    "TARGETS_FILE", "--config.file", None, Path, "FILE", "targets for /probe in YAML, reloaded when it changes"
)
WEB_CONFIG_OPTION: Final[Option[Path | None]] = Option(
    "WEB_CONFIG_FILE", "--web.config.file", None, Path, "FILE", "TLS and basic auth, in exporter-toolkit's format"
)
POOL_OPTION: Final = Option(
    "CONNECTION_POOL_SIZE",
    "--bridge.pool-size",
    20,
    whole_number(1, 1000),
    "N",
    "maximum connections to each bridge, default 20",
)
MAX_REQUESTS_OPTION: Final = Option(
    None,
    "--web.max-requests",
    1024,
    whole_number(0, 65535),
    "N",
    "maximum scrapes served at the same time, 0 for no limit, default 1024",
)
METRICS_OPTION: Final = Option(
    "ENABLE_METRICS", "--web.enable-metrics", default=True, parse=parse_switch, metavar="BOOL", help="serve the metrics"
)
HEALTH_OPTION: Final = Option(
    "ENABLE_HEALTH_CHECKS",
    "--web.enable-health-checks",
    default=True,
    parse=parse_switch,
    metavar="BOOL",
    help="serve /-/healthy and /-/ready",
)
LOG_LEVEL_OPTION: Final = Option(
    "BRIDGE_LOG_LEVEL",
    "--log.level",
    "INFO",
    one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    "LEVEL",
    "minimum level to log, default INFO",
)
LOG_FORMAT_OPTION: Final = Option(
    "BRIDGE_LOG_FORMAT",
    "--log.format",
    "text",
    one_of("text", "json", "logfmt"),
    "FORMAT",
    "text, logfmt or json, default text",
)
TRACING_ENDPOINT_OPTION: Final[Option[URL | None]] = Option(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "--tracing.endpoint",
    None,
    parse_otlp_endpoint,
    "URL",
    "OTLP address of a collector of OpenTelemetry, to which spans are sent; needs the extra 'tracing'",
)
TRACING_INTERVAL_OPTION: Final = Option(
    None,
    "--tracing.interval",
    10.0,
    parse_timeout,
    "SECONDS",
    "how often spans are fetched from the bridges, default 10",
)

OPTIONS: Final[tuple[Option[Any], ...]] = (
    URL_OPTION,
    KEY_OPTION,
    KEY_FILE_OPTION,
    LISTEN_OPTION,
    SYSTEMD_SOCKET_OPTION,
    EXTERNAL_URL_OPTION,
    ROUTE_PREFIX_OPTION,
    PORT_OPTION,
    TIMEOUT_OPTION,
    CA_FILE_OPTION,
    CLIENT_CERT_OPTION,
    CLIENT_KEY_OPTION,
    TARGETS_OPTION,
    WEB_CONFIG_OPTION,
    POOL_OPTION,
    MAX_REQUESTS_OPTION,
    METRICS_OPTION,
    HEALTH_OPTION,
    LOG_LEVEL_OPTION,
    LOG_FORMAT_OPTION,
    TRACING_ENDPOINT_OPTION,
    TRACING_INTERVAL_OPTION,
)


class SettingsError(Exception):
    """Settings are missing or invalid. ``problems`` has one line for each."""

    def __init__(self, problems: list[str]) -> None:
        """Create an error with all problems."""
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Defaults:
    """The settings of targets that do not set their own."""

    timeout: float
    ca_file: Path | None


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """The settings of one bridge: its base URL and the source of its API key."""

    name: str
    url: URL
    key: KeySource
    timeout: float
    ca_file: Path | None = None
    client_certificate: ClientCertificate | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, validated. The targets file and the web config file are read later."""

    target: TargetSettings | None
    defaults: Defaults
    targets_file: Path | None
    web_config_file: Path | None
    listen: tuple[ListenAddress, ...]
    route_prefix: str
    """The prefix of all paths, without a slash at its end."""
    link_prefix: str
    """The prefix of links, as browsers need it."""
    pool_size: int
    max_requests: int
    metrics: bool
    health_checks: bool
    log_level: str
    log_format: str
    systemd_socket: bool = False
    """Whether to listen on the sockets that systemd passes, instead of on ``listen``."""
    tracing_endpoint: URL | None = None
    tracing_interval: float = TRACING_INTERVAL_OPTION.default


def read_settings(environ: Mapping[str, str], flags: Namespace) -> Settings:
    """Return the settings.

    Raises:
        SettingsError: Settings are missing or invalid. It lists all of them.

    """
    source = Source(environ, flags)
    targets_file = source.read(TARGETS_OPTION)
    defaults = Defaults(source.read(TIMEOUT_OPTION), source.read(CA_FILE_OPTION))
    route_prefix, link_prefix = _prefixes(source)
    settings = Settings(
        target=_target(source, defaults, needed=targets_file is None),
        defaults=defaults,
        targets_file=targets_file,
        web_config_file=source.read(WEB_CONFIG_OPTION),
        listen=_listen(source),
        route_prefix=route_prefix,
        link_prefix=link_prefix,
        pool_size=source.read(POOL_OPTION),
        max_requests=source.read(MAX_REQUESTS_OPTION),
        metrics=source.read(METRICS_OPTION),
        health_checks=source.read(HEALTH_OPTION),
        log_level=source.read(LOG_LEVEL_OPTION),
        log_format=source.read(LOG_FORMAT_OPTION),
        systemd_socket=_systemd_socket(source),
        tracing_endpoint=source.read(TRACING_ENDPOINT_OPTION),
        tracing_interval=source.read(TRACING_INTERVAL_OPTION),
    )
    if source.problems:
        raise SettingsError(source.problems)
    return settings


def _prefixes(source: Source) -> tuple[str, str]:
    """Return the prefix of routes and the prefix of links. They differ if a proxy removes its prefix."""
    external, prefix = source.read(EXTERNAL_URL_OPTION), source.read(ROUTE_PREFIX_OPTION)
    path = "" if external is None else external.path.rstrip("/")
    return path if prefix is None else prefix, path or prefix or ""


def _listen(source: Source) -> tuple[ListenAddress, ...]:
    """Return the addresses of the flag, or all interfaces on the port of the variable."""
    given = source.read_all(LISTEN_OPTION)
    addresses = tuple(address for address in given if address is not None)
    return addresses or (ListenAddress(None, source.read(PORT_OPTION)),)


def _systemd_socket(source: Source) -> bool:
    used = source.read(SYSTEMD_SOCKET_OPTION)
    if used and source.read_all(LISTEN_OPTION):
        source.problems.append("--web.systemd-socket: set, and --web.listen-address is set too. Set only one.")
    return used


def _target(source: Source, defaults: Defaults, *, needed: bool) -> TargetSettings | None:
    """Return the target that the flags and variables set, or None if it is incomplete.

    With a targets file, this target is optional.
    """
    if not needed and not any(source.is_set(option) for option in (URL_OPTION, KEY_OPTION, KEY_FILE_OPTION)):
        return None
    url = source.read(URL_OPTION)
    if not source.is_set(URL_OPTION):
        source.problems.append(
            "HA_BASE_URL: not set. Set it to Home Assistant's URL, such as http://homeassistant.local:8123."
        )
    key, certificate = _key(source), _client_certificate(source)
    if url is None or key is None:
        return None
    return TargetSettings(url.host or "bridge", url, key, defaults.timeout, defaults.ca_file, certificate)


def _client_certificate(source: Source) -> ClientCertificate | None:
    cert_file, key_file = source.read(CLIENT_CERT_OPTION), source.read(CLIENT_KEY_OPTION)
    if cert_file is None:
        if key_file is not None:
            problem = (
                f"{source.name(CLIENT_KEY_OPTION)}: set, but {source.name(CLIENT_CERT_OPTION)} is not set. Set both."
            )
            source.problems.append(problem)
        return None
    try:
        return parse_client_certificate(cert_file, key_file)
    except ValueError as error:
        source.problems.append(f"{source.name(CLIENT_CERT_OPTION)}: {error}")
        return None


def _key(source: Source) -> KeySource | None:
    literal, file = source.read(KEY_OPTION), source.read(KEY_FILE_OPTION)
    given = [option for option in (KEY_OPTION, KEY_FILE_OPTION) if source.is_set(option)]
    if not given:
        source.problems.append(
            "BRIDGE_API_KEY_FILE: not set, and BRIDGE_API_KEY is not set either. Create an API key with the capability"
            " 'metrics' in Settings > Devices & services > Drawbridge, and set the path of a file that contains it."
        )
    elif len(given) > 1:
        source.problems.append(
            f"BRIDGE_API_KEY: set, and {source.name(KEY_FILE_OPTION)} is set too. Set only one; the file is safer."
        )
    return file or literal
