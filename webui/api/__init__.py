"""The JSON API: everything that a page shows, for programs."""

from backstory.webui.api.openapi import description
from backstory.webui.api.views import Api

__all__ = ["Api", "description"]
