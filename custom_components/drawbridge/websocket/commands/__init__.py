"""The commands, grouped by topic."""

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from ..command import Command
from . import (
    automation,
    calendars,
    cameras,
    connection,
    dashboards,
    device_automations,
    events,
    frontend,
    history,
    home,
    logbook,
    nothing,
    pages,
    recorder,
    registries,
    scripts,
    services,
    states,
    targets,
    templates,
    todo,
    units,
    weather,
)

_MODULES: Final = (
    automation,
    calendars,
    cameras,
    connection,
    dashboards,
    device_automations,
    events,
    frontend,
    history,
    home,
    logbook,
    nothing,
    pages,
    recorder,
    registries,
    scripts,
    services,
    states,
    targets,
    templates,
    todo,
    units,
    weather,
)

COMMANDS: Final[Mapping[str, Command]] = MappingProxyType(
    {command.type: command for command in chain.from_iterable(module.commands.commands for module in _MODULES)}
)
"""Every command that keys may use, by type. All other commands are unknown."""
