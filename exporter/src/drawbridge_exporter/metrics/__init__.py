"""From a snapshot to the metrics page."""
