"""The comparison of both denoisers, a level at a time, on several cores."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.adapt.judge import LEVELS, Comparison, People
from training.degrade.profiles import GENERIC, Profile

#: What a process was started with.
_given: dict[str, Any] = {}


def compare_in_processes(
    models: Path, variant: Path, profile: Profile, sets: dict[str, People], cores: int
) -> dict[str, dict[str, dict]]:
    """Figures by set of people and level; held-out people also under the generic profile, at `generic`."""
    tasks = [(name, level, name) for name in sets for level in LEVELS] + [("generic", "L2", "held-out")]
    started, found = time.monotonic(), {name: {} for name in (*sets, "generic")}
    given = (models, variant, profile, sets)
    for done, (name, level, row) in enumerate(_rows(tasks, given, cores), 1):
        found[name][level] = row
        seconds = round(time.monotonic() - started)
        print(f"judged {done}/{len(tasks)} {seconds} s: {name} {level} {json.dumps(row)}", flush=True)
    return found


def _rows(tasks: list[tuple[str, str, str]], given: tuple[Any, ...], cores: int) -> Iterator[tuple[str, str, dict]]:
    if cores <= 1:
        _begin(*given)
        yield from map(_level, tasks)
        return
    # Not forked: threads of torch and ONNX Runtime would not come along.
    with multiprocessing.get_context("spawn").Pool(min(cores, len(tasks)), _begin, given) as pool:
        yield from pool.imap(_level, tasks)


def _begin(models: Path, variant: Path, profile: Profile, sets: dict[str, People]) -> None:
    comparison = Comparison(models, variant)
    _given.update(comparison=comparison, profile=profile, sets=sets, galleries={})


def _level(task: tuple[str, str, str]) -> tuple[str, str, dict]:
    name, level, people_of = task
    people, galleries = _given["sets"][people_of], _given["galleries"]
    if people_of not in galleries:
        galleries[people_of] = _given["comparison"].gallery(people)
    profile = GENERIC if name == "generic" else _given["profile"]
    return name, level, _given["comparison"].level(people, galleries[people_of], profile, LEVELS[level])
