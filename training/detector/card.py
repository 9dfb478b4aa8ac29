"""The model card of the detector, from the evaluation's report."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from training.export.manifest import write_card

DATA = """The training part of the labelled scenes (`faces/detect`: 4,052 pictures from LFW, CelebA, ShanghaiTech part B
and BSDS500), research sets without commercial clearance. The labels are pseudo-labels: YuNet at 640 on the
picture and on its mirror image, certain where both agree at 0.65 or more; faces less sure are neither
rewarded nor punished. Canvases of 256x256 are put together from pieces of scenes at random scale (faces of 7
to 190 px), then blurred, darkened, given noise and compressed in more than half of the cases, in the later
schedules in up to four fifths and most of those by every step of a poor camera at once. Four schedules
(`configs/detector.yaml`, `-finish`, `-long`, `-night`): one hour on one shared CPU core, then 80 and 35 minutes on
two; the first was resumed with other sampling shares and loss weights than it began with, so a re-run will
differ."""

LIMITS = """On scenes as they are, and down to 14 px, the teacher finds a little more of what it labelled itself. The labels
come from a detector, so its blind spots are learnt with them, and recall is recall of what it is sure of. Faces below
about 12 px and faces upside down were hardly in the training; narrow profiles are the most common misses. Most training
pictures are of public figures; how recall varies between groups of people was not measured."""

LANDMARKS = """Landmarks miss their target, a median within 5 % of the distance between the eyes. The labels' own
landmarks hardly repeat any better: on {faces} held-out faces the median label lies {label:.1f} % from the mean of what the
same teacher says at four other sizes and of their mirror images, so that 5 % would mean to learn its slips by heart.
From that mean this detector is {model:.1f} % away (`python -m training.detector.repeat --teacher YUNET --out REPEAT`)."""

TITLES = {
    "clean": "held-out scenes as they are, faces of 20 px and more",
    "L1": "brought down to 14 px between the eyes, blurred, noisy, darker, JPEG",
    "L2": "the same at 10 px",
    "L3": "the same at 8 px",
}


def _table(reports: list[dict]) -> str:
    lines = [
        "| scenes | detector | recall | landmark error, median | false finds a picture | threshold | faces |",
        "|---|---|---|---|---|---|---|",
    ]
    for key, title in TITLES.items():
        for report in reports:
            row = report[key]
            name = "this" if report["model"].startswith("detect") else report["model"]
            lines.append(
                f"| {title} | {name} | {100 * row['recall']:.1f} % | {100 * row['landmarkError']:.1f} % | "
                f"{row['falsePerPicture']:.3f} | {row['threshold']:.2f} | {row['faces']} |"
            )
    return "\n".join(lines)


def _alone(report: dict) -> str:
    """How many faces only one of both finds, at the levels."""
    parts = [
        f"{TITLES[level]}: {row['alone']} and {row['otherAlone']} (p {row['p']:.3f})"
        for level, row in report["firstAgainstThis"].items()
    ]
    return f"Faces that only this one and only {report['model']} finds (McNemar's exact test): {'; '.join(parts)}."


KINDS = {
    "scenes": "scenes without people",
    "beside": "cuts beside faces: hair, neck, hands, clothes, background",
    "parts": "parts of faces: an eye, a mouth, a cheek",
    "turned": "faces turned by 90, 180 or 270 degrees",
    "patterns": "drawn patterns: grain, bars, squares, lamps, frames",
}


def one_box_table(sizes: dict) -> str:
    """Boxes a face by size, and finds where there is no face, from a report of `training.detector.sizes`."""
    rows = [
        "| picture, face height in px | faces | found | boxes a face | more than one | landmark error, median |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in sizes["sizes"].items():
        rows.append(
            f"| {name.replace(' ', ', ')} | {row['faces']} | {100 * row['found']:.0f} % | {row['boxesAFace']:.2f} | "
            f"{100 * row['doubles']:.0f} % | {100 * row['landmarkError']:.1f} % |"
        )
    strict = f"{sizes['thresholdFor99']:.2f}"
    rows += [
        "",
        f"| what is no face | pictures | with finds at {sizes['threshold']:.2f} | at {strict} |",
        "|---|---|---|---|",
    ]
    for kind, row in sizes["nonfaces"].items():
        rows.append(
            f"| {KINDS[kind]} | {row['pictures']} | {100 * row['picturesWithFinds']:.0f} % | "
            f"{100 * row['where99OfFacesAre']:.0f} % |"
        )
    rows += ["", f"At {strict} 99 % of the faces in the first table, those of 16 px left out, are found."]
    return "\n".join(rows)


def write_detector_card(
    out: Path, reports: list[dict], net: nn.Module, deviation: dict[str, float], repeat: dict, sizes: dict
) -> str:
    """Writes `cards/detect.md`; returns its relative path.

    Our report is the first; `repeat` is of the labels, `sizes` of the way the product looks.
    """
    landmarks = LANDMARKS.format(
        faces=repeat["faces"], label=100 * repeat["labelToMeanOfLooks"], model=100 * repeat["modelToMeanOfLooks"]
    )
    count = sum(p.numel() for p in net.parameters())
    times = "; ".join(
        f"{r['model']}: median {r['milliseconds320']['median']} ms, best {r['milliseconds320']['best']} ms"
        for r in reports
    )
    measured = (
        f"{reports[0]['clean']['pictures']} held-out scenes; recall of certain faces at one false find in ten "
        "pictures (finds of any size count, those that touch an unsure face do not); landmark error is the mean "
        "distance of the five points over the distance between the eyes. Each detector has its own threshold "
        "for that rate on each set.\n\n"
        + _table(reports)
        + "".join(f"\n\n{_alone(r)}" for r in reports[1:])
        + f"\n\nOne picture of 320x320 on one thread in ONNX Runtime, CPU time (AMD EPYC, AVX-512): {times}.\n\n"
        "Command: `python -m training.detector.evaluate --model models/detect.onnx --model YUNET --out REPORT`."
    )
    return write_card(
        out,
        "detect",
        {
            "title": "nightglass-detect: faces with five landmarks",
            "summary": (
                "Single-stage, anchor-free; strides 8, 16 and 32; any size that is a multiple of 32; BGR 0..255; "
                f"outputs decoded as YuNet's. {count:,} parameters."
            ),
            "Training data": DATA,
            "Measured": measured,
            "One box a face, and none without": (
                "Held-out faces at all sizes before scenes without people, and held-out cuts without an acceptable face, "
                f"as the product looks at them (`training/detector/looks.py`), at its threshold.\n\n{one_box_table(sizes)}"
                "\n\nCommand: `python -m training.detector.sizes --model models/detect.onnx --out SIZES`."
            ),
            "Export": f"Largest deviation from PyTorch: fp32 {deviation['fp32']:.1e}, fp16 {deviation['fp16']:.1e}.",
            "Limits": f"{landmarks}\n\n{LIMITS}",
        },
    )


def add_int8(card: Path, row: dict, shipped: bool) -> None:
    """Puts the chapter on INT8 (of `training.detector.int8`) into a card, in place of an earlier one."""
    before, _, rest = card.read_text().partition("\n## INT8\n")
    after = rest[rest.index("\n## ") :] if "\n## " in rest else ""
    rows = "\n".join(
        f"| {TITLES[level]} | "
        + " | ".join(f"{100 * both[p][k]:.1f} %" for k in ("recall", "landmarkError") for p in ("fp32", "int8"))
        + f" | {both['fp32']['falsePerPicture']:.3f} | {both['int8']['falsePerPicture']:.3f} |"
        for level, both in row["levels"].items()
    )
    height, width = row["size"]
    chapter = f"""
## INT8

{"Ships; `models.precision: auto` takes it on processors that multiply bytes (VNNI, ARM dot product), `int8` on any." if shipped else "Measured and left out."} One picture of {width}x{height} on one thread, CPU time: {row["cpuMsInt8"]} ms against {row["cpuMs"]} in FP32.
At the threshold that ships, on the held-out scenes:

| scenes | recall, FP32 | INT8 | landmark error, FP32 | INT8 | false finds a picture, FP32 | INT8 |
|---|---|---|---|---|---|---|
{rows}

Command: `python -m training.detector.int8 --models models`.
"""
    card.write_text(before.rstrip() + "\n" + chapter + after)
