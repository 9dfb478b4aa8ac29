"""The renderer of the demo's footage: noise, walks, the sensor, and a head that is met."""

from __future__ import annotations

import numpy as np
import pytest

from training.footage.compose import Look, Sensor, lights_at
from training.footage.field import noise
from training.footage.layer import Camera, rotation
from training.footage.walks import LOBBY, STREET, pose


def test_noise_stays_within_bounds_and_is_continuous() -> None:
    values = np.array([noise(0.013 * k, 0.2 * k, -0.07 * k) for k in range(400)])
    assert np.abs(values).max() <= 1.0
    assert values.std() > 0.2
    assert abs(noise(1.0 - 1e-6, 0.3, 0.4) - noise(1.0 + 1e-6, 0.3, 0.4)) < 1e-4


@pytest.mark.parametrize(("walks", "seconds"), [(LOBBY, 16), (STREET, 14)])
def test_walks_are_smooth_and_over_before_the_loop_begins_again(walks, seconds) -> None:
    for walk in walks:
        assert pose(walk, seconds - 0.05) is None
        here = [pose(walk, walk.way[0][0] + 0.1 * k) for k in range(int(10 * (walk.way[-1][0] - walk.way[0][0])))]
        assert all(one is not None for one in here)
        steps = [np.hypot(b.x - a.x, b.z - a.z) for a, b in zip(here, here[1:])]
        assert max(steps) < 0.35


def test_several_people_are_seen_at_once() -> None:
    for walks in (LOBBY, STREET):
        assert max(sum(pose(walk, 0.5 * k) is not None for walk in walks) for k in range(32)) >= 2


def test_the_nearest_lamp_counts_most() -> None:
    lamps = np.array([[0, 2.8, z, 1, 0, 0, 0, 0, 1, 4, 4, 4, 0, -1, 0, 1] for z in (1.0, 5.0)], float)
    rows, rest = lights_at(lamps, 0, 1.6, 1.5, count=1)
    assert rows[0, 2] == pytest.approx(0, abs=0.2)
    assert rest.sum() > 0


def test_the_sensor_gives_the_same_noise_for_the_same_seed() -> None:
    camera = Camera(32, 24, 30.0, 10.0, 1.7)
    look = Look(1, 1, (1, 1, 1), 2, 0, 0, 0.5, 3, 1, 4, 0.2, 0.1, 0)
    light = np.full((24, 32, 3), 0.2)
    first, second = (Sensor(look, camera, 7).read(light) for _ in range(2))
    assert np.array_equal(first, second)
    assert first.std() > 2
    assert not np.array_equal(first, Sensor(look, camera, 8).read(light))


def test_rotations_keep_lengths() -> None:
    turn = rotation(0.4, -0.2, 0.1)
    assert np.allclose(turn @ turn.T, np.eye(3))
