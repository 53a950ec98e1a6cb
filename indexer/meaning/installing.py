"""Puts models in place, and takes them away.

A model is made in a folder of its own beside the others, compared with its hashes, tried, and only
then given its name: a run that is killed leaves nothing that could be taken for a model.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from backstory.engine.disk import sync
from backstory.engine.errors import BackstoryError, storage_error
from backstory.indexer.meaning.choosing import lacking_libraries
from backstory.indexer.meaning.description import FILE, ModelDescription, parse
from backstory.indexer.meaning.encoder import EncoderProcess
from backstory.indexer.meaning.folder import DRAFT, InstalledModel, Models, check_private
from backstory.indexer.meaning.hub import download
from backstory.indexer.meaning.known import KNOWN, KnownModel, known_by
from backstory.indexer.meaning.offers import Offer, offers, unusable
from backstory.indexer.settings import MeaningSettings

# Sentences that a model is tried with.
_TRIAL = ("The keeper of the light wrote a letter.", "El farero escribió una carta.")


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """How a model is installed.

    `tokenizer` is a file for an archive without one. `is_trusted` allows a model that is not known,
    as its own model.toml describes it. `endpoint` is the address of a hub, None for the usual one.
    """

    tokenizer: Path | None = None
    is_trusted: bool = False
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a model is made of: its description, and an offer for each of its files."""

    description: ModelDescription
    files: Mapping[str, Offer]


def install(
    what: str, models: Models, settings: MeaningSettings, options: InstallOptions
) -> InstalledModel:
    """Install a known model by name, or one from a folder, an archive or a file.

    Raises BackstoryError. One that is installed already is replaced.
    """
    with _locked(models), contextlib.ExitStack() as stack:
        draft = _draft(models, stack)
        offered = _offered(what, draft, options, stack)
        if options.tokenizer is not None:
            offered += stack.enter_context(offers(options.tokenizer))
        parts = _parts(what, offered, models, options)
        made = draft / "model"
        made.mkdir(mode=0o700)
        installed = InstalledModel(made, _copied(parts, made))
        if not lacking_libraries(installed.description):
            try_out(installed, settings)
        return _put_in_place(installed, models)


def remove(name: str, models: Models) -> None:
    """Remove a model that is installed; raises BackstoryError where it is not."""
    with _locked(models), contextlib.ExitStack() as stack:
        names = models.names()
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"Did you mean {near[0]}?" if near else "See what is: backstory meaning list"
            raise BackstoryError(f"The model {name} is not installed in {models.path}.", hint)
        draft = _draft(models, stack)
        (models.path / name).rename(draft / "old")


def try_out(installed: InstalledModel, settings: MeaningSettings) -> None:
    """Embed two sentences; raises EncoderFailed where the model cannot."""
    with contextlib.closing(EncoderProcess(installed, settings)) as encoder:
        encoder.passages(_TRIAL)
        encoder.question(_TRIAL[0])


