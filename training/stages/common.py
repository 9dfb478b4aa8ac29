"""What all training shares: configuration, clock, schedule, moving average, checkpoints, curves."""

from __future__ import annotations

import argparse
import csv
import math
import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
import yaml
from torch import nn

from training import lineage

Options = TypeVar("Options")


@dataclass
class Config:
    """Settings that every stage has; `options` holds those that only one stage knows."""

    data: Path
    cache: Path
    run: Path
    device: str = "auto"
    seed: int = 1
    batch: int = 64
    minutes: float | None = None  # training stops, annealed, after this much time over all resumes
    steps: int | None = None  # or after this many steps; reproducible to the bit on one machine
    lr: float = 2e-3
    weight_decay: float = 0.02
    precision: str = "bf16"  # bf16 | fp32, by autocast
    compile: bool = False
    threads: int = 1
    workers: int = 1
    checkpoint_minutes: float = 3.0
    held_out: int = 500
    ema: float = 0.999
    options: dict[str, Any] = field(default_factory=dict)


def parse(description: str | None) -> Config:
    """Configuration from `--config FILE`, single values overridden by `--set key=value`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    parser.add_argument("--work", type=Path, default=Path(os.environ.get("NIGHTGLASS_TRAINING", "../training-runs")))
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    a = parser.parse_args()
    values = yaml.safe_load(a.config.read_text()) or {}
    values.update({k: yaml.safe_load(v) for k, v in (item.split("=", 1) for item in a.set)})
    if a.minutes is not None:
        values["minutes"] = a.minutes
    return make_config(values, a.data, a.work, a.config.stem)


def make_config(values: dict[str, Any], data: Path, work: Path, name: str) -> Config:
    """A `Config` from plain values; names it does not know become options of the stage."""
    known = {k: v for k, v in values.items() if k in Config.__dataclass_fields__}
    options = {k: v for k, v in values.items() if k not in known}
    run = work / "runs" / str(known.pop("run", name))
    return Config(data=data, cache=work / "cache", run=run, options=options, **known)


def options_of(config: Config, kind: type[Options]) -> Options:
    """The stage's own settings as an instance of the dataclass `kind`; unknown names are refused."""
    unknown = set(config.options) - {f.name for f in fields(kind)}
    if unknown:
        raise ValueError(f"Cannot read the settings of {config.run.name}: unknown keys {sorted(unknown)}")
    return kind(**config.options)


def prepare(config: Config) -> torch.device:
    """Seeds, thread count, device, and the record of this start (`training/lineage.py`)."""
    random.seed(config.seed)
    np.random.seed(config.seed)
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    config.run.mkdir(parents=True, exist_ok=True)
    auto = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(auto if config.device == "auto" else config.device)
    lineage.begin_session(config.run, settings_of(config), device)
    return device


def settings_of(config: Config) -> dict[str, Any]:
    """All settings of a run as plain values, without the folders of this machine."""
    places = ("data", "cache", "run", "options")
    return {f.name: getattr(config, f.name) for f in fields(config) if f.name not in places} | config.options


def autocast(config: Config, device: torch.device) -> torch.autocast:
    return torch.autocast(device.type, torch.bfloat16, enabled=config.precision == "bf16")


class Clock:
    """Progress 0..1 of a run by steps or by time spent training, resumes included."""

    def __init__(self, config: Config) -> None:
        if (config.minutes is None) == (config.steps is None):
            raise ValueError("give either minutes or steps")
        self.config, self.step, self.before, self.start = config, 0, 0.0, time.monotonic()

    def resume(self, step: int, seconds: float) -> None:
        """Goes on from a step and the seconds of training before it."""
        self.step, self.before, self.start = step, seconds, time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds of training, resumes included."""
        return self.before + time.monotonic() - self.start

    @property
    def progress(self) -> float:
        if self.config.steps is not None:
            return min(1.0, self.step / self.config.steps)
        return min(1.0, self.seconds / (60 * self.config.minutes))

    @property
    def done(self) -> bool:
        return self.progress >= 1.0


def learning_rate(progress: float, peak: float, warm: float = 0.04, floor: float = 0.01) -> float:
    """Linear warm-up over the share `warm` of the run, then a cosine to the share `floor` of the peak."""
    if progress < warm:
        return peak * (0.05 + 0.95 * progress / warm)
    return peak * (floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * (progress - warm) / (1 - warm))))


def parameter_groups(module: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Weight decay on matrices and kernels only."""
    return decayed([p for p in module.parameters() if p.requires_grad], decay)


def decayed(trained: list[nn.Parameter], decay: float) -> list[dict[str, Any]]:
    """`parameter_groups` of a plain list."""
    return [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]


