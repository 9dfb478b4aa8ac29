"""Differences between groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.evaluation.chain import unit
from training.evaluation.groups import (
    Searches,
    compare,
    exact_interval,
    rate_of,
    read_labels,
    searches,
    threshold_at,
)


def drawn(people: int, probes: int, noise: np.ndarray, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gallery [people,64], probes [people*probes,64] with their persons' noise, and the probes' ids."""
    rng = np.random.default_rng(seed)
    gallery = unit(rng.normal(size=(people, 64)))
    ids = np.repeat(np.arange(people), probes)
    worse = rng.normal(size=(len(ids), 64)) * noise[ids][:, None]
    return gallery, unit(gallery[ids] + worse / 8), ids.astype(str)


def test_the_group_with_poorer_pictures_is_missed_more_at_the_one_threshold() -> None:
    noise = np.where(np.arange(40) < 20, 0.3, 3.0)
    gallery, probes, ids = drawn(40, 20, noise)
    found = searches(probes, ids, gallery, np.arange(40).astype(str))
    labels = {str(i): {"age": "18-39" if i < 20 else "40-64"} for i in range(40)}
    result = compare(found, labels, 0.05)
    young, old = result["groups"]
    assert (young["name"], old["name"], young["people"]) == ("age: 18-39", "age: 40-64", 20)
    assert young["fnir"]["rate"] == 0 and old["fnir"]["rate"] > 0.2
    assert result["fnir"] == {"worst": "age: 40-64", "ratio": None}
    # All groups together have the rate that the threshold was set for.
    mistaken = sum(g["fpir"]["count"] for g in result["groups"])
    assert mistaken == int(0.05 * 800)


def test_a_search_is_missed_where_somebody_else_comes_first_or_the_threshold_is_not_reached() -> None:
    gallery = np.eye(3)
    probes = unit(np.array([[1.0, 0, 0], [0.5, 1, 0], [0, 0, 1]]))
    found = searches(probes, np.array(["a", "a", "c"]), gallery, np.array(["a", "b", "c"]))
    assert np.isclose(found.genuine[0], 1) and found.genuine[1] == -np.inf
    assert np.isclose(found.impostor[1], 1 / np.sqrt(1.25))
    with pytest.raises(ValueError, match="not in the gallery"):
        searches(probes, np.array(["a", "x", "c"]), gallery, np.array(["a", "b", "c"]))


def test_few_people_are_not_shown_and_the_worst_group_decides() -> None:
    ids = np.repeat([f"p{i}" for i in range(14)], 50)
    impostor = np.zeros(len(ids))
    genuine = np.ones(len(ids))
    group = {f"p{i}": {"g": "a" if i < 5 else "b" if i < 10 else "c"} for i in range(14)}
    impostor[:7] = 1  # all of group a
    result = compare(Searches(ids, genuine, impostor), group, 0.01)
    assert [g["name"] for g in result["groups"]] == ["g: a", "g: b"] and result["left"] == 1
    assert result["fpir_by_group"]["worst"] == "g: a"
    # 7 of 250: the interval begins at 0.0113.
    assert result["holds"] == "refuted"
    assert compare(Searches(ids, genuine, np.linspace(0, 1, len(ids))), {}, 0.1)["holds"] == "undecided"


def test_intervals_are_those_that_are_published_and_wider_by_person() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 5.
    for count, trials, low, high in ((81, 263, 0.2527, 0.3676), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)):
        assert np.allclose(exact_interval(count, trials), (low, high), atol=6e-5)
    assert exact_interval(20, 20)[1] == 1
    # Ten people who are missed always or never: their trials are no independent ones.
    rate = rate_of(np.repeat([True, False], 500), np.repeat(np.arange(10), 100))
    assert rate.by_person[1] - rate.by_person[0] > 5 * (rate.exact[1] - rate.exact[0])


def test_a_threshold_has_its_rate() -> None:
    scores = np.arange(1000) / 1000
    assert (scores > threshold_at(scores, 0.01)).sum() == 10
    with pytest.raises(ValueError, match="FPIR"):
        threshold_at(scores, 0)


def test_labels_are_read_and_empty_ones_say_nothing(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("identity,age,sex\na,18-39,\nb, ,f\n", encoding="utf-8")
    assert read_labels(file) == {"a": {"age": "18-39"}, "b": {"sex": "f"}}
    file.write_text("name\nx\n", encoding="utf-8")
    with pytest.raises(ValueError, match="identity"):
        read_labels(file)
