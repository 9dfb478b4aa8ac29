"""Text of the model cards of the recognition chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DATA = (
    "Aligned faces of public research sets (CelebA, LFW, a sample of Glint360K): 24,798 pictures of about 10,000 "
    "people and 28,000 blends of two of them, degraded synthetically; 500 further people held "
    "out for calibration. The sets are for research only: the weights carry no commercial clearance. Supervised by the embeddings and three inner maps of "
    "face-reidentification-retail-0095 (Intel Open Model Zoo, Apache-2.0) on the undegraded pictures; all weights "
    "started from nothing, none was copied."
)

WHAT = {
    "embed": (
        "Embedder",
        "Two residual networks of 3x3 convolutions with channel attention, mean of both; five-point-aligned face of 112x112 to "
        "256 numbers. The second sees the mirror image. One file serves the raw and the enhanced branch. The output is not normalised: its length and "
        "direction feed the recognisability head.",
    ),
    "denoise": (
        "Denoiser",
        "Residual U-Net with channel and spatial attention (CBAM), fully convolutional, for the aligned "
        "low-resolution region. Sides must be multiples of 8.",
    ),
    "superresolve": (
        "Super-resolver",
        "x4 generator of residual-in-residual dense blocks, fully convolutional. Trained for "
        "recognition first: the joint recognition loss beside an eye-weighted pixel loss.",
    ),
    "fuse": ("Gated fusion", "g = sigmoid(MLP([raw, enhanced])); fused = normalise(g raw + (1 - g) enhanced)."),
    "quality": (
        "Recognisability",
        "From the embedder's raw output to the similarity that this face is expected to have with "
        "the same face undegraded, 0..1 (similarity 0.1 maps to 0, 0.8 to 1).",
    ),
}

LIMITS = {
    "embed": "Trained for some six and a half hours of one CPU core (first network: a quarter of an hour for the halves, two rounds of an hour "
    "and a half; second: three quarters of an hour for the halves, two and a half hours for the whole; then the joint stage): behind "
    "its teacher on clear and slightly small faces, and not fit for "
    "unattended use. Celebrities are over-represented; age, skin tone and sex are not balanced, and no figures "
    "by group are known. A match is a hint for a human reviewer, never a decision.",
    "denoise": "Trained for forty minutes on one CPU core, then in the joint stage. The output is not evidence on its own.",
    "superresolve": "Trained for forty minutes on one CPU core, then in the joint stage: pictures are softer than a "
    "long-trained network's. It invents plausible detail: pictures made with it are marked as AI-enhanced and are not evidence.",
    "fuse": "Valid for the embedder and enhancer it was trained with, and for no others.",
    "quality": "Judges this embedder's chance, not the picture's beauty; says nothing of liveness or forgery.",
}


def sections(task: str, entry: Mapping[str, Any], figures: Mapping[str, Any]) -> dict[str, str]:
    """Headings and text of one card."""
    title, summary = WHAT[task]
    measured = entry["measured"]
    lines = [
        f"- Parameters: {measured['params']:,}",
        f"- One pass, batch 1, one CPU thread (AMD EPYC, ONNX Runtime): {measured['cpuMs']} ms FP32, "
        f"{measured['cpuMsFp16']} ms FP16" + (" at 32x32" if task in ("denoise", "superresolve") else ""),
        f"- Largest deviation from PyTorch: {measured['maxDeviation']['fp32']} FP32, {measured['maxDeviation']['fp16']} FP16",
    ]
    if small := measured.get("int8"):
        effect = (
            f"cosine to FP32 {small['cosine']}, rank-1 of held-out people {small['rank1']} to {small['rank1Int8']} %"
            if task == "embed"
            else f"PSNR to FP32 {small['psnr']} dB"
        )
        lines.append(
            f"- INT8: {small['cpuMsInt8']} ms against {small['cpuMs']}; {effect}"
            + ("" if any(v["precision"] == "int8" for v in entry["variants"]) else "; not shipped")
        )
    result = {
        "title": f"nightglass-{task}: {title}",
        "summary": summary,
        "Input and output": f"Input `{entry['input']}`; output `{entry['output']}`.",
        "Measured": "\n".join(lines),
    }
    if task in ("embed", "fuse") and "heldOut" in figures:
        result["People held out of training"] = _held_out(figures["heldOut"])
    if task in ("embed", "fuse", "denoise", "superresolve") and "protocol" in figures:
        result["Development protocol"] = figures["protocol"]
    if task == "quality" and "qualityCorrelation" in figures:
        result["Correlation"] = (
            f"Pearson correlation of the score with the similarity to the enrolled picture, held-out people: {figures['qualityCorrelation']}."
        )
    result["Training data"] = DATA
    result["Limits"] = LIMITS[task]
    result["Reproduce"] = "`python -m training.recipe` (see `training/README.md`)."
    return result


def _held_out(table: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Markdown table of rank-1 / TPIR at FPIR 1 % by inter-eye distance."""
    rows = [
        "Degraded probes (generic profile) against 500 people, rank-1 / TPIR at FPIR 1 %, per cent, landmarks with 3 % error:",
        "",
        "| inter-eye px | probes | raw | enhanced | fused |",
        "|---|---|---|---|---|",
    ]
    for label, row in table.items():
        cells = " | ".join(f"{row[b]['rank1']} / {row[b]['tpir']}" for b in ("raw", "enhanced", "fused"))
        rows.append(f"| {label} | {row['raw']['n']} | {cells} |")
    return "\n".join(rows)
