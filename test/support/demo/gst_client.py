"""Pulls an RTSP stream with GStreamer and decodes pictures: gst_client.py URL tcp|udp COUNT [USER PASSWORD].

Prints the caps of the decoded pictures; exit code 0 when COUNT of them came.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

SECOND = 1_000_000_000


def main() -> int:
    url, transport, count = sys.argv[1:4]
    Gst.init(None)
    pipeline = Gst.parse_launch(
        f"rtspsrc name=camera location={url} protocols={transport} latency=100 ! decodebin"
        f" ! fakesink name=end num-buffers={count} sync=false"
    )
    if len(sys.argv) > 5:
        camera = pipeline.get_by_name("camera")
        camera.set_property("user-id", sys.argv[4])
        camera.set_property("user-pw", sys.argv[5])
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        15 * SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR
    )
    if message is None or message.type == Gst.MessageType.ERROR:
        print(message.parse_error() if message else "no pictures in time", file=sys.stderr)
        pipeline.set_state(Gst.State.NULL)
        return 1
    print(pipeline.get_by_name("end").get_static_pad("sink").get_current_caps().to_string())
    pipeline.set_state(Gst.State.NULL)
    return 0


sys.exit(main())
