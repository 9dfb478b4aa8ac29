"""Embeddings of the teachers on clean faces, computed once and stored beside the cache.

Teachers supervise only: no weight of ours is initialised from one. Input is the middle 112x112 of
the aligned 144x144 picture; the embedding is the normalised sum over the picture and its mirror
image.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from training.data.faces import RIM, build_cache, load_faces

#: name -> (file, dimension)
TEACHERS = {"retail": ("face_reidentification_retail_0095.onnx", 256), "mobile": ("mobilefacenet_foamliu.onnx", 128)}


def prepare_retail(crop: np.ndarray) -> np.ndarray:
    """uint8 RGB [112,112,3] -> float32 BGR 0..255 [1,3,128,128]: middle 96 columns, stretched."""
    from PIL import Image

    picture = Image.fromarray(crop[:, 8:104]).resize((128, 128), Image.BILINEAR)
    return np.asarray(picture, np.float32)[:, :, ::-1].transpose(2, 0, 1)[None].copy()


def prepare_mobile(crop: np.ndarray) -> np.ndarray:
    """uint8 RGB [112,112,3] -> float32 RGB [1,3,112,112] with ImageNet mean and deviation."""
    x = crop.astype(np.float32) / 255
    x = (x - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])
    return x.transpose(2, 0, 1)[None].copy()


PREPARE = {"retail": prepare_retail, "mobile": prepare_mobile}


def open_teacher(data: Path, name: str, threads: int = 1) -> Callable[[np.ndarray], np.ndarray]:
    """Function from a uint8 RGB crop [112,112,3] to its embedding [d]."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    model = str(Path(data) / "models" / TEACHERS[name][0])
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    source, prepare = session.get_inputs()[0].name, PREPARE[name]
    return lambda crop: session.run(None, {source: prepare(crop)})[0].reshape(-1)


def embed_all(data: Path, cache: Path, name: str, threads: int = 1) -> None:
    """Writes `teacher_<name>.npy` float32 [M,d], unit length: the face and its mirror image together; once."""
    target = cache / f"teacher_{name}.npy"
    if target.exists():
        return
    faces, teacher = load_faces(cache), open_teacher(data, name, threads)
    result = np.zeros((len(faces.images), TEACHERS[name][1]), np.float32)
    for i, picture in enumerate(faces.images):
        crop = np.ascontiguousarray(picture[RIM:-RIM, RIM:-RIM])
        views = [teacher(view) for view in (crop, np.ascontiguousarray(crop[:, ::-1]))]
        total = sum(v / np.linalg.norm(v) for v in views)
        result[i] = total / np.linalg.norm(total)
        if i % 1000 == 0:
            print(name, i, flush=True)
    temporary = cache / f"teacher_{name}.tmp.npy"
    np.save(temporary, result)
    os.replace(temporary, target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--teacher", choices=list(TEACHERS), action="append")
    arguments = parser.parse_args()
    build_cache(arguments.data, arguments.cache)
    for teacher_name in arguments.teacher or TEACHERS:
        embed_all(arguments.data, arguments.cache, teacher_name)
