"""Several processes train one network, each on batches of its own; gradients are their mean.

    python -m torch.distributed.run --standalone --nproc-per-node 2 -m training.stages.finetune --config FILE

On a CPU a process a core keeps more cores busy than threads do at this size of network. All processes
start from the same weights and take the same steps, so the weights stay equal; batch norm's running
statistics are the first one's, which alone writes curves and checkpoints.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import distributed, nn


class Group:
    """The processes of a run; one alone without `torch.distributed.run`."""

    def __init__(self) -> None:
        self.size = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        if self.size > 1 and not distributed.is_initialized():
            distributed.init_process_group("gloo", timeout=timedelta(hours=3))

    @property
    def first(self) -> bool:
        return self.rank == 0

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """What the first process prepares on disk inside is there when the others come to it."""
        if self.size > 1 and not self.first:
            distributed.barrier()
        yield
        if self.size > 1 and self.first:
            distributed.barrier()

    def step_of(self, step: int) -> int:
        """Number of this process's batch at a step: no two processes see the same one."""
        return step * self.size + self.rank

    def share(self, value: float) -> float:
        """The first process's value, in all: clocks differ, schedules must not."""
        if self.size == 1:
            return value
        box = torch.tensor([value], dtype=torch.float64)
        distributed.broadcast(box, 0)
        return float(box[0])

    def mean_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replaces every gradient by its mean over the processes, in one exchange; none counts as zero."""
        if self.size == 1:
            return
        trained = [p for p in parameters if p.requires_grad]
        for p in trained:  # a batch of one kind may leave out what another process's reaches
            p.grad = torch.zeros_like(p) if p.grad is None else p.grad
        gradients = [p.grad for p in trained]
        flat = torch.cat([g.reshape(-1) for g in gradients]).cpu()
        distributed.all_reduce(flat)
        flat /= self.size
        place = 0
        for g in gradients:
            g.copy_(flat[place : place + g.numel()].view_as(g))
            place += g.numel()

    def close(self) -> None:
        if self.size > 1 and distributed.is_initialized():
            distributed.destroy_process_group()
