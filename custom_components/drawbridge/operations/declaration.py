"""What an operation declares once, whatever the transport: who may use it, and what it reads."""

from dataclasses import dataclass
from enum import Enum, auto

from ..keys import Capability


class Access(Enum):
    """Access that does not depend on a capability."""

    PUBLIC = auto()
    """No key is needed. One that is presented must be valid."""
    ANY_KEY = auto()
    """Any valid key."""


@dataclass(frozen=True, slots=True)
class Operation:
    """The declaration of an operation.

    Admission checks the capability. Learn mode and the documents read the rest.

    Attributes:
        name: The name of the operation, such as ``states.read``.
        capability: The capability that a key needs. It has no default.
        names: The fields of a request that name entities.
        everything: Whether it answers about every entity in scope when a request names none.
        adds: Capabilities that add to the answer, and that it can do without.
        is_live: Whether it lasts as long as the client wants. It is a connection rather than a request: neither the
            time limit nor the concurrency limit holds for it, and no metric counts its duration.

    """

    name: str
    capability: Capability | Access
    names: tuple[str, ...] = ()
    everything: bool = False
    adds: tuple[Capability, ...] = ()
    is_live: bool = False

    def __post_init__(self) -> None:
        """Refuse a declaration that leaves open who may use it. Raises ``TypeError``."""
        if not isinstance(self.capability, Capability | Access):
            msg = f"{self.name} declares no capability"
            raise TypeError(msg)
