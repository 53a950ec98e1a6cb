"""The OpenAPI 3.1 document: what can be asked, and what every answer looks like.

It is written by hand beside the views; the tests ask the running application whether it is true.
"""

from __future__ import annotations

from typing import Any

from backstory.engine.fields import FIELDS
from backstory.engine.version import VERSION
from backstory.searcher.exports.registry import citation_exports, exports
from backstory.searcher.settings import SearchSettings
from backstory.webui.api.answers import answer
from backstory.webui.api.schemas import (
    COUNT,
    FROM_1,
    MOMENT,
    TEXT,
    Schema,
    listed,
    named,
    record,
    schemas,
)
from backstory.webui.document_catalog import SORTS as ORDERS
from backstory.webui.errors import HTTP, PROBLEM, PUBLIC, TITLES

Operation = dict[str, Any]

ABOUT = (
    "A JSON twin of every page. Names of fields stay the same; a new version may add some. "
    "Whole numbers above a limit count as the limit. Errors are problem details (RFC 9457)."
)
USUAL_EXPORT = "csv"
FORM = "multipart/form-data"
NOT_BLANK = r"[^\s\x1c-\x1f\x85]"  # what Python takes for space, and what regular expressions do
_NAME: Schema = {**TEXT, "pattern": r"^[^/]+$"}
_FLAG: Schema = {"enum": ["0", "1", "false", "true"]}
_ADDRESS = (
    "Slashes may stand; everything else that means something in an address is percent-encoded."
)


def description(
    settings: SearchSettings, root: str = "/", *, takes_files: bool = False
) -> dict[str, Any]:
    """Return the document for these settings, of what is served under the path `root`."""
    document = _document(_paths(settings), root)
    document["paths"]["/api/draft"] = {"post": _draft()}
    for path, changes in _changes(settings).items():
        document["paths"].setdefault(path, {}).update(changes)
    if takes_files:
        document["paths"]["/api/documents"]["post"] = _upload()
    return document


def site_description(settings: SearchSettings, root: str) -> dict[str, Any]:
    """Return the document of what is of no single archive, served under the path `root`."""
    return _document(_site_paths(settings), root)


def _document(paths: dict[str, Operation], root: str) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Backstory", "version": VERSION, "description": ABOUT},
        "servers": [{"url": root}],
        "paths": {path: {"get": operation} for path, operation in paths.items()},
        "components": {"schemas": {**schemas(), "Citations": _citations()}},
        "x-problems": {
            code: {"title": title, "status": _status(code)} for code, title in TITLES.items()
        },
    }


