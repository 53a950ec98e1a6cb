"""The JSON twin of the result page, for programs."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from engine.settings import Config
from searcher import Searcher
from webui.paging import find, page_count
from webui.parameters import strict, typed_text
from webui.results import page_url


class Api:
    """The views under /api/."""

    def __init__(self, config: Config, searcher: Searcher) -> None:
        self._settings = config.search
        self._searcher = searcher

    def complete(self) -> ResponseReturnValue:
        """Answer /api/complete?q= with ways to go on with a text that is being typed."""
        text = typed_text(request.args, self._settings)
        found = self._searcher.complete(text)
        return jsonify({"text": text, "completions": [one.to_json() for one in found]})

    def search(self) -> ResponseReturnValue:
        """Answer /api/search?q=&page=&n=&exact=1 with the fields of `SearchResult.to_json`."""
        asked = strict(request.args, self._settings)
        result = find(self._searcher, asked, facets=True)
        count, usual = page_count(result.total, asked.size), self._settings.page_size
        before = min(asked.page - 1, count)
        return jsonify(
            {
                **result.to_json(),
                "page": asked.page,
                "pages": count,
                "previous": page_url(asked, before, count, usual, endpoint="api_search") or None,
                "next": page_url(asked, asked.page + 1, count, usual, endpoint="api_search")
                or None,
            }
        )
