# pip install websockets; python3 examples/watch_alerts.py [ws://127.0.0.1:8480/ws]    NIGHTGLASS_TOKEN=ng_…
import json, os, sys
from websockets.sync.client import connect

token, since = os.environ.get("NIGHTGLASS_TOKEN"), None
protocols = ["nightglass.v1"] + ([f"nightglass.token.{token}"] if token else [])
with connect(sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:8480/ws", subprotocols=protocols) as socket:
    socket.send(json.dumps({"type": "subscribe", "topics": ["alerts"], **({"since": since} if since else {})}))
    for message in map(json.loads, socket):
        if message["type"] == "nightglass.alert.v1":
            alert = message["data"]
            since = max(since or "", alert["id"])  # keep it: with it as `since` nothing is missed after a break
            print(alert["id"], alert["change"], alert["cameraId"], alert["personName"], flush=True)
