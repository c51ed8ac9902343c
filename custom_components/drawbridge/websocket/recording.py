"""Records commands in metrics, the audit trail and learn mode."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from ..approvals.model import Approval
from ..audit.subject import Subject
from ..audit.trail import AuditRecord, outcome_of
from ..audit.used_networks import new_network_record
from ..bridge import Bridge
from ..keys import ApiKey, Capability
from ..learning.lessons import Asked
from ..limits.networks import Address
from ..operations.caller import Activity
from ..operations.scripts import MAX_ACTIONS
from ..operations.subject import subject_of
from ..refusal import Metric, Refusal, RefusedError
from ..telemetry.live import SUCCESS
from .command import Command, Request
from .errors import ErrorAnswer
from .tracing import CommandTraces

ROUTE: Final = "/api/websocket"
_METHOD: Final = "WS"
_SERVICE_NAME: Final = re.compile(r"[a-z0-9_]{1,64}\.[a-z0-9_]{1,64}")


class Recording:
    """Records the commands of one connection."""

    def __init__(self, bridge: Bridge, remote: str | None, request_id: str, traces: CommandTraces) -> None:
        """Create it for a client. ``request_id`` is the ID of the handshake."""
        self.traces = traces
        self._bridge = bridge
        self._remote = remote
        self._request_id = request_id

    def commanded(
        self,
        key: ApiKey,
        command: Command | None,
        message: Mapping[str, Any],
        request: Request | None,
        error: ErrorAnswer | None,
    ) -> None:
        """Record a command that has been answered."""
        recorder = self._bridge.recorder
        result = SUCCESS if error is None else error.code
        recorder.live.commanded(command.type if command is not None else None, result)
        if command is None:
            return
        if not command.is_free:
            recorder.counters.key_used(key.id, time.time(), self._remote)
        refused = error.refused if error is not None else None
        if refused is not None:
            self._count_refusal(key, refused)
        activity = request.caller.activity if request is not None else Activity()
        asked = partial(asked_for, command, message, activity, refused)
        self._audit(key, command, activity, error, asked)
        if key.learning:
            self._bridge.lessons.learn(key.id, asked())
        if self.traces.is_recording:
            self.traces.end(self._bridge, command, message, result)

    def refused(self, key: ApiKey | None, refused: RefusedError) -> None:
        """Record a connection that was refused."""
        self._count_refusal(key, refused)
        if refused.reason.value.audited:
            self._add(key, refused.refusal.value.status, refused.reason, None, Subject("connection.open"))

    def used_from(self, key: ApiKey, address: Address | None) -> None:
        """Note from which network a connection was opened."""
        record = new_network_record(key, self._remote, self._request_id, (_METHOD, ROUTE))
        self._bridge.networks.used(address, record)

    def _count_refusal(self, key: ApiKey | None, refused: RefusedError) -> None:
        """Count a refusal of a valid key, in total and for the key."""
        counters = self._bridge.recorder.counters
        if refused.reason.value.metric is Metric.DENIED:
            counters.denied[refused.reason.label] += 1
            if key is not None:
                counters.keys[key.id].refused += 1

    def _audit(
        self, key: ApiKey, command: Command, activity: Activity, error: ErrorAnswer | None, asked: Callable[[], Asked]
    ) -> None:
        """Add an audit record for a refusal or a write, and count a read."""
        refused = error.refused if error is not None else None
        if refused is not None:
            if refused.reason.value.audited:
                about = self._subject(key, command, activity, refused, asked())
                target = activity.target or command.type
                self._add(key, refused.refusal.value.status, refused.reason, target, about, activity.approval)
        elif activity.target is not None:
            failed = Refusal.FAILED if error is not None else None
            about = self._subject(key, command, activity, None, asked())
            status = failed.value.status if failed is not None else HTTPStatus.OK
            self._add(key, status, failed, activity.target, about, activity.approval)
        elif error is None and isinstance(command.operation.capability, Capability):
            self._count_read(key, command, asked)

    def _subject(
        self, key: ApiKey, command: Command, activity: Activity, refused: RefusedError | None, asked: Asked
    ) -> Subject:
        allows = self._bridge.directory.live(key.scope).allows
        return subject_of(command.operation, asked, activity, refused, allows)

    def _count_read(self, key: ApiKey, command: Command, asked: Callable[[], Asked]) -> None:
        """Count a read, for the panel."""
        about = command.operation.name, command.operation.capability.value, _METHOD, ROUTE
        counted = self._bridge.audit.reads.of(key, about, time.time())
        counted.add((), self._remote, lambda: asked().entities)

    def _add(  # noqa: PLR0913, PLR0917 - the fields of a record
        self,
        key: ApiKey | None,
        status: HTTPStatus,
        reason: Refusal | None,
        target: str | None,
        subject: Subject,
        approval: Approval | None = None,
    ) -> None:
        self._bridge.audit.add(
            AuditRecord(
                time=time.time(),
                request_id=self._request_id,
                key_id=key.id if key is not None else None,
                key_name=key.name if key is not None else None,
                address=self._remote or "local",
                method=_METHOD,
                route=ROUTE,
                status=status.value,
                outcome=outcome_of(status),
                reason=reason.label if reason is not None else None,
                target=target,
                approver=approval.by if approval is not None else None,
                answered_at=approval.at if approval is not None else None,
                subject=subject,
                trace_id=self.traces.trace_id,
            )
        )


def asked_for(command: Command, message: Mapping[str, Any], activity: Activity, refused: RefusedError | None) -> Asked:
    """Return what a command used, according to the declaration of its operation."""
    operation = command.operation
    entities = {*activity.reached, *_named(message, operation.names)}
    capabilities = set(operation.adds)
    if isinstance(operation.capability, Capability):
        capabilities.add(operation.capability)
    services = _services(command, message, activity)
    is_refused = refused is not None and refused.refusal.value.status == HTTPStatus.FORBIDDEN
    refused_services = services & {activity.service or ""} or services if is_refused else frozenset()
    event = message.get("event_type") if command.type == "fire_event" else None
    return Asked(
        capabilities=frozenset(capabilities),
        entities=frozenset(entities),
        services=services - refused_services,
        refused_services=refused_services,
        event=event if isinstance(event, str) else None,
        everything=operation.everything and not entities,
    )


def _services(command: Command, message: Mapping[str, Any], activity: Activity) -> frozenset[str]:
    """Return the services that a command asks for, whether or not it came to call them."""
    names: Iterable[object] = ()
    if command.type == "call_service":
        names = (f"{message.get('domain')}.{message.get('service')}",)
    elif command.type == "execute_script":
        sequence = message.get("sequence")
        steps = sequence if isinstance(sequence, list) else [sequence]
        names = (step.get("action", step.get("service")) for step in steps[:MAX_ACTIONS] if isinstance(step, dict))
    elif activity.service is not None:
        names = (activity.service,)
    lowered = {item.lower() for item in names if isinstance(item, str)}
    return frozenset(item for item in lowered if _SERVICE_NAME.fullmatch(item))


def _named(message: Mapping[str, Any], names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for name in names:
        value = message.get(name)
        items = value if isinstance(value, list) else [value]
        found.update(item.lower() for item in items if isinstance(item, str) and "." in item)
    return found
