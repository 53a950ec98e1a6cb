"""The fast path with NumPy, the only place for it: imported by processes that live long."""
