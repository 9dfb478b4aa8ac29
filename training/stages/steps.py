"""The loop that the stages share: steps until the budget is spent, with curves, a line on the console, checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import torch

from training.data import batches
from training.stages import common
from training.stages.common import Config

#: Steps from one point of the curves to the next.
EVERY = 50


def run_steps(
    step: Callable[[batches.Batch], dict[str, float]],
    source: Iterator[batches.Batch],
    config: Config,
    device: torch.device,
    clock: common.Clock,
    curves: common.Curves,
    checkpoint: common.Checkpoint,
) -> None:
    """Calls `step`, which moves the clock on, with one batch after the other until the budget is spent."""
    last, before = time.monotonic(), clock.step
    while not clock.done:
        curves.collect(**step({k: v.to(device) for k, v in next(source).items()}))
        # The first step is a point too: where a run began is what a later one is held against.
        if clock.step % EVERY == 1:
            rate = (clock.step - before) * config.batch / (time.monotonic() - last)
            last, before = time.monotonic(), clock.step
            shown = curves.add_means(clock.step, faces_per_second=rate)
            print(f"{clock.progress:.3f}", clock.step, {k: round(v, 4) for k, v in shown.items()}, flush=True)
        checkpoint.save_when_due()
    checkpoint.save()
    curves.plot()
