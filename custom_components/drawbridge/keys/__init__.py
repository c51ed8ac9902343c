"""API keys: format, hash, model, storage and look-up."""

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
