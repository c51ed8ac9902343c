"""Creates TLS contexts from the web config file."""

import ssl
import tempfile
from pathlib import Path

from ..config.web_config import Pem, TLSConfig
from ..config.yamlfile import ConfigFileError
from .curves import set_curves


def server_context(config: TLSConfig) -> ssl.SSLContext:
    """Return a TLS context for the server.

    Raises:
        ConfigFileError: A certificate or key is invalid or cannot be read.

    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = config.minimum
    context.maximum_version = config.maximum
    if config.ciphers:
        context.set_ciphers(":".join(config.ciphers))
    if config.prefer_server_ciphers:
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    set_curves(context, config.curves)
    try:
        _load(context, config)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise ConfigFileError([f"tls_server_config: {_describe(config, error)}"]) from error
    context.verify_mode = config.client_auth
    return context


def _load(context: ssl.SSLContext, config: TLSConfig) -> None:
    """Load the certificates. Inline ones need temporary files, because OpenSSL only reads files."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        certificate = _file(config.certificate, folder / "certificate")
        context.load_cert_chain(certificate, _file(config.private_key, folder / "key"), password=_no_password)
        if config.client_ca is not None:
            context.load_verify_locations(_file(config.client_ca, folder / "ca"))


def _file(pem: Pem, spare: Path) -> Path:
    if pem.path is not None:
        return pem.path
    spare.touch(mode=0o600)
    spare.write_text(pem.text)
    return spare


def _no_password() -> str:
    """Refuse an encrypted key, because OpenSSL would ask for its password at the terminal."""
    message = "the private key is encrypted, which is not supported"
    raise ValueError(message)


def _describe(config: TLSConfig, error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLError):
        what = "the certificate and the private key do not match, or one of them is not PEM"
        return f"{what} ({error.reason or 'no PEM lines'}): {config.certificate.path}, {config.private_key.path}."
    if isinstance(error, OSError):
        return f"cannot read {error.filename}: {error.strerror}."
    return f"{error}."
