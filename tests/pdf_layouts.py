"""PDFs in many layouts, made of the sentences of the dossier's stories."""

from __future__ import annotations

import io
from collections.abc import Callable

import dossier
from fpdf import FPDF

NARROW = (120, 150)
_GUTTER = 10


def story(number: int, sections: int = 2) -> list[str]:
    """Return the paragraphs of a story, in the letters that every PDF's own fonts have."""
    return [dossier.plain_letters(each) for each in dossier.story(number, sections).paragraphs]


def words(number: int) -> list[str]:
    """Return the words of a story."""
    return " ".join(story(number, 4)).split()


class Sheet(FPDF):
    """A PDF whose running head and foot are functions of the page number."""

    def __init__(
        self,
        size: float = 11,
        *,
        head: Callable[[int], str] | None = None,
        foot: Callable[[int], str] | None = None,
        paper: str | tuple[float, float] = "A4",
        is_mirrored: bool = False,
    ) -> None:
        super().__init__(format=paper)
        self._head, self._foot, self._size = head, foot, size
        self._is_mirrored = is_mirrored
        self.set_font("Times", "", size)
        self.add_page()

    def _edge(self, text: str) -> None:
        self.set_font("Times", "I", self._size - 2)
        side = "L" if self._is_mirrored and self.page_no() % 2 else "R"
        self.cell(0, 8, text, align=side if self._is_mirrored else "C")
        self.set_font("Times", "", self._size)

    def header(self) -> None:
        """Write the running head."""
        if self._head:
            self._edge(self._head(self.page_no()))
            self.ln(12)

    def footer(self) -> None:
        """Write the running foot."""
        if self._foot:
            self.set_y(-15)
            self._edge(self._foot(self.page_no()))

    def say(self, text: str, *, lead: float = 1.2, align: str = "L", width: float = 0) -> None:
        """Write a paragraph, with a space behind it."""
        high = self._size / self.k * lead
        self.multi_cell(width, high, text, align=align, new_x="LMARGIN", new_y="NEXT")
        self.ln(high * 0.6)

    def head_line(self, text: str, size: float, style: str = "B") -> None:
        """Write a heading."""
        self.set_font("Times", style, size)
        self.multi_cell(0, size / self.k * 1.2, text, new_x="LMARGIN", new_y="NEXT")
        self.ln(2)
        self.set_font("Times", "", self._size)


def plain(*, lead: float = 1.2, align: str = "L", size: float = 11, number: int = 1) -> bytes:
    """Write paragraphs one below the other."""
    sheet = Sheet(size)
    for text in story(number, 4):
        sheet.say(text, lead=lead, align=align)
    return bytes(sheet.output())


def indented() -> bytes:
    """Write paragraphs without a space between, their first lines indented."""
    sheet = Sheet()
    for text in story(2, 4):
        for number, line in enumerate(lines(sheet, text, 150)):
            sheet.set_x(15 if number == 0 else 10)
            sheet.cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(sheet.output())


def lines(sheet: FPDF, text: str, width: float) -> list[str]:
    """Break a text into lines of a width in millimetres."""
    broken = [""]
    for word in text.split():
        longer = f"{broken[-1]} {word}".strip()
        if sheet.get_string_width(longer) <= width:
            broken[-1] = longer
        else:
            broken.append(word)
    return broken


def columns(number_of: int, *, by_rows: bool = False, size: float = 10) -> bytes:
    """Write columns, one after the other or line by line across the page."""
    sheet = Sheet(size)
    width = (190 - _GUTTER * (number_of - 1)) / number_of
    texts = [
        [line for text in story(at * 7 + 3, 3) for line in [*lines(sheet, text, width), ""]][:54]
        for at in range(number_of)
    ]
    places = [
        (10 + at * (width + _GUTTER), 20 + size * 0.45 * row, line)
        for at, column in enumerate(texts)
        for row, line in enumerate(column)
        if line
    ]
    if by_rows:
        places.sort(key=lambda place: (place[1], place[0]))
    for x, y, line in places:
        sheet.text(x, y, line)
    return bytes(sheet.output())


