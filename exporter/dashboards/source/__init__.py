"""The Grafana dashboard, a panel in a line or a few."""
