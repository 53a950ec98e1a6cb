"""PDFs: paragraphs rebuilt from the lines of each page, with the page they begin on."""

from backstory.indexer.readers.pdf.reading import FORMAT, read

__all__ = ["FORMAT", "read"]
