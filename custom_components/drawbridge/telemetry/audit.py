"""The audit trail: who was refused, and who changed what."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

_KEPT: Final = 1000

type Outcome = Literal["allowed", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One refusal or one write. Holds no secret, no query and no body.

    ``time`` is a Unix time in seconds; ``key_id`` and ``key_name`` are ``None`` for a caller
    without a valid key; ``target`` says what was written to, such as ``light.turn_on``.
    """

    time: float
    request_id: str
    key_id: str | None
    key_name: str | None
    address: str
    method: str
    route: str
    status: int
    outcome: Outcome
    reason: str | None = None
    target: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the record as a mapping of JSON values."""
        return asdict(self)


type Sink = Callable[[AuditRecord], None]


class AuditTrail:
    """The last 1,000 records, and where each is passed on to."""

    def __init__(self) -> None:
        """Begin empty."""
        self._records: deque[AuditRecord] = deque(maxlen=_KEPT)
        self._sinks: list[Sink] = []

    def __iter__(self) -> Iterator[AuditRecord]:
        """Iterate over the records, oldest first."""
        return iter(tuple(self._records))

    def listen(self, sink: Sink) -> Callable[[], None]:
        """Pass every further record on, until the function returned is called."""
        self._sinks.append(sink)
        return lambda: self._sinks.remove(sink)

    def add(self, record: AuditRecord) -> None:
        """Keep a record and pass it on."""
        self._records.append(record)
        for sink in self._sinks:
            sink(record)
