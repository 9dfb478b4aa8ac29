"""What stages share that train one small network on batches drawn by the processor, by its averaged weights."""

from __future__ import annotations

import copy
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from training.data import batches


class Averaged(ABC):
    """A run of such a stage; the stage sets these."""

    config: Any
    clock: Any
    average: Any
    curves: Any
    checkpoint: Any
    network: nn.Module
    #: Faces that it trains on, and what draws a batch of them.
    rows: np.ndarray
    maker: Callable[..., dict[str, torch.Tensor]]

    @abstractmethod
    def step(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """One step of training. Returns the loss."""

    @abstractmethod
    def show_probes(self) -> None:
        """Adds the held-out people's figures to the curves."""

    def averaged(self) -> nn.Module:
        """A copy of the network with the averaged weights, for inference."""
        network = copy.deepcopy(self.network)
        network.load_state_dict(self.average.state)
        return network.eval()

    def run(self) -> nn.Module:
        """Trains to the end of the budget and returns the averaged network."""
        clock = self.clock
        steps = batches.Steps(self.rows, self.config.batch, self.config.seed, self.maker)
        source = batches.stream(steps, clock.step, self.config.workers)
        self.network.train()
        last = time.monotonic()
        while not clock.done:
            self.curves.collect(loss=float(self.step(next(source))))
            if clock.step % 100 == 0:
                rate = 100 * self.config.batch / (time.monotonic() - last)
                last = time.monotonic()
                shown = self.curves.add_means(clock.step, faces_per_second=rate)
                print(f"{clock.progress:.3f}", clock.step, {k: round(v, 4) for k, v in shown.items()}, flush=True)
            if self.checkpoint.save_when_due():
                self.show_probes()
        self.checkpoint.save()
        self.show_probes()
        self.curves.plot()
        return self.averaged()
