"""The web server: pages, access control and TLS."""
