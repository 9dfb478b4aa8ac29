"""Embeddings of the reference recogniser on a protocol, for `nightglass evaluate --compare DIR`.

    python -m training.evaluation.reference --models ../shared/models --protocol ../shared/faces/eval --out DIR

The reference (face-reidentification-retail-0095) sees the raw crop, enlarged bicubically, landmarks given;
single frames only, other rows are NaN. Writes `DIR/g.f32`, `DIR/p.f32` and `DIR/dim`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from training.data.align import align_template
from training.data.teachers import TEACHERS, prepare_retail
from training.evaluation.chain import unit
from training.export.onnx_files import session


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("../shared/models"))
    parser.add_argument("--protocol", type=Path, default=Path("../shared/faces/eval"))
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    protocol = json.loads((a.protocol / "protocol.json").read_text())
    file, dimension = TEACHERS["retail"]
    run = session(a.models / file)
    name = run.get_inputs()[0].name

    def embed(record: dict) -> np.ndarray:
        picture = np.asarray(Image.open(a.protocol / record["file"]).convert("RGB"))
        crop = align_template(picture, np.asarray(record["landmarks"], np.float64).reshape(5, 2))
        return run.run(None, {name: prepare_retail(crop)})[0].reshape(-1)

    a.out.mkdir(parents=True, exist_ok=True)
    unit(np.stack([embed(r) for r in protocol["gallery"]])).astype("<f4").tofile(a.out / "g.f32")
    probes = np.full((len(protocol["probes"]), dimension), np.nan, np.float32)
    for i, record in enumerate(protocol["probes"]):
        if record["single"]:
            probes[i] = unit(embed(record))
    probes.astype("<f4").tofile(a.out / "p.f32")
    (a.out / "dim").write_text(str(dimension))


if __name__ == "__main__":
    main()
