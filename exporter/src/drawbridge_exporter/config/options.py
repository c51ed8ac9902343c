"""The options of the exporter: their variables, flags, defaults and help texts."""

from pathlib import Path
from typing import Any, Final

from yarl import URL

from .option import Option
from .values import (
    KeySource,
    ListenAddress,
    one_of,
    parse_bridge_url,
    parse_ca_file,
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
