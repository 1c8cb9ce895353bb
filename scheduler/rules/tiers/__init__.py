"""What each tier of the score counts, one file a tier."""
