"""Reads the files that run the exporter: Docker Compose, Kubernetes and systemd."""
