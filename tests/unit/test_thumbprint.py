"""The certificate thumbprint of a key: input and storage."""

import pytest

from custom_components.drawbridge.keys.thumbprint import parse_thumbprint, stored_thumbprint
from tests.exporter.certificates import Authority

HEX = "0123456789abcdef" * 4
COLONS = ":".join(HEX[start : start + 2] for start in range(0, 64, 2))


@pytest.mark.parametrize(
    "text", [HEX, HEX.upper(), COLONS, f"  {COLONS}\n", f"SHA256 Fingerprint={COLONS}", f"sha256 fingerprint={HEX}"]
)
def test_hex(text: str) -> None:
    """Hexadecimal digits are accepted with and without colons."""
    assert parse_thumbprint(text) == HEX


def test_certificate() -> None:
    """A PEM certificate is found in other text. In a chain, the first one counts."""
    first, second = (Authority().issue("127.0.0.1").certificate.decode() for _ in range(2))
    assert parse_thumbprint(f"subject=x\n{first}{second}") == parse_thumbprint(first) != parse_thumbprint(second)
    assert stored_thumbprint(parse_thumbprint(first))


@pytest.mark.parametrize(
    "text", ["", HEX[:-1], HEX + "0", "g" * 64, HEX.replace("0", "é"), "-----BEGIN CERTIFICATE-----\n"]
)
def test_nothing_else(text: str) -> None:
    """Parts of a thumbprint or a certificate are refused."""
    with pytest.raises(ValueError, match=r"\w"):
        parse_thumbprint(text)


@pytest.mark.parametrize("value", [HEX.upper(), COLONS, None, 5, HEX[:-1]])
def test_stored(value: object) -> None:
    """A thumbprint is stored in one form, so that it can be compared."""
    with pytest.raises(ValueError, match="thumbprint"):
        stored_thumbprint(value)
