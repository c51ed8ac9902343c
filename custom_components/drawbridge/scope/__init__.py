"""The scope of keys: rules about entities, media and services, and redaction."""
