"""Sending files: the page with its form, and the same for programs.

A form's files go to a folder on the disk that has the state, never into memory, and are gone when
the request is answered: what is taken into the corpus is a copy.
"""

from __future__ import annotations

import io
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import IO, Any, cast

from flask import Flask, Request, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from backstory.engine.errors import storage_error
from backstory.engine.uploads import UploadedFile, UploadFate, UploadLimit, UploadResult, Uploads
from backstory.webui.links import document_url
from backstory.webui.parameters import ParameterRefused
from backstory.webui.proxies import CLIENT
from backstory.webui.settings import UploadSettings, WebConfig
from backstory.webui.upload_bodies import ENVELOPE
from backstory.webui.visitor import visitor
from backstory.webui.writing import may_write, refuse_readers

UPLOAD_PATH, API_UPLOAD_PATH = "/upload", "/api/documents"
FORM = "multipart/form-data"
FIELD = "file"  # what a form calls its files; other fields are not looked at
MOST_PARTS = 1_020  # of a form: the most files that a setting may allow, and other fields
FIELD_BYTES = 256 * 1024  # for all fields that are no files, and what is read at a time
BLOCK = 256 * 1024
_MB = 1024 * 1024
_KEPT = "nothing was added"


class UploadPages:
    """The views for whoever may write."""

    def __init__(self, config: WebConfig, uploads: Uploads) -> None:
        self._limits = config.uploads
        self._uploads = uploads

    def page(self) -> ResponseReturnValue:
        """Show the form; take what it sends, and show what became of each file."""
        refuse_readers()
        results = self._take() if request.method == "POST" else []
        counts = {fate.name.lower(): sum(r.fate is fate for r in results) for fate in UploadFate}
        shown = [(each, [document_url(d.id) for d in each.documents]) for each in results]
        return render_template(
            "upload.html", limits=self._limits, results=shown, counts=counts, field=FIELD
        )

    def api_documents(self) -> ResponseReturnValue:
        """Take files of a form, or a body with a `name`, and tell what became of each."""
        refuse_readers()
        return jsonify({"files": [_record(each) for each in self._take()]})

    def _take(self) -> list[UploadResult]:
        try:
            return self._uploads.take(self._received(), _sender())
        except OSError as error:
            raise storage_error(self._uploads.folder, error, _KEPT) or error from error

    def _received(self) -> list[UploadedFile]:
        is_form = request.mimetype == FORM
        files = _from_form(self._limits) if is_form else [_from_body(self._limits)]
        if not files:
            raise ParameterRefused(
                "bad_parameter", "No file was sent.", f"Send one as the field “{FIELD}” of a form."
            )
        return files


def take_uploads(app: Flask, config: WebConfig, uploads: Uploads) -> None:
    """Have an application take files."""
    pages, limits = UploadPages(config, uploads), config.uploads
    app.request_class = UploadRequest
    app.config |= {
        "UPLOAD_BYTES": limits.request_mb * _MB + ENVELOPE,
        "UPLOAD_FILE_BYTES": limits.file_mb * _MB,
        "UPLOAD_FOLDER": lambda: uploads.folder,
    }
    app.add_url_rule(UPLOAD_PATH, "upload", pages.page, methods=["GET", "POST"])
    app.add_url_rule(API_UPLOAD_PATH, "api_upload", pages.api_documents, methods=["POST"])
    app.context_processor(lambda: {"may_upload": may_write()})


def _sender() -> str:
    """Return who sends: the name of the user, or the address where there are no users."""
    return visitor(request.environ).name or request.environ.get(CLIENT) or request.remote_addr or ""


class _Incoming(io.BufferedRandom):
    """A file as it comes in; of one that is too large the rest is thrown away."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(io.FileIO(path, "x+"))
        self.path, self._most = path, most
        self.size = 0

    @property
    def is_too_large(self) -> bool:
        """Whether more has come than is taken."""
        return self.size > self._most

    def write(self, data: Any) -> int:
        """Take in a piece."""
        self.size += len(data)
        if not self.is_too_large:
            super().write(data)
        return len(data)

    def uploaded(self, name: str, limits: UploadSettings) -> UploadedFile:
        """Return the file when all of it has come."""
        self.close()
        refusal = f"it is larger than {limits.file_mb:,} MB" if self.is_too_large else ""
        refusal = refusal or ("it is empty" if not self.size else "")
        return UploadedFile(name, self.path, self.size, refusal)


class UploadRequest(Request):
    """A request whose files go to a folder of their own, which is gone when it is answered."""

    max_form_memory_size = FIELD_BYTES
    max_form_parts = MOST_PARTS
    _place: Path | None = None
    _incoming: tuple[_Incoming, ...] = ()

    def next_file(self) -> _Incoming:
        """Make a file for what is sent."""
        if self._place is None:
            self._place = Path(tempfile.mkdtemp(dir=current_app.config["UPLOAD_FOLDER"]()))
        name, most = secrets.token_hex(8), current_app.config["UPLOAD_FILE_BYTES"]
        incoming = _Incoming(self._place / name, most)
        self._incoming += (incoming,)
        return incoming

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return self.next_file()

    def close(self) -> None:
        """Close and delete all files."""
        super().close()
        for each in self._incoming:
            each.close()
        if self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)


def _uploaded(sent: FileStorage, limits: UploadSettings) -> UploadedFile:
    stream = sent.stream
    assert isinstance(stream, _Incoming)  # `UploadRequest` makes every one
    return stream.uploaded(sent.filename or "", limits)


def _from_form(limits: UploadSettings) -> list[UploadedFile]:
    named = [each for each in request.files.getlist(FIELD) if each.filename]
    if len(named) > limits.files:
        raise UploadLimit(
            f"{len(named):,} files were sent at once; {limits.files:,} are taken.",
            "Send fewer at a time.",
        )
    return [_uploaded(each, limits) for each in named]


def _from_body(limits: UploadSettings) -> UploadedFile:
    name = request.args.get("name", "")
    if not name:
        raise ParameterRefused(
            "bad_parameter",
            "The file has no name.",
            "Give one, as in /api/documents?name=memo.pdf, or send a form.",
        )
    own = cast(UploadRequest, request)  # as the application has it made
    with own.next_file() as incoming:
        while block := request.stream.read(BLOCK):
            incoming.write(block)
    return incoming.uploaded(name, limits)


def _record(result: UploadResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "fate": result.fate.value,
        "file": result.file,
        "reason": result.reason,
        "documents": [
            {
                "document": each.id,
                "title": each.title,
                "passages": each.passages,
                "link": document_url(each.id),
            }
            for each in result.documents
        ],
    }
