"""Sets up logging to standard error, as text, logfmt or JSON."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Final, override

_BARE: Final = re.compile(r'[^\s"=\x00-\x1f]+')


class _UTCFormatter(logging.Formatter):
    """Formats records as text with UTC timestamps such as 2026-11-22T14:00:00.000+00:00."""

    @override
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """Return the timestamp of the record in ISO 8601."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class _JSONFormatter(_UTCFormatter):
    """Formats records as JSON objects with time, level, logger, message and, if any, error."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        entry = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class _LogfmtFormatter(_UTCFormatter):
    """Formats records as logfmt: ``time=… level=info logger=… msg="…"`` on one line."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of name=value pairs."""
        pairs = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "msg": record.getMessage(),
        }
        if record.exc_info:
            pairs["error"] = self.formatException(record.exc_info)
        return " ".join(f"{name}={_logfmt(value)}" for name, value in pairs.items())


def _logfmt(value: str) -> str:
    """Return a value, in quotes where logfmt needs them."""
    return value if _BARE.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def set_up_logs(level: str, style: str) -> None:
    """Log records of at least ``level`` to standard error, in the style ``text``, ``logfmt`` or ``json``."""
    handler = logging.StreamHandler()
    text = _UTCFormatter("%(asctime)s %(levelname)s %(message)s")
    handler.setFormatter({"json": _JSONFormatter(), "logfmt": _LogfmtFormatter()}.get(style, text))
    logging.basicConfig(level=level, handlers=[handler], force=True)
