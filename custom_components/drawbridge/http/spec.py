"""What an endpoint says of itself: parameters, body, answers. The OpenAPI document is made of it."""

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
"""The mere presence of the parameter says yes, as in Home Assistant."""
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
    """A parameter of the query. One that is ``repeatable`` may be given more than once."""

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
    """An answer to a request that was let through. Without a ``schema`` of JSON, its content is opaque."""

    description: str
    schema: Schema | None = None
    example: object = None
    content_type: str | None = JSON
    headers: Mapping[str, str] = NOTHING
    """The headers that this answer has, and others have not, with what they say."""


@dataclass(frozen=True, slots=True)
class About:
    """All that a client must know of an endpoint, beside what the gate does for every one.

    ``problems`` are the refusals that come from the endpoint itself.
    """

    answers: Mapping[HTTPStatus, Answer]
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    problems: frozenset[HTTPStatus] = frozenset()
    tag: str = "mirror"


def ok(answer: Answer, *problems: HTTPStatus, parameters: tuple[Parameter, ...] = (), tag: str = "mirror") -> About:
    """Return what is to say of an endpoint that answers 200, or refuses."""
    return About({HTTPStatus.OK: answer}, parameters, problems=frozenset(problems), tag=tag)


def kept(answer: Answer, *problems: HTTPStatus) -> About:
    """Return what is to say of an endpoint whose answer clients may keep, and ask whether it still holds."""
    validator = {"ETag": "Names the answer, for If-None-Match."}
    unchanged = Answer("Nothing changed since the answer that If-None-Match names.", headers=validator)
    answers = {HTTPStatus.OK: replace(answer, headers=validator), HTTPStatus.NOT_MODIFIED: unchanged}
    return About(answers, problems=frozenset(problems))
