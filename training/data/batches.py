"""Batches as a function of (seed, step): a resumed run sees what an uninterrupted one would."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

Batch = dict[str, torch.Tensor]


def rows_of_step(rows: np.ndarray, batch: int, step: int, seed: int) -> np.ndarray:
    """Row indices of a step: every row once an epoch, in an order drawn from seed and epoch."""
    per_epoch = len(rows) // batch
    epoch, place = divmod(step, per_epoch)
    order = np.random.default_rng((seed, epoch)).permutation(len(rows))
    return rows[order[place * batch : (place + 1) * batch]]


class Steps(Dataset):
    """Item `step` is a whole batch, made by `make(rows, rng, step)`."""

    def __init__(
        self, rows: np.ndarray, batch: int, seed: int, make: Callable[[np.ndarray, np.random.Generator, int], Batch]
    ) -> None:
        self.rows, self.batch, self.seed, self.make = rows, batch, seed, make

    def __getitem__(self, step: int) -> Batch:
        rows = rows_of_step(self.rows, self.batch, step, self.seed)
        return self.make(rows, np.random.default_rng((self.seed, 77, step)), step)


def _quiet(_: int) -> None:
    cv2.setNumThreads(0)
    torch.set_num_threads(1)


def stream(steps: Steps, start: int, workers: int, every: int = 1) -> Iterator[Batch]:
    """Endless batches from step `start` on, or each `every`-th one."""
    order = range(start, 1 << 40, every)
    loader = DataLoader(
        steps,
        batch_size=None,
        sampler=order,
        num_workers=workers,
        worker_init_fn=_quiet,
        prefetch_factor=8 if workers else None,
    )
    return iter(loader)


def to_tensor(pictures: list[np.ndarray]) -> torch.Tensor:
    """uint8 [h,w,3] pictures -> uint8 [N,3,h,w], memory in channels-last order."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
