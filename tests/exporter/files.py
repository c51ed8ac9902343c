"""Files that the exporter reads."""

from pathlib import Path

from .documents import KEY


def targets_file(folder: Path, urls: dict[str, str]) -> Path:
    """Write a targets file, and a key file beside it, and return its path."""
    (folder / "bridge.key").write_text(KEY + "\n")
    lines = ["targets:"]
    for name, url in urls.items():
        lines += [f"  {name}:", f"    url: {url}", "    key_file: bridge.key"]
    path = folder / "targets.yml"
    path.write_text("\n".join(lines) + "\n")
    return path
