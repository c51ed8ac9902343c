"""Loggers that mask secrets in messages and tracebacks, and name the trace of the current request."""

import logging
import traceback
from typing import Final, override

from .masking import mask
from .trace_context import CURRENT


class _MaskSecrets(logging.Filter):
    """Masks secrets. Converts a traceback to text, because handlers would otherwise format it again."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Mask a record in place, and accept it."""
        message = record.getMessage()
        trace_id = CURRENT.get()
        masked = mask(message if trace_id is None else f"{message} (trace {trace_id})")
        if masked != message:
            record.msg, record.args = masked, ()
        if record.exc_info and record.exc_info[1] is not None:
            text = "".join(traceback.format_exception(record.exc_info[1])).rstrip()
            if (shown := mask(text)) != text:
                record.exc_info, record.exc_text = None, shown
        return True


_FILTER: Final = _MaskSecrets()


def get_logger(name: str) -> logging.Logger:
    """Return a logger that masks secrets."""
    logger = logging.getLogger(name)
    logger.addFilter(_FILTER)
    return logger


def mask_access_log() -> None:
    """Mask secrets in the access log of Home Assistant's web server, which contains the URLs of requests.

    It is off unless the user turns it on.
    """
    get_logger("aiohttp.access")