class Average:
    """Exponential moving average of a module's weights and buffers; the one that is exported."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay = decay
        self.state = {k: v.detach().clone() for k, v in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        for k, v in module.state_dict().items():
            if v.dtype.is_floating_point:
                self.state[k].lerp_(v, 1 - decay)
            else:
                self.state[k].copy_(v)

    @torch.no_grad()
    def load(self, state: Mapping[str, torch.Tensor]) -> None:
        """Takes over values saved earlier, on the device that the average has."""
        for k, v in self.state.items():
            v.copy_(state[k])


def save_checkpoint(path: Path, **parts: Any) -> None:
    """Writes atomically: a kill in between leaves the previous checkpoint whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    torch.save({k: v.state_dict() if hasattr(v, "state_dict") else v for k, v in parts.items()}, temporary)
    os.replace(temporary, path)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """What `save_checkpoint` wrote, or None; tensors and plain values only, never code."""
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


def saved_run(config: Config, run: str) -> dict[str, Any]:
    """Checkpoint of an earlier run, by the run's name or by the path of the file."""
    path = Path(run) if run.endswith(".pt") else config.run.parent / run / "checkpoint.pt"
    saved = load_checkpoint(path)
    if saved is None:
        raise FileNotFoundError(f"no checkpoint at {path}: train {run} first")
    lineage.note_input(config.run, f"runs/{path.parent.name}/{path.name}", path)
    return saved


def averaged_weights(config: Config, run: str) -> dict[str, torch.Tensor]:
    """Averaged weights of an earlier run."""
    return saved_run(config, run)["average"]


class Stateful(Protocol):
    """A network or an optimizer."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: Any) -> Any: ...


class Checkpoint:
    """`checkpoint.pt` of a run: its parts, the average, the place in the schedule, and `notes` about them."""

    def __init__(
        self, config: Config, clock: Clock, average: Average, parts: Mapping[str, Stateful], **notes: Any
    ) -> None:
        self.path = config.run / "checkpoint.pt"
        self.every = 60 * config.checkpoint_minutes
        self.clock, self.average, self.parts, self.notes = clock, average, parts, notes
        self.saved = time.monotonic()

    def resume(self) -> bool:
        """Continues from the file where there is one."""
        state = load_checkpoint(self.path)
        if state is None:
            return False
        for name, part in self.parts.items():
            part.load_state_dict(state[name])
        self.average.load(state["average"])
        self.clock.resume(state["step"], state["seconds"])
        return True

    def save(self) -> None:
        clock = self.clock
        place = {"average": self.average.state, "step": clock.step, "seconds": clock.seconds}
        save_checkpoint(self.path, **self.parts, **place, **self.notes)
        self.saved = time.monotonic()

    def save_when_due(self) -> bool:
        """Saves if the last time is `checkpoint_minutes` ago, and says whether it did."""
        due = time.monotonic() - self.saved > self.every
        if due:
            self.save()
        return due


class Curves:
    """`curves.csv` of a run, and its plot."""

    def __init__(self, run: Path) -> None:
        self.path = run / "curves.csv"
        self.sums: dict[str, list[float]] = {}

    def collect(self, **values: float) -> None:
        """Remembers the values of a step for the mean that `add_means` writes."""
        for name, value in values.items():
            self.sums.setdefault(name, []).append(float(value))

    def add_means(self, step: int, **values: float) -> dict[str, float]:
        """Writes the means of what was collected, and `values`; returns them."""
        means = {name: sum(seen) / len(seen) for name, seen in self.sums.items()} | values
        self.sums = {}
        self.add(step=step, **means)
        return means

    def add(self, **values: float) -> None:
        new = not self.path.exists()
        with open(self.path, "a", newline="") as f:
            writer = csv.writer(f)
            if new:
                writer.writerow(["step", "name", "value"])
            step = int(values.pop("step"))
            writer.writerows([step, k, f"{v:.6g}"] for k, v in values.items())

    def plot(self) -> None:
        """One panel a value, to `curves.png`."""
        if not self.path.exists():
            return
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot

        series: dict[str, list[tuple[int, float]]] = {}
        with open(self.path) as f:
            for row in csv.DictReader(f):
                series.setdefault(row["name"], []).append((int(row["step"]), float(row["value"])))
        columns = 3
        rows = -(-len(series) // columns)
        figure, axes = pyplot.subplots(rows, columns, figsize=(12, 2.6 * rows), squeeze=False)
        for axis in axes.flat[len(series) :]:
            axis.remove()
        for axis, (name, points) in zip(axes.flat, series.items()):
            axis.plot(*zip(*points), lw=1)
            axis.set_title(name, fontsize=9)
            axis.grid(alpha=0.3)
        figure.tight_layout()
        figure.savefig(self.path.with_suffix(".png"), dpi=90)
        pyplot.close(figure)
