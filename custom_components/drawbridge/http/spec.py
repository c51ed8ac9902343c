"""The description of an endpoint for the OpenAPI document: parameters, body and responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

type Schema = Mapping[str, Any]

JSON: Final = "application/json"
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "string", "maxLength": 16}
"""A parameter that is true if it is present, as in Home Assistant."""
WHOLE: Final[Schema] = {"type": "integer"}
MOMENT: Final[Schema] = {"type": "string", "examples": ["2026-11-01T12:00:00+00:00"]}
ENTITY_ID: Final[Schema] = {"type": "string", "pattern": r"^[^/]+$", "examples": ["light.living_room"]}
MESSAGE: Final[Schema] = {"type": "object", "required": ["message"], "properties": {"message": TEXT}}
OBJECT: Final[Schema] = {"type": "object"}


def array(items: Schema) -> Schema:
    """Return the schema of an array."""
    return {"type": "array", "items": items}


def component(name: str) -> Schema:
    """Return a reference to a schema that several endpoints share; see ``openapi.SCHEMAS``."""
    return {"$ref": f"#/components/schemas/{name}"}


STATE: Final = component("State")
STATES: Final = array(STATE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter. A ``repeatable`` one may be given several times."""

    name: str
    description: str
    schema: Schema = field(default_factory=lambda: TEXT)
    required: bool = False
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON body of a request."""

    description: str
    schema: Schema = field(default_factory=lambda: OBJECT)
    example: object = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful response. Without a ``schema``, its content is opaque."""

    description: str
    schema: Schema | None = None
    example: object = None
    content_type: str | None = JSON
    headers: Mapping[str, str] = NOTHING
    """The headers specific to this response, with their descriptions."""


@dataclass(frozen=True, slots=True)
class About:
    """The description of an endpoint, without what the gate does for every endpoint.

    ``problems`` are the error statuses that the endpoint itself can return.
    """

    answers: Mapping[HTTPStatus, Answer]
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    problems: frozenset[HTTPStatus] = frozenset()
    tag: str = "mirror"


def ok(answer: Answer, *problems: HTTPStatus, parameters: tuple[Parameter, ...] = (), tag: str = "mirror") -> About:
    """Describe an endpoint that returns 200 or one of the listed problems."""
    return About({HTTPStatus.OK: answer}, parameters, problems=frozenset(problems), tag=tag)


def kept(answer: Answer, *problems: HTTPStatus) -> About:
    """Describe an endpoint whose response clients may store and revalidate."""
    validator = {"ETag": "The validator of the response, for If-None-Match."}
    unchanged = Answer("Nothing has changed since the response that If-None-Match names.", headers=validator)
    answers = {HTTPStatus.OK: replace(answer, headers=validator), HTTPStatus.NOT_MODIFIED: unchanged}
    return About(answers, problems=frozenset(problems))
