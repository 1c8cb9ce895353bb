"""A visit's focus is backed by what happens there."""

from collections.abc import Iterator

from scheduler.domain.plan import Focus
from scheduler.rules.case import Case
from scheduler.rules.violation import Violation, visit_words


def focus_fits(case: Case) -> Iterator[Violation]:
    """A visit with sessions or tasks has the focus of one of them; otherwise mentoring needs
    the private space, and teaching a session or task."""
    least = case.agency.policy.visits.mentoring_minutes
    for row, visit in case.free():
        work = [(s.program, s.focus) for s in case.attended(visit)]
        work += [(t.program, t.focus) for t in map(case.agency.tasks.get, visit.tasks) if t]
        if work:
            if visit.focus in {focus for _, focus in work}:
                continue
            asked = ", ".join(f"{program} ({focus})" for program, focus in work)
            sentence = f"the focus is {visit.focus}, but the visit serves {asked}"
        elif visit.focus == Focus.TEACHING:
            sentence = "teaching, but no session is attended and no task of that focus listed"
        elif visit.focus == Focus.MENTORING:
            spaces = case.school(visit).private_space
            if any(w.overlap(visit.window) >= least for w in spaces):
                continue
            free = ";".join(map(str, spaces)) or "never"
            sentence = f"mentoring needs {least} minutes in the private space (free {free})"
        else:
            continue
        yield Violation("focus_fits", (row,), f"{visit_words(case, visit)}: {sentence}.")
