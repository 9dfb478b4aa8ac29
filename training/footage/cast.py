"""The people of the demo, none of whom exists: numbers of shape, colours, clothes, and the face's pattern.

The pattern comes from the shipped generator of faces (`models/faces.onnx`), averaged over looks, made
symmetrical and cleared of eyes and mouth, which are modelled; everything else is numbers chosen here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from training.footage import body as bodies
from training.footage import head as heads
from training.generator.latents import appearance, identity

LOOKS = (1_000_103, 1_000_104, 1_000_111, 1_000_112, 1_000_114, 1_000_102)
SIDE = 288


@dataclass(frozen=True)
class Model:
    """A person as it is rendered, see `march` and `figure`."""

    scale: float
    head: np.ndarray
    body: np.ndarray
    face: np.ndarray
    colours: np.ndarray
    fabric: np.ndarray


@dataclass(frozen=True)
class Person:
    #: Seed of the face's pattern and of the small differences of shape.
    seed: int
    #: Skin, hair, hat, iris: 0..255.
    skin: tuple[int, int, int]
    hair: tuple[int, int, int] = (44, 33, 27)
    hat: tuple[int, int, int] = (62, 68, 84)
    iris: tuple[int, int, int] = (90, 62, 40)
    #: Shares: shaved scalp, beard; how dark a brow must be in the pattern.
    shave: tuple[float, float, float] = (1.0, 0.0, 0.10)
    height: float = 1.78
    coat: tuple[int, int, int] = (56, 62, 76)
    shirt: tuple[int, int, int] = (150, 152, 156)
    trousers: tuple[int, int, int] = (40, 42, 50)
    scarf: tuple[int, int, int] = (120, 50, 45)
    shape: dict[str, float] = field(default_factory=dict)
    dress: dict[str, float] = field(default_factory=dict)


PEOPLE: dict[str, Person] = {
    "robin": Person(
        64,
        (228, 186, 168),
        (138, 112, 80),
        iris=(108, 134, 150),
        shave=(1.0, 0.0, 0.16),
        height=1.71,
        coat=(150, 116, 78),
        shirt=(222, 218, 208),
        trousers=(44, 48, 66),
        scarf=(128, 44, 46),
        shape=dict(
            STYLE=heads.BUN,
            VOLUME=0.008,
            JAW=0.82,
            CHIN=-0.005,
            NOSE=-0.003,
            NOSTRIL=0.85,
            LIPS=0.0035,
            WIDTH=0.97,
            OPEN=1.0,
            BROW=-0.003,
        ),
        dress=dict(SCARF=1, LENGTH=0.62, OPENED=0),
    ),
    "kim": Person(
        29,
        (196, 150, 124),
        (40, 30, 24),
        shave=(1.0, 0.75, 0.05),
        height=1.83,
        coat=(46, 52, 62),
        shirt=(116, 124, 140),
        trousers=(38, 38, 44),
        scarf=(70, 74, 84),
        shape=dict(STYLE=heads.SHORT, VOLUME=0.014, JAW=1.12, NOSE=0.004, BROW=0.003, CHIN=0.006),
        dress=dict(LENGTH=0.86, OPENED=0.55),
    ),
    "noor": Person(
        58,
        (96, 63, 46),
        (24, 20, 18),
        iris=(50, 34, 26),
        shave=(1.0, 0.2, 0.1),
        height=1.78,
        coat=(84, 92, 68),
        shirt=(58, 58, 64),
        trousers=(52, 58, 80),
        shape=dict(STYLE=heads.SHORT, VOLUME=0.016, CURL=0.9, NOSTRIL=1.45, LIPS=0.004, WIDTH=1.02),
        dress=dict(LENGTH=0.9, GIRTH=0.5, BAG=1),
    ),
    "tian": Person(
        21,
        (208, 164, 130),
        (28, 26, 26),
        (44, 50, 62),
        (52, 36, 28),
        height=1.73,
        coat=(122, 44, 42),
        shirt=(44, 44, 48),
        trousers=(70, 66, 60),
        shape=dict(
            HAT=heads.CAP,
            STYLE=heads.SHORT,
            VOLUME=0.010,
            JAW=1.05,
            CHEEK=0.004,
            OPEN=0.74,
            NOSE=-0.003,
            BROW=-0.002,
            WIDTH=1.06,
        ),
        dress=dict(LENGTH=0.92, GIRTH=0.3),
    ),
    "alba": Person(
        110,
        (222, 180, 158),
        (52, 33, 24),
        iris=(80, 60, 42),
        shave=(1.0, 0.0, 0.3),
        height=1.68,
        coat=(58, 46, 58),
        shirt=(200, 190, 190),
        trousers=(36, 36, 44),
        scarf=(196, 184, 160),
        shape=dict(
            STYLE=heads.LONG,
            VOLUME=0.012,
            JAW=0.76,
            CHIN=-0.007,
            NOSE=-0.004,
            NOSTRIL=0.82,
            BROW=-0.003,
            LIPS=0.002,
            WIDTH=0.94,
            OPEN=1.05,
            CHEEK=0.003,
        ),
        dress=dict(SCARF=1, LENGTH=0.58),
    ),
    "olaf": Person(
        6,
        (212, 160, 140),
        (120, 116, 112),
        iris=(120, 138, 146),
        shave=(0.25, 0.8, 0.1),
        height=1.80,
        coat=(74, 78, 84),
        shirt=(60, 76, 110),
        trousers=(52, 48, 44),
        shape=dict(STYLE=heads.BALD, NOSE=0.005, CHIN=0.004),
        dress=dict(LENGTH=0.8, GIRTH=0.9, OPENED=0.5),
    ),
    "sami": Person(
        2,
        (118, 80, 58),
        (26, 22, 20),
        (92, 40, 40),
        (52, 36, 28),
        shave=(1.0, 0.3, 0.1),
        height=1.75,
        coat=(40, 60, 66),
        shirt=(170, 170, 164),
        trousers=(46, 44, 42),
        scarf=(92, 92, 96),
        shape=dict(HAT=heads.BEANIE, STYLE=heads.SHORT, VOLUME=0.008, WIDTH=0.95, NOSTRIL=1.3, LIPS=0.003, JAW=0.96),
        dress=dict(LENGTH=0.84, GIRTH=0.2, BAG=2),
    ),
    "jonas": Person(
        38,
        (222, 178, 156),
        (84, 62, 42),
        iris=(100, 124, 136),
        shave=(1.0, 0.0, 0.1),
        height=1.80,
        coat=(62, 84, 110),
        shirt=(214, 210, 200),
        trousers=(58, 54, 48),
        shape=dict(STYLE=heads.SWEPT, VOLUME=0.018, WIDTH=1.05, NOSE=-0.002, JAW=0.95),
        dress=dict(LENGTH=0.9, OPENED=0.5),
    ),
}


def linear(colour) -> np.ndarray:
    """sRGB 0..1 to linear light."""
    colour = np.asarray(colour, float)
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


class Casting:
    """Makes people from their numbers with the shipped models."""

    def __init__(self, models: Path) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._faces = ort.InferenceSession(models / "faces.onnx", options, providers=["CPUExecutionProvider"])
        self._sharpen = ort.InferenceSession(models / "superresolve.onnx", options, providers=["CPUExecutionProvider"])

    def model(self, person: Person) -> Model:
        face, cheek = self._face(person.seed)
        skin = linear(np.array(person.skin) / 255)
        face[..., :3] *= skin / cheek
        colours = np.zeros((6, 3))
        for row, colour in enumerate((person.skin, person.hair, person.hat, person.iris)):
            colours[row] = linear(np.array(colour) / 255)
        colours[5] = person.shave
        fabric = np.zeros((7, 3))
        for row, colour in enumerate(
            (person.coat, person.shirt, person.trousers, (34, 29, 27), person.skin, person.scarf, (66, 46, 34))
        ):
            fabric[row] = linear(np.array(colour) / 255)
        return Model(person.height / 1.78, _head(person), _body(person), face, colours, fabric)

    def _face(self, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """The pattern of a face, linear, its weight as fourth channel; and the colour of its cheeks."""
        mean = np.zeros((3, 144, 144), np.float32)
        for look in LOOKS:
            latents = {"identity": identity(seed)[None], "appearance": appearance(look)[None] * np.float32(0.45)}
            mean += self._faces.run(["image"], latents)[0][0] / len(LOOKS)
        small = cv2.resize(mean.transpose(1, 2, 0), (72, 72), interpolation=cv2.INTER_AREA).transpose(2, 0, 1)
        sharp = np.clip(self._sharpen.run(None, {"input": small[None]})[0][0], 0, 1)
        sharp = (0.5 * (sharp + sharp[:, :, ::-1])).transpose(1, 2, 0)
        v, u = np.mgrid[0:SIDE, 0:SIDE] / 2
        side = np.abs(u - 71.75)
        eyes = ((side - 17.6) / 10.5) ** 2 + ((v - 68) / 4.2) ** 2 < 1
        mouth = (side / 18) ** 2 + ((v - 109) / 7.5) ** 2 < 1
        holes = ((eyes | mouth) * 255).astype(np.uint8)
        pattern = linear(cv2.inpaint((sharp * 255).astype(np.uint8), holes, 5, cv2.INPAINT_TELEA) / 255.0)
        grey = pattern @ np.array([0.3, 0.6, 0.1])
        pattern = (pattern + 0.22 * grey[..., None]) / 1.22
        cheek = pattern[168:196, 96:120].reshape(-1, 3).mean(0)
        far = np.sqrt((side / 33) ** 2 + np.where(v > 72, (v - 72) / 62, (v - 72) / 30) ** 2)
        weight = 1 - np.clip((far - 0.72) / 0.28, 0, 1)
        weight = weight * weight * (3 - 2 * weight) * np.clip((v - 44) / 8, 0, 1)
        weight *= 1 - 0.55 * np.exp(-((side / 15) ** 2) - ((v - 104) / 9) ** 2)
        return np.dstack([pattern, weight]), cheek


def _head(person: Person) -> np.ndarray:
    draw = np.random.default_rng(person.seed)
    small = {
        "WIDTH": (1, 0.03),
        "JAW": (1, 0.06),
        "CHIN": (0, 0.003),
        "CHEEK": (0, 0.002),
        "NOSE": (0, 0.003),
        "NOSTRIL": (1, 0.10),
        "BROW": (0, 0.001),
        "LIPS": (0, 0.001),
        "EAR": (1, 0.08),
        "OPEN": (0.84, 0.06),
    }
    shape = np.zeros(heads.NUMBERS)
    for name, (middle, spread) in small.items():
        shape[getattr(heads, name)] = draw.normal(middle, spread)
    shape[heads.CURL] = 0.2
    for name, value in person.shape.items():
        shape[getattr(heads, name)] = value
    return shape


def _body(person: Person) -> np.ndarray:
    numbers = np.zeros(bodies.NUMBERS)
    numbers[bodies.LENGTH] = 0.8
    for name, value in person.dress.items():
        numbers[getattr(bodies, name)] = value
    return numbers
