"""What a key can do, one module or package for each resource. Nothing here knows about HTTP."""
