"""The TLS contexts and the sockets of the listener."""

import socket
import ssl
from pathlib import Path

import pytest

from custom_components.drawbridge.listener import sockets
from custom_components.drawbridge.listener.fault import Fault, ListenerError
from custom_components.drawbridge.listener.tls import TlsFiles, identify, load
from custom_components.drawbridge.telemetry.listener import ends_soon
from tests.exporter.certificates import Authority

AUTHORITY = Authority()
DAY = 86_400


def files(folder: Path, *, authority: bool = False) -> TlsFiles:
    """Write a certificate, and an authority of clients or none."""
    certificate, key = AUTHORITY.issue("127.0.0.1").write(folder)
    (folder / "clients.pem").write_bytes(AUTHORITY.certificate)
    return TlsFiles(str(certificate), str(key), str(folder / "clients.pem") if authority else "")


def test_client_certificates_are_checked_in_every_handshake(tmp_path: Path) -> None:
    """Sessions are not resumed, because a resumed session could keep an expired certificate."""
    context = load(files(tmp_path, authority=True)).context
    assert context.verify_mode is ssl.CERT_OPTIONAL
    assert context.num_tickets == 0
    assert context.options & ssl.OP_NO_TICKET
    assert load(files(tmp_path)).context.verify_mode is ssl.CERT_NONE


def test_a_written_file_is_another_version(tmp_path: Path) -> None:
    """A change of any of the three files is a new version."""
    paths = files(tmp_path, authority=True)
    before = load(paths).identity
    assert identify(paths) == before
    for path in (paths.certificate, paths.key, paths.authority):
        content = Path(path).read_bytes()
        Path(path).unlink()
        assert identify(paths) != before
        Path(path).write_bytes(content + b"\n")
        assert identify(paths) != before
        before = identify(paths)


def test_sockets_of_all_addresses() -> None:
    """IPv4 and IPv6 have separate sockets, and closing them frees the port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    for _ in range(2):
        opened = sockets.listen("", port)
        assert {item.family for item in opened} >= {socket.AF_INET}
        with pytest.raises(ListenerError) as raised:
            sockets.listen("127.0.0.1", port)
        assert raised.value.fault is Fault.PORT_TAKEN
        sockets.close(opened)


@pytest.mark.parametrize(
    ("lifetime", "left", "soon"),
    [(90, 8, False), (90, 6, True), (6, 2, False), (6, 0.9, True), (3650, 7.5, False), (3650, 6.5, True)],
)
def test_when_a_certificate_ends_soon(lifetime: float, left: float, soon: bool) -> None:  # noqa: FBT001
    """A certificate ends soon one week before its end, and later if it is valid for only a few days."""
    assert ends_soon(0, lifetime * DAY, (lifetime - left) * DAY) is soon
