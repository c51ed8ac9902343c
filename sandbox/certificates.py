"""Certificates for the sandbox and for tests: an authority and what it issues."""

import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.files import write_private


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its private key, both in PEM."""

    certificate: bytes
    private_key: bytes

    def write(self, directory: Path, name: str = "server") -> tuple[Path, Path]:
        """Write both and return their paths."""
        paths = directory / f"{name}.crt", directory / f"{name}.key"
        paths[0].write_bytes(self.certificate)
        write_private(paths[1], self.private_key.decode())
        return paths

    def load_into(self, context: ssl.SSLContext) -> None:
        """Have ``context`` present the certificate."""
        with tempfile.TemporaryDirectory() as directory:
            context.load_cert_chain(*self.write(Path(directory)))


class Authority:
    """An authority that nobody trusts unless told to."""

    def __init__(
        self, name: str = "Test authority", valid: timedelta = timedelta(days=30), issuer: Authority | None = None
    ) -> None:
        """Make the key and the authority's own certificate, which ends ``valid`` from now.

        With an issuer, this is an intermediate authority.
        """
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        signer = issuer or self
        constraints = x509.BasicConstraints(ca=True, path_length=1 if issuer is None else 0)
        builder = signer._builder(self._name, self._key.public_key(), valid)  # noqa: SLF001 - of this class
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(constraints, critical=True).add_extension(usage, critical=True)
        signed = builder.sign(signer._key, hashes.SHA256())  # noqa: SLF001 - of this class
        self.certificate = signed.public_bytes(serialization.Encoding.PEM)

    def issue(self, address: str, valid: timedelta = timedelta(days=30)) -> Certificate:
        """Return a certificate for an IP address that ends ``valid`` from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        builder = self._builder(_name(address), key.public_key(), valid)
        signed = builder.add_extension(names, critical=False).sign(self._key, hashes.SHA256())
        return Certificate(
            signed.public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )

    def trusting(self, client: Certificate | None = None) -> ssl.SSLContext:
        """Return the TLS settings of a client that trusts the authority, and presents a certificate or none."""
        context = ssl.create_default_context(cadata=self.certificate.decode())
        if client is not None:
            client.load_into(context)
        return context

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, valid: timedelta) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + valid)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