def headings() -> bytes:
    """Write chapters with sections, some of them without a paragraph of their own."""
    sheet = Sheet()
    for chapter in range(1, 4):
        sheet.head_line(f"Chapter {chapter}, of lamps and radios", 18)
        for section in range(1, 3):
            sheet.head_line(f"Section {section} on what was paid in year {chapter}", 14)
            sheet.say(story(chapter * 2 + section)[0])
    sheet.head_line("An appendix that nobody wrote", 18)
    return bytes(sheet.output())


def drop_cap() -> bytes:
    """Write a text whose first letter is three lines high."""
    sheet = Sheet()
    first = story(4)[0]
    sheet.set_font("Times", "", 38)
    sheet.text(10, 30, first[0])
    wide = sheet.get_string_width(first[0]) + 1
    sheet.set_font("Times", "", 11)
    rest = lines(sheet, first[1:], 100)
    for row, line in enumerate(rest):
        sheet.text(10 + (wide if row < 2 else 0), 25 + 5 * row, line)
    sheet.set_y(25 + 5 * len(rest))
    sheet.say(story(4)[1])
    return bytes(sheet.output())


def footnotes() -> bytes:
    """Write a paragraph over the end of a page that has notes at its foot."""
    sheet = Sheet()
    body = lines(sheet, " ".join(story(5, 8)), 170)[:44]
    half = len(body) // 2
    for row, line in enumerate(body[:half]):
        sheet.text(10, 120 + 5 * row, line)
    sheet.set_font("Times", "", 8)
    sheet.text(10, 270, "1 Ledger, sheet nine.")
    sheet.text(10, 274, "2 Letter, undated.")
    sheet.set_font("Times", "", 11)
    sheet.add_page()
    for row, line in enumerate(body[half:]):
        sheet.text(10, 20 + 5 * row, line)
    return bytes(sheet.output())


ROWS = (
    ("Lamp", "State", "Paid on"),
    ("north light", "broken", "3 March"),
    ("old pier", "in order", "4 March"),
    ("customs house", "never delivered", "9 April"),
    ("ferry stairs", "in order", "12 April"),
)


def table(*, has_borders: bool = False) -> bytes:
    """Write a table between two paragraphs."""
    sheet = Sheet()
    sheet.say(story(6)[0])
    if has_borders:
        with sheet.table() as made:
            for row in ROWS:
                made.row(row)
        sheet.ln(6)
    else:
        for row in ROWS:
            for cell in row:
                sheet.cell(60, 7, cell)
            sheet.ln(7)
        sheet.ln(4)
    sheet.say(story(6)[1])
    return bytes(sheet.output())


def figures() -> bytes:
    """Write a table of numbers."""
    sheet = Sheet()
    sheet.say("What the fund paid, in thousands, from year to year:")
    for year in range(2010, 2019):
        for column in range(5):
            value = str(year) if column == 0 else f"{(year * 37 + column * 911) % 9000:,}"
            sheet.cell(32, 6, value, align="R")
        sheet.ln(6)
    return bytes(sheet.output())


def bullets() -> bytes:
    """Write a list of items."""
    sheet = Sheet()
    sheet.say("The council asked for these things:")
    for text in story(7, 3):
        sheet.say(f"- {text}")
    return bytes(sheet.output())


def clauses(*, is_apart: bool = False) -> bytes:
    """Write clauses with their numbers before them, drawn with the text or all at the end."""
    sheet = Sheet()
    numbers, y = [], 25.0
    for at, text in enumerate(story(8, 3), 1):
        numbers.append((y, f"4.{at}"))
        if not is_apart:
            sheet.text(10, y, f"4.{at}")
        for line in lines(sheet, text, 150):
            sheet.text(22, y, line)
            y += 5
        y += 4
    for at, number in numbers if is_apart else ():
        sheet.text(10, at, number)
    return bytes(sheet.output())


