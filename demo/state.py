"""The files of a running demo: `demo.json` and the identities of its processes."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sandbox.files import open_private, private_folder, write_private_json
from sandbox.process import Identity, SandboxError
from sandbox.stack import Stack

FOLDER: Final = Path(__file__).parents[1] / ".demo"
DEMO_JSON: Final = FOLDER / "demo.json"


@contextmanager
def exclusively() -> Iterator[None]:
    """Hold the lock of the demo during the block.

    Raises:
        SandboxError: Another command holds the lock.

    """
    with open_private(private_folder(FOLDER) / "lock") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SandboxError(
                "Another scripts/demo is starting. Press Ctrl-C there, or wait until it has finished."
            ) from None
        yield


def processes() -> dict[str, Identity]:
    """Return the running processes of the demo by name."""
    recorded = {path.stem: Identity.recorded(path) for path in sorted(FOLDER.glob("*.pid"))}
    return {name: identity for name, identity in recorded.items() if identity and identity.alive}


def clear(*, keep_logs: bool = False) -> None:
    """Remove the files of the demo, except for its logs with `keep_logs`."""
    for path in FOLDER.glob("*"):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock" and not (keep_logs and path.suffix == ".log"):
            path.unlink()


def write(stack: Stack) -> None:
    """Write `demo.json`."""
    home_assistant, exporter, prometheus = stack.home_assistant, stack.exporter, stack.prometheus
    content = {
        "home_assistant": {
            "url": home_assistant.url,
            "version": home_assistant.version,
            "token": home_assistant.client.token,
            "pid": home_assistant.process.identity.pid,
            "config_dir": str(home_assistant.config_dir),
        },
        "bridge": {"url": stack.bridge},
        "listener": {"url": stack.listener.url, "authority": str(stack.listener.authority_file)},
        "keys": stack.keys,
        "exporter": {"url": exporter.url, "pid": exporter.process.identity.pid},
        "prometheus": {"url": prometheus.url, "pid": prometheus.process.identity.pid},
    }
    write_private_json(DEMO_JSON, content)
