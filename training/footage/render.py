"""Renders the demo's footage and portraits into a folder, the same for the same code.

    python -m training.footage.render --out demo/clips

Pictures are kept in `--work` in linear light: a render that was stopped goes on, and the sensor can be tried
by itself. `--every 20` renders one picture in twenty, as PNG files, to look at.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from training.footage.cast import PEOPLE, Casting, Model
from training.footage.compose import Look, Sensor, compose
from training.footage.layer import Camera, Pose, render_layer
from training.footage.scenes import SCENES, Scene, place
from training.footage.walks import pose

#: Who is put on the demo's watchlist, under which made-up name.
WANTED = {"robin": "Robin Example", "alba": "Alba Muster"}
PORTRAIT = Camera(240, 272, 1020.0, 136.0, 1.62)


def main() -> None:
    options = _options()
    casting = Casting(options.models)
    options.out.mkdir(parents=True, exist_ok=True)
    contents: dict[str, list] = {"cameras": [], "people": []}
    for key, scene in SCENES.items():
        if not options.only or key in options.only:
            _render_scene(scene, casting, options)
        camera = scene.module.CAMERA
        contents["cameras"].append(
            {
                "name": scene.name,
                "file": f"{scene.name}.h264",
                "width": camera.width,
                "height": camera.height,
                "framesPerSecond": scene.module.FPS,
            }
        )
    for key, name in WANTED.items():
        person = PEOPLE[key]
        files = [f"{key}-{number}.ppm.gz" for number in range(1, 4)]
        if not options.only or "portraits" in options.only:
            _render_portraits(casting.model(person), person.height / 1.78, files, options)
        contents["people"].append({"name": name, "seed": person.seed, "portraits": files})
    text = json.dumps(contents, indent=2)
    # Short lists on one line, as the repository's formatter has them.
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", text)
    (options.out / "clips.json").write_text(text + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("demo/clips"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--work", type=Path, default=Path("data/footage"), help="pictures in linear light")
    parser.add_argument("--only", nargs="*", choices=[*SCENES, "portraits"])
    parser.add_argument("--samples", type=int, default=3, help="rays a pixel of a person")
    parser.add_argument("--light-samples", type=int, default=32, help="paths a pixel of a place")
    parser.add_argument("--every", type=int, default=1)
    return parser.parse_args()


def _render_scene(scene: Scene, casting: Casting, options: argparse.Namespace) -> None:
    work = options.work / scene.name
    work.mkdir(parents=True, exist_ok=True)
    ground = None
    models = {walk.person: casting.model(PEOPLE[walk.person]) for walk in scene.walks}
    fps, count = scene.module.FPS, scene.module.FPS * scene.module.SECONDS
    for number in range(0, count, options.every):
        file = work / f"{number:04d}.npy"
        if file.exists():
            continue
        ground = ground or place(scene, options.light_samples)
        time = number / fps
        people = [(models[walk.person], pose(walk, time)) for walk in scene.walks]
        shown = [(model, where) for model, where in people if where is not None]
        brightness = 1 + 0.015 * math.sin(2 * math.pi * time / scene.module.SECONDS)
        np.save(file, compose(ground, shown, options.samples, brightness).astype(np.float16))
    sensor = Sensor(scene.look, scene.module.CAMERA, scene.seed)
    pictures = (
        sensor.read(np.load(work / f"{number:04d}.npy").astype(float)) for number in range(0, count, options.every)
    )
    if options.every > 1:
        for number, picture in enumerate(pictures):
            cv2.imwrite(str(work / f"look-{number * options.every:04d}.png"), picture[:, :, ::-1])
        return
    _encode(pictures, scene, options.out / f"{scene.name}.h264")


def _encode(pictures, scene: Scene, file: Path) -> None:
    """H.264 without reordering, a key picture a second, delimiters between pictures."""
    import av

    camera = scene.module.CAMERA
    with av.open(str(file), "w", format="h264") as target:
        stream = target.add_stream("libx264", rate=Fraction(scene.module.FPS))
        stream.width, stream.height, stream.pix_fmt = camera.width, camera.height, "yuv420p"
        fps = scene.module.FPS
        stream.options = {
            "preset": "veryslow",
            "crf": str(scene.quality),
            "threads": "1",
            "x264-params": f"keyint={fps}:min-keyint={fps}:scenecut=0:bframes=0:aud=1:repeat-headers=1:threads=1",
        }
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            for packet in stream.encode(frame):
                target.mux(packet)
        for packet in stream.encode():
            target.mux(packet)


def _render_portraits(model: Model, scale: float, files: list[str], options: argparse.Namespace) -> None:
    """As for an identity card: bright even light, before a plain wall, turned a little."""
    turns = ((0.0, 0.02), (0.28, 0.04), (-0.26, 0.0))
    lights = ((0.5, 0.55, -0.75, 0.62, 0.60, 0.57, 7.0), (-0.7, 0.35, -0.5, 0.30, 0.31, 0.34, 7.0))
    sky = np.array(
        [[0.30, 0.30, 0.30]] * 2 + [[0.42, 0.42, 0.42], [0.16, 0.15, 0.15], [0.25, 0.25, 0.26], [0.34, 0.34, 0.34]]
    )
    look = Look(1.0, 0.95, (1, 1, 1), 1, 0, 0.35, 0.006, 0.7, 0, 0, 0.1, 0, 0)
    camera = Camera(PORTRAIT.width, PORTRAIT.height, PORTRAIT.focal, PORTRAIT.horizon, 1.635 * scale)
    rows = np.array(lights)
    rows[:, :3] /= np.linalg.norm(rows[:, :3], axis=1, keepdims=True)
    for number, (file, (yaw, pitch)) in enumerate(zip(files, turns)):
        v = np.linspace(0, 1, camera.height)[:, None, None]
        picture = np.broadcast_to(
            np.array([0.40, 0.42, 0.44]) * (1.08 - 0.3 * v), (camera.height, camera.width, 3)
        ).copy()
        where = Pose(0, 1.5, 0.4 * yaw, 0.8 * yaw, pitch, 0, 0, 0)
        layer = render_layer(camera, model, where, rows, sky, np.full(picture.shape[:2], 99.0), options.samples + 1)
        if layer is not None:
            height, width = layer.cover.shape
            area = picture[layer.top : layer.top + height, layer.left : layer.left + width]
            area[:] = area * (1 - layer.cover[..., None]) + layer.colour
        data = Sensor(look, camera, number).read(picture)
        head = f"P6 {camera.width} {camera.height} 255\n".encode()
        (options.out / file).write_bytes(gzip.compress(head + data.tobytes(), 9, mtime=0))


if __name__ == "__main__":
    main()
