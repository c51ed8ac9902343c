"""Responses that are cached as a whole, such as services and configuration, until an event makes them outdated."""

import hashlib
import time
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.util.event_type import EventType

from ..encoding.codecs import Coding, Payload
from ..telemetry.recorder import CacheRecorder

_ETAG_BYTES: Final = 12
_MAX_DOCUMENTS: Final = 64


class Document:
    """A JSON body with its weak validator, and its encoded forms, created on first use."""

    def __init__(self, plain: bytes, basis: object, made_at: float) -> None:
        """Create a document. ``basis`` is the input that changes without an event."""
        self.basis = basis
        self.made_at = made_at
        self.etag = f'W/"{hashlib.blake2b(plain, digest_size=_ETAG_BYTES).hexdigest()}"'
        self._plain = plain
        self._bodies: dict[Coding, Payload] = {}

    @property
    def size(self) -> int:
        """Bytes held by all bodies."""
        return len(self._plain) + sum(body.size for body in self._bodies.values())

    def body(self, coding: Coding) -> Payload:
        """Return the encoded body."""
        body = self._bodies.get(coding)
        if body is None:
            body = self._bodies[coding] = coding.encode(self._plain)
        return body


class DocumentCache:
    """Documents of one kind, by audience. They become outdated with the same events.

    At most 64 are kept; the least recently used is evicted first.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        recorder: CacheRecorder,
        events: Iterable[EventType[Any] | str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Create an empty cache. Each of the events makes all documents outdated."""
        self.recorder = recorder
        self._hass = hass
        self._events = tuple(events)
        self._clock = clock
        self._ttl = 0.0
        self._documents: dict[Hashable, Document] = {}
        self._epoch = 0

    def start(self) -> CALLBACK_TYPE:
        """Listen to the events until the returned function is called."""
        stops = [self._hass.bus.async_listen(event, self._outdated) for event in self._events]

        def stop() -> None:
            for item in stops:
                item()

        return stop

    def configure(self, ttl: float) -> None:
        """Keep documents for at most ``ttl`` seconds; 0 to keep none."""
        self._ttl = ttl
        if not ttl:
            self.clear()

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self._documents)

    @property
    def size(self) -> int:
        """Bytes held by all bodies."""
        return sum(document.size for document in self._documents.values())

    @property
    def is_enabled(self) -> bool:
        """Whether documents are kept."""
        return self._ttl > 0

    @property
    def age(self) -> float | None:
        """Seconds since the oldest document was built; ``None`` without documents."""
        if not self._documents:
            return None
        return self._clock() - min(document.made_at for document in self._documents.values())

    @property
    def epoch(self) -> int:
        """A number that changes with every event. Read it before building a document, and pass it to ``keep``."""
        return self._epoch

    def find(self, key: Hashable, basis: object = None) -> Document | None:
        """Return the document for ``key``, unless it has expired or was built from another ``basis``."""
        document = self._documents.pop(key, None)
        if document is not None:
            if document.basis == basis and self._clock() - document.made_at < self._ttl:
                self._documents[key] = document
            else:
                self.recorder.invalidated()
                document = None
        if self._ttl:
            self.recorder.asked(hit=document is not None)
        else:
            self.recorder.bypassed()
        return document

    def keep(self, key: Hashable, plain: bytes, epoch: int, basis: object = None) -> Document:
        """Create a document, and keep it unless an event has made it outdated since ``epoch``."""
        document = Document(plain, basis, self._clock())
        if self._ttl and epoch == self._epoch:
            self._documents[key] = document
            if len(self._documents) > _MAX_DOCUMENTS:
                self._documents.pop(next(iter(self._documents)))
                self.recorder.evicted()
        return document

    def clear(self) -> None:
        """Drop all documents."""
        self._epoch += 1
        self._documents.clear()

    @callback
    def _outdated(self, _event: Event[Any]) -> None:
        for _ in self._documents:
            self.recorder.invalidated()
        self.clear()
