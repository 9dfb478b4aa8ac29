"""Real headwear among the training faces, looked at one by one.

`worn.csv` names faces of training people that wear a cap, hat, helmet, hood, headscarf, turban or bandana (1), that do
not (0), and those of which it is hard to say, sports headbands and hair ornaments among them (?). What was looked at:
the faces that an earlier network, and then a classifier over features of a published recogniser, ranked highest; and
676 drawn at random from the rest of an eighth of the people. None of those 676 wears any, so faces that nobody looked at
count as bare. That eighth of the people is kept from this network's training: it says from where on headwear counts as
found.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from training.data.faces import Faces

#: What is known of a face: `WORN`, `BARE`, or `OPEN`.
WORN, BARE, OPEN = 1, 0, -1
#: One in so many training people sets the cut.
ONE_IN, SEED = 8, 23


def headwear_of(faces: Faces, labels: Path | None = None) -> np.ndarray:
    """int8 [M]: `WORN`, `BARE` or `OPEN`; faces that the list does not name are bare."""
    with open(labels or Path(__file__).with_name("worn.csv")) as f:
        named = {row["key"]: {"1": WORN, "0": BARE}.get(row["headwear"], OPEN) for row in csv.DictReader(f)}
    return np.array([named.get(key, BARE) for key in faces.keys], np.int8)


def named_bare(faces: Faces, labels: Path | None = None) -> np.ndarray:
    """bool [M]: somebody looked at the face and saw nothing on its head; most of them looked like headwear."""
    with open(labels or Path(__file__).with_name("worn.csv")) as f:
        bare = {row["key"] for row in csv.DictReader(f) if row["headwear"] == "0"}
    return np.array([key in bare for key in faces.keys], bool)


def split_for_cut(faces: Faces, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Training rows by people: those that the network learns from, and those that set the cut of headwear."""
    people = np.random.default_rng(SEED).permutation(np.unique(faces.identity[rows]))
    cut = np.isin(faces.identity[rows], people[: len(people) // ONE_IN])
    return rows[~cut], rows[cut]


def often(rows: np.ndarray, worn: np.ndarray, bare: np.ndarray, times_worn: int, times_bare: int) -> np.ndarray:
    """Rows, with those that wear headwear, and those that only looked so, named that many times."""
    more = [np.repeat(rows[worn[rows] == WORN], times_worn - 1), np.repeat(rows[bare[rows]], times_bare - 1)]
    return np.concatenate([rows, *more])
