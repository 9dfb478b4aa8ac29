"""The model card of the generator, from its report."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from training.export.manifest import write_card

LIMITS = """Pictures are soft: the network works at 72x72 and was trained for half an hour on one shared CPU core.
Appearance changes light, hair, expression and background much and pose little: faces stay nearly frontal.
Hair, ears, hats and background are vague, glasses come and go with the appearance. The people of the
training sets are public figures of the early 2000s for the most part, so ages, skin colours and head
coverings are as unevenly spread as there. For demo footage and tests only: not for training or judging
a recogniser, and never to pass for a photograph of somebody."""

DATA = """Aligned faces of research sets (LFW, CelebA, a sample of Glint360K), only sharp ones (detector score
0.8 and more, 30 px and more between the eyes). Training and evaluation only: these sets give no commercial
clearance. The identity code is the whitened 64 principal components of the mean embedding of a person under
`face_reidentification_retail_0095`; `mobilefacenet_foamliu` supplies losses on look and identity. No weight
comes from a teacher. The shipped weights lie between a checkpoint from before the critic of patches entered
and the last one (`training.generator.blend`, share 0.65), chosen by eye."""

LATENTS = """`identity` and `appearance` are standard normal. From a seed: `mulberry32(seed)` gives uniform
numbers; with u = 1 - next() and v = next(), a pair of normal numbers is sqrt(-2 ln u) cos(2 pi v),
sqrt(-2 ln u) sin(2 pi v), in this order. The first 64 numbers of a seed are an identity, the first 16 of
another seed an appearance (`training/generator/latents.py`). The manifest names seeds of twelve people who
are found by the detector in every look tried and are least alike."""


def _row(title: str, values: dict) -> str:
    marks = ("p5", "median", "p95", "p99", "max")
    return f"| {title} | " + " | ".join(f"{values[m]:.2f}" for m in marks) + f" | {values['count']} |"


def _table(report: dict, teacher: str) -> str:
    part = report[teacher]
    lines = [
        f"Similarity under `{teacher}`:",
        "",
        "| pairs | 5 % | median | 95 % | 99 % | max | n |",
        "|---|---|---|---|---|---|---|",
        _row("generated face, nearest training picture", part["nearestTrainingPicture"]),
        _row("real face, nearest picture of another person", part["real"]["nearestOtherPerson"]),
        _row("generated, same identity, other appearance", part["sameIdentity"]),
        _row("real, same person", part["real"]["samePerson"]),
        _row("generated, different identities", part["differentIdentities"]),
        _row("real, different people", part["real"]["differentPeople"]),
    ]
    return "\n".join(lines)


def write_generator_card(out: Path, report: dict, net: nn.Module, deviation: dict[str, float]) -> str:
    """Writes `cards/faces.md`; returns its relative path."""
    count = sum(p.numel() for p in net.parameters())
    chosen = report.get("chosen", {})
    picked = ""
    if chosen:
        picked = "\n\n" + "\n".join(
            [
                f"The {len(report['seeds'])} chosen people (seeds {', '.join(map(str, report['seeds']))}), `retail`:",
                "",
                "| pairs | 5 % | median | 95 % | 99 % | max | n |",
                "|---|---|---|---|---|---|---|",
                _row("same identity", chosen["sameIdentity"]),
                _row("different identities", chosen["differentIdentities"]),
            ]
        )
    nearest = (
        f"{report['people']} people drawn from the seeds 1 to {report['people']}, "
        f"{report['picturesEach']} appearances each, against all pictures of the training set. "
        f"Above {report['samePersonLevel']} (`retail`), the level at which the data set counts two pictures "
        f"as near duplicates: {100 * report['aboveSamePersonLevel']:.1f} % of the generated pictures. "
        f"The `yunet` detector finds a face at 0.6 or more in {100 * report['detected']:.1f} % of them.\n\n"
        + _table(report, "retail")
        + "\n\n"
        + _table(report, "mobile")
        + picked
        + "\n\nCommand: `python -m training.generator.check --model models/faces.onnx --cache CACHE --out REPORT`."
    )
    return write_card(
        out,
        "faces",
        {
            "title": "nightglass-faces: people who do not exist",
            "summary": (
                "A decoder of a learned latent: aligned faces at 144x144, RGB 0..1 (five-point template of the "
                "112 crop, centred), and a soft mask. None of the people exists. "
                f"{count:,} parameters."
            ),
            "Latents": LATENTS,
            "Training data": DATA,
            "Checks": nearest,
            "Export": f"Largest deviation from PyTorch: fp32 {deviation['fp32']:.1e}, fp16 {deviation['fp16']:.1e}.",
            "Limits": LIMITS,
        },
    )
