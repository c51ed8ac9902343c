"""Thumbprints of client certificates (RFC 8705, section 3.1): SHA-256, in lower-case hex."""

import re
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

_PEM: Final = "-----BEGIN CERTIFICATE-----"
_HEX: Final = re.compile(r"(?:sha-?256 fingerprint=)?((?:[0-9a-f]{2}:?){32})")
_THUMBPRINT: Final = re.compile("[0-9a-f]{64}")


def parse_thumbprint(text: str) -> str:
    """Return the thumbprint in a text: hex with or without colons, or a certificate in PEM format.

    Of several certificates, the first counts, as in a chain. Raises ``ValueError`` for anything else.
    """
    text = text.strip()
    if _PEM in text:
        return read_thumbprint(text.encode())
    if (found := _HEX.fullmatch(text.lower())) is None:
        raise ValueError("not a SHA-256 thumbprint")
    return found[1].replace(":", "")


def read_thumbprint(content: bytes) -> str:
    """Return the thumbprint of a certificate in PEM or DER format. Raises ``ValueError`` for anything else."""
    if _PEM.encode() in content:
        certificate = x509.load_pem_x509_certificates(content)[0]
    else:
        certificate = x509.load_der_x509_certificate(content)
    return certificate.fingerprint(hashes.SHA256()).hex()


def stored_thumbprint(value: object) -> str:
    """Return a thumbprint in its stored form. Raises ``ValueError`` for anything else."""
    if not isinstance(value, str) or not _THUMBPRINT.fullmatch(value):
        raise ValueError("not a thumbprint")
    return value
