"""Reads certificates, and creates TLS contexts. All functions here block."""

import os
import ssl
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from .fault import Fault, ListenerError

_CIPHERS: Final = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
)
"""The ciphers of TLS 1.2, as in Mozilla's intermediate profile without finite-field Diffie-Hellman."""
_MAX_FILE_BYTES: Final = 1_048_576

type Identity = tuple[tuple[int, ...], ...]
"""The versions of files. They differ after a file was replaced or written."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Paths of files in PEM format, and the oldest TLS version.

    Attributes:
        certificate: The certificate, followed by its intermediate certificates.
        key: The private key.
        authority: The authorities of client certificates, or an empty text.
        allow_tls_1_2: Whether clients may use TLS 1.2.

    """

    certificate: str
    key: str
    authority: str = ""
    allow_tls_1_2: bool = False


@dataclass(frozen=True, slots=True)
class LoadedTls:
    """A TLS context, the versions of its files, and the validity of the certificate (Unix times)."""

    context: ssl.SSLContext
    identity: Identity
    begins: float
    ends: float


def identify(files: TlsFiles) -> Identity:
    """Return the current versions of the files. A file that cannot be read has no version."""
    return tuple(_version(path) for path in (files.certificate, files.key, files.authority) if path)


def load(files: TlsFiles) -> LoadedTls:
    """Read the files.

    Raises:
        ListenerError: A file cannot be read or used, or the key does not belong to the certificate.

    """
    identity = identify(files)
    certificate = _certificate(files.certificate)
    key = _read(files.key, Fault.KEY_MISSING, Fault.KEY_UNREADABLE)
    _ensure_pair(certificate, key)
    context = _new_context(allow_tls_1_2=files.allow_tls_1_2)
    try:
        context.load_cert_chain(files.certificate, files.key, password="")
    except (OSError, ssl.SSLError) as err:
        raise ListenerError(Fault.CERTIFICATE_INVALID) from err
    if files.authority:
        _trust(context, files.authority)
    return LoadedTls(
        context,
        identity,
        certificate.not_valid_before_utc.timestamp(),
        certificate.not_valid_after_utc.timestamp(),
    )


def _new_context(*, allow_tls_1_2: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2 if allow_tls_1_2 else ssl.TLSVersion.TLSv1_3
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_ciphers(_CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _trust(context: ssl.SSLContext, path: str) -> None:
    """Ask clients for a certificate of an authority. A client may have none, but not an invalid one."""
    pem = _read(path, Fault.AUTHORITY_MISSING, Fault.AUTHORITY_UNREADABLE)
    try:
        x509.load_pem_x509_certificates(pem)
        context.load_verify_locations(cadata=pem.decode("ascii"))
    except (ValueError, ssl.SSLError) as err:
        raise ListenerError(Fault.AUTHORITY_INVALID) from err
    context.verify_mode = ssl.CERT_OPTIONAL
    # A resumed session would keep a certificate that is no longer valid.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET


def _certificate(path: str) -> x509.Certificate:
    pem = _read(path, Fault.CERTIFICATE_MISSING, Fault.CERTIFICATE_UNREADABLE)
    try:
        return x509.load_pem_x509_certificates(pem)[0]
    except ValueError as err:
        raise ListenerError(Fault.CERTIFICATE_INVALID) from err


def _ensure_pair(certificate: x509.Certificate, pem: bytes) -> None:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
        belongs = _encoded(key.public_key()) == _encoded(certificate.public_key())
    except (ValueError, TypeError, ArithmeticError) as err:
        # A key with a password raises a TypeError.
        raise ListenerError(Fault.KEY_INVALID) from err
    if not belongs:
        raise ListenerError(Fault.KEY_OF_OTHER_CERTIFICATE)


def _encoded(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _read(path: str, missing: Fault, unreadable: Fault) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the path is a text
            return file.read(_MAX_FILE_BYTES)
    except FileNotFoundError, NotADirectoryError:
        raise ListenerError(missing) from None
    except (OSError, ValueError) as err:
        raise ListenerError(unreadable) from err


def _version(path: str) -> tuple[int, ...]:
    try:
        found = os.stat(path)  # noqa: PTH116 - the path is a text
    except OSError, ValueError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev
