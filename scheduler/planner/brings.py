"""What the visits of a pool bring to some rows of the master: a table of mostly zeros."""

import numpy as np

from scheduler.planner.grid import Floats, Ints


class Brings:
    """(entry × row), asked for by prices of the rows and by tours."""

    def __init__(self, brings: Floats) -> None:
        self._entry, self._row = np.nonzero(brings)
        self._value = brings[self._entry, self._row]
        self._padded = np.vstack([brings, np.zeros(brings.shape[1])])
        """With a row for the empty entry behind the end of a tour."""

    def worth(self, prices: Floats) -> Floats:
        """What each entry is worth at one price a row."""
        weights = self._value * prices[self._row]
        worth = np.bincount(self._entry, weights, minlength=len(self._padded) - 1)
        return worth.astype(np.float64, copy=False)

    def of(self, visits: Ints) -> Floats:
        """(tour × row): what tours, given as rows of entries, bring."""
        return np.asarray(self._padded[visits].sum(axis=1))
