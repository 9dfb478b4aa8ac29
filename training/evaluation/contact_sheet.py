"""Recorded, enhanced and clean pictures of people who do not exist, for people to judge the restorers by.

    python -m training.evaluation.contact_sheet --models models --out docs/enhanced-faces.jpg

Faces come from the generator (`models/faces.onnx`). Each column is one face and one draw of a camera: recorded
(enlarged bicubically), what denoiser and super-resolver make of it, and the face before the degradation.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from training.data.align import region_side
from training.data.samples import Mix, enhance_sample
from training.export.onnx_files import session
from training.generator.check import APPEARANCE_BASE, pictures

#: Inter-eye distance in pixels and camera profile of the columns.
COLUMNS = (
    *((14.0, "generic") for _ in range(3)),
    *((10.0, "generic") for _ in range(3)),
    *((8.0, "generic") for _ in range(3)),
    *((10.0, "night-ir") for _ in range(3)),
)
SIDE = 112

#: The sheet says of itself, by IPTC's digital source type, that a trained model made part of it.
MARK = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<Iptc4xmpExt:DigitalSourceType
>http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def shown(picture: np.ndarray, method: int) -> np.ndarray:
    """uint8 [n,n,3] at the size of the sheet."""
    return cv2.resize(picture, (SIDE, SIDE), interpolation=method)


def sheet(models: Path, seed: int = 5) -> np.ndarray:
    """uint8 RGB [3*SIDE, columns*SIDE, 3]."""
    denoise, enlarge = (session(models / f"{name}.onnx") for name in ("denoise", "superresolve"))
    people = list(range(1, len(COLUMNS) + 1))
    faces = pictures(models / "faces.onnx", people, [APPEARANCE_BASE + p for p in people])
    columns = []
    for i, (ied, profile) in enumerate(COLUMNS):
        pair = enhance_sample(
            np.ascontiguousarray(faces[i]),
            False,
            region_side(ied),
            ied,
            Mix(profiles={profile: 1.0}),
            np.random.default_rng((seed, i)),
        )
        x = pair.region.transpose(2, 0, 1)[None].astype(np.float32) / 255
        for run in (denoise, enlarge):
            x = run.run(None, {"input": x})[0]
        enhanced = (x[0].transpose(1, 2, 0) * 255 + 0.5).astype(np.uint8)
        rows = [
            shown(pair.region, cv2.INTER_CUBIC),
            shown(enhanced, cv2.INTER_AREA),
            shown(pair.target, cv2.INTER_AREA),
        ]
        columns.append(np.vstack(rows))
    return np.hstack(columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    Image.fromarray(sheet(a.models)).save(a.out, quality=88, xmp=MARK.encode())


if __name__ == "__main__":
    main()
