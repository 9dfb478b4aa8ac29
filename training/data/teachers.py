"""Embeddings of the teachers on clean faces, computed once and stored beside the cache.

Teachers supervise only: no weight of ours is initialised from one. Input is the middle 112x112 of
the aligned 144x144 picture; the embedding is the normalised sum over the picture and its mirror
image. Beside it goes the last spatial feature map of both (plain, mirrored), which supervises the
student densely: on a small budget of samples it learns much faster than from the embedding alone.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np

from training.data.faces import RIM, build_cache, load_faces

#: name -> (file, dimension, output of the last spatial map, its shape)
TEACHERS = {
    "retail": ("face_reidentification_retail_0095.onnx", 256, "t666_2", (128, 8, 8)),
    "mobile": ("mobilefacenet_foamliu.onnx", 128, "/features/features.14/Add_output_0", (128, 7, 7)),
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
    """Function from a uint8 RGB crop [112,112,3] to (embedding [d], feature map [c,h,w])."""
    import onnx
    import onnxruntime as ort

    file, _, feature, _ = TEACHERS[name]
    model = onnx.load(Path(data) / "models" / file)
    model.graph.output.append(onnx.helper.make_tensor_value_info(feature, onnx.TensorProto.FLOAT, None))
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    source, prepare = session.get_inputs()[0].name, PREPARE[name]

    def run(crop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        embedding, features = session.run(None, {source: prepare(crop)})
        return embedding.reshape(-1), features[0]

    return run


def embed_all(data: Path, cache: Path, name: str) -> None:
    """Writes `teacher_<name>.npy` float32 [M,d] of unit length and `maps_<name>.npy` float16 [M,2,c,h,w]."""
    target = cache / f"teacher_{name}.npy"
    if target.exists():
        return
    _, dimension, _, shape = TEACHERS[name]
    faces, teacher = load_faces(cache), open_teacher(data, name)
    result = np.zeros((len(faces.images), dimension), np.float32)
    maps = np.lib.format.open_memmap(
        cache / f"maps_{name}.npy", "w+", np.float16, (len(faces.images), 2, *shape)
    )
    for i, picture in enumerate(faces.images):
        crop = np.ascontiguousarray(picture[RIM:-RIM, RIM:-RIM])
        total = np.zeros(dimension, np.float32)
        for k, view in enumerate((crop, np.ascontiguousarray(crop[:, ::-1]))):
            embedding, maps[i, k] = teacher(view)
            total += embedding / np.linalg.norm(embedding)
        result[i] = total / np.linalg.norm(total)
        if i % 2000 == 0:
            print(name, i, flush=True)
    maps.flush()
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
