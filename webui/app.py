"""The application: pages, API, headers and errors put together around one Searcher."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

from flask import Flask, request
from flask.typing import ResponseReturnValue

from backstory.engine.errors import IndexDamaged
from backstory.engine.originals import Originals
from backstory.engine.uploads import Uploads
from backstory.searcher import Searcher
from backstory.webui import csrf, wording
from backstory.webui.api import Api
from backstory.webui.api.following import FollowApi
from backstory.webui.base_url import checked_base_url
from backstory.webui.compression import compress
from backstory.webui.errors import Errors
from backstory.webui.feeds import Feeds
from backstory.webui.following import FollowedPages
from backstory.webui.links import DocumentId, PageNumber, page_address, site_url
from backstory.webui.load import refuse_overload
from backstory.webui.notices import Health, Notices
from backstory.webui.original_pages import OriginalPages
from backstory.webui.pages import Pages
from backstory.webui.relay import refuse_lost
from backstory.webui.security import Guard, add_headers, check_request
from backstory.webui.settings import WebConfig
from backstory.webui.style import style
from backstory.webui.uploads import take_uploads
from backstory.webui.visitor import ARCHIVE, SESSION, visitor
from backstory.webui.writing import may_write

NEEDS_NO_INDEX = frozenset(
    {"pinboard", "history", "help", "static", "opensearch", "api_description"}
)


def bare_app(config: WebConfig, *, archive: str | None, storage: str) -> Flask:
    """Make an application without pages: who may ask it, what its answers carry, and its errors.

    `archive` is its name, by which users may read this one and not another; None for what is of no
    archive. The browser keeps what belongs to it under `storage`.
    """
    app = Flask("backstory.webui")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    app.url_map.merge_slashes = False
    app.url_map.converters |= {"document": DocumentId, "page": PageNumber}
    app.jinja_options = {"finalize": wording.printable, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(wording.FILTERS)
    app.jinja_env.globals |= {
        "frame": "base.html",  # what a page about an error is framed by
        "storage_key": partial(storage_key, storage),
        "has_session": lambda: SESSION in request.environ,
        "csrf_field": csrf.field,
        "csrf_token": csrf.token,
    }
    app.config["BASE_URL"] = checked_base_url(config.web.base_url)
    app.config[ARCHIVE] = archive
    app.wsgi_app = Guard(config.web, app.wsgi_app)  # type: ignore[method-assign]  # Flask's way
    app.before_request(check_request)
    app.before_request(refuse_overload)
    app.before_request(refuse_lost)
    if config.users.are_set:
        _let_in_users(app, config)
    app.before_request(csrf.check)
    app.after_request(compress)
    app.after_request(csrf.keep_secret)
    app.after_request(add_headers)
    app.register_error_handler(Exception, Errors(config).answer)
    app.context_processor(
        lambda: {
            "page_address": page_address,
            "site_url": site_url,
            "who": visitor(request.environ),
        }
    )
    return app


def create_app(
    config: WebConfig,
    searcher: Searcher,
    *,
    health: Health | None = None,
    watching: Health | None = None,
    originals: Originals | None = None,
    uploads: Uploads | None = None,
    title: str = "",
    archive: str = "",
    site: WebConfig | None = None,
) -> Flask:
    """Make the WSGI application.

    `health` is asked before every answer from the index; a reason that it returns, such as "has a
    file with the wrong checksum", turns the answer into 503 `index_damaged`. `watching` returns
    what keeps the index from following the corpus; pages and `/healthz` say so. `originals` gives
    the files of documents, where the setting `web.originals` lets it, `uploads` takes files into
    the corpus, where `web.uploads` does. One of several archives has a `title`, which its
    pages say, its name in `archive`, and in `site` the settings of all of them.
    """
    app = bare_app(site or config, archive=archive, storage=archive_name(config))
    if health:
        app.before_request(_health_check(config, health))
    notices = Notices(config, searcher, watching)
    app.context_processor(lambda: {"notices": notices})
    _register(app, Pages(config, searcher))
    if originals is not None and config.web.originals:
        _register_originals(app, OriginalPages(config, searcher, originals))
    if uploads is not None and config.web.uploads:
        take_uploads(app, config, uploads)
    _register_following(app, FollowedPages(config, searcher), FollowApi(config, searcher))
    _register_machines(app, Api(config, searcher, notices), Feeds(config, searcher, title, archive))
    app.jinja_env.globals["archive_title"] = title
    return app


def archive_name(config: WebConfig) -> str:
    """Return a name for the archive that stays when it is indexed anew, and tells no path.

    A browser keeps what belongs to an archive under it: several may be served under one host.
    """
    place = str(config.corpus_path.resolve()).encode("utf-8", "surrogateescape")
    return hashlib.sha256(place).hexdigest()[:16]


def storage_key(archive: str) -> str:
    """Return the name under which a browser keeps what is a user's own in an archive."""
    name = visitor(request.environ).name
    return hashlib.sha256(f"{archive} {name}".encode()).hexdigest()[:16] if name else archive


