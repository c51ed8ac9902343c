"""Masks secrets in texts that a client had a part in."""

import re
from typing import Final

MASK: Final = "[masked]"

_SECRETS: Final = re.compile(
    r"dbk(?:_|%5f|%255f)[0-9a-z]+"  # a key of Drawbridge, also in part or in lower case
    r"|eyj[0-9a-z_-]{8,}(?:\.[0-9a-z_-]*)*"  # a token of Home Assistant: a JSON Web Token
    r"|[0-9a-z]{40,}",  # any other secret, such as a key without its prefix
    re.IGNORECASE | re.ASCII,
)


def mask(text: str) -> str:
    """Return a text with everything that looks like a secret masked."""
    return _SECRETS.sub(MASK, text)


def holds_secret(text: str) -> bool:
    """Tell whether a part of a text looks like a secret."""
    return _SECRETS.search(text) is not None
