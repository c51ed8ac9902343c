"""The settings of the listener, from the options."""

from collections.abc import Callable
from dataclasses import dataclass

from ..options import Options
from .fault import Fault, ListenerError
from .tls import TlsFiles


@dataclass(frozen=True, slots=True)
class ListenerSettings:
    """Where the listener listens, and its TLS files if it has any.

    An empty address means every address of the machine.
    """

    address: str
    port: int
    tls: TlsFiles | None

    @classmethod
    def of(cls, options: Options, path: Callable[[str], str]) -> ListenerSettings:
        """Return the settings in the options.

        Args:
            options: The options.
            path: Returns the absolute path of a file in the configuration folder.

        Raises:
            ListenerError: One of two files that belong together is missing.

        """
        certificate, key, authority = (
            path(item) if item else ""
            for item in (options.listener_certificate, options.listener_key, options.listener_client_ca)
        )
        if bool(certificate) != bool(key):
            raise ListenerError(Fault.KEY_REQUIRED if certificate else Fault.CERTIFICATE_REQUIRED)
        if authority and not certificate:
            raise ListenerError(Fault.CERTIFICATE_REQUIRED)
        tls = TlsFiles(certificate, key, authority, options.listener_tls_1_2) if certificate else None
        return cls(options.listener_address, options.listener_port, tls)
