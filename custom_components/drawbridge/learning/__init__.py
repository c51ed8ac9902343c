"""Learn mode: what a key was used for, and the narrowest key that would have been enough."""