def _paths(settings: SearchSettings) -> dict[str, Operation]:
    text = {**TEXT, "maxLength": settings.max_query_chars}
    q = _parameter("q", {**text, "pattern": NOT_BLANK}, "The query: any text.", is_required=True)
    marked = _parameter("q", text, "A query whose words are marked.")
    exact = _parameter("exact", _FLAG, "Never search for another spelling.")
    words_only = _parameter("words_only", _FLAG, "Find nothing by meaning alone.")
    typed = _parameter("q", text, "A text as far as it is typed.")
    page = _parameter("page", FROM_1, "Which page, from 1.")
    most = settings.max_page_size
    n = _parameter(
        "n", FROM_1, f"How many on a page: {settings.page_size} unless told, at most {most}."
    )
    address = {**TEXT, "minLength": 1}
    return {
        "/api/search": _operation(
            "search",
            "A page of ranked passages",
            [
                q,
                page,
                n,
                exact,
                words_only,
                _parameter("explain", _FLAG, "Say what each word stands for, and each score."),
            ],
        ),
        "/api/complete": _operation("complete", "Ways to go on with a text that is typed", [typed]),
        "/api/documents": _operation(
            "documents",
            "The documents, narrowed by facts",
            [
                *(
                    _parameter(name, TEXT, f"Only documents of this {name}.")
                    for name in FIELDS.facets
                ),
                _parameter("sort", {"enum": list(ORDERS)}, "By id unless told."),
                _parameter("since", MOMENT, "Only documents that came after this ISO time."),
                page,
                n,
            ],
        ),
        "/api/documents/{id}": _operation(
            "document",
            "A document with its passages",
            [_in_path("id", address), marked],
            can_miss=True,
        ),
        "/api/passages/{address}": _operation(
            "passage",
            "A passage with its neighbours and citations",
            [
                _in_path("address", {**address, "description": "id#p12, or id@1:02:05"}),
                marked,
                _parameter(
                    "around", COUNT, "Neighbours on either side: 1 unless told, at most 20."
                ),
            ],
            can_miss=True,
        ),
        "/api/related": _operation(
            "related",
            "What is nearest to a passage or a document, in other documents, and why",
            [
                _parameter("passage", TEXT, "The address of a passage; or else give a document."),
                _parameter("document", TEXT, "The id of a document; or else give a passage."),
                _parameter("n", FROM_1, f"How many: 5 unless told, at most {most}."),
            ],
            can_miss=True,
        ),
        "/api/concordance": _operation(
            "concordance",
            "Every mark of a result on a line of its own",
            [
                q,
                page,
                n,
                exact,
                _parameter(
                    "sort",
                    {"enum": ["document", "left", "right", "word"]},
                    "By what lines are sorted.",
                ),
                _parameter(
                    "width", COUNT, "Characters on either side: 40 unless told, at most 200."
                ),
            ],
        ),
        "/api/frequencies": _operation(
            "frequencies", "Passages and marks by document and by year", [q, page, n, exact]
        ),
        "/api/collocates": _operation(
            "collocates",
            "Words that stand near remarkably often",
            [
                q,
                exact,
                _parameter("window", FROM_1, "Words on either side: 5 unless told, at most 20."),
                _parameter("n", FROM_1, f"How many words: 20 unless told, at most {most}."),
            ],
        ),
        "/api/export": _export([q, exact]),
        "/api/follow": _operation(
            "follow",
            "The followed questions, and how much is new for each",
            [_parameter("since", MOMENT, "Count also what arrived after this ISO time.")],
        ),
        "/api/news": _operation(
            "news",
            "What is new for a followed question, newest first",
            [
                _parameter("name", {**TEXT, "minLength": 1}, "Its name.", is_required=True),
                _parameter("since", MOMENT, "Only what arrived after this ISO time."),
                page,
                _parameter("n", FROM_1, "How many on a page: 20 unless told, at most 100."),
            ],
            can_miss=True,
        ),
        "/api/status": _operation("status", "What the index holds, and how fresh it is", []),
        "/api/openapi.json": _operation("description", "This document", [], needs_index=False),
        "/healthz": _operation("health", "Whether the index can be read", []),
        "/feed": _file(
            "feed",
            "The newest passages with all the words, as an Atom feed",
            [q],
            {"application/atom+xml": {}},
        ),
    }


def _draft() -> Operation:
    """Describe the one address that is sent something."""
    operation = _operation("draft", "What the documents have for each sentence of a draft", [])
    operation["responses"]["400"] = _problem("The body is no JSON with a text, or too long a one")
    operation["responses"]["413"] = _problem("The body is larger than 64 KB")
    text = {**TEXT, "description": "The draft, plain text or Markdown; it is not kept."}
    content = {"application/json": {"schema": record(text=text)}}
    return {**operation, "requestBody": {"required": True, "content": content}}


def _site_paths(settings: SearchSettings) -> dict[str, Operation]:
    text = {**TEXT, "maxLength": settings.max_query_chars, "pattern": NOT_BLANK}
    return {
        "/api/archives": _operation(
            "archives", "The archives that may be read; each has an API of its own", []
        ),
        "/api/search": _operation(
            "search_all",
            "The best of each archive for one question",
            [
                _parameter("q", text, "The query: any text.", is_required=True),
                _parameter("n", FROM_1, "How many of each: 4 unless told, at most 20."),
                _parameter("exact", _FLAG, "Never search for another spelling."),
                _parameter("words_only", _FLAG, "Find nothing by meaning alone."),
            ],
        ),
        "/api/openapi.json": _operation("description", "This document", [], needs_index=False),
        "/healthz": _operation("site_health", "Whether all archives can be searched", []),
    }


def _upload() -> Operation:
    """Return what takes files; OpenAPI has no word for "one of these, or any other body"."""
    file = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"file": listed(file)}, "required": ["file"]}
    operation = _operation(
        "upload",
        "Put files into the corpus and index them",
        [_parameter("name", TEXT, "The name of a file that is sent as the body itself.")],
    )
    operation["requestBody"] = {
        "required": True,
        "content": {FORM: {"schema": form}, "application/octet-stream": {"schema": file}},
    }
    for status, meaning in (
        ("403", "Whoever asks may not write, or another site has had the browser ask"),
        ("409", "Another run has the index"),
        ("413", "The request is too large"),
        ("429", "There were too many files, or too much on one day"),
    ):
        operation["responses"][status] = _problem(meaning)
    return operation


