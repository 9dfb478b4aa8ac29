"""Training faces and published start weights in one file, small enough to be sent to a rented GPU.

    python -m training.pack create --out faces.npz [--megabytes 55] [--side 144]
    python -m training.pack unpack faces.npz --to FOLDER

The faces are encoded as WebP at the highest quality that fits; what that costs (PSNR against the source) is
measured and stored. `unpack` gives `FOLDER/cache`, as `training.data.faces` builds it, and `FOLDER/data/models`.
"""

from __future__ import annotations

import argparse
import io
import json
import os
from collections.abc import Iterable
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image

from training.data.faces import SIDE, Faces, build_cache, load_faces
from training.networks.edgenext import SIZES, published_file

#: Pictures from which the size of all is estimated, and on which PSNR is measured.
SAMPLE = 400
LOWEST = 20
#: Not forked: threads of torch and OpenCV would not come along, and what they hold stays held.
spawned = get_context("spawn")


def encode(picture: np.ndarray, side: int, quality: int) -> bytes:
    """uint8 RGB [144,144,3] as WebP of `side` pixels."""
    image = Image.fromarray(picture)
    if side != SIDE:
        image = image.resize((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "webp", quality=quality, method=6)
    return buffer.getvalue()


def decode(data: bytes) -> np.ndarray:
    """The picture of `encode`, uint8 RGB [144,144,3]."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    if image.size != (SIDE, SIDE):
        image = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.asarray(image)


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    """Decibels between two uint8 pictures."""
    error = float(((first.astype(np.float32) - second) ** 2).mean())
    return 10 * np.log10(255**2 / max(error, 1e-9))


def best_quality(pictures: list[np.ndarray], side: int, bytes_each: float) -> int:
    """The highest WebP quality at which these pictures take `bytes_each` or less on average."""
    low, high = LOWEST, 95
    while low < high:
        middle = (low + high + 1) // 2
        size = sum(len(encode(p, side, middle)) for p in pictures) / len(pictures)
        low, high = (middle, high) if size <= bytes_each else (low, middle - 1)
    return low


def create(faces: Faces, models: Path, out: Path, limit: int, side: int, processes: int) -> dict[str, float]:
    """Writes the file of at most `limit` bytes; returns quality, size and PSNR."""
    weights = {size: published_file(models, size) for size in SIZES if published_file(models, size).exists()}
    extra = {f"weights_{size}": np.frombuffer(path.read_bytes(), np.uint8) for size, path in weights.items()}
    count = len(faces.images)
    rows = np.random.default_rng(0).permutation(count)[:SAMPLE]
    sample = [np.array(faces.images[r]) for r in rows]
    room = limit - sum(len(data) for data in extra.values()) - 40 * count - (1 << 14)
    quality = best_quality(sample, side, room / count)
    with spawned.Pool(processes) as pool:
        while True:
            files = pool.map(partial(encode, side=side, quality=quality), faces.images, chunksize=64)
            if sum(len(data) for data in files) <= room or quality <= LOWEST:
                break
            quality -= 1
    measured = {
        "quality": quality,
        "psnr": round(float(np.mean([psnr(p, decode(files[r])) for p, r in zip(sample, rows)])), 2),
    }
    temporary = out.with_suffix(".tmp.npz")
    np.savez(
        temporary,
        pictures=np.frombuffer(b"".join(files), np.uint8),
        ends=np.cumsum([len(data) for data in files]),
        identity=faces.identity,
        source_ied=faces.source_ied,
        measured=json.dumps(measured),
        **extra,
    )
    size = temporary.stat().st_size
    if size > limit:
        temporary.unlink()
        raise ValueError(f"Cannot pack {count} faces into {limit} bytes: {size} at the lowest quality; lower --side")
    os.replace(temporary, out)
    return measured | {"bytes": size}


def unpack(file: Path, folder: Path, processes: int) -> dict[str, float]:
    """Writes cache and start weights; returns what was measured when the file was made."""
    cache, models = folder / "cache", folder / "data" / "models"
    cache.mkdir(parents=True, exist_ok=True)
    models.mkdir(parents=True, exist_ok=True)
    with np.load(file) as stored:
        data, ends = stored["pictures"].tobytes(), stored["ends"]
        pieces = [data[start:end] for start, end in zip([0, *ends[:-1]], ends)]
        images = np.lib.format.open_memmap(cache / "images.npy", "w+", np.uint8, (len(ends), SIDE, SIDE, 3))
        with spawned.Pool(processes) as pool:
            for row, picture in enumerate(pool.imap(decode, pieces, chunksize=64)):
                images[row] = picture
        images.flush()
        for size in SIZES:
            if f"weights_{size}" in stored:
                published_file(models, size).write_bytes(stored[f"weights_{size}"].tobytes())
        index = {
            "keys": [str(row) for row in range(len(ends))],
            "identity": stored["identity"].tolist(),
            "source_ied": stored["source_ied"].tolist(),
        }
        measured = json.loads(str(stored["measured"]))
    (cache / "index.json").write_text(json.dumps(index))  # last: it says that the cache is complete
    return measured


def drawn(count: int, each: int = 4) -> Faces:
    """Drawn people in place of photographs, for a dry run."""
    from training.degrade.sheet import drawn_face

    identity = np.repeat(np.arange(count), each)
    images = np.stack([drawn_face(int(i)) for i in identity])
    return Faces(images, identity, np.full(len(identity), 40.0, np.float32), [str(i) for i in range(len(identity))])


def write_random_weights(models: Path, sizes: Iterable[str] = SIZES) -> None:
    """Untrained networks in the place and the format of the published weights, for a dry run."""
    import torch

    from training.networks.edgenext import make_edgenext

    models.mkdir(parents=True, exist_ok=True)
    for size in sizes:
        torch.manual_seed(3)
        np.savez(
            published_file(models, size), **{k: v.half().numpy() for k, v in make_edgenext(size).state_dict().items()}
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("create")
    making.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    making.add_argument("--work", type=Path, default=Path(os.environ.get("NIGHTGLASS_TRAINING", "../training-runs")))
    making.add_argument("--out", type=Path, required=True)
    making.add_argument("--megabytes", type=float, default=55.0)
    making.add_argument("--side", type=int, default=SIDE)
    making.add_argument("--drawn", type=int, metavar="PEOPLE", help="drawn people and untrained weights instead")
    opening = commands.add_parser("unpack")
    opening.add_argument("file", type=Path)
    opening.add_argument("--to", type=Path, required=True)
    for command in (making, opening):
        command.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    a = parser.parse_args()
    if a.command == "unpack":
        print(unpack(a.file, a.to, a.processes))
        return
    models = a.data / "models"
    if a.drawn:
        faces, models = drawn(a.drawn), a.out.parent / "random-weights"
        write_random_weights(models)
    else:
        build_cache(a.data, a.work / "cache")
        faces = load_faces(a.work / "cache")
    print(create(faces, models, a.out, int(a.megabytes * 1e6), a.side, a.processes))


if __name__ == "__main__":
    main()
