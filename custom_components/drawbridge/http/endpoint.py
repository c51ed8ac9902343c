"""Declares endpoints: method, path, operation, handler, and their description for OpenAPI."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from types import CoroutineType
from typing import Any, TypeIs

from aiohttp import web

from ..audit.reads import About as Read
from ..keys import Capability
from ..operations.declaration import Operation
from .call import Call
from .spec import About

type Answering = Coroutine[Any, Any, web.StreamResponse]
"""A response that must be awaited."""

type Handler = Callable[[Call], web.StreamResponse | Answering]


def takes_time(answer: web.StreamResponse | Answering) -> TypeIs[Answering]:
    """Tell whether a response must be awaited."""
    # Checking the response instead would be slow, because of its abstract base classes.
    return isinstance(answer, CoroutineType)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path.

    Attributes:
        method: The method.
        path: The path below the base path.
        operation: The operation, with the capability that it needs. Required.
        handler: Parses the request, calls the operation and encodes the result.
        summary: One line for the OpenAPI document.
        about: The parameters and responses, for the OpenAPI document.
        when_down: The JSON body of the 503 response while the bridge is down; a problem document by default.
        read: What the activity sums requests under that change nothing; ``None`` if no capability is needed.

    """

    method: str
    path: str
    operation: Operation
    handler: Handler
    summary: str
    about: About | None = None
    when_down: Mapping[str, str] | None = None
    read: Read | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Raise ``TypeError`` if the declaration has no operation."""
        if not isinstance(self.operation, Operation):
            msg = f"{self.method} {self.path} declares no operation"
            raise TypeError(msg)
        if isinstance(capability := self.operation.capability, Capability):
            # Computed once, because every read needs it.
            object.__setattr__(self, "read", (self.operation.name, capability.value, self.method, self.path))


class Router:
    """A collection of declarations, filled by ``@router.endpoint`` where handlers are defined."""

    def __init__(self) -> None:
        """Create an empty collection."""
        self.endpoints: list[Endpoint] = []

    def endpoint(
        self,
        method: str,
        path: str,
        *,
        operation: Operation,
        about: About,
        when_down: Mapping[str, str] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare the decorated handler. The first line of its docstring is the summary."""

        def declare(handler: Handler) -> Handler:
            summary = (handler.__doc__ or "").partition("\n")[0]
            self.endpoints.append(Endpoint(method, path, operation, handler, summary, about, when_down))
            return handler

        return declare
