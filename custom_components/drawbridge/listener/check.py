"""Checks options of the listener before they are saved. All functions here block."""

import time
from collections.abc import Callable

from ..options import Options
from . import sockets
from .fault import Fault, ListenerError
from .settings import ListenerSettings
from .tls import LoadedTls, load


def check(options: Options, path: Callable[[str], str], open_place: tuple[str, int] | None) -> LoadedTls | None:
    """Try everything that the listener does when it starts. Returns the loaded certificate, if there is one.

    Args:
        options: The options.
        path: Returns the absolute path of a file in the configuration folder.
        open_place: The address and port at which the listener listens already.

    Raises:
        ListenerError: The listener could not start, or clients would refuse its certificate.

    """
    loaded = check_files(options, path)
    settings = ListenerSettings.of(options, path)
    place = settings.address, settings.port
    if place != open_place:
        try:
            sockets.close(sockets.listen(*place))
        except ListenerError as err:
            if not _is_own(err, place, open_place):
                raise
    return loaded


def check_files(options: Options, path: Callable[[str], str]) -> LoadedTls | None:
    """Load the files. Raises ``ListenerError`` if they cannot be used, or clients would refuse the certificate."""
    settings = ListenerSettings.of(options, path)
    if settings.tls is None:
        return None
    loaded, now = load(settings.tls), time.time()
    if now >= loaded.ends:
        raise ListenerError(Fault.CERTIFICATE_EXPIRED, moment=loaded.ends)
    if now < loaded.begins:
        raise ListenerError(Fault.CERTIFICATE_NOT_YET_VALID, moment=loaded.begins)
    return loaded


def _is_own(err: ListenerError, place: tuple[str, int], open_place: tuple[str, int] | None) -> bool:
    """Tell whether the listener itself has the port, at another address: it gives it up before it moves."""
    return err.fault is Fault.PORT_TAKEN and open_place is not None and place[1] == open_place[1]
