"""The pages, in the order of the menu. Each is `render(state)` over the service, and no more."""

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.domain.actor import Actor, UserRole
from scheduler.ui.pages.admin import render as admin
from scheduler.ui.pages.calendars import render as calendars
from scheduler.ui.pages.division import render as division
from scheduler.ui.pages.inputs import render as inputs
from scheduler.ui.pages.log import render as log
from scheduler.ui.pages.my_day import render as my_day
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


def _visits(actor: Actor) -> bool:
    return UserRole.OFFICER in actor.roles


def _links(actor: Actor) -> bool:
    return _plans(actor) or _visits(actor)


PAGES = (
    Page("my-day", "My day", ":material/today:", my_day, _visits, keeps_address=False),
    Page("week", "Week", ":material/calendar_view_week:", week, _looks),
    Page("division", "Division", ":material/grid_view:", division, _looks),
    Page("why", "Why", ":material/help:", why, _looks),
    Page("what-if", "What-if", ":material/alt_route:", whatif, _plans),
    Page("inputs", "Inputs", ":material/table_edit:", inputs, _plans, keeps_address=False),
    Page("calendar-links", "Calendars", ":material/event_available:", calendars, _links, keeps_address=False),
    Page("log", "Log and reports", ":material/fact_check:", log, _looks),
    Page("admin", "Admin", ":material/admin_panel_settings:", admin, lambda a: a.is_admin, False),
)
