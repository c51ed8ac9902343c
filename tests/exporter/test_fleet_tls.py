"""Many homes over TLS: they share what is the same for all, and each keeps its own certificate's expiry."""

import asyncio
import ssl
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from .bridge import running_bridge
from .certificates import Authority
from .files import targets_file
from .process import running_exporter
from .serving import serving, settings_for
from .test_failures import EXPIRY
from .test_fleet import resident_mib

HOMES = 200


def server_context(authority: Authority, days: int) -> ssl.SSLContext:
    """Return a context with a certificate that is valid for some days."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue("127.0.0.1", timedelta(days=days)).load_into(context)
    return context


async def test_homes_over_tls_need_little_memory(tmp_path: Path) -> None:
    """A context with the certificates of the system takes almost 1 MiB, so that each home cannot have its own."""
    urls = {f"home-{index}": f"https://127.0.0.1:{index + 1}" for index in range(HOMES)}
    file = targets_file(tmp_path, urls)
    assert ssl.create_default_context().get_ca_certs(), "without certificates, each context would be small"
    async with running_exporter(TARGETS_FILE=str(file)) as exporter:
        assert resident_mib(exporter.process.pid) < 90


async def test_each_home_has_the_expiry_of_its_own_certificate(tmp_path: Path) -> None:
    """Each home has its own certificate expiry, also with concurrent scrapes that share a TLS context."""
    authority = Authority()
    ca_file = tmp_path / "ca.pem"
    await asyncio.to_thread(ca_file.write_bytes, authority.certificate)
    async with (
        running_bridge(server_context(authority, 10)) as first,
        running_bridge(server_context(authority, 20)) as second,
    ):
        file = targets_file(tmp_path, {"ten": first.url, "twenty": second.url})
        settings = settings_for(first.url)
        defaults = replace(settings.defaults, ca_file=ca_file)
        async with serving(replace(settings, target=None, targets_file=file, defaults=defaults)) as exporter:
            pages = await asyncio.gather(*(exporter.get(f"/probe?target={name}") for name in ("ten", "twenty")))
    days = [(page.value(EXPIRY) or 0) / 86400 - time.time() / 86400 for page in pages]
    assert [round(number) for number in days] == [10, 20]
