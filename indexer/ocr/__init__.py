"""Scans are read: Tesseract recognises the words on pages without text, once for each page."""
