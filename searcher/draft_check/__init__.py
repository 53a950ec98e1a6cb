"""A draft against the documents: what they have for each of its sentences, word for word or not.

A draft is a text of the reader's own, in plain text or Markdown, that is never indexed. It is cut
into sentences (`blocks.py`, `sentences.py`) with their quotations (`quotation_marks.py`). Of each
sentence the quotations are compared word by word (`quotations.py`, `alignment.py`), and its names,
numbers and dates looked for in passages with the same words (`facts.py`, `evidence.py`). Nothing
is called true or false: something stands there, something else does, or nothing was found.
"""

from backstory.searcher.draft_check.checking import check_draft
from backstory.searcher.draft_check.report import DraftCheck

__all__ = ["DraftCheck", "check_draft"]
