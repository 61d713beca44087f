"""Whether the website in this container may be sent people: 0 when `/health/ready/` says so. An orchestrator asks."""

import os
import sys
import urllib.request

direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    direct.open(f"http://127.0.0.1:{os.environ['PORT']}/health/ready/", timeout=5).read()
except OSError as error:
    sys.exit(f"not ready: {error}")
