"""Embeddings of the teachers on clean faces, computed once and stored beside the cache.

Teachers supervise only: no weight of ours is initialised from one. Input is the middle 112x112 of
the aligned 144x144 picture; the embedding is the normalised sum over the picture and its mirror
image. Beside it go inner feature maps of both (plain, mirrored), which supervise the student densely:
on a small budget of samples it learns much faster than from the embedding alone (FitNets, Romero et
al. 2015).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from training.data.faces import RIM, build_cache, load_faces

#: name -> (file, dimension)
TEACHERS = {"retail": ("face_reidentification_retail_0095.onnx", 256), "mobile": ("mobilefacenet_foamliu.onnx", 128)}
#: teacher -> maps that are kept: file -> (tensor of the teacher, channels, side, side on disk)
MAPS = {
    "retail": {
        "maps_retail_32": ("t238_2", 64, 32, 16),  # averaged 2x2
        "maps_retail_16": ("t538_2", 128, 16, 16),
        "maps_retail": ("t666_2", 128, 8, 8),
    },
    "mobile": {},
}


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


def open_teacher(data: Path, name: str, threads: int = 1):
    """Function from a uint8 RGB crop [112,112,3] to (embedding [d], maps [c,h,w] in the order of `MAPS`)."""
    import onnx
    import onnxruntime as ort

    model = onnx.load(Path(data) / "models" / TEACHERS[name][0])
    tensors = [tensor for tensor, *_ in MAPS[name].values()]
    model.graph.output.extend(onnx.helper.make_tensor_value_info(t, onnx.TensorProto.FLOAT, None) for t in tensors)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    source, prepare = session.get_inputs()[0].name, PREPARE[name]

    def run(crop: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        embedding, *maps = session.run(None, {source: prepare(crop)})
        return embedding.reshape(-1), [m[0] for m in maps]

    return run


def shrink(feature: np.ndarray, side: int) -> np.ndarray:
    """[c,h,w] -> [c,side,side] by averaging."""
    k = feature.shape[1] // side
    return feature if k == 1 else feature.reshape(len(feature), side, k, side, k).mean((2, 4))


def embed_all(data: Path, cache: Path, name: str, threads: int = 1, files: Iterable[str] | None = None) -> None:
    """Writes `teacher_<name>.npy` float32 [M,d] of unit length and the `MAPS`, float16 [M,2,c,h,w].

    `files`: the maps that are kept; all without it.
    """
    target = cache / f"teacher_{name}.npy"
    wanted = {file: MAPS[name][file] for file in (MAPS[name] if files is None else files)}
    if target.exists() and all((cache / f"{file}.npy").exists() for file in wanted):
        return
    faces, teacher = load_faces(cache), open_teacher(data, name, threads)
    result = np.zeros((len(faces.images), TEACHERS[name][1]), np.float32)
    kept = [
        np.lib.format.open_memmap(cache / f"{file}.tmp.npy", "w+", np.float16, (len(faces.images), 2, c, side, side))
        for file, (_, c, _, side) in wanted.items()
    ]
    places = [list(MAPS[name]).index(file) for file in wanted]
    for i, picture in enumerate(faces.images):
        crop = np.ascontiguousarray(picture[RIM:-RIM, RIM:-RIM])
        total = np.zeros(result.shape[1], np.float32)
        for k, view in enumerate((crop, np.ascontiguousarray(crop[:, ::-1]))):
            embedding, features = teacher(view)
            total += embedding / np.linalg.norm(embedding)
            for file, place in zip(kept, places):
                file[i, k] = shrink(features[place], file.shape[-1])
        result[i] = total / np.linalg.norm(total)
        if i % 1000 == 0:
            print(name, i, flush=True)
    for file in kept:
        file.flush()
    for file in wanted:
        os.replace(cache / f"{file}.tmp.npy", cache / f"{file}.npy")
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
