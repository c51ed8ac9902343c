"""The gate: the pipeline that every HTTP request passes."""

import asyncio
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ..audit.trail import AuditRecord, outcome_of
from ..bridge import Bridge
from ..door import Door
from ..keys import AuthFailure
from ..log import get_logger
from ..operations import own
from ..refusal import Metric, Refusal, RefusedError
from . import cors, tracing
from .call import Call, json_response
from .client import client_of
from .endpoint import Answering, Endpoint, takes_time
from .headers import close_if_unsafe, complete
from .observe import observe, subject
from .pipelining import is_pipelined
from .problem import headers_of, problem_of
from .response import WholeResponse
from .security_headers import REQUEST_ID, SECURITY_HEADERS, request_id
from .steps import admit, authenticate

_LOGGER = get_logger(__name__)

_OTHER: Final = "other"
_MAX_UNLIMITED_BYTES: Final = 65_536
_READS: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})


class Gate:
    """Admits or refuses the requests to one path."""

    def __init__(
        self,
        route: str,
        endpoints: Mapping[str, Endpoint],
        find_bridge: Callable[[], Bridge | None],
        base_path: str,
        door: Door,
    ) -> None:
        """Create the gate of a route.

        Args:
            route: The declared path, relative to the base path.
            endpoints: The endpoints by method.
            find_bridge: Returns the bridge, or ``None`` while it is down.
            base_path: The path under which the endpoints are mounted.
            door: The door through which the requests come in.

        """
        self._base_path = base_path
        self._door = door
        self._route = route
        self._find_bridge = find_bridge
        self._methods = ", ".join(sorted({*endpoints, hdrs.METH_OPTIONS}))
        self._endpoints = {
            hdrs.METH_OPTIONS: Endpoint(hdrs.METH_OPTIONS, route, own.NONE, self._preflight, "Return the methods."),
            **endpoints,
        }
        self._other = Endpoint(_OTHER, route, own.NONE, self._refuse_method, "")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Respond to a request. Every response passes through this method."""
        if is_pipelined(request):
            await asyncio.sleep(0)
        started = time.perf_counter()
        bridge = self._find_bridge()
        number = request_id(request.headers.get(REQUEST_ID))
        if bridge is None:
            return self._down(request, number)
        call = Call(request, bridge, self._base_path, number, client_of(request, self._door))
        endpoint = self._endpoints.get(request.method, self._other)
        handled = endpoint if bridge.tracer is None else tracing.begin(call, endpoint, bridge.tracer)
        admitted = self._admit(call, handled)
        if takes_time(admitted):
            response = await (self._live if endpoint.operation.is_live else self._wait)(call, endpoint, admitted)
            has_begun = response.prepared
        else:
            response, has_begun = admitted, False
        if not has_begun:
            response = _sendable(call, response)
            complete(call, response)
        is_timed = not (has_begun and endpoint.operation.is_live)
        self._record(call, endpoint, response, time.perf_counter() - started if is_timed else None)
        return response

    def _record(self, call: Call, endpoint: Endpoint, response: web.StreamResponse, seconds: float | None) -> None:
        """Record a response in metrics, traces, the audit trail and learn mode. Live connections have no duration."""
        method = call.request.method if endpoint is not self._other else _OTHER
        sent = response.body_length or response.content_length or 0
        activity, status = call.activity, response.status
        if seconds is not None:
            call.bridge.recorder.answered(self._route, method, status, seconds - activity.held, sent, self._door)
        if call.trace is not None:
            call.trace.end(call, response, self._route, method, sent)
        if (call.refused is not None or activity.target is not None) and _is_audited(call, endpoint):
            self._audit_in_time(call, endpoint, method, status)
        if call.presented is not None:
            observe(call, call.presented, endpoint)

    def _admit(self, call: Call, endpoint: Endpoint) -> web.StreamResponse | Answering:
        """Run the steps, then call the handler. Returns a coroutine if the handler is asynchronous."""
        if (refused := authenticate(call, endpoint) or admit(call, endpoint)) is not None:
            return _refuse(call, refused)
        key, bridge = call.presented, call.bridge
        if key is not None and bridge.limits.concurrency.is_full(key.id, bridge.options.max_concurrent):
            return _refuse(call, RefusedError(Refusal.BUSY))
        try:
            return endpoint.handler(call)
        except Exception as err:  # noqa: BLE001 - every error becomes a response
            return _refuse(call, _refusal_of(err, endpoint))

    async def _wait(self, call: Call, endpoint: Endpoint, result: Answering) -> web.StreamResponse:
        """Await a handler, counting it against the concurrency limit of its key, with a time limit."""
        places, holder = call.bridge.limits.concurrency, call.holder
        places.enter(holder)
        try:
            async with asyncio.timeout(call.bridge.options.time_limit) as call.clock:
                return await result
        except Exception as err:  # noqa: BLE001 - every error becomes a response
            return _refuse(call, _refusal_of(err, endpoint))
        finally:
            call.forget_clock()
            places.leave(holder)

    async def _live(self, call: Call, endpoint: Endpoint, result: Answering) -> web.StreamResponse:
        """Serve a live connection until it ends."""
        try:
            return await result
        except Exception as err:  # noqa: BLE001 - every error becomes a response
            return _refuse(call, _refusal_of(err, endpoint))

    def _audit_in_time(self, call: Call, endpoint: Endpoint, method: str, status: int) -> None:
        """Add an audit record; for a refusal after it is sent, because the record names what the call would reach."""
        if call.refused is None:
            self._audit(call, endpoint, method, status)
        else:
            asyncio.get_running_loop().call_soon(self._audit, call, endpoint, method, status)

    def _audit(self, call: Call, endpoint: Endpoint, method: str, status: int) -> None:
        refused, key, approval = call.refused, call.presented, call.activity.approval
        call.bridge.audit.add(
            AuditRecord(
                time=time.time(),
                request_id=call.request_id,
                key_id=key.id if key is not None else None,
                key_name=key.name if key is not None else None,
                address=call.remote or "local",
                method=method,
                route=self._route,
                status=status,
                outcome=outcome_of(status),
                reason=refused.reason.label if refused is not None else None,
                target=call.activity.target or None,
                approver=approval.by if approval is not None else None,
                answered_at=approval.at if approval is not None else None,
                subject=subject(call, endpoint),
                trace_id=tracing.trace_id_of(call),
            )
        )

    def _down(self, request: web.Request, number: str) -> web.StreamResponse:
        """Respond while the bridge is down."""
        refused, endpoint = RefusedError(Refusal.UNAVAILABLE), self._endpoints.get(request.method)
        if endpoint is None or endpoint.when_down is None:
            response = problem_of(refused)
        else:
            response = json_response(endpoint.when_down, refused.refusal.value.status)
            response.headers.update(headers_of(refused))
        response.headers.update(SECURITY_HEADERS)
        response.headers[REQUEST_ID] = number
        close_if_unsafe(request, response)
        return response

    def _preflight(self, call: Call) -> web.StreamResponse:
        """Respond to OPTIONS and to CORS preflight requests."""
        headers = call.request.headers
        if hdrs.ACCESS_CONTROL_REQUEST_METHOD not in headers:
            return WholeResponse(HTTPStatus.NO_CONTENT, {hdrs.ALLOW: self._methods})
        granted = cors.preflight_headers(
            headers.get(hdrs.ORIGIN),
            call.bridge.origins(call.presented),
            self._methods,
            private_network="Access-Control-Request-Private-Network" in headers,
        )
        return WholeResponse(HTTPStatus.NO_CONTENT, {hdrs.ALLOW: self._methods, **granted})

    def _refuse_method(self, _call: Call) -> web.StreamResponse:
        raise RefusedError(Refusal.METHOD_NOT_ALLOWED, {"methods": self._methods})


def _refusal_of(err: Exception, endpoint: Endpoint) -> RefusedError:
    """Return the refusal for an exception raised by a handler."""
    if isinstance(err, RefusedError):
        return err
    if isinstance(err, TimeoutError):
        return RefusedError(Refusal.TIMED_OUT)
    _LOGGER.error("Unexpected error in %s %s", endpoint.method, endpoint.path, exc_info=err)
    return RefusedError(Refusal.INTERNAL)


def _sendable(call: Call, response: web.StreamResponse) -> WholeResponse:
    """Return the response, or a refusal if the key has too many unread responses."""
    # `isinstance` is slow for a response, because of its abstract base classes.
    if type(response) is not WholeResponse:
        message = "An endpoint returned neither a complete response nor a stream that was started"
        raise TypeError(message)
    if response.size > _MAX_UNLIMITED_BYTES and call.bridge.limits.sending.is_full(call.holder, response.size):
        response = _refuse(call, RefusedError(Refusal.UNREAD))
    response.is_direct = call.bridge.options.direct_responses
    return response


def _refuse(call: Call, refused: RefusedError) -> WholeResponse:
    call.refused = refused
    counters = call.bridge.recorder.counters
    if refused.reason is Refusal.KEY_CHANGED:
        counters.auth_failures[AuthFailure.CHANGED] += 1
    if refused.reason.value.metric is Metric.DENIED:
        counters.denied[refused.reason.label] += 1
        if call.presented is not None:
            counters.keys[call.presented.id].refused += 1
    return problem_of(refused)


def _is_audited(call: Call, endpoint: Endpoint) -> bool:
    """Tell whether a request is audited: writes, and refusals other than client errors."""
    if call.refused is None:
        return endpoint.method not in _READS and call.activity.target is not None
    return call.refused.reason.value.audited
