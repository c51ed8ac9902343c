"""Renders a template for a caller."""

from typing import Final

from ...keys import Capability
from ...refusal import Refusal, RefusedError, bad_request
from ...scope.redaction import without_bearer_text
from ..caller import Caller
from ..declaration import Operation
from .errors import TemplateRefusedError, TemplateTooMuchError
from .renderer import Job, TemplateBudgetError, TemplateBusyError, async_get_renderer
from .sight import Sight

RENDER: Final = Operation("templates.render", Capability.TEMPLATE, everything=True)

_MAX_SHOWN_CHARACTERS: Final = 500
_ERROR: Final = "Error rendering template"


async def render(caller: Caller, source: object, variables: object) -> str:
    """Render a template that uses only what is in scope.

    Args:
        caller: Whose template it is.
        source: The template, as the client sent it.
        variables: Its variables, as the client sent them; ``None`` for none.

    Returns:
        The result, without links and tokens that open something.

    Raises:
        RefusedError: The template is not valid, uses what it may not use, or takes too much.

    """
    if not isinstance(source, str):
        raise bad_request("'template' is missing, or is not a text.")
    if not isinstance(variables, dict | None):
        raise bad_request("'variables' should be a JSON object.")
    sight = Sight(caller.hass, caller.home.scope, caller.redaction)
    job = Job(caller.key.id, source, variables or {}, sight, caller.ensure_unchanged)
    try:
        return without_bearer_text(await async_get_renderer(caller.hass).render(job))
    except RefusedError:
        raise
    except Exception as err:
        raise refusal_of(err) from err
    finally:
        caller.activity.reached = frozenset(sight.asked)


def refusal_of(err: Exception) -> RefusedError:
    """Return the refusal of a request whose template raised an exception."""
    match err:
        case TemplateRefusedError():
            return RefusedError(err.refusal, {"detail": str(err)})
        case TemplateTooMuchError():
            return bad_request(f"{_ERROR}: {err}")
        case TemplateBudgetError():
            return RefusedError(Refusal.TEMPLATE_BUDGET, retry_after=err.retry_after)
        case TemplateBusyError():
            return RefusedError(Refusal.TEMPLATE_BUSY)
    # Whatever is raised, the client's template is the cause of it, as in Home Assistant.
    return bad_request(f"{_ERROR}: {type(err).__name__}: {str(err)[:_MAX_SHOWN_CHARACTERS]}")
