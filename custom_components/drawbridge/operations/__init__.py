"""The operations that a key can perform: one module for each resource, independent of the transport.

An operation takes a ``Caller`` and plain values, and returns plain values or raises ``RefusedError``. It reads the
states and registries of Home Assistant only through the caller's ``ScopedHome``, which applies the scope.
"""
