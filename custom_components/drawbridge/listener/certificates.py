"""Keeps the TLS context up to date with its files."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from ssl import SSLContext
from typing import Any, Final

from .fault import ListenerError
from .tls import Identity, LoadedTls, TlsFiles, identify, load

_CHECK_SECONDS: Final = 60.0
_RECHECK_SECONDS: Final = 5.0
"""How long files may be unusable before it is reported: a renewal writes one file after the other."""

type Run = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs a function that blocks, in another thread."""


class Certificates:
    """A certificate that is read again when its files change.

    The files are compared before each handshake, so that the next handshake after a renewal has the new certificate.
    Files that cannot be used leave the last good certificate in use.
    """

    def __init__(self, files: TlsFiles, loaded: LoadedTls, run: Run, changed: Callable[[], None]) -> None:
        """Keep a certificate that was loaded from files. ``changed`` is called after each change."""
        self._files = files
        self._loaded = loaded
        self._run = run
        self._changed = changed
        self._lock = asyncio.Lock()
        self._checks = 0
        self._task: asyncio.Task[None] | None = None
        self._refused: Identity | None = None
        self._suspect: ListenerError | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.error: ListenerError | None = None
        """Why the files cannot be used, if they have been unusable for some seconds."""
        self._schedule(_CHECK_SECONDS)

    @property
    def ends(self) -> float:
        """The Unix time at which the certificate expires."""
        return self._loaded.ends

    @property
    def begins(self) -> float:
        """The Unix time from which the certificate is valid."""
        return self._loaded.begins

    async def context(self) -> SSLContext:
        """Return the TLS context of the files as they are now.

        All handshakes that begin during a check share the next one, so that there is one check at a time.
        """
        wanted = self._checks + 1
        async with self._lock:
            if self._checks < wanted:
                self._checks += 1
                await self._check()
        return self._loaded.context

    def close(self) -> None:
        """Stop following the files."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    async def _check(self) -> None:
        """Load the files if they have changed."""
        identity = await self._run(partial(identify, self._files))
        if identity == self._loaded.identity:
            self._refused = self._suspect = None
        elif identity != self._refused:
            try:
                self._loaded = await self._run(partial(load, self._files))
            except ListenerError as err:
                self._refused, self._suspect = identity, err
                self._schedule(_RECHECK_SECONDS)
                return
            self._refused = self._suspect = None
            self._changed()
        if self._suspect is None and self.error is not None:
            self.error = None
            self._changed()

    def _schedule(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._elapsed)

    def _elapsed(self) -> None:
        self._schedule(_CHECK_SECONDS)
        self._task = asyncio.create_task(self._look_again(self._suspect), name="drawbridge certificate")

    async def _look_again(self, suspect: ListenerError | None) -> None:
        """Report files that have not become usable since they were last read."""
        await self.context()
        if self._suspect is not None and suspect is not None and self.error is None:
            self.error = self._suspect
            self._changed()
