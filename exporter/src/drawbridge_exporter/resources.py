"""The limits of the process: open files, and threads for name resolution."""

import asyncio
import logging
import resource
from concurrent.futures import ThreadPoolExecutor
from typing import Final

_LOGGER: Final = logging.getLogger(__name__)

_MAX_RESOLVER_THREADS: Final = 512
_FILES_PER_TARGET: Final = 2
_OTHER_FILES: Final = 100


def raise_file_limit() -> None:
    """Raise the soft limit of open files to the hard limit, as programs in Go do."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError) as error:
            _LOGGER.debug("Cannot raise the limit of open files from %d to %d: %s", soft, hard, error)


def warn_of_few_files(targets: int) -> None:
    """Log a warning if the process may open fewer files than its targets need."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = targets * _FILES_PER_TARGET + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        _LOGGER.warning("%d targets need up to %d open files, but the limit is %d. Raise it.", targets, needed, soft)


def use_many_resolver_threads() -> None:
    """Use enough threads that each slow DNS lookup can have its own.

    A lookup occupies a thread until the system's resolver gives up. With the few threads of asyncio's
    default, some targets whose names do not resolve would delay the lookups of all others. Threads are
    started only when all others are busy.
    """
    executor = ThreadPoolExecutor(_MAX_RESOLVER_THREADS, thread_name_prefix="resolver")
    asyncio.get_running_loop().set_default_executor(executor)
