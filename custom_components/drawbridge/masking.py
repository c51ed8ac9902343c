"""Masks secrets in texts that may contain data from clients."""

import re
from typing import Final

MASK: Final = "[masked]"
KEY_PATTERN: Final = r"dbk_[0-9a-z]{49}"
"""A complete Drawbridge key, in upper or lower case."""

_ENCODED: Final = "%(?:25)*+"
"""The start of a character that was percent-encoded once or several times."""
_ALNUM: Final = rf"(?:[0-9a-z]|{_ENCODED}(?:3[0-9]|[46][1-9a-f]|[57][0-9a]))"
_SECRETS: Final = re.compile(
    # A Drawbridge key, also partial or in lower case.
    rf"(?:d|{_ENCODED}[46]4)(?:b|{_ENCODED}[46]2)(?:k|{_ENCODED}[46]b)(?:_|{_ENCODED}5f){_ALNUM}++"
    # A Home Assistant token, which is a JSON Web Token.
    rf"|(?:e|{_ENCODED}[46]5)(?:y|{_ENCODED}[57]9)(?:j|{_ENCODED}[46]a)(?:{_ALNUM}|[_.-]|{_ENCODED}(?:5f|2[de])){{8,}}+"
    # Any other secret, such as a key without its prefix. Matches only at the start of a run, for performance.
    rf"|(?<![0-9a-z]){_ALNUM}{{40,}}+",
    re.IGNORECASE | re.ASCII,
)
_KEY: Final = re.compile(KEY_PATTERN, re.IGNORECASE | re.ASCII)


def mask(text: str) -> str:
    """Return a text with everything that looks like a secret masked."""
    return _SECRETS.sub(MASK, text)


def holds_secret(text: str) -> bool:
    """Tell whether a text contains something that looks like a secret."""
    return _SECRETS.search(text) is not None


def holds_key(text: str) -> bool:
    """Tell whether a text contains a complete Drawbridge key, in upper or lower case."""
    return _KEY.search(text) is not None
