"""A real Home Assistant whose storage is full, read-only or older: its responses, and its state afterwards."""

import asyncio
import errno
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from sandbox import drawbridge
from sandbox.client import Client, Json
from sandbox.homeassistant import HomeAssistant
from sandbox.process import SandboxError
from sandbox.wait import until
from tests.e2e.test_durability import act
from tests.e2e.test_key_life import LAMP, PACKAGE, Keys, running_home_assistant, saved

_MOUNT = """\
cp -a "$1" "$1.copy" && mount -t tmpfs -o size=2m,mode=700 tmpfs "$1" && cp -a "$1.copy/." "$1" && echo mounted
exec sleep infinity
"""


class SmallDisk:
    """A file system of 2 MB over `.storage`, which only processes in its mount namespace see."""

    def __init__(self, storage: Path) -> None:
        """Mount it, and skip the test where that is not allowed."""
        self._storage = storage
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _MOUNT, "sh", str(storage)]
        self._holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - fixed
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "mounted\n":
            self.unmount()
            pytest.skip("this user may not mount file systems in a namespace of its own")

    @property
    def within(self) -> tuple[str, ...]:
        """The command prefix that runs a command in the mount namespace."""
        return ("nsenter", "--mount", f"--target={self._holder.pid}")

    @property
    def folder(self) -> Path:
        """The folder as it is in the mount namespace."""
        return Path(f"/proc/{self._holder.pid}/root{self._storage}")

    def break_down(self, how: str) -> None:
        """Make the disk full or read-only."""
        if how == "full":
            self._fill()
        else:
            self._remount("ro")

    def mend(self) -> None:
        """Make the disk writable again."""
        self._remount("rw")
        (self.folder / "filler").unlink(missing_ok=True)

    def unmount(self) -> None:
        """End the namespace, and the file system with it."""
        self._holder.kill()
        self._holder.communicate()

    def _fill(self) -> None:
        with (self.folder / "filler").open("wb", buffering=0) as file:
            for size in (4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError as err:
                    assert err.errno == errno.ENOSPC  # noqa: PT017 - the end of the disk is what is looked for

    def _remount(self, mode: str) -> None:
        subprocess.run([*self.within, "mount", "-o", f"remount,{mode}", str(self._storage)], check=True)  # noqa: S603


@asynccontextmanager
async def on_a_small_disk(folder: Path) -> AsyncIterator[tuple[HomeAssistant, SmallDisk]]:
    """Bring up Home Assistant with two lamps and Drawbridge, and its storage on a small disk."""
    config = folder / "homeassistant"
    prepared = HomeAssistant(config)
    prepared.write_config(components=[drawbridge.COMPONENT])
    (config / "packages" / "lamps.yaml").write_text(PACKAGE)
    disk = await asyncio.to_thread(SmallDisk, config / ".storage")
    home_assistant = HomeAssistant(config, port=prepared.port, within=disk.within)
    try:
        await home_assistant.first_start()
        yield home_assistant, disk
    finally:
        await home_assistant.stop()
        await asyncio.to_thread(disk.unmount)


async def refused(client: Client, action: str, **data: Json) -> str:
    """Call an action that must fail, and return its error message."""
    with pytest.raises(SandboxError) as raised:
        await client.command(
            "call_service", domain="drawbridge", service=action, service_data=data, return_response=True
        )
    return str(raised.value)


async def repair(client: Client, kind: str) -> Json:
    """Wait for a repair, and return it."""
    found: list[Json] = []

    async def raised() -> bool:
        issues = (await client.command("repairs/list_issues"))["issues"]
        found[:] = [item for item in issues if item["domain"] == "drawbridge" and item["translation_key"] == kind]
        return bool(found)

    await until(raised, seconds=60, poll=0.25)
    return found[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount file systems")
@pytest.mark.parametrize(
    ("how", "reason"), [("full", "No space left on device"), ("read-only", "Read-only file system")]
)
async def test_what_cannot_be_stored_is_refused(tmp_path: Path, how: str, reason: str) -> None:
    """Changes are refused with the reason. After a kill and a restart, the acknowledged state is restored."""
    async with on_a_small_disk(tmp_path) as (home_assistant, disk):
        client = home_assistant.client
        keys = Keys(client, await drawbridge.set_up(client))
        access = {"entities": [LAMP], "capabilities": ["read", "control"]}
        opens = {name: await act(client, "create_key", name=name, **access) for name in ("One", "Two")}
        gone = await act(client, "create_key", name="Gone", **access)
        await act(client, "revoke_key", key="Gone")
        old, opens["Two"] = opens["Two"], await act(client, "rotate_key", key="Two", overlap=0)

        await asyncio.to_thread(disk.break_down, how)
        assert reason in await refused(client, "create_key", name="New", **access)
        assert reason in await refused(client, "rotate_key", key="One", overlap=0)
        assert reason in await refused(client, "revoke_key", key="Two")
        assert (await keys.ids()).keys() == {"One", "Two"}
        for secret in opens.values():
            assert await keys.opens(secret)

        await home_assistant.process.kill()
        await asyncio.to_thread(disk.mend)
        await home_assistant.restart()
        assert (await keys.ids()).keys() == {"One", "Two"}
        for secret in opens.values():
            assert await keys.opens(secret)
        for secret in (gone, old):
            assert not await keys.opens(secret)
        assert await keys.opens(await act(client, "create_key", name="New", **access))


async def test_an_older_storage_is_noticed(tmp_path: Path) -> None:
    """The folder `.storage` is restored but not `.cache`, as in a manual restore of files."""
    async with running_home_assistant(tmp_path) as home_assistant:
        client = home_assistant.client
        keys = Keys(client, await drawbridge.set_up(client))
        access = {"entities": [LAMP], "capabilities": ["read", "control"]}
        secret = await act(client, "create_key", name="Garden", **access)
        removed = await act(client, "create_key", name="Removed", **access)
        await saved(home_assistant, '"Garden"', '"Removed"')
        storage, aside = home_assistant.config_dir / ".storage", tmp_path / "aside"
        await asyncio.to_thread(shutil.copytree, storage, aside)

        await act(client, "revoke_key", key="Removed")
        newer = await act(client, "rotate_key", key="Garden", overlap=0)
        await act(client, "create_key", name="Later", **access)
        await client.disconnect()
        await home_assistant.process.stop()
        await asyncio.to_thread(shutil.rmtree, storage)
        await asyncio.to_thread(shutil.copytree, aside, storage)
        await home_assistant.restart()

        listed = (await repair(client, "keys_restored"))["translation_placeholders"]["keys"]
        assert [line.partition(":")[0] for line in listed.splitlines()] == ["- Garden", "- Removed"]
        assert (await keys.ids()).keys() == {"Garden", "Removed"}
        # As docs/security.md says: until an administrator decides, the keys work as they did.
        assert [await keys.opens(item) for item in (secret, removed, newer)] == [True, True, False]


async def test_a_kill_right_after_the_entry_was_removed(tmp_path: Path) -> None:
    """Home Assistant saves the removal with a delay; Drawbridge makes sure that it is saved, and leaves no file."""
    async with running_home_assistant(tmp_path) as home_assistant:
        client = home_assistant.client
        entry_id = await drawbridge.set_up(client)
        await act(client, "create_key", name="One", entities=[LAMP])
        path = f"{client.url}/api/config/config_entries/entry/{entry_id}"
        headers = {"Authorization": f"Bearer {client.token}"}
        async with aiohttp.ClientSession(headers=headers) as session, session.delete(path) as response:
            assert response.status == 200
        await home_assistant.process.kill()
        await home_assistant.restart()
        assert await client.get("/api/config/config_entries/entry?domain=drawbridge") == []
        names = {item.name for item in (home_assistant.config_dir / ".storage").iterdir()}
        assert not {name for name in names if name.startswith("drawbridge.keys")}
