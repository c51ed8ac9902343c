"""The row about Home Assistant's process."""

from typing import Final

from exporter.dashboards.source.model import Panel, Row, rate, value_of

PROCESS: Final = Row(
    "Home Assistant process",
    (
        Panel(
            "CPU",
            "CPU time per second of Home Assistant's process. 1 is one whole core; the event loop cannot use more.",
            ((rate("homeassistant_process_cpu_seconds_total"), "{{instance}}"),),
            unit="percentunit",
        ),
        Panel(
            "Memory",
            "Resident memory of Home Assistant's process. It should not grow for days.",
            ((value_of("homeassistant_process_resident_memory_bytes"), "{{instance}}"),),
            unit="bytes",
        ),
        Panel(
            "Garbage collector",
            "Share of the time for which Python's garbage collector stops Home Assistant, by generation.",
            ((rate("homeassistant_gc_pause_seconds_total", by="instance, generation"), "{{generation}} {{instance}}"),),
            unit="percentunit",
        ),
        Panel(
            "Threads",
            "Threads of Home Assistant's process.",
            ((value_of("homeassistant_process_threads"), "{{instance}}"),),
            decimals=0,
        ),
        Panel(
            "Files and sockets",
            "Open file descriptors of Home Assistant's process, their limit, and how many of them are sockets.",
            (
                (value_of("homeassistant_process_open_fds"), "open {{instance}}"),
                (value_of("homeassistant_process_open_sockets"), "sockets {{instance}}"),
                (value_of("homeassistant_process_max_fds"), "limit {{instance}}"),
            ),
            decimals=0,
            width=16,
        ),
    ),
)
