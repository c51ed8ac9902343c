"""How the certificate of a key is entered and stored."""

import pytest

from custom_components.drawbridge.keys.thumbprint import parse_thumbprint, stored_thumbprint
from tests.exporter.certificates import Authority

HEX = "0123456789abcdef" * 4
COLONS = ":".join(HEX[start : start + 2] for start in range(0, 64, 2))


@pytest.mark.parametrize(
    "text", [HEX, HEX.upper(), COLONS, f"  {COLONS}\n", f"SHA256 Fingerprint={COLONS}", f"sha256 fingerprint={HEX}"]
)
def test_hex(text: str) -> None:
    """With colons or without, as openssl prints it."""
    assert parse_thumbprint(text) == HEX


def test_certificate() -> None:
    """Whatever stands around it; the first of a chain."""
    first, second = (Authority().issue("127.0.0.1").certificate.decode() for _ in range(2))
    assert parse_thumbprint(f"subject=x\n{first}{second}") == parse_thumbprint(first) != parse_thumbprint(second)
    assert stored_thumbprint(parse_thumbprint(first))


@pytest.mark.parametrize(
    "text", ["", HEX[:-1], HEX + "0", "g" * 64, HEX.replace("0", "é"), "-----BEGIN CERTIFICATE-----\n"]
)
def test_nothing_else(text: str) -> None:
    """Never a part of one."""
    with pytest.raises(ValueError, match=r"\w"):
        parse_thumbprint(text)


@pytest.mark.parametrize("value", [HEX.upper(), COLONS, None, 5, HEX[:-1]])
def test_stored(value: object) -> None:
    """In one form alone, since it is compared."""
    with pytest.raises(ValueError, match="thumbprint"):
        stored_thumbprint(value)
