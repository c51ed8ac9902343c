"""The vault: what a key looks like, what is kept of it, and who a secret belongs to.

Nothing here imports Home Assistant, and the clock is passed in.
"""

from .model import ApiKey, Capability, StoredSecret
from .ring import AuthFailure, KeyRing
from .secret import digest, generate, is_well_formed

__all__ = [
    "ApiKey",
    "AuthFailure",
    "Capability",
    "KeyRing",
    "StoredSecret",
    "digest",
    "generate",
    "is_well_formed",
]
