"""Compression and interlace. Pictures are float32 [h,w,3] RGB in 0..1."""

from __future__ import annotations

import cv2
import numpy as np

Rng = np.random.Generator


def quantise(picture: np.ndarray) -> np.ndarray:
    """Rounds to uint8."""
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    """JPEG round trip at `quality` 1..100, 4:2:0."""
    _, data = cv2.imencode(".jpg", quantise(picture)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1].astype(np.float32) / 255


def video(frames: list[np.ndarray], codec: str, crf: int, fps: int = 25, fixed: bool = False) -> list[np.ndarray]:
    """Encodes and decodes frames of one size with a real encoder; `codec` is `h264` or `h265`.

    Pictures are padded to a multiple of 16 and at least 64 px (x265 refuses less). Deterministic for
    given frames: one thread, constant rate factor, or with `fixed` one quantiser for all pictures.
    """
    import io

    import av

    h, w = frames[0].shape[:2]
    height, width = max(64, -(-h // 16) * 16), max(64, -(-w // 16) * 16)
    buffer = io.BytesIO()
    name = {"h264": "libx264", "h265": "libx265"}[codec]
    options = {"qp" if fixed else "crf": str(crf), "preset": "veryfast", "threads": "1"}
    if codec == "h265":
        options["x265-params"] = "log-level=none:pools=none:frame-threads=1"
    with av.open(buffer, "w", format="mp4") as sink:
        stream = sink.add_stream(name, rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in frames:
            padded = cv2.copyMakeBorder(quantise(frame), 0, height - h, 0, width - w, cv2.BORDER_REPLICATE)
            sink.mux(stream.encode(av.VideoFrame.from_ndarray(padded, format="rgb24")))
        sink.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer) as source:
        decoded = [f.to_ndarray(format="rgb24") for f in source.decode(video=0)]
    return [f[:h, :w].astype(np.float32) / 255 for f in decoded]


def video_still(picture: np.ndarray, codec: str, crf: int, rng: Rng, fixed: bool = False) -> np.ndarray:
    """A face within a short drifting clip, third frame: inter-frame compression included."""
    dx, dy = rng.uniform(-1.5, 1.5, 2)
    h, w = picture.shape[:2]
    frames = [
        cv2.warpAffine(
            picture,
            np.float32([[1, 0, dx * (k - 2)], [0, 1, dy * (k - 2)]]),
            (w, h),
            borderMode=cv2.BORDER_REPLICATE,
        )
        for k in range(3)
    ]
    return video(frames, codec, crf, fixed=fixed)[2]


def interlace(picture: np.ndarray, shift: int) -> np.ndarray:
    """Odd lines come from a field in which everything has moved `shift` pixels sideways."""
    if shift == 0:
        return picture
    out = picture.copy()
    out[1::2] = np.roll(picture[1::2], shift, axis=1)
    return out


def sharpen(picture: np.ndarray, amount: float) -> np.ndarray:
    """In-camera edge enhancement: unsharp mask of radius 1 px."""
    return picture + amount * (picture - cv2.GaussianBlur(picture, (0, 0), 1.0, borderType=cv2.BORDER_REPLICATE))
