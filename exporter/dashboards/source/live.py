"""The row that shows live connections: WebSocket and event stream clients, and clients that read too slowly."""

from typing import Final

from exporter.dashboards.source.model import Panel, Row, quantile, rate, value_of

DELAY: Final = "stream_delivery_delay_seconds"

LIVE: Final = Row(
    "Live connections",
    (
        Panel(
            "Connected clients",
            "Open WebSocket and event stream connections, by transport.",
            ((value_of("stream_clients"), "{{transport}} {{instance}}"),),
            decimals=0,
            stack=True,
        ),
        Panel(
            "Events sent",
            "Events sent to connected clients per second.",
            ((rate("stream_events_total"), "{{instance}}"),),
            unit="cps",
        ),
        Panel(
            "Delivery delay",
            "Time from a change in Home Assistant until it is sent, for 50 % and 99 % of the changes.",
            ((quantile(0.5, metric=DELAY), "50 %"), (quantile(0.99, metric=DELAY), "99 %")),
            unit="s",
        ),
        Panel(
            "Commands by result",
            "WebSocket commands answered per second, by result: success, or the code of the error.",
            ((rate("stream_commands_total", by="result"), "{{result}}"),),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Commands by type",
            "WebSocket commands answered per second. Commands that do not exist have the type `other`.",
            ((f"topk(10, {rate('stream_commands_total', by='type')})", "{{type}}"),),
            unit="reqps",
        ),
        Panel(
            "Conflated changes",
            "Changes per second that were merged into a later one because the client was behind.",
            ((rate("stream_conflated_total"), "{{instance}}"),),
            unit="cps",
            runbooks=("DrawbridgeClientsBehind",),
        ),
        Panel(
            "Slow readers disconnected",
            "Connections per second that were closed because the client read too slowly: live connections, and"
            " responses to requests.",
            (
                (rate("stream_dropped_total"), "live {{instance}}"),
                (rate("slow_readers_dropped_total"), "responses {{instance}}"),
            ),
            unit="cps",
            runbooks=("DrawbridgeSlowReadersDropped",),
        ),
        Panel(
            "Unread responses",
            "Responses that clients have not read completely.",
            ((value_of("unread_responses"), "{{instance}}"),),
            decimals=0,
            runbooks=("DrawbridgeSlowReadersDropped",),
        ),
        Panel(
            "Memory for slow readers",
            "Size of what clients have not read yet: of live connections, and of responses to requests.",
            (
                (value_of("stream_pending_bytes"), "live {{instance}}"),
                (value_of("unread_response_bytes"), "responses {{instance}}"),
            ),
            unit="bytes",
            runbooks=("DrawbridgeSlowReadersDropped", "DrawbridgeClientsBehind"),
        ),
    ),
)
