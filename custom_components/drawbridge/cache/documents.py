"""Answers that are kept whole, such as the services and the configuration, until an event says otherwise."""

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
    """A body of JSON with its weak validator, and its encoded forms once they were asked for."""

    def __init__(self, plain: bytes, basis: object, made_at: float) -> None:
        """Hold a body. ``basis`` is what it was made from besides what events tell of."""
        self.basis = basis
        self.made_at = made_at
        self.etag = f'W/"{hashlib.blake2b(plain, digest_size=_ETAG_BYTES).hexdigest()}"'
        self._plain = plain
        self._bodies: dict[Coding, Payload] = {}

    @property
    def size(self) -> int:
        """Bytes held."""
        return len(self._plain) + sum(body.size for body in self._bodies.values())

    def body(self, coding: Coding) -> Payload:
        """Return the encoded body."""
        body = self._bodies.get(coding)
        if body is None:
            body = self._bodies[coding] = coding.encode(self._plain)
        return body


class DocumentCache:
    """Documents by who may see them: those of one kind, which the same events make outdated.

    At most 64 are kept; the one used longest ago is let go first.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        recorder: CacheRecorder,
        events: Iterable[EventType[Any] | str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep documents until one of the events."""
        self.recorder = recorder
        self._hass = hass
        self._events = tuple(events)
        self._clock = clock
        self._ttl = 0.0
        self._documents: dict[Hashable, Document] = {}
        self._epoch = 0

    def start(self) -> CALLBACK_TYPE:
        """Follow the events until the function returned is called."""
        stops = [self._hass.bus.async_listen(event, self._outdated) for event in self._events]

        def stop() -> None:
            for item in stops:
                item()

        return stop

    def configure(self, ttl: float) -> None:
        """Keep documents for ``ttl`` seconds at most; 0 to keep none."""
        self._ttl = ttl
        if not ttl:
            self.clear()

    def __len__(self) -> int:
        """Return the number of documents kept."""
        return len(self._documents)

    @property
    def size(self) -> int:
        """Bytes held."""
        return sum(document.size for document in self._documents.values())

    @property
    def age(self) -> float | None:
        """Seconds since the oldest document was made; ``None`` while there is none."""
        if not self._documents:
            return None
        return self._clock() - min(document.made_at for document in self._documents.values())

    @property
    def epoch(self) -> int:
        """A number that changes with every event; ``keep`` wants that from before the making."""
        return self._epoch

    def find(self, key: Hashable, basis: object = None) -> Document | None:
        """Return the document of ``key`` if it is there, in time, and made from the same ``basis``."""
        document = self._documents.pop(key, None)
        if document is not None:
            if document.basis == basis and self._clock() - document.made_at < self._ttl:
                self._documents[key] = document
            else:
                self.recorder.invalidated()
                document = None
        if self._ttl:
            self.recorder.asked(hit=document is not None)
        return document

    def keep(self, key: Hashable, plain: bytes, epoch: int, basis: object = None) -> Document:
        """Return a new document, and keep it unless an event has made it outdated since ``epoch``."""
        document = Document(plain, basis, self._clock())
        if self._ttl and epoch == self._epoch:
            self._documents[key] = document
            if len(self._documents) > _MAX_DOCUMENTS:
                self._documents.pop(next(iter(self._documents)))
                self.recorder.evicted()
        return document

    def clear(self) -> None:
        """Let go of all documents."""
        self._epoch += 1
        self._documents.clear()

    @callback
    def _outdated(self, _event: Event[Any]) -> None:
        for _ in self._documents:
            self.recorder.invalidated()
        self.clear()
