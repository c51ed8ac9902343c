"""The audit trail: who was refused, and who changed what."""

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from operator import attrgetter
from typing import Any, Final, Literal

from ..masking import mask

_KEPT: Final = 1000
_MAX_TARGET: Final = 500

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

    def __post_init__(self) -> None:
        """Mask secrets that the client sent where none belongs, such as an event type."""
        object.__setattr__(self, "request_id", mask(self.request_id))
        if self.target is not None:
            object.__setattr__(self, "target", mask(self.target)[:_MAX_TARGET])

    def as_dict(self) -> dict[str, Any]:
        """Return the record as a mapping of JSON values."""
        return asdict(self)


type Sink = Callable[[AuditRecord], None]


class AuditTrail:
    """The last 1,000 records of keys and of strangers each, and where each is passed on to.

    Apart, so that whoever tries a thousand wrong keys does not wash away what keys did.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._of_keys: deque[AuditRecord] = deque(maxlen=_KEPT)
        self._of_strangers: deque[AuditRecord] = deque(maxlen=_KEPT)
        self._sinks: list[Sink] = []
        self.total = 0
        """How many records were added since the start."""

    def __iter__(self) -> Iterator[AuditRecord]:
        """Iterate over the records, oldest first."""
        records = heapq.merge(self._of_keys, self._of_strangers, key=attrgetter("time"))
        return iter(tuple(records))

    def listen(self, sink: Sink) -> Callable[[], None]:
        """Pass every further record on, until the function returned is called."""
        self._sinks.append(sink)
        return lambda: self._sinks.remove(sink)

    def add(self, record: AuditRecord) -> None:
        """Keep a record and pass it on."""
        self.total += 1
        (self._of_strangers if record.key_id is None else self._of_keys).append(record)
        for sink in self._sinks:
            sink(record)
