"""The policy of an agency: what `agency.toml` holds beside its name and time zone."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scheduler.domain.clock import ClockTime


class Section(BaseModel):
    """A table of agency.toml: frozen, typed, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class VisitPolicy(Section):
    """How long a visit may be and how many an officer makes a day (minutes)."""

    shortest_minutes: int = Field(default=45, ge=1, le=1440)
    longest_minutes: int = Field(default=180, ge=1, le=1440)
    length_step_minutes: int = Field(default=15, ge=1, le=1440)
    start_step_minutes: int = Field(default=5, ge=1, le=1440)
    most_per_day: int = Field(default=4, ge=0, le=100)
    mentoring_minutes: int = Field(default=30, ge=0, le=1440)
    required_qualification: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> "VisitPolicy":
        if self.shortest_minutes > self.longest_minutes:
            raise ValueError("shortest_minutes is above longest_minutes")
        return self

    def lengths(self) -> tuple[int, ...]:
        """Allowed visit lengths in minutes, ascending (may be empty)."""
        step = self.length_step_minutes
        first = -(-self.shortest_minutes // step) * step
        return tuple(range(first, self.longest_minutes + 1, step))


class BreakPolicy(Section):
    """The meal break: due from `due_after_minutes` of duty, inside [earliest, latest]."""

    minutes: int = Field(default=30, ge=0, le=1440)
    earliest: ClockTime = 11 * 60
    latest: ClockTime = 13 * 60 + 30
    due_after_minutes: int = Field(default=360, ge=0, le=1440)


class TravelPolicy(Section):
    """How a great-circle distance becomes minutes on the road."""

    road_factor: Decimal = Field(default=Decimal("1.3"), ge=0, le=100)
    speed_kmh: Decimal = Field(default=Decimal(40), gt=0, le=1000)
    fixed_minutes: Decimal = Field(default=Decimal(4), ge=0, le=1440)


class RotationPolicy(Section):
    """Fairness over the cycle and the price of unpredictability."""

    cycle_weeks: int = Field(default=4, ge=1, le=520)
    on_site_share: Decimal = Field(default=Decimal("1.0"), ge=0, le=1)
    unpredictability_price: Decimal = Field(default=Decimal("0.05"), ge=0, le=1)


class Policy(Section):
    """All settings with their defaults (planning contract, section 1)."""

    visits: VisitPolicy = VisitPolicy()
    # `break` is a Python keyword; the TOML table keeps the field's word.
    break_: BreakPolicy = Field(BreakPolicy(), alias="break")
    travel: TravelPolicy = TravelPolicy()
    rotation: RotationPolicy = RotationPolicy()

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
