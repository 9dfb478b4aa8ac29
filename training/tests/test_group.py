"""Several processes on one network: one schedule, one gradient, different batches."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import torch
from torch import multiprocessing, nn

from training.data.batches import Steps, stream
from training.stages.group import Group


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def member(rank: int, size: int, port: int, folder: str) -> None:
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": str(size), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    group = Group()
    found = Path(folder) / "prepared"
    with group.in_turn():
        seen = found.exists()
        if group.first:
            found.write_text("once")
    network = nn.Linear(2, 1, bias=False)
    nn.init.ones_(network.weight)
    network(torch.tensor([[1.0, 10.0]]) * (rank + 1)).sum().backward()
    group.mean_gradients(network.parameters())
    torch.save(
        {"gradient": network.weight.grad, "progress": group.share(rank + 0.25), "seen": seen}, f"{folder}/{rank}.pt"
    )
    group.close()


def test_processes_share_gradient_and_clock(tmp_path: Path):
    multiprocessing.spawn(member, (2, free_port(), str(tmp_path)), nprocs=2)
    a, b = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in range(2))
    assert torch.equal(a["gradient"], torch.tensor([[1.5, 15.0]])) and torch.equal(a["gradient"], b["gradient"])
    assert a["progress"] == b["progress"] == 0.25
    assert not a["seen"] and b["seen"]  # the second came when the first was ready


def test_alone_nothing_changes():
    group, network = Group(), nn.Linear(2, 1)
    network(torch.ones(1, 2)).sum().backward()
    before = network.weight.grad.clone()
    group.mean_gradients(network.parameters())
    assert torch.equal(network.weight.grad, before)
    assert group.first and group.share(0.5) == 0.5 and group.step_of(7) == 7


def test_each_process_has_batches_of_its_own():
    made = [[], []]
    for rank, seen in enumerate(made):
        source = stream(
            Steps(torch.arange(40).numpy(), 4, 1, lambda rows, _, step: {"step": step, "rows": rows}), rank, 0, 2
        )
        seen.extend(tuple(next(source)["rows"].tolist()) for _ in range(5))
    assert len(set(made[0] + made[1])) == 10
