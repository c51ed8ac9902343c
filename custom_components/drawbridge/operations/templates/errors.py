"""Reasons why a template is not rendered."""

from ...refusal import Refusal


class TemplateRefusedError(Exception):
    """The template uses something that is not allowed, or reads something outside the scope.

    Attributes:
        refusal: The refusal of the request.

    """

    def __init__(self, refusal: Refusal, detail: str) -> None:
        """Create an error with a message for the client."""
        super().__init__(detail)
        self.refusal = refusal


class TemplateTooMuchError(Exception):
    """The template exceeds a limit."""


class TemplateLongError(BaseException):
    """The template takes too long for one slice. It is rendered again, in several slices.

    Not an ``Exception``, so that no function called by a template can catch it.
    """


class TemplateCancelledError(BaseException):
    """The result is no longer needed. No function called by a template can catch this."""
