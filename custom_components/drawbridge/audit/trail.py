"""The audit trail in memory."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from itertools import chain
from operator import itemgetter
from typing import Any, Final, Literal

from ..masking import mask
from .reads import ReadSum, ReadSums
from .subject import Subject

_MAX_RECORDS: Final = 1000
_MAX_TARGET_CHARACTERS: Final = 500
_NO_SUBJECT: Final = Subject()
_FIRST_WORD: Final = re.compile(r"[. ]")

type Outcome = Literal["allowed", "refused", "failed"]


def outcome_of(status: int) -> Outcome:
    """Return the outcome of a request, by the HTTP status of its response."""
    if status < HTTPStatus.BAD_REQUEST:
        return "allowed"
    return "failed" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A refusal or a write. Contains no secret, no query and no body.

    ``time`` is a Unix time in seconds. ``key_id`` and ``key_name`` are ``None`` for a caller without a valid key.
    ``target`` is what was written to, such as ``light.turn_on``. ``approver`` is the user who allowed or denied a call
    that waited for approval, at the Unix time ``answered_at``. ``subject`` is the target in fields, also for a refusal.
    ``trace_id`` is the trace of the client, or the one that was begun here.
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
    approver: str | None = None
    answered_at: float | None = None
    subject: Subject = _NO_SUBJECT
    trace_id: str | None = None

    def __post_init__(self) -> None:
        """Mask secrets in fields that clients control, such as the event type."""
        object.__setattr__(self, "request_id", mask(self.request_id))
        if self.target is not None:
            object.__setattr__(self, "target", mask(self.target)[:_MAX_TARGET_CHARACTERS])

    @property
    def kind(self) -> str:
        """The reason of a refusal or a failure, otherwise the outcome. The number of kinds is fixed."""
        return self.reason or self.outcome

    @property
    def domain(self) -> str:
        """The domain of the target, ``state`` or ``event``; empty for a refusal.

        The number of domains is limited to those that have services in Home Assistant.
        """
        return "" if self.outcome == "refused" else _FIRST_WORD.split(self.target or "", maxsplit=1)[0]

    def as_dict(self) -> dict[str, Any]:
        """Return the record as a mapping of JSON values."""
        return asdict(self)


type Sink = Callable[[AuditRecord], None]


class _FairBuffer[T]:
    """The latest records, at most ``capacity``, shared fairly between owners and between the kinds of each owner.

    When the buffer is full, the owner with the most records loses the oldest record of its most frequent kind. Thus
    an owner or a kind with less than an equal share loses nothing.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._records: defaultdict[str, defaultdict[str, deque[tuple[int, T]]]]
        self._records = defaultdict(lambda: defaultdict(deque))
        self._sizes: Counter[str] = Counter()
        self._size = 0

    def __iter__(self) -> Iterator[tuple[int, T]]:
        return (item for kinds in self._records.values() for records in kinds.values() for item in records)

    def add(self, owner: str, kind: str, number: int, record: T) -> None:
        self._records[owner][kind].append((number, record))
        self._sizes[owner] += 1
        self._size += 1
        if self._size > self._capacity:
            self._remove_one()

    def _remove_one(self) -> None:
        owner = max(self._sizes, key=self._sizes.__getitem__)
        kinds = self._records[owner]
        kind = max(kinds, key=lambda item: len(kinds[item]))
        kinds[kind].popleft()
        self._sizes[owner] -= 1
        self._size -= 1
        if not kinds[kind]:
            del kinds[kind]
        if not kinds:
            del self._records[owner], self._sizes[owner]


class AuditTrail:
    """The latest records, in memory. Each record is also passed to the sinks.

    The trail keeps 1,000 records of keys, with an equal share for each key, and within it for each refusal reason and
    each domain of writes. It separately keeps 1,000 records of clients without a valid key, with an equal share for
    each reason. A flood displaces only records of the same kind. Reads are only summed, by key, operation and
    minute; the trail keeps 1,000 sums.
    """

    def __init__(self) -> None:
        """Create an empty trail."""
        self._of_keys = _FairBuffer[AuditRecord](_MAX_RECORDS)
        self._of_anonymous = _FairBuffer[AuditRecord](_MAX_RECORDS)
        self._of_reads = _FairBuffer[ReadSum](_MAX_RECORDS)
        self._sinks: list[Sink] = []
        self.reads = ReadSums(self._keep_reads)
        self.total = 0
        """The number of records since the start."""
        self.number = 0
        """The running number of the latest record or sum of reads."""

    def __iter__(self) -> Iterator[AuditRecord]:
        """Iterate over the records, oldest first."""
        records = sorted((*self._of_keys, *self._of_anonymous), key=itemgetter(0))
        return iter([record for _, record in records])

    def numbered(self, after: int = 0) -> list[tuple[int, AuditRecord | ReadSum]]:
        """Return the records and the sums of reads with a number above ``after``, oldest first."""
        kept: Iterable[tuple[int, AuditRecord | ReadSum]] = chain(self._of_keys, self._of_anonymous, self._of_reads)
        return sorted((item for item in kept if item[0] > after), key=itemgetter(0))

    def find(self, number: int) -> AuditRecord | ReadSum | None:
        """Return the record or the sum with a number, if it is still kept."""
        kept: Iterable[tuple[int, AuditRecord | ReadSum]] = chain(self._of_keys, self._of_anonymous, self._of_reads)
        return next((record for item, record in kept if item == number), None)

    def listen(self, sink: Sink) -> Callable[[], None]:
        """Pass each new record to a sink. Returns a function that unsubscribes it."""
        self._sinks.append(sink)
        return lambda: self._sinks.remove(sink)

    def add(self, record: AuditRecord) -> None:
        """Keep a record, and pass it to the sinks."""
        self.total += 1
        self.number += 1
        if record.key_id is None:
            self._of_anonymous.add(record.kind, "", self.number, record)
        else:
            self._of_keys.add(record.key_id, record.domain or record.kind, self.number, record)
        for sink in self._sinks:
            sink(record)

    def _keep_reads(self, found: ReadSum) -> int:
        self.number += 1
        self._of_reads.add(found.key_id, found.operation, self.number, found)
        return self.number
