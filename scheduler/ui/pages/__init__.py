"""The pages, in the order of the menu. Each is `render(state)` over the service, and no more."""

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.domain.actor import Actor, UserRole
from scheduler.ui.pages.division import render as division
from scheduler.ui.pages.week import render as week
from scheduler.ui.pages.whatif import render as whatif
from scheduler.ui.pages.why import render as why
from scheduler.ui.state import State


@dataclass(frozen=True)
class Page:
    """A page of the menu, and who sees it there. What it may do is decided in the service."""

    slug: str
    title: str
    icon: str
    render: Callable[[State], None]
    allowed: Callable[[Actor], bool]
    keeps_address: bool = True


def _looks(actor: Actor) -> bool:
    return bool(actor.roles & {UserRole.ADMIN, UserRole.SUPERVISOR, UserRole.VIEWER})


def _plans(actor: Actor) -> bool:
    return bool(actor.roles & {UserRole.ADMIN, UserRole.SUPERVISOR})


PAGES = (
    Page("week", "Week", ":material/calendar_view_week:", week, _looks),
    Page("division", "Division", ":material/grid_view:", division, _looks),
    Page("what-if", "What-if", ":material/alt_route:", whatif, _plans),
    Page("why", "Why", ":material/help:", why, _looks),
)
