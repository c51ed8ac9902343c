"""Sets up logging to standard error, as text or JSON."""

import json
import logging
from datetime import UTC, datetime
from typing import override


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


def set_up_logs(level: str, style: str) -> None:
    """Log records of at least ``level`` to standard error, in the style ``text`` or ``json``."""
    handler = logging.StreamHandler()
    text = _UTCFormatter("%(asctime)s %(levelname)s %(message)s")
    handler.setFormatter(_JSONFormatter() if style == "json" else text)
    logging.basicConfig(level=level, handlers=[handler], force=True)
