"""The folder that `nightglass learning export` wrote: checked, and split by people's days.

An export names neither people nor alerts. Pictures of one alert share person and day, so a person's day is never
split: frames that are nearly the same stay on one side. Identifiers of people are drawn anew for each export; the hash
of the enrolled picture is not, so a day lies on the same side in every export that has it.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.data.align import inter_eye_distance
from training.increment import bounds
from training.increment.bounds import IncrementError
from training.lineage import sha256_of

FORMAT = "nightglass-samples/1"
FILE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}\.jpg")
DIGEST = re.compile(r"[0-9a-f]{64}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Sample:
    """A picture of an export; `day` is None for the enrolled one."""

    path: Path
    sha256: str
    person: str
    landmarks: np.ndarray  # [5,2], pixels
    day: str | None

    def picture(self) -> np.ndarray:
        """uint8 RGB [H,W,3]. Raises IncrementError for what is no picture or differs from its hash."""
        from PIL import Image, UnidentifiedImageError

        try:
            data = self.path.read_bytes() if self.path.stat().st_size <= bounds.MOST_PICTURE else b""
        except OSError as error:
            raise IncrementError("SAMPLES_INVALID", f"{self.path.name} cannot be read: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise IncrementError("SAMPLES_CHANGED", f"{self.path.name} differs from its hash in the manifest")
        try:
            image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
            if max(image.size) > bounds.MOST_SIDE:
                raise IncrementError(
                    "SAMPLES_NOT_PICTURES", f"{self.path.name} has a side of more than {bounds.MOST_SIDE} pixels"
                )
            return np.asarray(image.convert("RGB"))
        except (UnidentifiedImageError, OSError, ValueError) as error:
            if isinstance(error, IncrementError):
                raise
            raise IncrementError("SAMPLES_NOT_PICTURES", f"{self.path.name} is no picture") from error


@dataclass(frozen=True)
class Site:
    """An export: people's enrolled pictures, and recorded ones for training and held out."""

    portraits: list[Sample]
    training: list[Sample]
    held_out: list[Sample]
    digest: str  # of the manifest

    @property
    def counts(self) -> dict[str, int]:
        people = lambda part: len({s.person for s in part})  # noqa: E731
        return {
            "people": people(self.portraits),
            "training": len(self.training),
            "trainingPeople": people(self.training),
            "heldOut": len(self.held_out),
            "heldOutPeople": people(self.held_out),
            "days": len({(s.person, s.day) for s in (*self.training, *self.held_out)}),
        }


def read_site(folder: Path) -> Site:
    """Reads, checks and splits an export. Raises IncrementError; every picture is opened once."""
    path, samples = folder / "manifest.json", read_samples(folder)
    portraits = [s for s in samples if s.day is None]
    recorded = [s for s in samples if s.day is not None]
    enough(portraits, recorded)
    if sum(s.path.stat().st_size for s in samples if s.path.is_file()) > bounds.MOST_BYTES:
        raise IncrementError("SAMPLES_TOO_MANY", f"the pictures have more than {bounds.MOST_BYTES >> 20} MB")
    for sample in samples:
        sample.picture()
    training, held_out = split(portraits, recorded)
    held_people = len({s.person for s in held_out})
    if held_people < bounds.LEAST_HELD_PEOPLE or len(held_out) < bounds.LEAST_HELD_PICTURES:
        raise IncrementError(
            "SAMPLES_TOO_FEW",
            f"the held-out part has {len(held_out)} pictures of {held_people} people; wanted: "
            f"{bounds.LEAST_HELD_PICTURES} of {bounds.LEAST_HELD_PEOPLE}. Collect more days",
        )
    return Site(portraits, training, held_out, sha256_of(path))


