"""Plans weeks: tours, a master model solved tier by tier, bounds, and the random choice."""

from scheduler.planner.crew import Crew, prepare
from scheduler.planner.plan import Question, plan, plan_many
from scheduler.planner.result import Cancel, ClusterResult, PlanResult, Progress

__all__ = ["Cancel", "ClusterResult", "Crew", "PlanResult", "Progress", "Question", "plan", "plan_many",
           "prepare"]  # fmt: skip
