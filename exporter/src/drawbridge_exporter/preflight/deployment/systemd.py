"""The service of a systemd unit."""

from configparser import ConfigParser, Error
from typing import Final, override

from .workload import Workload

_STRICT: Final = frozenset({"strict", "full"})


class _Unit(ConfigParser):
    """A parser of units, whose names are case-sensitive."""

    @override
    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit(text: str, file: str) -> Workload | None:
    """Return the service of a unit, or None if the file is not one."""
    parser = _Unit(strict=False, interpolation=None, allow_no_value=True)
    try:
        parser.read_string(text)
    except Error:
        return None
    if not parser.has_section("Service"):
        return None
    service = {name: value or "" for name, value in parser["Service"].items()}
    limits = {"memory": "MemoryMax" in service, "cpu": "CPUQuota" in service}
    requests = {"memory": "MemoryLow" in service or "MemoryMin" in service, "cpu": "CPUWeight" in service}
    name, _, value = service.get("Environment", "").partition("=")
    return Workload(
        name=file,
        is_not_root=service.get("DynamicUser") == "yes" or service.get("User", "root") not in {"", "root", "0"},
        is_read_only=service.get("ProtectSystem") in _STRICT,
        keeps_privileges=service.get("NoNewPrivileges") == "yes",
        has_no_capabilities=service.get("CapabilityBoundingSet") == "",
        limits=frozenset(what for what, has in limits.items() if has),
        requests=frozenset(what for what, has in requests.items() if has),
        is_watched=True,
        restarts=service.get("Restart", "no") != "no",
        variables={name: value} if name else {},
    )
