"""Where the week page keeps what is picked and shown, for a precinct and a week."""

PICKED = "picked visit"
SHOWN = "shown draft"
TOLD = "publication just made"
