"""Content codings: block codecs, checksums that combine, and negotiation."""
