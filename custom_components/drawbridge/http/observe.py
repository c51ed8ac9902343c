"""Observes finished requests, for learn mode and for repairs."""

import re
import time
from collections.abc import Set as AbstractSet
from functools import partial
from http import HTTPStatus
from typing import Final

from ..audit.subject import Subject, needed
from ..audit.used_networks import new_network_record
from ..keys import ApiKey, Capability
from ..learning.lessons import Asked
from ..operations.declaration import Operation
from ..operations.subject import subject_of
from ..refusal import Refusal
from .call import Call
from .endpoint import Endpoint

_WRONG_CLIENT: Final = frozenset({Refusal.NETWORK, Refusal.CERTIFICATE})
_MAX_ID_CHARACTERS: Final = 255
_SERVICE: Final = re.compile(r"[a-z0-9_]{1,64}\.[a-z0-9_]{1,64}")
_EVENT: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def observe(call: Call, key: ApiKey, endpoint: Endpoint) -> None:
    """Record how a key was used. For most requests there is nothing new to record."""
    request = call.request
    if endpoint.read is not None and call.refused is None and call.activity.target is None:
        # Count a read, for the panel. A repetition costs a comparison. The path may contain a secret, hence its hash.
        counted = call.bridge.audit.reads.of(key, endpoint.read, time.time())
        read = (key, call.client, request.secure, hash(request.raw_path))
        if not counted.repeats(read):
            _inspect(call, key)
            counted.add(read, call.remote, partial(_entities, call, endpoint))
    else:
        _inspect(call, key)
    if key.learning:
        call.bridge.lessons.learn(key.id, asked_for(call, endpoint))


def _inspect(call: Call, key: ApiKey) -> None:
    """Note from where a key is used, once for each combination."""
    request, remote, insecure_use = call.request, call.remote, call.bridge.insecure_use
    if (key.id, remote, request.secure) not in insecure_use.seen:
        insecure_use.inspect(key.id, call.address, remote, request.headers, secure=request.secure)
        note_network(call, key)


def note_network(call: Call, key: ApiKey) -> None:
    """Note from which network a key is used, unless it may not be used from there."""
    if call.refused is not None and call.refused.reason in _WRONG_CLIENT:
        return
    resource = call.request.match_info.route.resource
    route = resource.canonical.removeprefix(call.base_path) if resource is not None else ""
    record = new_network_record(key, call.remote, call.request_id, (call.request.method, route))
    call.bridge.networks.used(call.address, record)


def subject(call: Call, endpoint: Endpoint) -> Subject:
    """Return what a request was about, for the audit trail."""
    if call.presented is None:
        return Subject(endpoint.operation.name, capability=needed(endpoint.operation.capability, call.refused))
    asked = asked_for(call, endpoint)
    return subject_of(endpoint.operation, asked, call.activity, call.refused, call.scope.allows)


def asked_for(call: Call, endpoint: Endpoint) -> Asked:
    """Return what a request asked for, from the declaration of its operation and from its recorded activity."""
    parts, key, operation = call.request.match_info, call.key, endpoint.operation
    entities = {*call.activity.reached, *_named(call, operation)}
    capabilities = key.capabilities.intersection(operation.adds)
    if isinstance(operation.capability, Capability):
        capabilities |= {operation.capability}
    service = f"{parts['domain']}.{parts['service']}".lower() if "service" in parts else ""
    event = parts.get("event_type", "")
    services = frozenset({service} if _SERVICE.fullmatch(service) else ())
    is_refused = call.refused is not None and call.refused.refusal.value.status == HTTPStatus.FORBIDDEN
    return Asked(
        capabilities=capabilities,
        entities=frozenset(item for item in entities if len(item) <= _MAX_ID_CHARACTERS),
        services=frozenset() if is_refused else services,
        refused_services=services if is_refused else frozenset(),
        event=event if _EVENT.fullmatch(event) else None,
        everything=operation.everything and not entities,
    )


def _entities(call: Call, endpoint: Endpoint) -> AbstractSet[str]:
    return asked_for(call, endpoint).entities


def _named(call: Call, operation: Operation) -> set[str]:
    """Return the entities that a request names in its path or in comma-separated query parameters."""
    parts, query = call.request.match_info, call.request.query
    values = (value for name in operation.names for value in query.getall(name, ()))
    listed = (item.strip().lower() for value in values for item in value.split(","))
    in_path = {parts[name].lower() for name in operation.names if name in parts}
    return in_path | {item for item in listed if "." in item and "*" not in item}
