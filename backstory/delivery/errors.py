"""What goes wrong with a delivery."""

from __future__ import annotations

from backstory.engine.errors import BackstoryError


class DeliveryFailed(BackstoryError):
    """A message that a receiver did not take; it is tried again."""

    code = "delivery_failed"
