"""The use cases that every face calls. `folders` works from folder to folder; the rest works on the
store, each call with the acting user."""
