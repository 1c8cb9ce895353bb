"""Where the week page keeps what is picked and shown, for a precinct and a week."""

PICKED = "picked visit"
SHOWN = "shown draft"
PUBLISHED = "published"
"""In place of a draft: what is published is shown though a newer draft is there."""
TOLD = "publication just made"
