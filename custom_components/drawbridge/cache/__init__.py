"""Cached responses, assembled from shared segments and always current.

How an answer to "all states" is put together, from the state machine to the socket:

``StateIndex`` (``states/index.py``)
    Puts all entities into *shards* of 32, in Home Assistant's order, and shards into *groups* of 12.
``ShardJson``, ``Segment``, ``SegmentGroup`` (``segments.py``)
    A shard's states as JSON; the encoded block of those that a scope shows; the blocks of a group, joined.
    Scopes that show the same entities of a shard share one segment.
``StateView`` (``views.py``)
    One for each scope and redaction: which segment groups it shows, and its finished bodies by content coding.
``StateCache`` (``states.py``)
    All views, bounded in bytes; counts, evicts, warms and expires.
``Document`` (``documents.py``)
    Small answers that are kept whole: services and configuration.

The numbers that tell what is outdated:

=================  =====================  =====================================================================
number             belongs to             grows with
=================  =====================  =====================================================================
``index.version``  ``StateIndex``         every ``sync`` that finds a change of any state or registry fact
``shard.version``  ``Shard``, ``Group``   a change of one of its entities; it is the index version of that change
``layout``         the same, and index    a change of which entities there are, or of which scopes they are in
``horizon``        ``StateIndex``         forgetting a change: whoever read before it must look at every entity
``seen``           ``Membership``         reading the index: the index version up to which a view knows of changes
``members.version``  ``Membership``       a change of an entity that is, or was, in the view's scope
``epoch``          ``LiveScope``          an entity in scope that may have left it: followers start over
``epoch``          ``DocumentCache``      an event that outdates every document
=================  =====================  =====================================================================

The invariant: **a body may be sent exactly if its ``members.version`` is that of the view, and the view's ``seen``
is the index version after a ``sync``.** A segment may be reused exactly if its version is that of its shard. All
versions are taken from ``index.version``, which never decreases, and no code awaits between ``sync`` and taking a
body; so no answer is older than the moment in which it is taken. ``members.version`` counts changes within the scope
alone: it is what ETags are made of, and must not tell of anything outside.

The TTL is not part of this. It bounds the damage of an event that was lost: when it expires, everything is rebuilt.
"""
