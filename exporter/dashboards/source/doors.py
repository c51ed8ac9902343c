"""The row that shows the doors: Home Assistant's own port and the listener."""

from typing import Final

from exporter.dashboards.source.model import Panel, Row, rate, value_of
from exporter.dashboards.source.traffic import UP

DOORS: Final = Row(
    "Doors",
    (
        Panel(
            "Requests by door",
            "Requests answered per second, at Home Assistant's own port and at the listener.",
            ((rate("door_requests_total", by="instance, door"), "{{door}} {{instance}}"),),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Connected clients by door",
            "Open WebSocket and event stream connections, by door.",
            ((value_of("door_clients"), "{{door}} {{instance}}"),),
            decimals=0,
            stack=True,
        ),
        Panel(
            "Listener",
            "Whether the listener accepts connections. No data if it is not enabled.",
            ((value_of("listener_up"), "{{instance}}"),),
            kind="stat",
            mappings=UP,
            steps=(("red", None), ("green", 1)),
            runbooks=("DrawbridgeListenerDown",),
        ),
        Panel(
            "Connections of the listener",
            "Open connections, with those that wait for a request.",
            ((value_of("listener_connections"), "{{instance}}"),),
            decimals=0,
        ),
        Panel(
            "Connections dropped by the listener",
            "Connections per second that were closed because too many were open.",
            ((rate("listener_dropped_connections_total"), "{{instance}}"),),
            unit="cps",
        ),
        Panel(
            "Listener certificate",
            "Time until the listener's certificate expires. No data without TLS.",
            ((f"{value_of('listener_certificate_expiry_timestamp_seconds')} - time()", "{{instance}}"),),
            unit="s",
            kind="stat",
            steps=(("red", None), ("orange", 86_400), ("green", "%(certificateExpirySeconds)g")),
            runbooks=("DrawbridgeListenerCertificateExpiring",),
        ),
    ),
)
