"""All limiters of a bridge."""

from dataclasses import dataclass, field

from .concurrency import Concurrency
from .created_states import CreatedStates
from .lockout import Lockouts
from .places import Places
from .rate_limit import RateLimiter
from .sending import Sending


@dataclass(frozen=True, slots=True)
class Limiters:
    """The limiters of a bridge, which all transports share.

    Attributes:
        lockouts: Locks out addresses that send too many invalid keys.
        rate: Limits the requests of each key per minute.
        concurrency: Limits the concurrent requests of each key.
        created_states: Limits the states that each key creates.
        unfinished: Limits the calls of each key that continue after their request has ended.
        sending: Limits the responses that clients have not read yet.
        places: Limits the open connections of the listener.

    """

    lockouts: Lockouts = field(default_factory=Lockouts)
    rate: RateLimiter = field(default_factory=RateLimiter)
    concurrency: Concurrency = field(default_factory=Concurrency)
    created_states: CreatedStates = field(default_factory=CreatedStates)
    unfinished: Concurrency = field(default_factory=Concurrency)
    sending: Sending = field(default_factory=Sending)
    places: Places = field(default_factory=Places)
