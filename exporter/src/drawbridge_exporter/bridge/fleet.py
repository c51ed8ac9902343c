"""The targets: the one from the environment and those from the targets file."""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..config.settings import Settings, TargetSettings
from ..config.targets_file import read_targets
from ..config.watch import Signature, signature
from ..config.yamlfile import ConfigFileError
from .client import BridgeClient
from .target import Target
from .traffic import Traffic

_LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reload:
    """Whether the last reload of the targets file succeeded, and the time of the last successful one."""

    successful: bool
    succeeded_at: float


class Fleet:
    """Looks up targets by name, and reloads the targets file when it changes.

    If the file is invalid, the current targets stay in use. Targets with unchanged
    settings are kept, with their fetches in progress.
    """

    def __init__(self, settings: Settings) -> None:
        """Create the targets from ``settings``.

        Raises:
            ConfigFileError: The targets file is invalid.

        """
        self._settings = settings
        self.traffic: Final = Traffic()
        self._closing: set[asyncio.Task[None]] = set()
        self.default: Final = None if settings.target is None else self._target(settings.target)
        self._named: Mapping[str, Target] = {}
        self._signature: Signature = ()
        self._reload = Reload(successful=False, succeeded_at=0.0)
        if settings.targets_file is not None:
            self._read(settings.targets_file)

    @property
    def pool_size(self) -> int:
        """The maximum number of connections to each bridge."""
        return self._settings.pool_size

    @property
    def last_reload(self) -> Reload | None:
        """The result of the last reload, or None without a targets file."""
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

    def names(self) -> list[str]:
        """Return the names of the targets file, in its order."""
        self._refresh()
        return list(self._named)

    def __len__(self) -> int:
        """Return the number of targets."""
        return len(self._named) + (self.default is not None)

    async def close(self) -> None:
        """Wait for the fetches in progress, then close all connections."""
        for target in self.all():
            self._close(target)
        await asyncio.gather(*self._closing)

    def reload(self) -> None:
        """Reload the targets file, even if it has not changed, and log its problems.

        Raises:
            ConfigFileError: The targets file is invalid. The current targets stay in use.

        """
        if self._settings.targets_file is None:
            return
        try:
            self._read(self._settings.targets_file)
        except ConfigFileError as error:
            for problem in error.problems:
                _LOGGER.warning("The targets file is invalid, so the current targets stay in use: %s", problem)
            raise

    def _refresh(self) -> None:
        """Reload the targets file if it has changed, and log its problems."""
        path = self._settings.targets_file
        if path is None or signature([path]) == self._signature:
            return
        with suppress(ConfigFileError):
            self.reload()

    def _read(self, path: Path) -> None:
        self._signature = signature([path])
        try:
            found = read_targets(path, self._settings.defaults)
        except ConfigFileError:
            self._reload = Reload(successful=False, succeeded_at=self._reload.succeeded_at)
            raise
        self._reload = Reload(successful=True, succeeded_at=time.time())
        before = self._named
        self._named = {name: self._kept(name, target) or self._target(target) for name, target in found.items()}
        for name, target in before.items():
            if self._named.get(name) is not target:
                self._close(target)
        _LOGGER.info("%s: %d targets", path, len(found))

    def _kept(self, name: str, settings: TargetSettings) -> Target | None:
        target = self._named.get(name)
        return target if target is not None and target.settings == settings else None

    def _target(self, settings: TargetSettings) -> Target:
        return Target(settings, BridgeClient(settings, self._settings.pool_size, self.traffic), self.traffic)

    def _close(self, target: Target) -> None:
        task = asyncio.create_task(target.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