def letter() -> bytes:
    """Write a letter of two pages that begin alike."""
    sheet = Sheet()
    for page in range(2):
        if page:
            sheet.add_page()
        sheet.say("Ines Falk, Port Amaro")
        sheet.say(f"{3 + page} May 2014")
        sheet.say(story(9 + page)[0])
    sheet.say("Yours sincerely")
    return bytes(sheet.output())


def invoices(pages: int = 6) -> bytes:
    """Write invoices, one a page, each with a number and a stamp of its own."""
    sheet = Sheet()
    for page in range(pages):
        if page:
            sheet.add_page()
        sheet.say(f"Invoice No. {1000 + page}")
        sheet.say(story(10 + page)[0])
        sheet.say(f"Paid to: Omar Diaz\nAmount: {5 + page},500 dollars")
        sheet.text(150, 285, f"DOJ-000{120 + page}")
    return bytes(sheet.output())


def statements(pages: int = 4) -> bytes:
    """Write statements of a bank, of a few lines each."""
    sheet = Sheet()
    for page in range(pages):
        if page:
            sheet.add_page()
        sheet.say("Second Bank of Port Amaro")
        sheet.say(story(20 + page)[0])
        sheet.say(f"Closing balance: {page + 1},250,00{page} dollars")
    return bytes(sheet.output())


def memo_and_its_copy() -> bytes:
    """Write the same page twice."""
    sheet = Sheet()
    for page in range(2):
        if page:
            sheet.add_page()
        for text in ("3 May 2014", "To the harbour office:", story(11)[0], "Ines Falk"):
            sheet.say(text)
    return bytes(sheet.output())


def report(*, is_mirrored: bool = False, docket: str = "") -> bytes:
    """Write a text over several small pages, with running heads and page numbers."""
    sheet = Sheet(
        head=lambda page: docket or "The Harbour Gazette",
        foot=lambda page: str(page),
        paper=NARROW,
        is_mirrored=is_mirrored,
    )
    for text in story(12, 8):
        sheet.say(text)
    return bytes(sheet.output())


def stamped() -> bytes:
    """Write a text over several pages, each with a Bates number."""
    sheet = Sheet(foot=lambda page: f"AMARO-{4200 + page:06d}", paper=NARROW)
    for text in story(13, 8):
        sheet.say(text)
    return bytes(sheet.output())


TALK = (
    ("Q.", "Did you sign the order for the lamps that was sent to the ministry in the spring?"),
    ("A.", "I signed every order of that year and do not remember which of them was that one."),
    ("MR. DIAZ:", "Objection. The witness has answered the question."),
    ("THE COURT:", "Overruled. You may go on."),
)


def transcript(*, is_apart: bool = False) -> bytes:
    """Write a transcript with numbered lines, the numbers with the lines or drawn before them."""
    sheet = Sheet(12)
    said = [line for who, what in TALK * 8 for line in lines(sheet, f"{who} {what}", 130)]
    for page in range(3):
        if page:
            sheet.add_page()
        sheet.text(190, 15, str(41 + page))
        rows = [(25 + 10 * row, line) for row, line in enumerate(said[page * 25 : page * 25 + 25])]
        if is_apart:
            for number, (y, _) in enumerate(rows, 1):
                sheet.text(20, y, str(number))
        for number, (y, line) in enumerate(rows, 1):
            if not is_apart:
                sheet.text(20, y, str(number))
            sheet.text(35, y, line)
    return bytes(sheet.output())


def rotated() -> bytes:
    """Write a text with a line up the margin and a stamp across."""
    sheet = Sheet()
    sheet.set_left_margin(30)
    for text in story(14):
        sheet.say(text)
    with sheet.rotation(90, 12, 150):
        sheet.text(12, 150, "Received by the archive on the ninth of May")
    return bytes(sheet.output())


