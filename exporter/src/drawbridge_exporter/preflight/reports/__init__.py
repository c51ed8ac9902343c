"""What preflight found, for people and for programs."""
