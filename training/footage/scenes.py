"""The two cameras of the demo: places, people, light and sensor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.footage import lobby, street
from training.footage.compose import Look, Place
from training.footage.walks import LOBBY, STREET, Walk


@dataclass(frozen=True)
class Scene:
    #: The camera's name in the demo.
    name: str
    module: object
    walks: tuple[Walk, ...]
    sky: tuple[tuple[float, float, float], ...]
    look: Look
    #: x264's constant quality.
    quality: int
    seed: int


SCENES = {
    "lobby": Scene(
        "lobby",
        lobby,
        LOBBY,
        (
            (0.10, 0.098, 0.09),
            (0.10, 0.098, 0.09),
            (0.20, 0.195, 0.18),
            (0.05, 0.048, 0.045),
            (0.08, 0.082, 0.09),
            (0.12, 0.118, 0.11),
        ),
        Look(
            exposure=1.9,
            saturation=0.92,
            tint=(1.0, 1.0, 1.0),
            focus=2.4,
            defocus=1.1,
            blur=0.45,
            shot=0.05,
            read=1.6,
            pattern=0.0,
            black=4,
            vignette=0.22,
            bloom=0.10,
            mirror=0.16,
        ),
        25,
        41,
    ),
    "street": Scene(
        "side-entrance",
        street,
        STREET,
        (
            (0.012, 0.012, 0.013),
            (0.016, 0.014, 0.012),
            (0.012, 0.012, 0.016),
            (0.010, 0.009, 0.008),
            (0.02, 0.016, 0.011),
            (0.016, 0.016, 0.016),
        ),
        Look(
            exposure=3.0,
            saturation=0.45,
            tint=(0.99, 1.0, 0.98),
            focus=2.6,
            defocus=0.8,
            blur=0.85,
            shot=0.62,
            read=4.6,
            pattern=1.4,
            black=10,
            vignette=0.35,
            bloom=0.35,
            mirror=0.10,
        ),
        28,
        43,
    ),
}


def place(scene: Scene, samples: int) -> Place:
    """The empty place, lit."""
    light, depth = scene.module.background(samples)
    return Place(scene.module.CAMERA, light, depth, scene.module.LAMPS, np.array(scene.sky), scene.look)