def read_samples(folder: Path) -> list[Sample]:
    """What the manifest names; the pictures are not looked at. Raises IncrementError."""
    path = folder / "manifest.json"
    if not path.is_file() or path.stat().st_size > bounds.MOST_MANIFEST:
        raise IncrementError("SAMPLES_INVALID", f"{folder} is no export of `nightglass learning export`")
    try:
        saved = json.loads(path.read_text())
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise IncrementError("SAMPLES_INVALID", f"{path} is no JSON") from error
    if not isinstance(saved, dict) or saved.get("format") != FORMAT or not isinstance(saved.get("samples"), list):
        raise IncrementError("SAMPLES_INVALID", f"{path} is not of the format {FORMAT}")
    return [_sample(folder, entry) for entry in saved["samples"]]


def enough(portraits: list[Sample], recorded: list[Sample]) -> None:
    """Raises IncrementError where people or pictures are too few, too many, or contradict one another."""
    owners = [s.person for s in portraits]
    people = {s.person for s in recorded}
    if len(set(owners)) != len(owners) or not people <= set(owners):
        raise IncrementError("SAMPLES_INVALID", "each person has one enrolled picture")
    if len(people) < bounds.LEAST_PEOPLE or len(recorded) < bounds.LEAST_PICTURES:
        raise IncrementError(
            "SAMPLES_TOO_FEW",
            f"{len(recorded)} recorded pictures of {len(people)} people; wanted: {bounds.LEAST_PICTURES} of "
            f"{bounds.LEAST_PEOPLE} people",
        )
    if len(recorded) > bounds.MOST_PICTURES:
        raise IncrementError("SAMPLES_TOO_MANY", f"{len(recorded)} recorded pictures; at most {bounds.MOST_PICTURES}")
    digests = [s.sha256 for s in (*portraits, *recorded)]
    if len(set(digests)) != len(digests):
        raise IncrementError("SAMPLES_INVALID", "a picture is in it twice")


def split(portraits: list[Sample], recorded: list[Sample]) -> tuple[list[Sample], list[Sample]]:
    """(training, held out), by the hash of enrolled picture and day: no day is on both sides."""
    enrolled = {s.person: s.sha256 for s in portraits}

    def kept_aside(sample: Sample) -> bool:
        key = hashlib.sha256(f"{enrolled[sample.person]} {sample.day}".encode()).digest()
        return int.from_bytes(key[:6], "big") / (1 << 48) < bounds.HELD_OUT_SHARE

    aside = [kept_aside(s) for s in recorded]
    return [s for s, held in zip(recorded, aside) if not held], [s for s, held in zip(recorded, aside) if held]


def _sample(folder: Path, entry: Any) -> Sample:
    """One entry of the manifest. Raises IncrementError."""
    if not isinstance(entry, dict):
        raise IncrementError("SAMPLES_INVALID", "an entry is no object")
    file, digest, person, role, day = (entry.get(k) for k in ("file", "sha256", "person", "role", "day"))
    known = (
        isinstance(file, str)
        and FILE.fullmatch(file)
        and isinstance(digest, str)
        and DIGEST.fullmatch(digest)
        and isinstance(person, str)
        and 0 < len(person) <= 100
    )
    recorded = role == "recorded" and isinstance(day, str) and DAY.fullmatch(day)
    if not known or not (recorded or (role == "enrolled" and day is None)):
        raise IncrementError("SAMPLES_INVALID", f"the entry of {str(file)[:100]!r} is not of the format {FORMAT}")
    return Sample(folder / file, digest, person, _landmarks(entry.get("landmarks"), file), day)


def _landmarks(points: Any, file: str) -> np.ndarray:
    number = lambda v: isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)  # noqa: E731
    if not isinstance(points, list) or len(points) != 10 or not all(number(v) for v in points):
        raise IncrementError("SAMPLES_INVALID", f"{file} has no five landmarks")
    landmarks = np.asarray(points, np.float64).reshape(5, 2)
    low, high = bounds.INTER_EYE
    if not low <= inter_eye_distance(landmarks) <= high or np.abs(landmarks).max() > 2 * bounds.MOST_SIDE:
        raise IncrementError("SAMPLES_INVALID", f"{file}: not within {low:g} to {high:g} pixels between the eyes")
    return landmarks
