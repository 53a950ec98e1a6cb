"""Hits in a browser."""

from webui.app import create_app
from webui.serving import serve

__all__ = ["create_app", "serve"]
