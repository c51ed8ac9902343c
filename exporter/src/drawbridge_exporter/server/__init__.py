"""The web server: pages, access rules, TLS."""
