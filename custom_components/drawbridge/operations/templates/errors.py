"""Why a template is not rendered."""

from ...refusal import Refusal


class TemplateRefusedError(Exception):
    """The template uses what it may not use, or touches what the key may not see.

    Attributes:
        refusal: The refusal of the request.

    """

    def __init__(self, refusal: Refusal, detail: str) -> None:
        """Refuse with a text for the client."""
        super().__init__(detail)
        self.refusal = refusal


class TemplateTooMuchError(Exception):
    """The template takes more than a template may."""


class TemplateLongError(BaseException):
    """The template takes longer than a template may in one go. It is rendered again, in slices.

    It is no ``Exception``, so that no function that a template calls can catch it.
    """


class TemplateCancelledError(BaseException):
    """Nobody waits for the result any more. No function that a template calls can catch it."""
