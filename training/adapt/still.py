"""Pairs of the camera's own pictures of a still scene, for learning without clean pictures.

Two pictures of a scene in which nothing moves differ in their noise alone, so the one can be the target for the other
(Lehtinen et al. 2018, "Noise2Noise"). What stays from picture to picture is not learnt away by this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np

#: Pictures from the one to the other: cameras and codings smooth neighbours.
APART = 4
#: Side of the squares that are kept, and most of them, in all and of one pair of pictures.
SIDE = 72
MOST, MOST_OF_PAIR = 2000, 40
#: Most pictures that are read, and most pixels of one.
MOST_PICTURES, MOST_PIXELS = 600, 8192 * 4320
#: Blocks whose mean differs by more than this many deviations of a mean of white noise moved.
BLOCK, MOVED = 8, 10.0


def pictures_of(path: Path) -> Iterator[np.ndarray]:
    """uint8 RGB pictures of a video file, or of a folder of PNG and JPEG files in the order of their names."""
    if path.is_dir():
        from PIL import Image

        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        files = sorted(f for f in path.iterdir() if f.suffix.lower() in (".png", ".jpg", ".jpeg"))
        for file in files[:MOST_PICTURES]:
            yield np.asarray(Image.open(file).convert("RGB"))
        return
    import av

    with av.open(str(path)) as source:
        for number, frame in enumerate(source.decode(video=0)):
            if number == MOST_PICTURES or frame.width * frame.height > MOST_PIXELS:
                return
            yield frame.to_ndarray(format="rgb24")


def still_pairs(path: Path, seed: int = 3) -> np.ndarray:
    """uint8 [N,2,72,72,3]: squares in which nothing moves, in two pictures. Raises ValueError where there are none."""
    rng, held, found = np.random.default_rng(seed), deque(maxlen=APART), []
    for picture in pictures_of(path):
        if held and picture.shape != held[0].shape:
            held.clear()
        if len(held) == APART:
            found += _squares(held[0], picture, rng)
        held.append(picture)
        if len(found) >= MOST:
            break
    if not found:
        raise ValueError(f"{path} has no two pictures, {APART} apart, with a still square of {SIDE} pixels")
    return np.stack(found[:MOST])


def _squares(first: np.ndarray, second: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    height, width = first.shape[:2]
    if min(height, width) < SIDE:
        return []
    kept = []
    for _ in range(MOST_OF_PAIR):
        y, x = int(rng.integers(0, height - SIDE + 1)), int(rng.integers(0, width - SIDE + 1))
        pair = np.stack([p[y : y + SIDE, x : x + SIDE] for p in (first, second)])
        if is_still(pair):
            kept.append(pair)
    return kept


def is_still(pair: np.ndarray) -> bool:
    """Whether no block of the square changed by more than its noise does."""
    change = pair[1].astype(np.float32).mean(2) - pair[0].astype(np.float32).mean(2)
    change -= np.median(change)  # light that flickers
    blocks = change.reshape(SIDE // BLOCK, BLOCK, SIDE // BLOCK, BLOCK)
    noise = float(np.median(blocks.std((1, 3))))
    return float(np.abs(blocks.mean((1, 3))).max()) <= MOVED * max(noise, 1.0) / BLOCK
