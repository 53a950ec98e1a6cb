"""The answers for programs: a JSON twin of every page, and the document that describes them."""

from backstory.webui.api.openapi import description
from backstory.webui.api.views import Api

__all__ = ["Api", "description"]
