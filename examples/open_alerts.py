# python3 examples/open_alerts.py [http://127.0.0.1:8480]    NIGHTGLASS_TOKEN=ng_…    (standard library alone)
import json, os, sys, urllib.request

address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8480"
token = os.environ.get("NIGHTGLASS_TOKEN")
request = urllib.request.Request(f"{address}/api/alerts?state=new,acknowledged,escalated&order=queue")
if token:
    request.add_header("Authorization", f"Bearer {token}")
with urllib.request.urlopen(request) as answer:
    for alert in json.load(answer)["alerts"]:
        print(alert["id"], alert["state"], alert["cameraId"], alert["personName"])
