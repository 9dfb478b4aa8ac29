"""EdgeNeXt recognisers: timm's networks with an embedding of 512 numbers as their head.

EdgeFace (George et al. 2024) publishes weights for `xs` and `xxs`; training starts from them and uses them as
teachers. Input: an aligned 112x112 RGB crop as (x - 127.5) / 127.5. The output is not normalised. The networks hold
layer norm only: there are no batch statistics that degraded training faces could shift.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import timm
import torch
from torch import Tensor, nn
from torch.nn import functional as F

#: size -> (network of timm, file of published weights)
SIZES = {"xs": ("edgenext_x_small", "edgeface_xs.npz"), "xxs": ("edgenext_xx_small", "edgeface_xxs.npz")}
DIMENSION = 512


def make_edgenext(size: str) -> nn.Module:
    """The untrained network of a size, `xs` or `xxs`."""
    if size not in SIZES:
        raise ValueError(f"unknown size {size!r}: one of {', '.join(SIZES)}")
    network = timm.create_model(SIZES[size][0])
    network.reset_classifier(DIMENSION)
    return network.to(memory_format=torch.channels_last)


def published_file(models: Path, size: str) -> Path:
    """Where the published weights of a size lie in the data folder's `models`."""
    return Path(models) / SIZES[size][1]


def load_published(path: Path, size: str) -> nn.Module:
    """The network with published weights (npz of a state dictionary, half precision), ready for inference."""
    network = make_edgenext(size)
    with np.load(path) as stored:
        state = {name: torch.from_numpy(stored[name]) for name in stored.files}
    network.load_state_dict({k: v.float() if v.dtype == torch.float16 else v for k, v in state.items()})
    return network.eval()


def normalise(x: Tensor) -> Tensor:
    """uint8 [N,3,h,w] -> the network's input."""
    return ((x.float() - 127.5) / 127.5).contiguous(memory_format=torch.channels_last)


def stage_maps(network: nn.Module, x: Tensor) -> list[Tensor]:
    """Outputs of the network's stages, from 28x28 to 4x4 for a crop of 112x112."""
    x, maps = network.stem(x), []
    for stage in network.stages:
        x = stage(x)
        maps.append(x)
    return maps


def embed_maps(network: nn.Module, maps: list[Tensor]) -> Tensor:
    """The embedding [N,512] that belongs to `stage_maps`."""
    return network.forward_head(network.norm_pre(maps[-1]))


def with_mirror(network: nn.Module, x: Tensor) -> Tensor:
    """Unit embedding [N,512] of pictures and their mirror images together."""
    plain, mirrored = (F.normalize(network(view).float(), dim=1) for view in (x, x.flip(3)))
    return F.normalize(plain + mirrored, dim=1)
