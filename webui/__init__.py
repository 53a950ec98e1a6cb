"""Hits in a browser."""
