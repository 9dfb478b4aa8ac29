"""Text of the model cards of the recognition chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

START = (
    "Start weights: EdgeFace-XS (gamma 0.6) and EdgeFace-XXS by the Idiap Research Institute (George, Ecabert, "
    "Otroshi Shahreza, Kotwal and Marcel, EdgeFace: Efficient Face Recognition Model for Edge Devices, IEEE T-BIOM "
    "2024), published in a repository under the BSD 3-Clause licence; the authors' cards on a model hub say CC BY-NC-SA "
    "4.0, so treat what began with them as for non-commercial use. They were trained on WebFace, a set of "
    "pictures from the web that is given out for research only. Its list of people is not part of this project: "
    "famous people of the development protocol (YouTube Faces, LFW) may have been in it, so figures of that protocol "
    "may be better than those for people whom nobody photographs in public."
)
FACES = (
    "Aligned faces of public research sets (CelebA, LFW, a sample of Glint360K): 27,281 pictures of about 10,000 "
    "people, degraded synthetically, and blends of two of them; 400 of the people are held out of every stage, for "
    "calibration. The sets are for research only: the weights carry no commercial clearance."
)
DATA = f"{FACES} {START}"
EXPERT = (
    "A small and a smaller EdgeNeXt (timm), each on the aligned face of 112x112 and on its mirror image; their "
    "embeddings side by side in a basis of 384 numbers that was drawn from embeddings of clean faces. "
)

WHAT = {
    "embed": (
        "Expert for recorded faces",
        EXPERT + "Weights lie between the published state and one fine-tuned on degraded faces. The output is not "
        "normalised: its length and direction feed the recognisability head.",
    ),
    "embed-enhanced": (
        "Expert for enhanced faces",
        EXPERT + "Fine-tuned on degraded faces, then on enhanced ones, together with denoiser and super-resolver. Same "
        "space as `nightglass-embed`.",
    ),
    "denoise": (
        "Denoiser",
        "Residual U-Net with channel and spatial attention (CBAM), fully convolutional, for the aligned "
        "low-resolution region. Sides must be multiples of 8.",
    ),
    "superresolve": (
        "Super-resolver",
        "x4 generator of residual-in-residual dense blocks, fully convolutional. Trained with an eye-weighted pixel "
        "loss, the published recogniser's inner maps, the identity that a frozen expert reads, and an adversarial "
        "term; then by the recognition loss together with the expert for enhanced faces.",
    ),
    "fuse": (
        "Gated fusion and pooling weight",
        "From both embeddings, their cosine and the quality vector: the gate of the raw branch, fused = normalise(g "
        "raw + (1 - g) enhanced), and the weight of this keyframe in its track's template.",
    ),
    "quality": (
        "Recognisability",
        "From an expert's output to how far this face can be recognised, 0..1: 0.15 and more for faces, rising with "
        "the cosine that the embedding is expected to have to the undegraded face's (0.05 to 0.7); about 0 for "
        "non-faces, parts of faces, turned, shifted and far too small ones.",
    ),
}

LIMITS = {
    "embed": "Behind large recognisers on small faces, and not fit for unattended use. Celebrities are "
    "over-represented; age, skin tone and sex are not balanced, and no figures by group are known. A match is a hint "
    "for a human reviewer, never a decision.",
    "embed-enhanced": "As `nightglass-embed`. Valid for the denoiser and super-resolver it was trained with, and for "
    "no others.",
    "denoise": "Trained for well under two hours of one CPU core. The output is not evidence on its own.",
    "superresolve": "Trained for some two hours of one CPU core: pictures are softer than a long-trained network's. "
    "It invents plausible detail, and its colours are guesses: skin tone drifts towards the middle of its training "
    "faces, most where the recorded picture is dark, tinted or infrared. Pictures made with it are marked as "
    "AI-enhanced and are not evidence. Recorded, enhanced and clean pictures of people who do not exist, at 14, 10 and "
    "8 px between the eyes and infrared at 10: [contact sheet](../../docs/enhanced-faces.jpg) "
    "(`python -m training.evaluation.contact_sheet`).",
    "fuse": "Valid for the experts and restorers it was trained with, and for no others.",
    "quality": "Judges these experts' chance, not the picture's beauty; says nothing of liveness or forgery.",
}


def sections(task: str, entry: Mapping[str, Any], figures: Mapping[str, Any]) -> dict[str, str]:
    """Headings and text of one card."""
    title, summary = WHAT[task]
    result = {
        "title": f"nightglass-{task}: {title}",
        "summary": summary,
        "Input and output": f"Input `{entry['input']}`; output `{entry['output']}`.",
        "Measured": _measured(task, entry),
    }
    if task in ("embed", "fuse") and "heldOut" in figures:
        result["People held out of training"] = _held_out(figures["heldOut"])
    if task != "quality" and "protocol" in figures:
        result["Development protocol"] = figures["protocol"]
    if task == "quality" and "qualityCorrelation" in figures:
        result["Correlation"] = (
            f"Pearson correlation of the score with the similarity to the enrolled picture, held-out people: {figures['qualityCorrelation']}."
        )
    if task == "quality" and "rejection" in entry["measured"]:
        result["Non-faces"] = _rejection(entry["measured"]["rejection"])
    result["Training data"] = FACES
    result["Origin of the start weights"] = START
    if figures.get("training"):
        result["Made of"] = f"`{figures['training']}`"
    result["Limits"] = LIMITS[task]
    result["Reproduce"] = "`python -m training.recipe` (see `training/README.md`)."
    return result


def _measured(task: str, entry: Mapping[str, Any]) -> str:
    """Size, time and exactness, as a list."""
    measured = entry["measured"]
    shipped = {v["precision"] for v in entry["variants"]}
    lines = [
        f"- Parameters: {measured['params']:,}, stored in FP16, computed with in FP32",
        f"- One pass, batch 1, one CPU thread (AMD EPYC, ONNX Runtime): {measured['cpuMs']} ms FP32 "
        f"({measured['cpuMsWeightsInFp32']} with weights stored in FP32), {measured['cpuMsFp16']} ms FP16"
        + (" at 32x32" if task in ("denoise", "superresolve") else ""),
        f"- Largest deviation from PyTorch with the same weights: {measured['maxDeviation']['fp32']} FP32, "
        f"{measured['maxDeviation']['fp16']} FP16" + ("" if "fp16" in shipped else "; FP16 is not shipped"),
    ]
    if small := measured.get("int8"):
        effect = (
            f"cosine to FP32 {small['cosine']}, rank-1 of held-out people {small['rank1']} to {small['rank1Int8']} %"
            if "cosine" in small
            else f"PSNR to FP32 {small['psnr']} dB"
        )
        lines.append(
            f"- INT8: {small['cpuMsInt8']} ms against {small['cpuMs']}; {effect}"
            + ("" if "int8" in shipped else "; not shipped")
        )
    return "\n".join(lines)


def _rejection(cut: Mapping[str, Any]) -> str:
    """What `rejectBelow` does."""
    kinds = ", ".join(f"{kind} {100 * share:.1f} %" for kind, share in cut["byKind"].items())
    return (
        f"Below {cut['rejectBelow']} a face is taken for none. Of {cut['usableFaces']} degraded faces of held-out people "
        f"with a cosine of 0.35 or more to their clean self, 99 % lie above it, and "
        f"{100 * cut['nonFacesLetThrough']:.1f} % of {cut['nonFaces']} non-faces ({kinds}); wanted: at most 1 %"
        + (", reached." if cut["reached"] else ", missed.")
    )


def _held_out(table: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Markdown table of rank-1 / TPIR at FPIR 1 % by inter-eye distance."""
    rows = [
        "Degraded probes (generic profile) against 400 people, rank-1 / TPIR at FPIR 1 %, per cent, landmarks with 3 % error:",
        "",
        "| inter-eye px | probes | raw | enhanced | fused |",
        "|---|---|---|---|---|",
    ]
    for label, row in table.items():
        cells = " | ".join(f"{row[b]['rank1']} / {row[b]['tpir']}" for b in ("raw", "enhanced", "fused"))
        rows.append(f"| {label} | {row['raw']['n']} | {cells} |")
    return "\n".join(rows)
