"""The answers for programs: a JSON twin of every page, and the document that describes them."""

from webui.api.openapi import description
from webui.api.views import Api

__all__ = ["Api", "description"]
