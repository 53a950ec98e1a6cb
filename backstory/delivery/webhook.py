"""The webhook: news as a signed message to a web address, which is checked as one to fetch is.

The signature is HMAC-SHA256 with the secret over the time, a full stop and the body. Whoever gets a
message compares it, and refuses one whose time is long past.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import time
from pathlib import Path
from typing import TYPE_CHECKING

from backstory.delivery.errors import DeliveryFailed
from backstory.engine.errors import UnreadableDocument
from backstory.engine.version import VERSION
from backstory.indexer.fetching import Alarm, connected
from backstory.indexer.urls import Location, locate, look_up
from backstory.secrets import BadSecret, read_secret

if TYPE_CHECKING:
    from backstory.delivery.settings import FollowSettings

TIME, SIGNATURE = "Backstory-Time", "Backstory-Signature"
_MOST_ANSWER = 64 * 1024  # bytes that are read of an answer, and forgotten


def post(settings: FollowSettings, root: Path, body: bytes) -> None:
    """Send a message to the webhook; raise DeliveryFailed unless the server answers 2xx."""
    secret = _secret(settings, root)
    try:
        place = locate(settings.webhook)
        status = _send(place, settings, body, secret)
    except UnreadableDocument as error:
        hint = "follow.allow_private allows it." if "not public" in error.reason else ""
        reason = error.reason.replace(" (--allow-private allows it)", "")
        raise DeliveryFailed(f"{error.path}: {reason}.", hint or "It is tried again.") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise DeliveryFailed(f"{place.server}: {reason}.", "It is tried again.") from error
    if 300 <= status < 400:
        raise DeliveryFailed(
            f"{place.server} answered {status}, and redirects are not followed.",
            "Name the address that it leads to in follow.webhook.",
        )
    if not 200 <= status < 300:
        raise DeliveryFailed(f"{place.server} answered {status}.", "It is tried again.")


def signature(secret: bytes, moment: str, body: bytes) -> str:
    """Return the signature of a body that is sent at a moment, in seconds since 1970."""
    digest = hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def _secret(settings: FollowSettings, root: Path) -> bytes:
    if not settings.secret_file:
        raise DeliveryFailed("The webhook has no secret.", "Name its file in follow.secret_file.")
    try:
        return read_secret(root / settings.secret_file)
    except BadSecret as error:
        raise DeliveryFailed(error.message, error.hint) from error


def _send(place: Location, settings: FollowSettings, body: bytes, secret: bytes) -> int:
    moment = str(int(time.time()))
    headers = {
        "Host": place.server,
        "User-Agent": f"Backstory/{VERSION}",
        "Content-Type": "application/json",
        TIME: moment,
        SIGNATURE: signature(secret, moment, body),
        "Connection": "close",
    }
    deadline = time.monotonic() + settings.seconds
    answers = look_up(place, settings.seconds, allow_private=settings.allow_private)
    alarm = Alarm(deadline)
    with alarm, connected(place, answers, settings.seconds, alarm) as line:
        connection = http.client.HTTPConnection(place.host, place.port)
        connection.sock = line
        connection.request("POST", place.target, body, headers)
        with connection.getresponse() as response:
            response.read(_MOST_ANSWER)
            status = response.status
    if alarm.has_rung:
        raise TimeoutError(f"took longer than {settings.seconds:g} s")
    return status
