"""What is known about Turkish."""

from __future__ import annotations

from backstory.engine.languages import Language, words

LANGUAGE = Language(
    "tr",
    "Turkish",
    other_names=("türkçe", "turkce", "tur"),
    stemmer=lambda word: word,
    has_decimal_comma=True,
    has_suffixes_after_apostrophe=True,
    function_words=words(
        """
        ama ancak bile bir biri biz bu bunu bunun cok daha degil diye gibi
        gore hem her icin ile ise kadar karsi ki kim nasil neden olan olarak oldu
        oldugu oldugunu olan onu onun sadece sonra tarafindan uzere var ve veya ya yeni yok
        """
    ),
    usual_words=(" ve ", " bir ", " bu ", " için ", " ile "),
    foreign_letters="éèêàáíóúñãõåøæßäë",
)
