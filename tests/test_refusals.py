"""Who may not, does not: every use case that takes an acting user, found by looking, is called by someone
who may not do it, and by an admin, who shows that the call was good."""

import importlib
import inspect
import pkgutil
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import scheduler.service
from scheduler import questions
from scheduler.domain.actor import Actor, UserRole
from scheduler.domain.change import Change, Scenario
from scheduler.domain.link import LinkKind
from scheduler.errors import InputError, RefusedError
from scheduler.explain.makers import shift_changed
from scheduler.questions import Asked
from scheduler.service import (
    delivery,
    division,
    drafting,
    editing,
    exporting,
    handwork,
    linking,
    own_days,
    people,
    publishing,
    records,
    reporting,
    scenarios,
    visit_logging,
    weeks,
    workbook,
)
from scheduler.service.drafting import DraftRequest
from scheduler.service.office import Office
from scheduler.service.visit_logging import Report
from scheduler.store.engine import Database
from scheduler.tables.columns import PLAN_TABLE
from scheduler.tables.folder import table_text
from tests.offices import ADMIN, FOREIGN, MONDAY, SERGEANT, VIEWER, WEEK, desk, visit

OTHER_OFFICER = Actor("off@q", "Officer k", frozenset({UserRole.OFFICER}), frozenset(), "k")
NOBODY = Actor("who@p", "Nobody", frozenset(), frozenset({"p"}))
REFUSED = (VIEWER, FOREIGN, OTHER_OFFICER, NOBODY)
OTHER_WEEK = (*WEEK[:-1], visit("d", 4, "13:00"))


