"""Minutes on the road between stations and schools (planning contract, section 1)."""

from decimal import Decimal
from math import asin, ceil, cos, radians, sin, sqrt

from scheduler.domain.agency import Agency

EARTH_RADIUS_KM = 6371.0088


def school_place(school_id: str) -> str:
    """The place of a school, as travel.csv writes it."""
    return f"school:{school_id}"


def station_place(precinct_id: str) -> str:
    """The place of a precinct's station, as travel.csv writes it."""
    return f"precinct:{precinct_id}"


def great_circle_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Kilometres between two (latitude, longitude) in degrees: haversine on a sphere of the
    mean Earth radius."""
    lat1, lon1, lat2, lon2 = (radians(x) for x in (*a, *b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(h)))


class TravelTimes:
    """Drive minutes between any two places of an agency; every answer is remembered."""

    def __init__(self, agency: Agency) -> None:
        self._rows = agency.travel
        self._policy = agency.policy.travel
        self._places = {
            **{station_place(p.precinct_id): (p.latitude, p.longitude)
               for p in agency.precincts.values()},
            **{school_place(s.school_id): (s.latitude, s.longitude)
               for s in agency.schools.values()},
        }  # fmt: skip
        self._known: dict[tuple[str, str], int] = {}

    def minutes(self, origin: str, destination: str) -> int:
        """Drive minutes from one place to another. Raises KeyError for an unknown place."""
        key = (origin, destination)
        if key not in self._known:
            self._known[key] = self._find(origin, destination)
        return self._known[key]

    def _find(self, origin: str, destination: str) -> int:
        row = self._rows.get((origin, destination))
        if row is None:
            row = self._rows.get((destination, origin))
        if row is not None:
            return row
        if origin == destination:
            return 0
        km = great_circle_km(self._places[origin], self._places[destination])
        rate = self._policy.road_factor / self._policy.speed_kmh * 60
        # The great circle is floating; everything around it is exact.
        exact = Decimal(km) * rate + self._policy.fixed_minutes
        return ceil(exact)

    def schools(self, origin_school: str, destination_school: str) -> int:
        """Drive minutes between two schools, by their ids."""
        return self.minutes(school_place(origin_school), school_place(destination_school))

    def from_station(self, precinct_id: str, school_id: str) -> int:
        """Drive minutes from a precinct's station to a school."""
        return self.minutes(station_place(precinct_id), school_place(school_id))

    def to_station(self, school_id: str, precinct_id: str) -> int:
        """Drive minutes from a school to a precinct's station."""
        return self.minutes(school_place(school_id), station_place(precinct_id))
