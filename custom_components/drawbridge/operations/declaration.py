"""The declaration of an operation, shared by all transports: who may perform it, and what it reads."""

from dataclasses import dataclass
from enum import Enum, auto

from ..keys import Capability


class Access(Enum):
    """Access without a capability."""

    PUBLIC = auto()
    """No key is required. A key that is sent must be valid."""
    ANY_KEY = auto()
    """Any valid key."""


@dataclass(frozen=True, slots=True)
class Operation:
    """The declaration of an operation.

    Admission checks the capability. Learn mode and the generated documentation use the other attributes.

    Attributes:
        name: The name of the operation, such as ``states.read``.
        capability: The capability that a key needs. It has no default.
        names: The request fields that contain entity IDs.
        everything: Whether a request without entity IDs applies to all entities in scope.
        adds: Optional capabilities. With them, the response contains more.
        is_live: Whether it is a long-lived connection. The time limit, the concurrency limit and the duration metric do
            not apply to it.
        by_link: Whether pages at the listener may use it with a link that contains the token of an entity's picture.
            Browsers send no key when they load an image.

    """

    name: str
    capability: Capability | Access
    names: tuple[str, ...] = ()
    everything: bool = False
    adds: tuple[Capability, ...] = ()
    is_live: bool = False
    by_link: bool = False

    def __post_init__(self) -> None:
        """Raise ``TypeError`` if the declaration does not say who may perform the operation."""
        if not isinstance(self.capability, Capability | Access):
            msg = f"{self.name} declares no capability"
            raise TypeError(msg)
