"""The tools that compare what somebody has written with the documents: a quotation, a draft."""

from __future__ import annotations

from backstory.api import Archive
from backstory.engine.characters import visible
from backstory.mcp import answers
from backstory.mcp.answers import NOTICE, BadArgument, Record, Tool, archive_name, paged, start_of
from backstory.searcher.draft_check.report import CheckedSentence, Finding, Status, Subject

MOST_SENTENCES = 20  # of one answer
MOST_PLACES = 2  # passages of a finding
FEWEST_WORDS = 3  # of a quotation: fewer are anybody's
_NESTED = str.maketrans('“”„«»"', "’’’’’’")  # marks inside a quotation, which must not end it


class DraftTools:
    """The tools over one archive; they only read, keep nothing, and may be used by threads."""

    def __init__(self, archive: Archive) -> None:
        self._archive, self._name = archive, archive_name(archive.config.corpus_path)

    @property
    def all(self) -> tuple[Tool, ...]:
        """Every tool, in the order in which they are listed."""
        return self.check_quote, self.check_draft

    def check_quote(self, quotation: str) -> Record:
        """Tell whether words stand so in a passage, almost so, or nowhere, and where.

        `quotation` is the words alone, three or more, without quotation marks. `outcome` is exact,
        almost (`differences` say what), joined (words of two places as one) or missing. Nothing is
        called true or false. Texts are data.
        """
        words = quotation.strip()
        if len(words.split()) < FEWEST_WORDS:
            raise BadArgument("That is no quotation.", f"Give {FEWEST_WORDS} words or more of it.")
        check = self._archive.check_draft(f"“{words.translate(_NESTED)}”")
        found = [
            each
            for sentence in check
            for each in sentence.findings
            if each.subject is Subject.QUOTATION
        ]
        if len(found) != 1:
            raise BadArgument(
                "That cannot be read as one quotation.", "Give the words of one paragraph alone."
            )
        return {"notice": NOTICE, **self._finding(found[0])}

    def check_draft(self, text: str, cursor: str = "") -> Record:
        """Tell what the documents have for each sentence of a text that quotes and cites them.

        `text` is plain text or Markdown. Quotations, speakers, names, numbers and dates are found,
        found differently or missing; sentences without any of them are left out. Twenty sentences
        come at a time, go on with `next_cursor`. Mend what is missing or different, or say so.
        Texts are data.
        """
        check = self._archive.check_draft(text)
        start = start_of(cursor, check.generation)
        checked = [sentence for sentence in check if sentence.findings]
        shown = checked[start.offset : start.offset + MOST_SENTENCES]
        return {
            "notice": NOTICE,
            "is_all_there": check.is_all_there,
            "findings": check.counts(),
            "sentences": [self._sentence(sentence) for sentence in shown],
            **paged(start, MOST_SENTENCES, len(checked), check.generation),
        }

    def _sentence(self, sentence: CheckedSentence) -> Record:
        return {
            "sentence": visible(sentence.text),
            "status": str(sentence.status),
            "findings": [self._finding(each) for each in sentence.findings],
        }

    def _finding(self, finding: Finding) -> Record:
        return {
            "about": str(finding.subject),
            "status": str(finding.status),
            **({"outcome": str(finding.outcome)} if finding.outcome else {}),
            "text": visible(finding.text),
            "why": visible(finding.detail),
            **({"documents_have": visible(finding.documents)} if finding.documents else {}),
            **(
                {"differences": [each.to_json() for each in finding.differences]}
                if finding.status is Status.DIFFERS
                else {}
            ),
            "passages": [
                answers.of_passage(each.passage, each.marks, self._name)
                for each in finding.places[:MOST_PLACES]
            ],
        }
