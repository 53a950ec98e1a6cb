"""Hits in a browser."""

from backstory.webui.app import create_app
from backstory.webui.serving import serve

__all__ = ["create_app", "serve"]
