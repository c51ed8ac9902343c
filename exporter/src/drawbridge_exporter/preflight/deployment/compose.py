"""The services of a Docker Compose file."""

from collections.abc import Iterator
from typing import Any, Final

from .workload import Workload, is_pinned, texts

_NO_NEW_PRIVILEGES: Final = "no-new-privileges"
_RESTARTS: Final = frozenset({"always", "unless-stopped", "on-failure"})
_HAS_HEALTH_CHECK: Final = "drawbridge-exporter"
"""The image that has a health check, and an unprivileged user, of its own."""


def services(document: dict[str, Any], file: str) -> Iterator[Workload]:
    """Yield the services of a file."""
    for name, service in document["services"].items():
        if isinstance(service, dict):
            yield _service(f"{file}: {name}", service)


def _service(name: str, service: dict[str, Any]) -> Workload:
    image = str(service.get("image", ""))
    ours = _HAS_HEALTH_CHECK in image
    return Workload(
        name=name,
        image=image,
        is_pinned="build" in service or is_pinned(image),
        is_not_root=_is_not_root(service, ours=ours),
        is_read_only=service.get("read_only") is True,
        keeps_privileges=any(str(item).startswith(_NO_NEW_PRIVILEGES) for item in service.get("security_opt", ()))
        and service.get("privileged") is not True,
        has_no_capabilities="ALL" in service.get("cap_drop", ()) and not service.get("cap_add"),
        limits=_resources(service, "limits", "mem_limit", "cpus"),
        requests=_resources(service, "reservations", "mem_reservation", "cpu_shares"),
        is_watched="healthcheck" in service or ours,
        restarts=str(service.get("restart", "")).partition(":")[0] in _RESTARTS,
        replicas=int(service.get("deploy", {}).get("replicas", service.get("scale", 1))),
        rolls=service.get("deploy", {}).get("update_config", {}).get("order") == "start-first",
        variables=texts(service.get("environment")),
    )


def _is_not_root(service: dict[str, Any], *, ours: bool) -> bool:
    user = str(service.get("user", "")).partition(":")[0]
    return user not in {"0", "root"} if user else ours


def _resources(service: dict[str, Any], kind: str, memory: str, cpu: str) -> frozenset[str]:
    given = service.get("deploy", {}).get("resources", {}).get(kind, {})
    found = {"memory": "memory" in given or memory in service, "cpu": "cpus" in given or cpu in service}
    return frozenset(what for what, has in found.items() if has)
