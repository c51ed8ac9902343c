"""Templates of keys, rendered by Home Assistant's own functions within limits.

The limits are enforced as follows:

- ``catalog`` lists what a template may use. Each operation has a check that estimates its cost before it runs.
  Everything else does not exist for a template. ``rules`` lists the syntax, and the attributes of each type of value.
- ``compiler`` adds checks to the compiled template, as nodes that Jinja's grammar cannot produce. A template cannot
  refer to them.
- ``meter`` counts steps and the size of all created data. It reads no clock, so that the result does not depend on the
  load of the machine.
- ``sizes`` measures values with their contents. Contents that occur more than once are counted each time.
- ``renderer`` first renders a template in the event loop, for a small number of steps. Longer renderings are started
  again in ``slices``. ``budget`` limits the CPU time per key and minute.

Why slices, and not a process or an independent thread? A process would need a copy of the states and registries,
because a template can read any of them. An independent thread would read registries while the event loop changes them,
and would delay the event loop by up to the interpreter's switch interval of 5 ms. Taking turns costs two thread
switches for each slice, and nothing for short templates.
"""

from .live import FOLLOW, TemplateWatch
from .renderer import async_get_renderer
from .rendering import RENDER, render

__all__ = ["FOLLOW", "RENDER", "TemplateWatch", "async_get_renderer", "render"]
