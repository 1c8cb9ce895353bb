"""Usage: python -m tests.clocked_app PORT MOMENT. The app as `esro serve` runs it, with a clock of the
tests: it shows MOMENT when the server starts, and goes on from there."""

import sys
from datetime import UTC, datetime
from functools import partial

from scheduler.service.office import open_office
from scheduler.ui import server, shell


def main(port: int, moment: datetime) -> None:
    """Serves until it is killed."""
    ahead = moment - datetime.now(UTC)

    def clock() -> datetime:
        return datetime.now(UTC) + ahead

    shell.open_office = partial(open_office, clock=clock)
    server.feeds._clock = clock
    server.run("127.0.0.1", port)


if __name__ == "__main__":
    main(int(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
