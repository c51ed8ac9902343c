"""What a key may reach: pure rules about ids, media and services."""
