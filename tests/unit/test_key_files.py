"""Files that are written completely and synced."""

import os
import stat
from pathlib import Path

import pytest

from custom_components.drawbridge.keys import files


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list of the synced paths, in order."""
    found: list[Path] = []
    sync = os.fsync

    def record(file: int) -> None:
        found.append(Path(f"/proc/self/fd/{file}").readlink())
        sync(file)

    monkeypatch.setattr(os, "fsync", record)
    return found


def test_a_new_file_in_a_new_folder_is_synced_with_both_names(tmp_path: Path, synced: list[Path]) -> None:
    """A new file is synced before it is renamed, then its folder and the parent of the folder."""
    files.write(tmp_path / "new" / "file", b"content")
    assert synced == [tmp_path, tmp_path / "new" / "file.tmp", tmp_path / "new"]
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / "file").stat().st_mode) == 0o600


def test_a_file_is_replaced_whole(tmp_path: Path, synced: list[Path]) -> None:
    """A file replaces a longer one completely and leaves no other file."""
    path = tmp_path / "file"
    path.write_bytes(b"a longer content")
    path.with_name("file.tmp").write_bytes(b"left by a crash, and longer than the new content")
    files.write(path, b"short")
    assert files.read(path) == b"short"
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208 - names
    assert synced == [tmp_path / "file.tmp", tmp_path]


def test_a_large_file_is_written_and_read_whole(tmp_path: Path) -> None:
    """Files that are larger than one read are written and read completely."""
    content = bytes(range(256)) * 10_000
    files.write(tmp_path / "file", content)
    assert files.read(tmp_path / "file") == content


def test_a_write_may_take_several_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system call can write less than it was given."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, content[:3]))
    files.write(tmp_path / "file", b"0123456789")
    assert files.read(tmp_path / "file") == b"0123456789"


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    """A failed write keeps the old file, and removes the temporary one. ``/dev/full`` acts as a full disk."""
    path = tmp_path / "file"
    path.write_bytes(b"before")
    path.with_name("file.tmp").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        files.write(path, b"after")
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208 - names
    assert files.read(path) == b"before"


def test_no_file_is_nothing(tmp_path: Path) -> None:
    """A missing file is no error, and has no content."""
    assert files.read(tmp_path / "file") is None


def test_a_file_of_somebody_else_is_synced_with_its_name(tmp_path: Path, synced: list[Path]) -> None:
    """A file that another program wrote is synced together with its folder."""
    path = tmp_path / "file"
    path.write_bytes(b"content")
    files.sync(path)
    assert synced == [path, tmp_path]
    with pytest.raises(FileNotFoundError):
        files.sync(tmp_path / "other")


def test_a_removed_file_leaves_nothing(tmp_path: Path, synced: list[Path]) -> None:
    """The temporary and the damaged file are removed too, and the removal is synced."""
    for name in ("file", "file.tmp", "file.damaged", "other"):
        (tmp_path / name).write_bytes(b"")
    files.remove(tmp_path / "file")
    assert os.listdir(tmp_path) == ["other"]  # noqa: PTH208 - names
    assert synced == [tmp_path]
    files.remove(tmp_path / "file")
    files.remove(tmp_path / "none" / "file")


def test_no_file_stays_open(tmp_path: Path) -> None:
    """No file stays open, also after errors."""
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 - names
    path = tmp_path / "file"
    files.write(path, b"content")
    files.read(path)
    files.sync(path)
    files.remove(path)
    with pytest.raises(IsADirectoryError):
        files.read(tmp_path)
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208 - names


def test_no_file_is_passed_on_to_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Child processes do not inherit open files."""
    inherited: list[bool] = []
    for name in ("fsync", "read"):
        function = getattr(os, name)

        def look(file: int, *rest: int, function: object = function) -> object:
            inherited.append(os.get_inheritable(file))
            return function(file, *rest)  # type: ignore[operator]

        monkeypatch.setattr(os, name, look)
    files.write(tmp_path / "file", b"content")
    files.sync(tmp_path / "file")
    files.read(tmp_path / "file")
    assert set(inherited) == {False}
