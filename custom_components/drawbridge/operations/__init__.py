"""What a key can do, one module for each resource, whatever the transport.

An operation gets a ``Caller`` and plain values, and returns plain values or raises ``RefusedError``. It reads Home
Assistant's states and registries through the caller's ``ScopedHome`` alone, so that it cannot forget the scope.
"""
