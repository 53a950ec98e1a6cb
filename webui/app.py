"""The application: pages, API, headers and errors put together around one Searcher."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, request
from flask.typing import ResponseReturnValue

from backstory.engine.errors import IndexDamaged
from backstory.engine.originals import Originals
from backstory.searcher import Searcher
from backstory.webui import wording
from backstory.webui.api import Api
from backstory.webui.compression import compress
from backstory.webui.errors import Errors
from backstory.webui.feeds import Feeds
from backstory.webui.links import DocumentId, PageNumber
from backstory.webui.load import refuse_overload
from backstory.webui.notices import Health, Notices
from backstory.webui.original_pages import OriginalPages
from backstory.webui.pages import Pages
from backstory.webui.security import Guard, add_headers, check_request
from backstory.webui.settings import WebConfig

COMPLETE = "/api/complete"
NEEDS_NO_INDEX = frozenset({"pinboard", "help", "static", "opensearch", "api_description"})


def create_app(
    config: WebConfig,
    searcher: Searcher,
    *,
    health: Health | None = None,
    watching: Health | None = None,
    originals: Originals | None = None,
) -> Flask:
    """Make the WSGI application.

    `health` is asked before every answer from the index; a reason that it returns, such as "has a
    file with the wrong checksum", turns the answer into 503 `index_damaged`. `watching` returns
    what keeps the index from following the corpus; pages and `/healthz` say so. `originals` gives
    the files of documents, where the setting `web.originals` lets it.
    """
    app = Flask("backstory.webui")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    app.url_map.merge_slashes = False
    app.url_map.converters |= {"document": DocumentId, "page": PageNumber}
    app.jinja_options = {"finalize": wording.printable, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(wording.FILTERS)
    app.wsgi_app = Guard(config.web, app.wsgi_app)  # type: ignore[method-assign]  # Flask's way
    app.before_request(check_request)
    app.before_request(refuse_overload)
    if health:
        app.before_request(_health_check(config, health))
    app.after_request(compress)
    app.after_request(add_headers)
    app.register_error_handler(Exception, Errors(config).answer)
    notices = Notices(config, searcher, watching)
    app.context_processor(lambda: {"notices": notices})
    _register(app, Pages(config, searcher))
    if originals is not None and config.web.originals:
        _register_originals(app, OriginalPages(config, searcher, originals))
    _register_machines(app, Api(config, searcher, notices), Feeds(config, searcher))
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    app.jinja_env.globals["complete_url"] = COMPLETE if COMPLETE in paths else ""
    return app


def _register(app: Flask, pages: Pages) -> None:
    app.add_url_rule("/", "home", pages.home)
    app.add_url_rule("/search", "search", pages.search)
    app.add_url_rule("/doc/<document:document_id>", "document", pages.document)
    app.add_url_rule("/within/<document:document_id>", "within", pages.within)
    app.add_url_rule("/cite/<document:document_id>", "cite", pages.cite)
    app.add_url_rule("/documents", "documents", pages.documents)
    app.add_url_rule("/concordance", "concordance", pages.concordance)
    app.add_url_rule("/export", "export", pages.export)
    app.add_url_rule("/board", "pinboard", pages.pinboard)
    app.add_url_rule("/help", "help", pages.help)


def _register_originals(app: Flask, pages: OriginalPages) -> None:
    app.add_url_rule("/original/<document:document_id>", "original", pages.original)
    app.add_url_rule("/page/<document:document_id>/<page:page>", "leaf", pages.leaf)
    app.add_url_rule("/page/<document:document_id>/<page:page>.png", "picture", pages.picture)


def _register_machines(app: Flask, api: Api, feeds: Feeds) -> None:
    app.add_url_rule("/opensearch.xml", "opensearch", feeds.opensearch)
    app.add_url_rule("/feed", "feed", feeds.feed)
    app.add_url_rule("/healthz", "health", api.health)
    for path, view in (
        ("search", api.search),
        ("complete", api.complete),
        ("documents", api.documents),
        ("documents/<document:document_id>", api.document),
        ("passages/<document:address>", api.passage),
        ("related", api.related),
        ("concordance", api.concordance),
        ("frequencies", api.frequencies),
        ("collocates", api.collocates),
        ("export", api.export),
        ("status", api.status),
        ("openapi.json", api.description),
    ):
        app.add_url_rule(f"/api/{path}", f"api_{view.__name__}", view)


def _health_check(config: WebConfig, health: Health) -> Callable[[], ResponseReturnValue | None]:
    def check() -> ResponseReturnValue | None:
        needs_index = request.endpoint is not None and request.endpoint not in NEEDS_NO_INDEX
        reason = health() if needs_index else None
        if reason:
            raise IndexDamaged(config.index_path, reason)
        return None

    return check
