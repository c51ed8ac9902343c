"""What the exporter would do with its settings, as text without keys."""

from collections.abc import Iterator
from urllib.parse import urlencode

from .config.settings import Settings, TargetSettings
from .config.targets_file import read_targets
from .server.guard import WebConfigFile


def plan(settings: Settings) -> str:
    """Return where the exporter would listen, and what it would scrape. It opens no connection.

    Raises:
        ConfigFileError: A file is invalid.

    """
    return "\n".join([*_listening(settings), *_targets(settings), ""])


def _listening(settings: Settings) -> Iterator[str]:
    web = WebConfigFile(settings.web_config_file)
    scheme, users = "https" if web.uses_tls else "http", len(web.config().users)
    access = f", {users} users with a password" if users else ", no password"
    if settings.systemd_socket:
        yield f"Listen on the sockets that systemd passes ({scheme}{access})"
    for address in () if settings.systemd_socket else settings.listen:
        yield f"Listen on {scheme}://{address}{settings.route_prefix}/{access}"


def _targets(settings: Settings) -> Iterator[str]:
    if not settings.metrics:
        yield "Scrape nothing: ENABLE_METRICS is false"
        return
    if settings.target is not None:
        yield _scrape("/metrics", settings.target, settings)
    if settings.targets_file is not None:
        for name, target in read_targets(settings.targets_file, settings.defaults).items():
            yield _scrape("/probe?" + urlencode({"target": name}), target, settings)


def _scrape(path: str, target: TargetSettings, settings: Settings) -> str:
    certificate = "" if target.client_certificate is None else ", with a client certificate"
    key = "" if target.key.path is None else f", key in {target.key.path}"
    url = target.url / "metrics"
    return f"Scrape {url} for {settings.route_prefix}{path}: timeout {target.timeout:g} s{key}{certificate}"