def turned() -> bytes:
    """Write pages that are shown turned by a quarter."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plain(number=15))))
    for page in writer.pages:
        page.rotate(90)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def two_leadings() -> bytes:
    """Write paragraphs in a wide setting, and others in a narrow one of the same size."""
    sheet = Sheet()
    for text in story(16):
        sheet.say(text, lead=1.7)
    for text in story(17):
        sheet.say(text, lead=1.1)
    return bytes(sheet.output())


def form() -> bytes:
    """Write labels with what was filled in beside them."""
    sheet = Sheet()
    sheet.say("Request for records")
    for label, value in (
        ("Name:", "Ines Falk"),
        ("Address:", "Port Amaro, old pier"),
        ("Reason:", "the lamps that nobody ordered"),
    ):
        sheet.cell(50, 8, label)
        sheet.cell(0, 8, value, new_x="LMARGIN", new_y="NEXT")
    return bytes(sheet.output())


def hyphens() -> bytes:
    """Write a narrow column with divided words."""
    sheet = FPDF()
    sheet.add_page()
    sheet.set_font("Times", "", 11)
    y = 25
    for text in story(18)[:4]:
        left = ""
        for line in lines(sheet, text, 55):
            head, _, last = f"{left}{line}".rpartition(" ")
            if len(last) > 7 and last.isalpha() and head:
                line, left = f"{head} {last[:4]}-", f"{last[4:]} "
            else:
                line, left = f"{left}{line}", ""
            sheet.text(20, y, line)
            y += 5
        if left:
            sheet.text(20, y, left.strip())
            y += 5
        y += 4
    return bytes(sheet.output())


def poem() -> bytes:
    """Write short lines."""
    sheet = Sheet()
    for number in range(12):
        sheet.say(" ".join(words(19)[number * 5 : number * 5 + 5]), lead=1.3)
    return bytes(sheet.output())


def title_page() -> bytes:
    """Write a page of a few centred lines in large type, and a text behind it."""
    sheet = Sheet()
    sheet.ln(60)
    for size, text in ((26, "What the lamps cost"), (15, "A report to the council of Port Amaro")):
        sheet.set_font("Times", "B", size)
        sheet.cell(0, 14, text, align="C", new_x="LMARGIN", new_y="NEXT")
    sheet.add_page()
    sheet.set_font("Times", "", 11)
    for text in story(21):
        sheet.say(text)
    return bytes(sheet.output())


LAYOUTS: dict[str, Callable[[], bytes]] = {
    "plain": plain,
    "justified": lambda: plain(align="J", number=22),
    "right": lambda: plain(align="R", number=23),
    "double spaced": lambda: plain(lead=2.2, number=24),
    "large": lambda: plain(size=16, number=25),
    "small": lambda: plain(size=7, number=26),
    "indented": indented,
    "two columns": lambda: columns(2),
    "three columns": lambda: columns(3, size=8),
    "two columns by rows": lambda: columns(2, by_rows=True),
    "three columns by rows": lambda: columns(3, by_rows=True, size=8),
    "headings": headings,
    "drop cap": drop_cap,
    "footnotes": footnotes,
    "table": table,
    "table with borders": lambda: table(has_borders=True),
    "figures": figures,
    "bullets": bullets,
    "clauses": clauses,
    "clauses drawn apart": lambda: clauses(is_apart=True),
    "letter": letter,
    "invoices": invoices,
    "statements": statements,
    "memo and its copy": memo_and_its_copy,
    "running heads": report,
    "mirrored heads": lambda: report(is_mirrored=True),
    "docket": lambda: report(docket="Case 18-cv-04417, filed 9 May 2018"),
    "Bates numbers": stamped,
    "transcript": transcript,
    "transcript drawn apart": lambda: transcript(is_apart=True),
    "rotated": rotated,
    "turned": turned,
    "two leadings": two_leadings,
    "form": form,
    "hyphens": hyphens,
    "poem": poem,
    "title page": title_page,
}
