"""Files of known models from the Hugging Face hub, taken only when somebody asks for that.

Nothing of the user's is sent along, no token either. What comes is trusted by its hash alone.
"""

from __future__ import annotations

import os
from pathlib import Path

from backstory.engine.errors import BackstoryError
from backstory.indexer.meaning.description import LARGEST
from backstory.indexer.meaning.known import KnownModel

_SECONDS = 30.0  # that the hub may take to answer


def download(known: KnownModel, folder: Path, *, endpoint: str | None = None) -> None:
    """Put the files of a model into a folder, under the names that they have in a model.

    `endpoint` is the address of a hub, None for the usual one. Raises BackstoryError.
    """
    if known.hub is None:
        raise _unavailable(known, "no repository there has these files")
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")  # which keeps files in the user's home
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        import huggingface_hub
    except ImportError as error:
        raise _unavailable(known, "huggingface_hub is not installed") from error
    for name, path in known.hub.paths.items():
        try:
            url = huggingface_hub.hf_hub_url(
                known.hub.repository, path, revision=known.hub.revision, endpoint=endpoint
            )
            metadata = huggingface_hub.get_hf_file_metadata(url, token=False, timeout=_SECONDS)
            if metadata.size is None or metadata.size > LARGEST:
                raise _unavailable(known, f"{path} has no size, or too large a one")
            taken = huggingface_hub.hf_hub_download(
                known.hub.repository,
                path,
                revision=known.hub.revision,
                cache_dir=folder / "hub",
                token=False,
                etag_timeout=_SECONDS,
                endpoint=endpoint,
            )
        except BackstoryError:
            raise
        except Exception as error:  # its errors are those of several libraries
            raise _unavailable(known, str(error).split("\n")[0]) from error
        Path(taken).resolve().rename(folder / name)


def _unavailable(known: KnownModel, why: str) -> BackstoryError:
    elsewhere = "; or ".join(known.downloads)
    hint = f"It is also in {elsewhere}: backstory meaning install FILE" if elsewhere else ""
    return BackstoryError(f"The model {known.name} cannot be downloaded: {why}.", hint)
