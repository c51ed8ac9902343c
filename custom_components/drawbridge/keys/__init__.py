"""API keys: format, hash, model, storage and look-up."""

from .additions import Additions, TemporaryAdditions
from .capability import Capability
from .model import ApiKey, StoredSecret
from .ring import AuthFailure, KeyRing
from .secret import digest, generate, is_well_formed

__all__ = [
    "Additions",
    "ApiKey",
    "AuthFailure",
    "Capability",
    "KeyRing",
    "StoredSecret",
    "TemporaryAdditions",
    "digest",
    "generate",
    "is_well_formed",
]
