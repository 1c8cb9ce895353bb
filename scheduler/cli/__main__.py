"""`python -m scheduler.cli` is `esro`."""

from scheduler.cli import main

main()
