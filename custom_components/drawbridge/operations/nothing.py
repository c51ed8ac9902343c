"""Operations on data that belongs to the whole home and to no entity. They always return nothing."""

from typing import Final

from ..keys import Capability
from .declaration import Operation

NOTIFICATIONS: Final = Operation("nothing.notifications", Capability.READ)
ISSUES: Final = Operation("nothing.issues", Capability.READ)
INTEGRATIONS: Final = Operation("nothing.integrations", Capability.READ)
PREVIEWS: Final = Operation("nothing.previews", Capability.READ)
BRANDS: Final = Operation("nothing.brands", Capability.READ)
TOKENS: Final = Operation("nothing.tokens", Capability.READ)
BLUEPRINTS: Final = Operation("nothing.blueprints", Capability.READ)