@dataclass(frozen=True)
class Scene:
    """Precinct p on a published Monday noon, with a draft, a link, a user and a scenario."""

    office: Office
    folder: Path
    draft_id: str
    publication_id: int
    link_id: str
    uid: str
    scenario_id: str
    scenario: Scenario

    @property
    def state(self) -> str:
        """All that the store and the folder around it hold."""
        with sqlite3.connect(self.folder / "esro.db") as connection:
            store = "\n".join(connection.iterdump())
        files = sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*"))
        return store + "\n".join(f for f in files if not f.startswith("esro.db"))

    def copied(self, folder: Path) -> "Scene":
        """The same elsewhere, to be changed."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        database = Database(f"sqlite:///{folder / 'esro.db'}")
        return replace(self, folder=folder, office=replace(self.office, database=database))

    @property
    def view(self) -> weeks.WeekView:
        """The week as its supervisor sees it."""
        return weeks.week_view(self.office, SERGEANT, "p", MONDAY)

    @property
    def sheets(self) -> workbook.Sheets:
        """The tables with a change in precinct p."""
        typed = workbook.sheets(self.office, ADMIN)
        return typed.with_rows("schools", [{**r, "visits_per_week": "2"} if r["school_id"] == "a" else r
                                           for r in typed.rows["schools"]])  # fmt: skip

    def file(self, name: str, text: str) -> Path:
        """A file with this text beside the folder."""
        path = self.folder.parent / f"{self.folder.name}-{name}"
        path.write_text(text)
        return path


Call = Callable[[Scene, Actor], object]
PIN = Change("pins.csv", "add", {}, {
    "officer_id": "o", "school_id": "c", "date": "2026-12-02", "start": "09:00", "end": "10:00",
    "focus": "law_enforcement"})  # fmt: skip
ROW = workbook.absence_row("o", MONDAY, MONDAY, "leave")
LOG = "officer_id,school_id,date,status\no,a,2026-11-30,done\n"

CHANGING: dict[str, Call] = {
    "division.publish_all": lambda s, a: division.publish_all(s.office, a, [("p", s.draft_id)]),
    "drafting.plan_drafts": lambda s, a: drafting.plan_drafts(s.office, a, DraftRequest(MONDAY, ("p",), 5)),
    "drafting.manual_draft": lambda s, a: drafting.manual_draft(s.office, a, "p", MONDAY, WEEK),
    "drafting.draft_of_file": lambda s, a: drafting.draft_of_file(
        s.office, a, "p", MONDAY, s.file("plan.csv", table_text(PLAN_TABLE, WEEK))),
    "editing.init": lambda s, a: editing.init(
        Database(f"sqlite:///{s.folder / 'other.db'}"), s.folder / "town", a),
    "editing.edit": lambda s, a: editing.edit(s.office, a, 2, [PIN]),
    "editing.replace_tables": lambda s, a: editing.replace_tables(
        s.office, a, 2, editing.tables_at(s.office, 1), "back"),
    "editing.undo": lambda s, a: editing.undo(s.office, a, 2, 1),
    "exporting.export": lambda s, a: exporting.export(s.office, a, s.folder / "export"),
    "handwork.keep": lambda s, a: handwork.keep(s.office, a, s.view, WEEK, "x"),
    "handwork.pin": lambda s, a: handwork.pin(s.office, a, WEEK[3], True),
    "linking.make_link": lambda s, a: linking.make_link(s.office, a, LinkKind.OFFICER, "o"),
    "linking.make_links": lambda s, a: linking.make_links(s.office, a, LinkKind.PRECINCT, ["p"]),
    "linking.replace_link": lambda s, a: linking.replace_link(s.office, a, s.link_id),
    "linking.revoke_link": lambda s, a: linking.revoke_link(s.office, a, s.link_id),
    "linking.export_calendars": lambda s, a: linking.export_calendars(
        s.office, a, s.folder / "calendars", s.folder / "names.csv"),
    "people.set_user": lambda s, a: people.set_user(s.office, a, a.user_id, a.name, ["admin"], []),
    "people.remove_user": lambda s, a: people.remove_user(s.office, a, "sgt@p"),
    "publishing.publish": lambda s, a: publishing.publish(s.office, a, s.draft_id),
    "publishing.take_back": lambda s, a: publishing.take_back(s.office, a, s.publication_id),
    "records.backup_bytes": lambda s, a: records.backup_bytes(s.office, a),
    "scenarios.keep": lambda s, a: scenarios.keep(s.office, a, s.scenario),
    "scenarios.remove": lambda s, a: scenarios.remove(s.office, a, s.scenario_id),
    "scenarios.promote": lambda s, a: scenarios.promote(s.office, a, 2, s.scenario),
    "scenarios.lend": lambda s, a: scenarios.lend(s.office, a, 2, "r2", "p"),
    "visit_logging.log_visit": lambda s, a: visit_logging.log_visit(
        s.office, a, Report("o", "a", MONDAY, s.uid)),
    "visit_logging.confirm_day": lambda s, a: visit_logging.confirm_day(s.office, a, "p", MONDAY),
    "visit_logging.log_sheet": lambda s, a: visit_logging.log_sheet(s.office, a, LOG.encode()),
    "visit_logging.log_file": lambda s, a: visit_logging.log_file(s.office, a, s.file("log.csv", LOG)),
    "workbook.save": lambda s, a: workbook.save(s.office, a, s.sheets, "x"),
    "workbook.add_absence": lambda s, a: workbook.add_absence(s.office, a, ROW),
}  # fmt: skip
"""Use cases that change something: of precinct p, or of all precincts."""

PAIRS = [(n, a) for n in CHANGING for a in REFUSED if (n, a) != ("scenarios.keep", FOREIGN)]
"""Who is refused what. Supervisors may wonder about anything; only to make it real touches a precinct."""

READING: dict[str, Call] = {
    "delivery.holders": lambda s, a: delivery.holders(s.office, a, s.publication_id),
    "delivery.recent": lambda s, a: delivery.recent(s.office, a),
    "division.glance": lambda s, a: division.glance(s.office, a, MONDAY),
    "drafting.list_drafts": lambda s, a: drafting.list_drafts(s.office, a),
    "drafting.get_draft": lambda s, a: drafting.get_draft(s.office, a, s.draft_id),
    "linking.links": lambda s, a: linking.links(s.office, a),
    "linking.targets": lambda s, a: linking.targets(s.office, a, LinkKind.PRECINCT),
    "linking.without_link": lambda s, a: linking.without_link(s.office, a),
    "linking.check_link": lambda s, a: linking.check_link(s.office, a, s.link_id),
    "own_days.own_days": lambda s, a: own_days.own_days(s.office, a, week=True),
    "people.list_users": lambda s, a: people.list_users(s.office, a),
    "publishing.list_publications": lambda s, a: publishing.list_publications(s.office, a),
    "publishing.get_publication": lambda s, a: publishing.get_publication(s.office, a, s.publication_id),
    "publishing.with_before": lambda s, a: publishing.with_before(s.office, a, s.publication_id),
    "records.trail": lambda s, a: records.trail(s.office, a),
    "records.trail_csv": lambda s, a: records.trail_csv(s.office, a),
    "records.verified": lambda s, a: records.verified(s.office, a),
    "records.about": lambda s, a: records.about(s.office, a),
    "reporting.figures": lambda s, a: reporting.figures(s.office, a, "p", MONDAY),
    "reporting.report": lambda s, a: reporting.report(
        s.office, a, reporting.YEAR, MONDAY, MONDAY + timedelta(days=4), ["p"]),
    "scenarios.list_scenarios": lambda s, a: scenarios.list_scenarios(s.office, a),
    "scenarios.get_scenario": lambda s, a: scenarios.get_scenario(s.office, a, s.scenario_id),
    "visit_logging.service_records": lambda s, a: visit_logging.service_records(
        s.office, a, MONDAY, MONDAY + timedelta(days=4)),
    "weeks.has_plan": lambda s, a: weeks.has_plan(s.office, a, "p", MONDAY),
    "weeks.week_view": lambda s, a: weeks.week_view(s.office, a, "p", MONDAY),
    "workbook.sheets": lambda s, a: workbook.sheets(s.office, a),
    "workbook.propose": lambda s, a: workbook.propose(s.office, a, s.sheets),
    "workbook.clash": lambda s, a: workbook.clash(s.office, a, replace(s.sheets, base=1)),
    "workbook.again": lambda s, a: workbook.again(s.office, a, s.sheets),
    "workbook.history": lambda s, a: workbook.history(s.office, a),
    "questions.explain_week": lambda s, a: questions.explain_week(s.office, a, Asked(MONDAY, ("p",), 1)),
    "questions.compare": lambda s, a: questions.compare(s.office, a, Asked(MONDAY, ("p",), 1), []),
    "questions.sweep": lambda s, a: questions.sweep(s.office, a, Asked(MONDAY, ("p",), 1), [1], [1]),
}  # fmt: skip
"""Use cases that tell something."""

BY_ANYONE = {"editing.tables", "editing.tables_at", "editing.edits", "first_steps.steps", "people.signed_in"}
"""What works on the store for whoever has got past the door: the tables, how far the agency has come, and who
someone is."""


def found() -> dict[str, inspect.Signature]:
    """Every public function of the service that works on a store, as `module.function`."""
    base = scheduler.service.__name__ + "."
    modules = {m.name.removeprefix(base): importlib.import_module(m.name)
               for m in pkgutil.iter_modules(scheduler.service.__path__, base)}  # fmt: skip
    out = {}
    for part, module in {**modules, "questions": questions}.items():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__.startswith(module.__name__) and not name.startswith("_"):
                signature = inspect.signature(function)
                if {"office", "database"} & set(signature.parameters):
                    out[f"{part}.{name}"] = signature
    return out


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """What the calls are made in; who is refused leaves it as it is."""
    folder = tmp_path_factory.mktemp("scene") / "here"
    folder.mkdir()
    town = desk(Database(f"sqlite:///{folder / 'esro.db'}"), folder)
    told = town.publish(*WEEK)
    link = linking.make_link(town.office, ADMIN, LinkKind.OFFICER, "o").link
    people.set_user(town.office, ADMIN, "sgt@p", "Sergeant P", ["supervisor"], ["p"])
    scenario = shift_changed(editing.tables(town.office).agency, "o", 30)
    kept = scenarios.keep(town.office, ADMIN, scenario)
    relief = {"officer_id": "r2", "name": "Officer r2", "precinct_id": "q", "role": "relief", "covers": "q"}
    named = Change("schools.csv", "update", {"school_id": "d"}, {"name": "School D"})
    editing.edit(town.office, ADMIN, 1, [Change("officers.csv", "add", {}, relief), named])
    town.at(0, "12:00")
    draft = town.draft(*OTHER_WEEK)
    return Scene(town.office, folder, draft.draft_id, told.publication_id, link.link_id,
                 told.visits[0].mark.uid, kept, scenario)  # fmt: skip


def test_every_use_case_stands_in_one_of_the_lists() -> None:
    """A new use case is refused to those who may not, or this fails; what takes a connection is a step of
    another one."""
    known = found()
    asks = {name for name, signature in known.items() if "actor" in signature.parameters}
    assert asks == CHANGING.keys() | READING.keys()
    rest = {n for n, s in known.items() if not {"actor", "connection"} & set(s.parameters)}
    assert rest == BY_ANYONE


@pytest.mark.parametrize(("name", "actor"), PAIRS, ids=[f"{n}-{a.name}" for n, a in PAIRS])
def test_who_may_not_changes_nothing(scene: Scene, name: str, actor: Actor) -> None:
    """A viewer, another precinct's supervisor and officer, and who has no role are told so in a sentence,
    and not a row of the store is another."""
    before = scene.state
    try:
        done: Any = CHANGING[name](scene, actor)
        said = " ".join(o.sentence for o in done if not o.done)
    except (RefusedError, InputError) as error:
        said = str(error)
    assert " may " in said or "not on the list" in said
    assert scene.state == before


@pytest.mark.parametrize("name", CHANGING)
def test_an_admin_does_it(scene: Scene, tmp_path: Path, name: str) -> None:
    """The same call by an admin changes something, so it was the actor that was refused."""
    mine = scene.copied(tmp_path / "mine")
    before = mine.state
    CHANGING[name](mine, ADMIN)
    assert mine.state != before


@pytest.mark.parametrize("name", READING)
def test_what_is_told_changes_nothing_and_is_not_for_another_precinct(scene: Scene, name: str) -> None:
    """Reading leaves the store as it is; another precinct's supervisor is told none of the visits."""
    before = scene.state
    if name != "own_days.own_days":
        READING[name](scene, ADMIN)
    try:
        said = repr(READING[name](scene, FOREIGN))
    except RefusedError:
        said = ""
    assert not [v for v in WEEK if repr(v) in said] and "School a: " not in said
    assert scene.state == before
