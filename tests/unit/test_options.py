"""The options of the bridge as they are stored."""

from custom_components.drawbridge.options import Options


def test_defaults_hold_where_nothing_was_chosen() -> None:
    """Missing options have their defaults, and unknown ones are ignored."""
    assert Options.from_mapping({}) == Options()
    assert Options.from_mapping({"unknown": 1, "max_body": 5}) == Options(max_body=5)


def test_stored_and_read_again() -> None:
    """Origins are stored as a sorted list and read as a set, and every option survives."""
    options = Options(
        per_minute=1, max_concurrent=2, max_body=3, time_limit=4.0, audit_days=5, report_to_ban_list=True,
        audit_file=True, cache_enabled=False, cache_ttl_states=6.0, cache_ttl_services=7.0, cache_ttl_config=8.0,
        cache_size=9, direct_responses=False, cors_origins=frozenset({"https://b.example", "https://a.example"}),
        listener_enabled=True, listener_port=10, listener_address="127.0.0.1", listener_certificate="a",
        listener_key="b", listener_client_ca="c", listener_tls_1_2=True, tracing=True, trace_percent=11,
    )  # fmt: skip
    stored = options.as_dict()
    assert stored["cors_origins"] == ["https://a.example", "https://b.example"]
    assert Options.from_mapping(stored) == options
    assert isinstance(Options.from_mapping(stored).cors_origins, frozenset)
    assert stored["max_body"] == 3