def _let_in_users(app: Flask, config: WebConfig) -> None:
    """Have the application find out who asks, and keep out whom it does not know."""
    from backstory.webui import roles  # only where there are users
    from backstory.webui.login import Login
    from backstory.webui.users.gate import Accounts

    accounts = Accounts(config)
    app.wsgi_app = accounts.gate(app.wsgi_app)  # type: ignore[method-assign]  # Flask's way
    app.before_request(roles.authorize)
    app.after_request(roles.keep_private)
    if accounts.file is not None:
        login = Login(accounts)
        app.add_url_rule("/login", "login", login.login, methods=["GET", "POST"])
        app.add_url_rule("/logout", "logout", login.logout, methods=["POST"])


def _register(app: Flask, pages: Pages) -> None:
    app.add_url_rule("/", "home", pages.home)
    app.add_url_rule("/search", "search", pages.search)
    app.add_url_rule("/doc/<document:document_id>", "document", pages.document)
    app.add_url_rule("/within/<document:document_id>", "within", pages.within)
    app.add_url_rule("/related/<document:document_id>", "related", pages.related)
    app.add_url_rule("/cite/<document:document_id>", "cite", pages.cite)
    app.add_url_rule("/compare", "compare", pages.compare)
    app.add_url_rule("/documents", "documents", pages.documents)
    app.add_url_rule("/unread", "unread", pages.unread)
    app.add_url_rule("/draft", "draft", pages.draft, methods=["GET", "POST"])
    app.add_url_rule("/concordance", "concordance", pages.concordance)
    app.add_url_rule("/export", "export", pages.export)
    app.add_url_rule("/board", "pinboard", pages.pinboard)
    app.add_url_rule("/history", "history", pages.history)
    app.add_url_rule("/help", "help", pages.help)
    app.add_url_rule("/style.css", "style", style)


def _register_originals(app: Flask, pages: OriginalPages) -> None:
    app.add_url_rule("/original/<document:document_id>", "original", pages.original)
    app.add_url_rule("/page/<document:document_id>/<page:page>", "leaf", pages.leaf)
    app.add_url_rule("/page/<document:document_id>/<page:page>.png", "picture", pages.picture)


def _register_following(app: Flask, pages: FollowedPages, api: FollowApi) -> None:
    app.add_url_rule("/followed", "followed", pages.followed)
    app.add_url_rule("/followed/<name>", "news", pages.news)
    app.add_url_rule("/followed/<name>/feed", "news_feed", pages.feed)
    app.add_url_rule("/follow", "follow", pages.follow, methods=["POST"])
    app.add_url_rule("/unfollow", "unfollow", pages.unfollow, methods=["POST"])
    app.add_url_rule("/api/follow", "api_follow", api.follow)
    app.add_url_rule("/api/follow", "api_follow_add", api.follow_add, methods=["POST"])
    app.add_url_rule(
        "/api/follow/<name>", "api_follow_remove", api.follow_remove, methods=["DELETE"]
    )
    app.add_url_rule("/api/news", "api_news", api.news)
    app.jinja_env.globals |= {"followed_as": pages.followed_as, "may_follow": may_write}


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
    app.add_url_rule("/api/draft", "api_draft", api.draft, methods=["POST"])


def _health_check(config: WebConfig, health: Health) -> Callable[[], ResponseReturnValue | None]:
    def check() -> ResponseReturnValue | None:
        needs_index = request.endpoint is not None and request.endpoint not in NEEDS_NO_INDEX
        reason = health() if needs_index else None
        if reason:
            raise IndexDamaged(config.index_path, reason)
        return None

    return check
