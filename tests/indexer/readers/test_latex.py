"""LaTeX is read as its words, under its sections."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstory.indexer.readers import Reading

ReadBytes = Callable[..., Reading]

PAPER = r"""
\documentclass{article} % plain
\title{The \emph{Ledger} of the Light}
\author{Ines Falk \and \'Agueda Pe\~na}
\date{9 March 2018}
\begin{document}
\maketitle
% Who asked for this?
\section{How it began}\label{s:one}
The keeper counted
his lamps\footnote{All \textbf{forty}.} twice.

\subsection*{What the papers say}
\begin{itemize}
\item one lamp
\item a spare lens
\end{itemize}
\begin{tabular}{l|r}
Vessel & Lamps \\ \hline
Iris & 7 \\
\end{tabular}
\end{document}
This is no text any more.
"""


def test_paragraphs_stand_under_their_sections(read_bytes: ReadBytes) -> None:
    reading = read_bytes("ledger.tex", PAPER.encode())

    assert (reading.title, reading.date) == ("The Ledger of the Light", "2018-03-09")
    assert reading.author == "Ines Falk, Águeda Peña"
    assert [(each.heading.rpartition(" > ")[2], each.text) for each in reading.paragraphs] == [
        ("How it began", "The keeper counted his lamps (All forty.) twice."),
        ("What the papers say", "• one lamp • a spare lens"),
        ("What the papers say", "• Vessel, Lamps • Iris, 7"),
    ]


def test_what_is_left_out_is_told(read_bytes: ReadBytes) -> None:
    left_out = read_bytes("ledger.tex", PAPER.encode()).left_out
    assert ("comment", "Who asked for this?") in [(each.kind, each.text) for each in left_out]
    assert ("command", r"\label{s:one}") in [(each.kind, each.text) for each in left_out]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"5\,\% of \pounds 3 \& more \{braces\}", "5 % of £3 & more {braces}"),
        (r"caf\'e, Pe\~{n}a, M\"uller, \c{c}a, gro\ss{}", "café, Peña, Müller, ça, groß"),
        (r"``Who?'' -- he asked --- twice~now", "“Who?” – he asked — twice now"),
        (r"as $x^2 \ne \alpha$, \cite{falk}, \ref{a}", r"as $x^2 \ne \alpha$, [falk], [a]"),
        (r"\verb|50% {off}| and \unknown[x]{kept}", "50% {off} and kept"),
        (r"\href{https://gazette.example}{The Gazette}", "The Gazette (https://gazette.example)"),
        (r"{\bf bold \textit{and \emph{deep}}} {unclosed", "bold and deep unclosed"),
        ("{" * 3_000 + "deep", "deep"),
    ],
)
def test_commands_go_and_words_stay(read_bytes: ReadBytes, latex: str, text: str) -> None:
    assert read_bytes("a.tex", f"Heading\n\n{latex}".encode()).paragraphs[-1].text == text
