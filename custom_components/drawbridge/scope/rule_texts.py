"""The texts of the rules that decide about calls. The panel recognizes them, to show them in other languages."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

RULE_TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "service_listed": "service {service} is listed",
        "service_exact": "service {service} must be listed by its exact name",
        "service_not_listed": "service {service} is not listed",
        "services_allowed": "services of entities are allowed",
        "entity_outside": "entity {entity} is not in scope",
        "no_entity": "the call reaches no entity of its domain",
        "all_in_scope": "every entity that the call reaches is in scope",
        "templated": "templates in the data are not allowed",
        "target_outside": "a target names nothing in scope",
        "field_value": "the value of '{field}' is not allowed",
        "field_not_reviewed": "the field '{field}' needs the service with all of its fields on the list",
        "data_outside": "the data names what is not in scope",
        "no_such_service": "nothing that the call reaches has a service '{service}'",
        "setting": "entity {entity} is a setting of its device and must be listed itself",
        "delegate": "entity {entity} acts on what is not in scope and must be listed itself",
    }
)
_PLACEHOLDER: Final = re.compile(r"\\{(\w+)\\}")


def rule_text(name: str, **values: str) -> str:
    """Return the text of a rule."""
    return RULE_TEXTS[name].format(**values)


def recognize(text: str) -> tuple[str, dict[str, str]] | None:
    """Return the name and the values of the rule that has a text; ``None`` if no rule has it."""
    for name, pattern in _patterns().items():
        if (found := pattern.fullmatch(text)) is not None:
            return name, found.groupdict()
    return None


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(_PLACEHOLDER.sub(r"(?P<\1>.+)", re.escape(text)), re.DOTALL)
        for name, text in RULE_TEXTS.items()
    }
