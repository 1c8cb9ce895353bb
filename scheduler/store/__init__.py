"""The store: one database that loses nothing. SQLite in one file, or PostgreSQL by URL."""
