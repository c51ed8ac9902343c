"""Custom integrations that only the demo installs."""
