"""What a key may see of Home Assistant."""
