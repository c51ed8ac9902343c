"""Renders snapshots as Prometheus metrics."""
