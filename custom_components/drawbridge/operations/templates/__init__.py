"""Templates of keys, rendered by Home Assistant's own functions within limits.

How the limits hold:

- ``catalog`` lists what a template may use. Each operation has a check that knows, before it runs, what it would
  take. What is not in the catalog does not exist. ``rules`` lists the syntax, and the attributes of each kind of value.
- ``compiler`` puts checks into the compiled template, as nodes that Jinja's grammar cannot produce. No template can
  name them.
- ``meter`` counts steps and the size of all that is made. It reads no clock, so the result does not depend on how busy
  the machine is.
- ``sizes`` measures values with all that is in them, as often as it is there.
- ``renderer`` renders a template in the event loop first, for a small number of steps. What takes more begins anew in
  ``slices``. ``budget`` limits the processor time of each key per minute.

Why slices, and neither a process nor a free-running thread: a process would need a copy of the states and registries,
of which a template may ask for any. A free-running thread would read registries while the event loop changes them, and
would hold the interpreter for its switch interval of 5 ms whenever the event loop wants it. Taking turns costs two
switches of threads a slice, and nothing for short templates.
"""

from .live import FOLLOW, TemplateWatch
from .renderer import async_get_renderer
from .rendering import RENDER, render

__all__ = ["FOLLOW", "RENDER", "TemplateWatch", "async_get_renderer", "render"]
