"""Experts in a joint space: several recognisers, each looking at a face and its mirror image, as one embedding.

Two published recognisers know different things of a face. Their embeddings side by side, the second with the
weight `SHARE`, are brought down to 384 numbers by a basis drawn from the embeddings of clean faces (`joint_basis`).
A member's weights may lie between the published and a fine-tuned state (`between`): robust to poor pictures without
losing what the published network knew (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training.networks.edgenext import DIMENSION as WIDTH
from training.networks.edgenext import make_edgenext

#: Length of an embedding in the joint space.
DIMENSION = 384
#: size of a member's network -> the half of the joint space that it speaks for
SPACES = {"xs": 0, "xxs": 1}
#: Weight of each half.
SHARES = (1.0, 0.8)

State = Mapping[str, Tensor]


def side_by_side(xs: np.ndarray, xxs: np.ndarray) -> np.ndarray:
    """float32 [M,1024], unit length: unit embeddings of the published networks, weighted and joined."""
    joined = np.concatenate([SHARES[0] * xs, SHARES[1] * xxs], 1)
    return joined / np.linalg.norm(joined, axis=1, keepdims=True)


def joint_basis(xs: np.ndarray, xxs: np.ndarray) -> np.ndarray:
    """float32 [1024,384]: the directions in which clean faces differ most; no labels are used."""
    joined = side_by_side(xs, xxs)
    _, vectors = np.linalg.eigh(joined.T @ joined)
    return np.ascontiguousarray(vectors[:, ::-1][:, :DIMENSION].astype(np.float32))


def joint_targets(xs: np.ndarray, xxs: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """float32 [M,384], unit length: where the clean faces lie in the joint space."""
    rows = side_by_side(xs, xxs) @ basis
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def between(published: State, tuned: State, share: float) -> dict[str, Tensor]:
    """Weights at `share` of the way from the published to the fine-tuned state."""
    return {
        k: torch.lerp(v.float(), tuned[k].float(), share) if v.is_floating_point() else v for k, v in published.items()
    }


class Expert(nn.Module):
    """[N,3,112,112] as (x - 127.5) / 127.5 -> [N,384], not normalised.

    `weights` holds a pair (space, weight) for each member; the mean length of a member's output on training faces
    (`lengths`) makes the lengths of different networks comparable, and the mean of those is the embedding's length.
    """

    def __init__(
        self,
        members: Sequence[nn.Module],
        weights: Sequence[tuple[int, float]],
        basis: Tensor,
        lengths: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.weights = [(int(space), float(weight)) for space, weight in weights]
        self.lengths = [float(v) for v in lengths] if lengths is not None else [1.0] * len(self.members)
        if not len(self.members) == len(self.weights) == len(self.lengths):
            raise ValueError("an expert has a weight and a length for each member")
        for i, (space, weight) in enumerate(self.weights):
            self.register_buffer(f"basis{i}", weight * basis[space * WIDTH : (space + 1) * WIDTH].float())

    def forward(self, x: Tensor) -> Tensor:
        views, count = torch.cat([x, x.flip(3)]), x.shape[0]
        direction: Tensor | float = 0.0
        length: Tensor | float = 0.0
        for i, (member, usual) in enumerate(zip(self.members, self.lengths)):
            embedding = member(views)
            norm = torch.sqrt((embedding * embedding).sum(1, keepdim=True) + 1e-9)
            unit = embedding / norm
            direction = direction + ((unit[:count] + unit[count:]) * 0.5) @ getattr(self, f"basis{i}")
            length = length + (norm[:count] + norm[count:]) * (0.5 / usual)
        return direction * (length / len(self.members))

    @torch.no_grad()
    def measure_lengths(self, crops: Tensor) -> None:
        """Sets `lengths` from faces as the networks take them."""
        self.lengths = [float(member(crops).norm(dim=1).mean()) for member in self.members]

    @classmethod
    def from_parts(cls, saved: Mapping[str, Any], basis: Tensor) -> Expert:
        """The expert of a checkpoint's part `raw` or `enhanced`."""
        members = []
        for member in saved["members"]:
            network = make_edgenext(member["network"])
            network.load_state_dict(member["state"])
            members.append(network)
        return cls(members, saved["weights"], basis, saved["lengths"]).eval()

    def parts(self, sizes: Sequence[str]) -> dict[str, Any]:
        """What `from_parts` reads; `sizes` names the members' networks."""
        members = [{"network": size, "state": m.state_dict()} for size, m in zip(sizes, self.members)]
        return {"members": members, "weights": [list(w) for w in self.weights], "lengths": self.lengths}


def member_weights(sizes: Sequence[str]) -> list[tuple[int, float]]:
    """(space, weight) of members by their networks' sizes: the members of one half share its weight."""
    return [(SPACES[size], SHARES[SPACES[size]] / list(sizes).count(size)) for size in sizes]