def is_whole(installed: InstalledModel, description: ModelDescription) -> bool:
    """Tell whether an installed model is what is described, and its files are undamaged.

    Raises OSError where a file cannot be read.
    """
    return installed.description == description and all(
        _sha256(installed.folder / name) == description.sha256[name] for name in description.files
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- Where the files come from


def _offered(
    what: str, draft: Path, options: InstallOptions, stack: contextlib.ExitStack
) -> list[Offer]:
    """Return the files that are offered under a name or at a path."""
    known = KNOWN.get(what)
    if known is None:
        return list(stack.enter_context(offers(_path(what))))
    for package, inner in known.packages.items():
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin:
            place = Path(spec.origin).parent / inner
            return list(stack.enter_context(offers(place)))
    if known.hub is None:
        elsewhere = "; or ".join(known.downloads)
        raise BackstoryError(
            f"The model {what} is in no repository that Backstory knows.",
            f"Install it from {elsewhere}: backstory meaning install FILE",
        )
    folder = draft / "downloaded"
    folder.mkdir()
    download(known, folder, endpoint=options.endpoint)
    return list(stack.enter_context(offers(folder)))


def _path(what: str) -> Path:
    path = Path(what).expanduser()
    if path.exists():
        return path
    near = [name for name in KNOWN if name.startswith(what)] or get_close_matches(what, KNOWN, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known by name: {', '.join(KNOWN)}."
    raise BackstoryError(f"There is no model, file or folder {what}.", hint)


# --- What the files are


def _parts(what: str, offered: Sequence[Offer], models: Models, options: InstallOptions) -> _Parts:
    """Return the model that the files make: one that is known by its hashes, or a trusted one."""
    by_hash = {each.sha256(): each for each in offered if each.name != FILE}
    asked = KNOWN.get(what)
    for known in [asked] if asked else KNOWN.values():
        weights = known.description.files[0]
        if known.description.sha256[weights] in by_hash:
            return _known_parts(known, by_hash, models)
    if asked:
        raise unusable(what, "the files that came are not those that are known by this name")
    described = [each for each in offered if each.name == FILE]
    if not described:
        raise unusable(
            what,
            "none of its files is known by its SHA-256. Any model in ONNX works: put a model.toml"
            " beside it (docs/how-to/find-by-meaning.md) and give --trust",
        )
    if len(described) > 1:
        raise unusable(what, f"it has several {FILE}: {', '.join(d.where for d in described)}")
    return _described_parts(what, described[0], offered, options)


def _known_parts(known: KnownModel, by_hash: Mapping[str, Offer], models: Models) -> _Parts:
    files = {}
    for name, sha256 in known.description.sha256.items():
        offer = by_hash.get(sha256) or _installed_offer(name, sha256, models)
        if offer is None:
            raise BackstoryError(
                f"The model {known.name} lacks its {name}, with the SHA-256 {sha256}.",
                "Give the file that has it: --tokenizer FILE, which may be an archive, too.",
            )
        files[name] = offer
    return _Parts(known.description, files)


def _installed_offer(name: str, sha256: str, models: Models) -> Offer | None:
    """Return a file of another model that is installed, where it is the same."""
    for each in models.sound():
        if each.description.sha256.get(name) == sha256:
            path = each.folder / name
            return Offer(str(each.folder), name, lambda path=path: path.open("rb"))  # type: ignore[misc]  # bound now
    return None


def _described_parts(
    what: str, described: Offer, offered: Sequence[Offer], options: InstallOptions
) -> _Parts:
    beside = {each.name: each for each in offered if each.folder == described.folder}
    # Hashes need not be given: those of the files are recorded.
    hashes = {name: each.sha256() for name, each in beside.items() if name != FILE}
    description = parse(described.text(), what, hashes)
    for name in description.files:
        if name not in hashes:
            raise unusable(what, f"it lacks {name}")
        if description.sha256[name] != hashes[name]:
            raise unusable(what, f"{name} has not the SHA-256 that {FILE} says")
    if known_by(description) is None and description.name in KNOWN:
        raise unusable(what, f"it is not {description.name}, but is called so in {FILE}")
    if not options.is_trusted:
        raise BackstoryError(
            f"The model {description.name} is not one that Backstory knows by its SHA-256.",
            "If you trust where it comes from, give --trust. It runs behind fences, but it decides"
            " what is found by meaning.",
        )
    return _Parts(description, {name: beside[name] for name in description.files})


# --- Putting it in place


def _copied(parts: _Parts, folder: Path) -> ModelDescription:
    """Copy the files into a folder while comparing them with their hashes; describe them there."""
    for name, offer in parts.files.items():
        digest = hashlib.sha256()
        with (folder / name).open("xb") as file:
            for piece in offer.pieces():
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != parts.description.sha256[name]:
            raise unusable(offer.where, "it has changed while it was read")
    (folder / FILE).write_text(parts.description.to_toml(), encoding="utf-8")
    sync(folder / FILE)
    sync(folder)
    return parts.description


def _put_in_place(installed: InstalledModel, models: Models) -> InstalledModel:
    """Give a finished model its name, in place of one that is there and not the same."""
    place = models.path / installed.name
    with contextlib.suppress(BackstoryError, OSError):
        if is_whole(there := models.read(installed.name), installed.description):
            return there
    if place.exists():
        place.rename(installed.folder.with_name("old"))
    installed.folder.rename(place)
    sync(models.path)
    return replace(installed, folder=place)


@contextlib.contextmanager
def _locked(models: Models) -> Iterator[None]:
    """Have the folder of models to oneself, made where it is not there."""
    try:
        models.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_private(models.path)
        descriptor = os.open(models.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            for left in models.path.glob(f"{DRAFT}*"):  # by a run that was killed
                shutil.rmtree(left, ignore_errors=True)
            yield
        finally:
            os.close(descriptor)
    except OSError as error:
        kept = "nothing was installed"
        problem = BackstoryError(f"The models in {models.path} cannot be changed: {error}.")
        raise storage_error(models.path, error, kept) or problem from error


def _draft(models: Models, stack: contextlib.ExitStack) -> Path:
    """Make a folder that is deleted when all is done."""
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=models.path))
    stack.callback(shutil.rmtree, draft, ignore_errors=True)
    return draft
