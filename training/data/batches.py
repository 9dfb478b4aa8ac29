"""Batches as a function of (seed, step): a resumed run sees what an uninterrupted one would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

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


def normalise(x: torch.Tensor) -> torch.Tensor:
    """uint8 [N,3,h,w] -> the embedder's input, (x - 127.5) / 128."""
    return (x.float() - 127.5) / 128


class TeacherMaps:
    """An inner map of a teacher, float16 on disk, given out standardised by channel.

    Rows beyond those of `cache` are those of `more`, a cache of the same kind.
    """

    def __init__(self, cache: Path, file: str, more: Path | None = None) -> None:
        self.maps = np.load(Path(cache) / f"{file}.npy", mmap_mode="r")
        self.more = None if more is None else np.load(Path(more) / f"{file}.npy", mmap_mode="r")
        some = self.maps[:: max(1, len(self.maps) // 400), 0].astype(np.float32)
        self.mean = some.mean((0, 2, 3), keepdims=True)
        self.std = some.std((0, 2, 3), keepdims=True) + 1e-4

    def __call__(self, rows: np.ndarray, mirrored: np.ndarray) -> torch.Tensor:
        """float32 [N,c,h,w] for the rows, mirrored pictures where `mirrored` is true; channels-last memory."""
        raw = np.stack([self.map_of(int(r))[int(m)] for r, m in zip(rows, mirrored)]).astype(np.float32)
        return torch.from_numpy((raw - self.mean) / self.std).contiguous(memory_format=torch.channels_last)

    def map_of(self, row: int) -> np.ndarray:
        """float16 [2,c,h,w] of a row: plain, mirrored."""
        if row < len(self.maps):
            return self.maps[row]
        if self.more is None:
            raise IndexError(f"row {row} of {len(self.maps)}")
        return self.more[row - len(self.maps)]
