"""All the targets: the environment's one, and those of the targets file."""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from ..config.settings import Settings, TargetSettings
from ..config.targets_file import read_targets
from ..config.watch import Signature, signature
from ..config.yamlfile import ConfigFileError
from .client import BridgeClient
from .target import Target

_LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reload:
    """How the last reading of the targets file went, and when one last went well."""

    successful: bool
    succeeded_at: float


class Fleet:
    """Finds targets by name; re-reads the targets file when it has changed.

    A file that cannot be read leaves the targets as they were. A target whose
    settings stay the same is kept, fetches under way included.
    """

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        """Read the targets file for the first time.

        Raises:
            ConfigFileError: It has problems.

        """
        self._session = session
        self._settings = settings
        self.default: Final = None if settings.target is None else self._target(settings.target)
        self._named: Mapping[str, Target] = {}
        self._signature: Signature = ()
        self._reload = Reload(successful=False, succeeded_at=0.0)
        if settings.targets_file is not None:
            self._read(settings.targets_file)

    @property
    def last_reload(self) -> Reload | None:
        """How the last reading went; None without a targets file."""
        return None if self._settings.targets_file is None else self._reload

    def named(self, name: str) -> Target | None:
        """Return the target of the targets file with this name."""
        self._refresh()
        return self._named.get(name)

    def all(self) -> Iterator[Target]:
        """Yield every target, the environment's first."""
        self._refresh()
        if self.default is not None:
            yield self.default
        yield from self._named.values()

    def reload(self) -> None:
        """Read the targets file now, changed or not.

        Raises:
            ConfigFileError: It has problems; the targets stay as they were.

        """
        if self._settings.targets_file is not None:
            self._read(self._settings.targets_file)

    def _refresh(self) -> None:
        """Read the targets file if it has changed; log its problems."""
        path = self._settings.targets_file
        if path is None or signature([path]) == self._signature:
            return
        try:
            self._read(path)
        except ConfigFileError as error:
            for problem in error.problems:
                _LOGGER.warning("The targets stay as they were: %s", problem)

    def _read(self, path: Path) -> None:
        self._signature = signature([path])
        try:
            found = read_targets(path, self._settings.defaults)
        except ConfigFileError:
            self._reload = Reload(successful=False, succeeded_at=self._reload.succeeded_at)
            raise
        self._reload = Reload(successful=True, succeeded_at=time.time())
        self._named = {name: self._kept(name, target) or self._target(target) for name, target in found.items()}
        _LOGGER.info("%s: %d targets", path, len(found))

    def _kept(self, name: str, settings: TargetSettings) -> Target | None:
        target = self._named.get(name)
        return target if target is not None and target.settings == settings else None

    def _target(self, settings: TargetSettings) -> Target:
        return Target(settings, BridgeClient(self._session, settings))
