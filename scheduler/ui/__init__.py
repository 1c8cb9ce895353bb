"""The web pages: thin, over the service."""
