"""How gunicorn serves the site; `gunicorn` started here reads it by itself. What stands on the command
line, or in GUNICORN_CMD_ARGS, comes before it."""

import os
import shutil
from pathlib import Path

# What the site writes is its owner's alone. (gunicorn's own `umask` is of its socket.)
os.umask(0o077)
wsgi_app = "portal.wsgi:application"
worker_class = "portal.admission.Worker"
logger_class = "portal.logs.ServerLogger"
backlog = 4096  # connections that wait; as many as Linux lets wait by default (net.core.somaxconn)
control_socket_disable = True


def on_starting(server):
    """The pool counts requests in a folder of METRICS_DIR that is named as it is (`--name`), and begins at zero
    (operations/metrics/requests.py)."""
    if parent := os.environ.get("METRICS_DIR"):
        folder = Path(parent, server.proc_name.replace("/", "-"))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
