"""Camera profiles: ranges from which one face's degradation is drawn.

A pair (a, b) is a range drawn evenly, unless a comment says otherwise; `p_*` are probabilities. Ranges
are broad on purpose and fitted to no test level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.degrade.measured import MeasuredCamera

Range = tuple[float, float]


@dataclass(frozen=True)
class Profile:
    name: str = "generic"
    ied: Range = (5.0, 35.0)  # inter-eye distance of the footage, pixels, log-uniform
    # optics, in pixels of the footage
    p_gaussian: float = 0.6
    gaussian: Range = (0.2, 1.3)
    p_defocus: float = 0.25
    defocus: Range = (0.3, 1.6)
    p_motion: float = 0.35
    motion: Range = (1.0, 5.0)
    # light
    p_low_light: float = 0.5
    exposure: Range = (0.35, 1.1)
    gamma: Range = (0.75, 1.4)
    p_contrast: float = 0.4
    contrast: Range = (0.5, 1.2)
    p_tint: float = 0.3
    p_grey: float = 0.08
    p_shadow: float = 0.12
    p_infrared: float = 0.03
    vignette: Range = (0.1, 0.8)
    skin_gain: Range = (1.0, 1.7)
    p_haze: float = 0.08
    haze: Range = (0.1, 0.55)
    p_rain: float = 0.04
    # sensor
    p_shot: float = 0.8
    shot: Range = (0.01, 0.12)
    read: Range = (0.002, 0.06)
    p_chroma: float = 0.25
    chroma: Range = (0.01, 0.08)
    p_grain: float = 0.2
    grain: Range = (0.01, 0.07)
    p_fixed: float = 0.06
    fixed_column: Range = (0.005, 0.05)
    fixed_row: Range = (0.0, 0.04)
    fixed_gain: Range = (0.0, 0.08)
    p_hot: float = 0.04
    hot: Range = (0.0005, 0.01)
    # compression
    p_sharpen: float = 0.15
    p_jpeg: float = 0.65
    jpeg: Range = (18, 92)
    p_second_jpeg: float = 0.15
    p_video: float = 0.0  # real encoder; slow, so training draws it rarely
    crf: Range = (24, 40)
    p_h265: float = 0.4
    p_interlace: float = 0.03
    #: Noise, blur and coding of one camera, instead of those above.
    measured: MeasuredCamera | None = None


GENERIC = Profile()
NIGHT_IR = replace(
    GENERIC,
    name="night-ir",
    p_infrared=1.0,
    p_tint=0.0,
    p_chroma=0.0,
    p_grey=0.0,
    shot=(0.02, 0.16),
    read=(0.01, 0.08),
    p_grain=0.4,
    p_haze=0.15,
    p_rain=0.1,
)
FIXED_PATTERN = replace(
    GENERIC,
    name="fixed-pattern",
    p_fixed=1.0,
    p_hot=0.8,
    fixed_column=(0.02, 0.1),
    fixed_row=(0.005, 0.06),
    p_low_light=0.8,
    exposure=(0.2, 0.8),
)
CIF_H264 = replace(
    GENERIC,
    name="cif-h264",
    ied=(5.0, 18.0),
    p_jpeg=0.0,
    p_second_jpeg=0.0,
    p_video=1.0,
    crf=(28, 44),
    p_h265=0.3,
    p_interlace=0.25,
    p_sharpen=0.4,
)
PROFILES = {p.name: p for p in (GENERIC, NIGHT_IR, FIXED_PATTERN, CIF_H264)}


def profile_of(camera: MeasuredCamera) -> Profile:
    """The light of the generic profile, without weather, seen by one measured camera."""
    return replace(
        GENERIC,
        name="measured",
        p_infrared=1.0 if camera.infrared else 0.0,
        p_grey=0.0,
        p_tint=0.0 if camera.infrared else GENERIC.p_tint,
        p_haze=0.0,
        p_rain=0.0,
        p_motion=0.2,
        measured=camera,
    )
