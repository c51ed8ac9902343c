"""Learn mode: records what a key is used for, and proposes the smallest permissions that suffice."""
