"""Why a template is not rendered."""


class TemplateRefusedError(Exception):
    """The template uses what it may not use, or touches what the key may not see.

    ``reason`` is a short fixed word.
    """

    def __init__(self, reason: str, detail: str) -> None:
        """Refuse for a reason."""
        super().__init__(detail)
        self.reason = reason


class TemplateTooMuchError(Exception):
    """The template takes more than a template may."""


class TemplateLongError(BaseException):
    """The template takes longer than a template may in one go. It is rendered again, in slices.

    It is no ``Exception``, so that no function that a template calls can catch it.
    """


class TemplateCancelledError(BaseException):
    """Nobody waits for the result any more. No function that a template calls can catch it."""
