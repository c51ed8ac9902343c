"""Debug pages: the configuration and the result of one probe, without keys."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ..bridge.target import Scrape, Target
from ..config.settings import Settings, TargetSettings
from ..metrics.exposition import Page

_SECRET = "<secret>"  # noqa: S105 - the placeholder of a secret


def probe_report(target: Target, scrape: Scrape, page: Page) -> str:
    """Return the steps, the metrics and the configuration of a probe, as blackbox_exporter does."""
    parts = {
        "Result of the probe": "\n".join(_result(scrape)),
        "Recent results of this target": "\n".join(target.history.lines()) or "none",
        "Metrics that would have been returned": page.body.decode(),
        "Configuration of the target": _yaml({target.settings.name: describe(target.settings)}),
    }
    return "\n".join(f"{title}:\n{text.rstrip()}\n" for title, text in parts.items())


def _result(scrape: Scrape) -> list[str]:
    lines = [f"duration: {scrape.duration * 1000:.1f} ms"]
    if scrape.error is not None:
        return [f"failed: {scrape.error.reason}", str(scrape.error), *lines]
    return ["success", *lines]


def describe(settings: TargetSettings) -> dict[str, Any]:
    """Return the settings of a target without its key."""
    found: dict[str, Any] = {"url": str(settings.url), "timeout": settings.timeout}
    found |= {"key_file": str(settings.key.path)} if settings.key.path is not None else {"key": _SECRET}
    certificate = settings.client_certificate
    files = {
        "ca_file": settings.ca_file,
        "client_cert_file": None if certificate is None else certificate.cert_file,
        "client_key_file": None if certificate is None else certificate.key_file,
    }
    return found | {name: str(path) for name, path in files.items() if path is not None}


def configuration(settings: Settings, targets: Sequence[Target]) -> str:
    """Return the current configuration as YAML, without keys."""
    return _yaml(
        {
            "targets": {target.settings.name: describe(target.settings) for target in targets},
            "targets_file": _text(settings.targets_file),
            "web_config_file": _text(settings.web_config_file),
            "connection_pool_size": settings.pool_size,
            "max_requests": settings.max_requests,
            "request_timeout": settings.defaults.timeout,
            "log": {"level": settings.log_level, "format": settings.log_format},
        }
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _yaml(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False)


def service_discovery(names: Sequence[str], address: str, prefix: str) -> str:
    """Return the targets of the targets file for Prometheus's ``http_sd_configs`` or ``file_sd_configs``.

    Prometheus scrapes ``/probe`` of the exporter at ``address`` for each. It needs no relabeling.
    """
    groups = [
        {
            "targets": [address],
            "labels": {"__metrics_path__": f"{prefix}/probe", "__param_target": name, "instance": name},
        }
        for name in names
    ]
    return json.dumps(groups, indent=2) + "\n"
