"""Who may come in: users, their tokens and their sessions. Nothing here is used without users."""
