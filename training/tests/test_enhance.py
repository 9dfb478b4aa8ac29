"""Restorers judged by a fine-tuned recogniser: every term has its gradient, and resuming is exact."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from training.data.pairs import PairMaker
from training.data.samples import Mix
from training.stages import enhance, finetune
from training.stages.common import Config, make_config

SHARED = {"batch": 4, "held_out": 4, "workers": 0, "ema": 0.9, "lr": 1e-3, "precision": "fp32", "device": "cpu"}
MIX = {"profiles": {"generic": 1.0}}
WEIGHTS = {"calm": 1.0, "sharp": 1.0, "identity": 0.3, "perceptual": 0.1, "adversarial": 0.05}


@pytest.fixture(scope="module")
def judged(published_work: Path) -> Path:
    """A folder with an expert that has been fine-tuned for a step."""
    values = SHARED | {"steps": 1, "network": "xxs", "mix": MIX, "probes": 4}
    finetune.train(make_config(values, published_work, published_work, "expert"))
    return published_work


def config_of(work: Path, run: str, **changes) -> Config:
    values = SHARED | {
        "steps": 4,
        "checkpoint_minutes": 1000.0,
        "embedder": "expert",
        "denoiser": {"widths": [8, 8, 8]},
        "superresolver": {"channels": 8, "growth": 4, "groups": 1, "blocks": 1},
        "mix": MIX,
        "weights": WEIGHTS,
    }
    return make_config(values | changes, work, work, run)


@pytest.mark.parametrize("term", ["calm", "sharp", "identity", "perceptual", "adversarial"])
def test_every_term_reaches_the_restorers_and_none_the_judge(judged: Path, term: str):
    run = enhance.Enhancing(config_of(judged, f"term-{term}"))
    maker = PairMaker(run.config.cache, Mix(**MIX), (1.0, 0.0))
    values, _, _ = run.losses(maker(run.rows[:4], np.random.default_rng(0)))
    values[term].backward()
    denoiser, superresolver = run.trained
    reached = [superresolver, denoiser] if term != "calm" else [denoiser]
    for network in reached:
        assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
    assert all(p.grad is None for p in run.judge.parameters())


def test_the_critic_learns_before_its_term_counts(judged: Path):
    run = enhance.Enhancing(config_of(judged, "late-critic", steps=100, adversarial_from=0.5))
    maker = PairMaker(run.config.cache, Mix(**MIX), (1.0, 0.0))
    batch = maker(run.rows[:4], np.random.default_rng(0))

    def changed(step: int) -> bool:
        before = [p.detach().clone() for p in run.critic.parameters()]
        run.clock.step = step
        values = run.step(batch)
        assert ("adversarial" in values) == (step >= 50)
        return any(not torch.equal(a, b) for a, b in zip(before, run.critic.parameters()))

    assert [changed(step) for step in (10, 45, 60)] == [False, True, True]


def test_a_resumed_run_equals_an_uninterrupted_one(judged: Path, monkeypatch: pytest.MonkeyPatch):
    whole = enhance.train(config_of(judged, "whole-restorers")).state_dict()
    cut = enhance.Enhancing(config_of(judged, "cut-restorers", checkpoint_minutes=0.0))
    original = cut.step

    def step(batch):
        if cut.clock.step == 2:
            raise KeyboardInterrupt
        return original(batch)

    monkeypatch.setattr(cut, "step", step)
    with pytest.raises(KeyboardInterrupt):
        cut.run()
    resumed = enhance.train(config_of(judged, "cut-restorers")).state_dict()
    for key, value in whole.items():
        assert torch.equal(value, resumed[key]), key


def test_a_missing_judge_is_named(judged: Path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        enhance.train(config_of(judged, "unused", embedder="nowhere"))
