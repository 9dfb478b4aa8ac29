"""EdgeNeXt and its fine-tuning, on random weights and drawn faces."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from training.data.published import OnTheFly
from training.data.targets import join, joined_targets, joining_rotation
from training.networks.edgenext import (
    DIMENSION,
    embed_maps,
    load_published,
    make_edgenext,
    normalise,
    published_file,
    stage_maps,
    with_mirror,
)
from training.stages import finetune
from training.stages.common import Config, make_config
from training.stages.finetune import FinetuneOptions, losses
from training.stages.group import Group

MIX = {"profiles": {"generic": 1.0}, "clean": 0.3, "ied": [8.0, 20.0]}


def config_of(work: Path, run: str, steps: int, **changes) -> Config:
    values = {
        "steps": steps,
        "batch": 8,
        "held_out": 4,
        "workers": 0,
        "ema": 0.9,
        "lr": 1e-3,
        "precision": "fp32",
        "device": "cpu",
        "checkpoint_minutes": 1000.0,
        "network": "xxs",
        "blends": 0.3,
        "probes": 8,
        "mix": MIX,
    }
    return make_config(values | changes, work, work, run)


def test_published_weights_load_and_stages_give_the_embedding(published_work: Path):
    network = load_published(published_file(published_work / "models", "xxs"), "xxs")
    x = normalise(torch.randint(0, 256, (2, 3, 112, 112), dtype=torch.uint8))
    with torch.no_grad():
        maps = stage_maps(network, x)
        assert [m.shape[-1] for m in maps] == [28, 14, 7, 3]
        embedding = network(x)
        assert embedding.shape == (2, DIMENSION)
        assert torch.allclose(embed_maps(network, maps), embedding, atol=1e-5)
        assert torch.allclose(with_mirror(network, x), with_mirror(network, x.flip(3)), atol=1e-5)


def test_no_network_keeps_statistics_of_batches():
    for size in ("xs", "xxs"):
        assert not [name for name, _ in make_edgenext(size).named_buffers() if "running" in name]


def test_unknown_sizes_are_refused():
    with pytest.raises(ValueError, match="'xl'"):
        make_edgenext("xl")


def test_the_margin_grows_with_quality_and_blends_are_nobody():
    torch.manual_seed(0)
    options = FinetuneOptions(scale=4.0, margin=(0.05, 0.3))
    centres = F.normalize(torch.randn(5, DIMENSION), dim=1)
    own = torch.tensor([1, 1])
    embedding = centres[own]
    everybody, nobody = torch.ones(2, dtype=torch.bool), torch.zeros(2, dtype=torch.bool)

    def of(ied: float, known: torch.Tensor) -> dict[str, torch.Tensor]:
        return losses(embedding, embedding, centres, own, known, torch.full((2,), ied), options)

    assert of(30.0, everybody)["people"] > of(6.0, everybody)["people"] > 0
    assert of(30.0, nobody)["people"] == 0
    assert of(30.0, everybody)["distance"].abs() < 1e-6


def test_joined_targets_of_single_faces_equal_those_of_the_cache(drawn_work: Path):
    weights = {"retail": 0.7, "mobile": 0.3}
    rotation = joining_rotation(drawn_work / "cache", weights, 64)
    parts = [np.load(drawn_work / "cache" / f"teacher_{name}.npy")[3:5] for name in weights]
    together = joined_targets(drawn_work / "cache", weights, 64)
    assert np.allclose(join(parts, weights, rotation), together[3:5], atol=1e-5)


def test_blends_are_judged_by_networks_that_run_here_only(published_work: Path):
    with pytest.raises(ValueError, match="retail"):
        OnTheFly(published_work, published_work / "cache", {"retail": 1.0}, torch.device("cpu"))


def test_fine_tuning_lowers_its_loss(published_work: Path):
    run = finetune.Finetuning(config_of(published_work, "learns", 40), Group())
    network = run.run()
    assert (run.config.run / "curves.png").exists() and run.checkpoint.path.exists()
    batch = run.maker(run.rows[:32], np.random.default_rng(1), 0)
    start = load_published(published_file(published_work / "models", "xxs"), "xxs")
    target = run.target_of(batch)

    def distance(network: torch.nn.Module) -> float:
        with torch.no_grad():
            return float((1 - (F.normalize(network(normalise(batch["picture"])), dim=1) * target).sum(1)).mean())

    assert distance(network) < 0.9 * distance(start)
    with open(run.config.run / "curves.csv") as f:
        assert "held_out" in {row["name"] for row in csv.DictReader(f)}


class Killed(Exception):
    pass


def test_a_resumed_run_equals_an_uninterrupted_one(published_work: Path, monkeypatch: pytest.MonkeyPatch):
    whole = finetune.train(config_of(published_work, "whole", 6)).state_dict()
    cut = config_of(published_work, "cut", 6, checkpoint_minutes=0.0)
    killed = finetune.Finetuning(cut, Group())
    original = killed.step

    def step(batch, progress):
        if killed.clock.step == 3:
            raise Killed
        return original(batch, progress)

    monkeypatch.setattr(killed, "step", step)
    with pytest.raises(Killed):
        killed.run()
    resumed = finetune.train(config_of(published_work, "cut", 6)).state_dict()
    for key, value in whole.items():
        assert torch.equal(value, resumed[key]), key


def test_a_second_round_starts_from_the_average_of_the_first(published_work: Path):
    finetune.train(config_of(published_work, "first", 2))
    second = finetune.start_of(config_of(published_work, "second", 2), FinetuneOptions("xxs", start="first"))
    saved = torch.load(published_work / "runs" / "first" / "checkpoint.pt", weights_only=True)
    assert all(torch.equal(v, saved["average"][k]) for k, v in second.state_dict().items())
    with pytest.raises(FileNotFoundError, match="nowhere"):
        finetune.start_of(config_of(published_work, "third", 2), FinetuneOptions("xxs", start="nowhere"))


def test_unknown_settings_are_refused(published_work: Path):
    with pytest.raises(ValueError, match="marign"):
        finetune.train(config_of(published_work, "typo", 1, marign=[0, 0]))
