"""What the exporter is told: command line, environment and files."""
