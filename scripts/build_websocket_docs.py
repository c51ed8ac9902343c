"""Writes the table of commands in docs/websocket.md from the declarations of the commands.

Run it after a change:

    .venv/bin/python -m scripts.build_websocket_docs
"""

from pathlib import Path
from typing import Final

from custom_components.drawbridge.operations.declaration import Access
from custom_components.drawbridge.websocket.command import Command
from custom_components.drawbridge.websocket.commands import COMMANDS

PAGE: Final = Path(__file__).parents[1] / "docs" / "websocket.md"
BEGIN: Final = "<!-- commands: written by scripts/build_websocket_docs.py -->\n"
END: Final = "<!-- end of the commands -->\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(updated(PAGE.read_text()))


def updated(page: str) -> str:
    """Return the page with the current table."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


def table() -> str:
    """Return the table of all commands."""
    rows = [_row(COMMANDS[type_]) for type_ in sorted(COMMANDS)]
    return "\n".join(["| command | capability | description |", "| --- | --- | --- |", *rows, ""])


def _row(command: Command) -> str:
    capability = command.operation.capability
    needed = "any key" if isinstance(capability, Access) else f"`{capability}`"
    return f"| `{command.type}` | {needed} | {command.summary} |"


if __name__ == "__main__":
    main()
