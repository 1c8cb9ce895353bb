"""What is printed from the app: a week with a sheet for each officer's day, and cards of calendar links."""

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version

from scheduler.domain.agency import Agency
from scheduler.publish.link_cards import Card, cards_html
from scheduler.publish.report import page_html
from scheduler.publish.words import day_short, proof_sentence, tier_sentence
from scheduler.service.linking import MadeLink
from scheduler.service.weeks import WeekView


def week_page(view: WeekView) -> str:
    """The shown week as one self-contained page that opens offline."""
    assert view.case is not None and view.proof is not None, "a plan is shown"
    proof, plan = view.proof, view.draft or view.standing
    assert plan is not None
    stands = "Draft, not published" if view.draft else f"Revision {view.standing.number}"  # type: ignore[union-attr]
    said = "Changed by hand." if proof.status == "manual" else proof_sentence(proof.status, proof.gap)
    sentences = [
        tier_sentence(tier, count, proof.bound, proof.best)
        for tier, count in proof.score.to_dict().items()
        if count or tier != "changed_visits"
    ]
    heading = f"Rounds for the week of {day_short(view.week)} {view.week.year}"
    made = f"{stands} · seed {proof.seed} · tables {plan.snapshot[:19]}"
    return page_html(view.case, [view.precinct_id], heading, f"{stands}. {said}", sentences, made,
                     version("esro-scheduler"))  # fmt: skip


def link_cards(agency: Agency, local: datetime, made: Sequence[MadeLink], base: str) -> str:
    """New links as one self-contained page, a card for each; `base` is the address of the server. Raises
    InputError where it is none."""
    cards = [Card(m.name, m.path, m.exposure.words) for m in made]
    return cards_html(agency.name, f"{day_short(local.date())} {local.year}", base, cards)
