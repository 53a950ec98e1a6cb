"""News for a command of the user's, or for a web address."""
