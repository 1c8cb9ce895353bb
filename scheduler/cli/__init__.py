"""`esro`: the command line. Parses, makes one service call, prints.

Data go to files or standard output, messages to standard error. Exit status: 0 done, 1 the
answer is no, 2 unusable input or arguments, 3 the program contradicts itself.
"""

import sys


def main() -> None:
    """The entry point of `esro`. Commands load when it is called: the planner's workers, which begin by
    importing what was started here, need none of them."""
    from scheduler.cli.commands import run

    sys.exit(run())
