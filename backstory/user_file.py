"""The file of users that the settings name, for the verbs `user` and `token`."""

from __future__ import annotations

from backstory.engine.errors import ConfigError
from backstory.options import Place
from backstory.webui.users.records import User
from backstory.webui.users.user_file import UserFile, UserRefused


def open_users(place: Place) -> UserFile:
    """Return the file; raises ConfigError where the settings name none."""
    config = place.every_setting()
    if not config.users.file:
        raise ConfigError(
            "users.file",
            'is not set. Put  [users]  file = "users.json"  into a settings file that you name '
            "with --config, or set BACKSTORY_USERS_FILE",
        )
    return UserFile(config.root / config.users.file)


def known(users: dict[str, User], name: str) -> User:
    """Return a user; raises UserRefused where there is none of that name."""
    user = users.get(name.strip().lower())
    if user is None:
        others = f"There are: {', '.join(sorted(users))}." if users else "There are none yet."
        raise UserRefused(f"There is no user “{name}”.", others)
    return user
