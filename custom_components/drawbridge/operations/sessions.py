"""What browsers do with sessions. The gate checks the key that signs in, and not a key in the headers."""

from typing import Final

from ..keys import Capability
from .declaration import Access, Operation

DESCRIBE: Final = Operation("sessions.describe", Access.PUBLIC)
SIGN_IN_PAGE: Final = Operation("sessions.sign_in_page", Access.PUBLIC)
SIGN_IN: Final = Operation("sessions.sign_in", Access.PUBLIC)
TOKEN: Final = Operation("sessions.token", Access.PUBLIC)
REVOKE: Final = Operation("sessions.revoke", Access.PUBLIC)
USE: Final = Operation("sessions.use", Capability.DASHBOARD)
"""What the key needs for each of them."""
PAGES: Final = Operation("pages.read", Access.PUBLIC)
