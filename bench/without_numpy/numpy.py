"""Stands before NumPy on the path of Backstory's processes: what it measures does without.

NLTK imports NumPy where it is installed, as it is beside bm25s, and Backstory never needs it.
"""

raise ImportError("Backstory is measured without NumPy")
