"""Renders a template for a key."""

from typing import Final

from ...keys import Capability
from ...refusal import Refusal, RefusedError, bad_request
from ...scope.redaction import without_bearer_text
from ..caller import Caller
from ..declaration import Operation
from .errors import TemplateRefusedError, TemplateTooMuchError
from .renderer import Job, TemplateBudgetError, TemplateBusyError, async_get_renderer
from .visible_home import VisibleHome

RENDER: Final = Operation("templates.render", Capability.TEMPLATE, everything=True)

_MAX_SHOWN_CHARACTERS: Final = 500
_ERROR: Final = "Error rendering template"


async def render(caller: Caller, source: object, variables: object) -> str:
    """Render a template that only reads what is in scope.

    Args:
        caller: The key.
        source: The template, as sent by the client.
        variables: The variables, as sent by the client; ``None`` for none.

    Returns:
        The result, without signed links and tokens that grant access.

    Raises:
        RefusedError: The template is invalid, uses something that is not allowed, or exceeds a limit.

    """
    if not isinstance(source, str):
        raise bad_request("'template' is missing, or is not a text.")
    if not isinstance(variables, dict | None):
        raise bad_request("'variables' should be a JSON object.")
    home = VisibleHome(caller.hass, caller.home.scope, caller.redaction)
    job = Job(caller.key.id, source, variables or {}, home, caller.ensure_unchanged)
    try:
        return without_bearer_text(await async_get_renderer(caller.hass).render(job))
    except RefusedError:
        raise
    except Exception as err:
        raise refusal_of(err) from err
    finally:
        caller.activity.reached = frozenset(home.asked)


def refusal_of(err: Exception) -> RefusedError:
    """Return the refusal for an exception raised by a template."""
    match err:
        case TemplateRefusedError():
            return RefusedError(err.refusal, {"detail": str(err)})
        case TemplateTooMuchError():
            return bad_request(f"{_ERROR}: {err}")
        case TemplateBudgetError():
            return RefusedError(Refusal.TEMPLATE_BUDGET, retry_after=err.retry_after)
        case TemplateBusyError():
            return RefusedError(Refusal.TEMPLATE_BUSY)
    # All other exceptions are caused by the client's template, as in Home Assistant.
    return bad_request(f"{_ERROR}: {type(err).__name__}: {str(err)[:_MAX_SHOWN_CHARACTERS]}")
