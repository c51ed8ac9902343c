"""The settings from the command line and the environment."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yarl import URL

from .option import Source
from .options import (
    CA_FILE_OPTION,
    CLIENT_CERT_OPTION,
    CLIENT_KEY_OPTION,
    EXTERNAL_URL_OPTION,
    HEALTH_OPTION,
    KEY_FILE_OPTION,
    KEY_OPTION,
    LISTEN_OPTION,
    LOG_FORMAT_OPTION,
    LOG_LEVEL_OPTION,
    MAX_REQUESTS_OPTION,
    METRICS_OPTION,
    POOL_OPTION,
    PORT_OPTION,
    ROUTE_PREFIX_OPTION,
    SYSTEMD_SOCKET_OPTION,
    TARGETS_OPTION,
    TIMEOUT_OPTION,
    TRACING_ENDPOINT_OPTION,
    TRACING_INTERVAL_OPTION,
    URL_OPTION,
    WEB_CONFIG_OPTION,
)
from .values import (
    ClientCertificate,
    KeySource,
    ListenAddress,
    parse_client_certificate,
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
    addresses = tuple(address for address in source.read_all(LISTEN_OPTION) if address is not None)
    for port in sorted({address.port for address in addresses if address.port}):
        same = [address for address in addresses if address.port == port]
        if len(set(same)) < len(same) or (len(same) > 1 and ListenAddress(None, port) in same):
            given = ", ".join(map(str, same))
            source.problems.append(f"{LISTEN_OPTION.flag}: {given} include each other. Keep one of them.")
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
