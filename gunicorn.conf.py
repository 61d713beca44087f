"""How gunicorn serves the site; `gunicorn` started here reads it by itself. What stands on the command
line, or in GUNICORN_CMD_ARGS, comes before it."""

import os
import resource
import shutil
from pathlib import Path

# What the site writes is its owner's alone. (gunicorn's own `umask` is of its socket.)
os.umask(0o077)
# And what is in its memory comes to no core dump.
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
wsgi_app = "portal.wsgi:application"
logger_class = "portal.logs.ServerLogger"
# What comes waits in the queue of the proxy in front (deploy/haproxy), or else here.
backlog = 4096  # as many as Linux lets wait by default (net.core.somaxconn)
control_socket_disable = True
SECRETS = "/board/sealed-results/"

# The pool counts requests in a folder of its own, and begins at zero (operations/metrics/requests.py). Before the
# application is imported: prometheus_client looks at it then. A reload goes on with what there is.
if (parent := os.environ.get("METRICS_DIR")) and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    folder = Path(parent, os.environ.get("METRICS_POOL", "web"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def post_request(worker, request, environ, response):
    """A worker whose memory has held results to be sealed, or the passphrase of a keyholder, ends with its answer, and
    another takes its place (rule 28). Elsewhere a page says so itself (`core.http.ENDS_WORKER`)."""
    given = request.method == "POST" and environ.get("PATH_INFO", "").startswith(SECRETS)
    if given or "portal.ends_worker" in environ:
        worker.alive = False
