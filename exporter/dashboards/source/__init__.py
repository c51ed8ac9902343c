"""The source of the Grafana dashboard."""
