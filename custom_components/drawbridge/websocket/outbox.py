"""Sends the messages of a connection: at once while the client keeps up, otherwise in order when there is room."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

from ..states.channels import Batch
from .frames import message_frame

MAX_BUFFERED_BYTES: Final = 131_072
"""A client with more unsent bytes than this is behind."""
MAX_PENDING_BYTES: Final = 4_194_304
MAX_PENDING: Final = 4096
"""The maximum number of queued messages, as in Home Assistant."""
PEAK_PENDING: Final = 1024
"""The maximum number of queued messages for longer than ``PEAK_SECONDS``, as in Home Assistant."""
PEAK_SECONDS: Final = 10.0
CROWDED_BYTES: Final = MAX_PENDING_BYTES // 4
"""More queued bytes than this, or more than ``PEAK_PENDING`` messages, delay the next command."""

_COALESCES: Final = 0x80


class Form(NamedTuple):
    """The format in which a client receives messages. Clients with the same form share frames."""

    coalesces: bool
    window_bits: int


class Flow(Protocol):
    """Tells whether a transport has too many unsent bytes. Asking the transport for their number costs more."""

    @property
    def writing_paused(self) -> bool:
        """Whether the limit was exceeded, and most of it is still unsent."""


class Outbox:
    """Writes frames to the transport of a connection.

    Messages that cannot be merged are queued while the client is behind. ``overflow`` is called once if too many are
    queued.
    """

    __slots__ = (
        "_attend",
        "_first_peak",
        "_flow",
        "_form",
        "_form_number",
        "_is_over",
        "_overflow",
        "_pending",
        "_pending_bytes",
        "_transport",
        "_waiters",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        flow: Flow,
        window_bits: int,
        overflow: Callable[[str], None],
        attend: Callable[[], None],
    ) -> None:
        """Create an outbox.

        Args:
            transport: The transport to write to.
            flow: The protocol of the transport, which the transport pauses.
            window_bits: The client's window size, or 0 without compression.
            overflow: Called once with the reason if too much is queued.
            attend: Called when the first message is queued. ``resume`` must be called soon after.

        """
        self._attend = attend
        self._transport = transport
        self._flow = flow
        transport.set_write_buffer_limits(high=MAX_BUFFERED_BYTES)
        self._form = Form(coalesces=False, window_bits=window_bits)
        self._form_number = window_bits
        self._overflow = overflow
        self._pending: deque[bytes] = deque()
        self._pending_bytes = 0
        self._waiters: dict[Callable[[], bool], None] = {}
        self._first_peak = 0.0
        self._is_over = False

    @property
    def form(self) -> Form:
        """The format in which the client receives messages."""
        return self._form

    @property
    def coalesces(self) -> bool:
        """Whether the client accepts arrays of messages."""
        return self._form.coalesces

    @coalesces.setter
    def coalesces(self, value: bool) -> None:
        self._form = self._form._replace(coalesces=value)
        self._form_number = self._form.window_bits | (_COALESCES if value else 0)

    @property
    def is_behind(self) -> bool:
        """Whether the client has not read enough of the sent data."""
        return bool(self._pending) or self._is_full()

    @property
    def is_crowded(self) -> bool:
        """Whether so much is queued that no more commands should be started."""
        return len(self._pending) > PEAK_PENDING or self._pending_bytes > CROWDED_BYTES

    @property
    def is_closing(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._is_over or self._transport.is_closing()

    @property
    def pending_bytes(self) -> int:
        """The size of the queue, in bytes."""
        return self._pending_bytes + self._transport.get_write_buffer_size()

    @property
    def is_idle(self) -> bool:
        """Whether the queue is empty and nobody waits for room."""
        return not self._pending and not self._waiters

    def send(self, payload: bytes) -> None:
        """Send a message that must not be dropped."""
        self.send_frame(message_frame(payload, self._form.window_bits))

    def send_frame(self, *parts: bytes) -> None:
        """Send a message that is already framed. Parts are sent without copying them; none of them may be empty."""
        if self._is_over:
            return
        if not self.is_behind:
            if len(parts) == 1:
                self._transport.write(parts[0])
            else:
                self._transport.writelines(parts)
            return
        frame = b"".join(parts)
        if self._pending_bytes and self._pending_bytes + len(frame) > MAX_PENDING_BYTES:
            self._give_up(f"more than {MAX_PENDING_BYTES} bytes are waiting")
            return
        self._pending.append(frame)
        self._pending_bytes += len(frame)
        self._attend()
        self._check_count()

    def send_batch(self, batch: Batch, number: int) -> bool:
        """Send the events of a batch, unless the client is behind. Return whether they were sent.

        They are framed once for all clients with the same form.
        """
        # This runs for every client and every publication.
        if self._pending or self._is_over or (self._flow.writing_paused and self._is_full()):
            return False
        key = number << 8 | self._form_number
        frames = batch.cache.get(key)
        if frames is None:
            frames = batch.cache[key] = event_frames(batch.payloads, number, self._form)
        self._transport.write(frames)
        return True

    def queue_batch(self, batch: Batch, number: int) -> None:
        """Send or queue the events of a batch. None of them may be dropped."""
        if not self.send_batch(batch, number):
            self.send_frame(event_frames(batch.payloads, number, self._form))

    def wait_for_room(self, resume: Callable[[], bool]) -> None:
        """Call ``resume`` whenever there is room, until it returns that it has sent everything."""
        self._waiters[resume] = None
        self._attend()

    def forget(self, resume: Callable[[], bool]) -> None:
        """No longer call ``resume``."""
        self._waiters.pop(resume, None)

    def resume(self) -> None:
        """Send queued data while there is room."""
        while self._pending and not self._is_full():
            frame = self._pending.popleft()
            self._pending_bytes -= len(frame)
            self._transport.write(frame)
        for waiter in tuple(self._waiters):
            if self.is_behind:
                break
            if waiter():
                self._waiters.pop(waiter, None)
        if len(self._pending) <= PEAK_PENDING:
            self._first_peak = 0.0
        else:
            self._check_count()

    def _is_full(self) -> bool:
        return self._transport.get_write_buffer_size() > MAX_BUFFERED_BYTES

    def _check_count(self) -> None:
        count = len(self._pending)
        if count > MAX_PENDING:
            self._give_up(f"more than {MAX_PENDING} messages are waiting")
        elif count > PEAK_PENDING:
            now = time.monotonic()
            self._first_peak = self._first_peak or now
            if now - self._first_peak > PEAK_SECONDS:
                self._give_up(f"more than {PEAK_PENDING} messages were waiting for {PEAK_SECONDS:.0f} s")

    def _give_up(self, reason: str) -> None:
        self._is_over = True
        self._pending.clear()
        self._pending_bytes = 0
        self._waiters.clear()
        self._overflow(reason)


def event_frames(payloads: Sequence[bytes], number: int, form: Form) -> bytes:
    """Return frames with these events of a subscription."""
    prefix = b'{"id":%d,"type":"event","event":' % number
    messages: list[bytes] = [b"".join((prefix, payload, b"}")) for payload in payloads]
    if form.coalesces and len(messages) > 1:
        messages = [b"[" + b",".join(messages) + b"]"]
    return b"".join([message_frame(message, form.window_bits) for message in messages])
