"""The worked examples come out exactly, by the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent / "data" / "examples"


@pytest.mark.parametrize("name", ["one", "two", "three"])
def test_score_of_a_worked_example(name: str) -> None:
    folder = EXAMPLES / name
    expected = json.loads((folder / "expected.json").read_text())
    arguments = [str(folder / a) if a.endswith(".csv") else a for a in expected["arguments"]]
    done = subprocess.run(
        [sys.executable, "-m", "scheduler.cli", "score", str(folder), str(folder / "plan.csv"), *arguments],
        capture_output=True,
        text=True,
    )
    answer = json.loads(done.stdout)
    assert answer["score"] == expected["score"]
    found = sorted((v["rule"], v["rows"]) for v in answer["violations"])
    assert found == sorted((v["rule"], v["rows"]) for v in expected["violations"])
    assert all(v["sentence"].endswith(".") for v in answer["violations"])
    assert done.returncode == (1 if expected["violations"] else 0)