def _changes(settings: SearchSettings) -> dict[str, dict[str, Operation]]:
    """Return what changes something, by path and method."""
    text = {**TEXT, "maxLength": settings.max_query_chars, "pattern": NOT_BLANK}
    question = record(text=text, name={**TEXT, "description": "Letters, digits, - . _; or empty."})
    add = _operation("follow_add", "Follow a question", [], status="201")
    add["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": {**question, "required": ["text"]}}},
    }
    add["responses"]["400"] = _problem("It is no question, or one that cannot be followed")
    remove = _operation(
        "follow_remove", "Follow a question no longer", [_in_path("name", _NAME)], can_miss=True
    )
    for operation in (add, remove):
        operation["responses"]["403"] = _problem("You may read here, and not change this")
    return {"/api/follow": {"post": add}, "/api/follow/{name}": {"delete": remove}}


def _citations() -> Schema:
    return record(**{each.name: {**TEXT, "description": each.label} for each in citation_exports()})


def _export(parameters: list[Schema]) -> Operation:
    every = exports()
    operation = _file(
        "export",
        "Hits as a file",
        [
            *parameters,
            _parameter(
                "format", {"enum": [each.name for each in every]}, f"{USUAL_EXPORT} unless told."
            ),
            _parameter("n", FROM_1, "How many hits, at most and unless told 10,000."),
        ],
        {each.media_type: {} for each in every},
    )
    operation["responses"]["200"]["headers"] = {
        "Backstory-Total": {
            "schema": COUNT,
            "description": "How many hits there are in all.",
            "required": True,
        },
        "Content-Disposition": {"schema": TEXT, "required": True},
    }
    return operation


def _operation(
    name: str,
    summary: str,
    parameters: list[Schema],
    *,
    can_miss: bool = False,
    needs_index: bool = True,
    status: str = "200",
) -> Operation:
    content = {"application/json": {"schema": answer(name)}}
    return _file(
        name,
        summary,
        parameters,
        content,
        can_miss=can_miss,
        needs_index=needs_index,
        status=status,
    )


def _file(
    name: str,
    summary: str,
    parameters: list[Schema],
    content: Schema,
    *,
    can_miss: bool = False,
    needs_index: bool = True,
    status: str = "200",
) -> Operation:
    responses: dict[str, Any] = {status: {"description": summary, "content": content}}
    if parameters:
        responses["400"] = _problem("A parameter is missing, or not what it must be")
    if can_miss:
        responses["404"] = _problem("There is no such document or passage")
    if needs_index:
        responses["503"] = _problem("The index cannot be read just now, or too many are waiting")
    responses["default"] = _problem("Any other problem")
    operation = {"operationId": name, "summary": summary, "responses": responses}
    return {**operation, "parameters": parameters} if parameters else operation


def _problem(meaning: str) -> Schema:
    return {"description": meaning, "content": {PROBLEM: {"schema": named("Problem")}}}


def _parameter(name: str, schema: Schema, meaning: str, *, is_required: bool = False) -> Schema:
    return {
        "name": name,
        "in": "query",
        "schema": schema,
        "description": meaning,
        "required": is_required,
    }


def _in_path(name: str, schema: Schema) -> Schema:
    return {
        "name": name,
        "in": "path",
        "schema": schema,
        "description": _ADDRESS,
        "required": True,
    }


def _status(code: str) -> int:
    known = {name: status for status, (name, _, _) in HTTP.items()}
    refused = ("query_missing", "query_too_long", "draft_too_long", "bad_parameter")
    usual = {**dict.fromkeys(refused, 400), "follow_refused": 400, "not_followed": 404, "gone": 410}
    usual |= {"upload_limit": 429, "upload_conflict": 409, "unknown_host": 400, "odd_header": 400}
    usual |= {"login_needed": 401, "forbidden": 403, "forged_form": 403}
    if code in PUBLIC or code in ("overloaded", "worker_lost", "uploads_busy", "gate_fault"):
        return 503
    return {**known, **usual}.get(code, 500)
