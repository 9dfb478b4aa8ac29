"""Export to ONNX with manifest entry and card.

`python -m training.generator.export --checkpoint F --out models` writes the files;
with `--report` (of `training.generator.check`) also manifest entry and card.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from training.export import manifest, onnx_files
from training.generator.card import write_generator_card
from training.generator.latents import APPEARANCE, IDENTITY
from training.generator.model import ExportedGenerator, Generator

NAME = "nightglass-faces"
VERSION = "0.1.0"


def load_checkpoint(path: Path) -> Generator:
    """The averaged weights of a training checkpoint, ready for inference."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    net = Generator()
    net.load_state_dict(state["average"])
    return net.eval()


def export_files(net: Generator, out: Path) -> dict[str, float]:
    """Writes `faces.onnx` and `faces.fp16.onnx`; gives the deviation of each from PyTorch."""
    graph = ExportedGenerator(net).eval()
    generator = torch.Generator().manual_seed(3)
    example = {
        "identity": torch.randn(3, IDENTITY, generator=generator),
        "appearance": torch.randn(3, APPEARANCE, generator=generator),
    }
    out.mkdir(parents=True, exist_ok=True)
    path = out / "faces.onnx"
    onnx_files.export(graph, tuple(example.values()), path, tuple(example), ("image", "alpha"))
    half = onnx_files.to_half(path)
    return {
        "fp32": onnx_files.deviation(graph, path, example),
        "fp16": onnx_files.deviation(graph, half, example),
    }


def entry(out: Path, report: dict, card: str) -> dict:
    """The manifest entry."""
    return {
        "name": NAME,
        "task": "generate",
        "version": VERSION,
        "licence": manifest.LICENCE,
        "card": card,
        "variants": [
            manifest.variant(out, "faces.onnx", "fp32"),
            manifest.variant(out, "faces.fp16.onnx", "fp16"),
        ],
        "input": {"identity": IDENTITY, "appearance": APPEARANCE, "distribution": "normal"},
        "output": {"image": [3, 144, 144], "alpha": [1, 144, 144], "channels": "RGB", "decode": "picture"},
        "seeds": report["seeds"],
        "latents": "mulberry32(seed), Box-Muller pairs (cos, sin); see the card",
        "training": "training.generator.train on aligned faces of research sets; no commercial clearance",
        "measured": {
            "detectedByYunet": report["detected"],
            "nearestTrainingPicture": report["retail"]["nearestTrainingPicture"],
            "sameIdentity": report["retail"]["sameIdentity"],
            "differentIdentities": report["retail"]["differentIdentities"],
            "samePersonLevel": report["samePersonLevel"],
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("models"))
    parser.add_argument("--report", type=Path, help="JSON of training.generator.check")
    args = parser.parse_args()
    deviation = export_files(load_checkpoint(args.checkpoint), args.out)
    print("deviation from PyTorch", deviation)
    for precision, value in deviation.items():
        if value > onnx_files.TOLERANCE[precision]:
            raise SystemExit(f"Cannot export {precision}: deviation {value}")
    if args.report:
        report = json.loads(args.report.read_text())
        card = write_generator_card(args.out, report, load_checkpoint(args.checkpoint), deviation)
        manifest.upsert_model(args.out, entry(args.out, report, card))


if __name__ == "__main__":
    main()
