"""The pair of a measurement: the site as it was at a commit, behind nginx, beside today's behind HAProxy.

It serves the same database. `old-worker` is the last commit with a worker of its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

from tests.bench.processes import running
from tests.bench.serving import serving
from tests.front import ROOT, free_port, wait_until_it_listens

NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error;
events {{ worker_connections 8000; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/a; uwsgi_temp_path {folder}/b; scgi_temp_path {folder}/c;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass http://127.0.0.1:{web};
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"""


@contextmanager
def as_it_was(commit: str, **options: str) -> Iterator[tuple[int, Popen, Popen]]:
    """Where nginx listens, gunicorn behind it, and nginx itself."""
    with tempfile.TemporaryDirectory(prefix="pair-") as folder:
        code = Path(folder) / "code"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(code), commit], check=True)
        try:
            collect = [
                sys.executable,
                "manage.py",
                "collectstatic",
                "--noinput",
                "--verbosity",
                "0",
            ]
            subprocess.run(collect, cwd=code, env=os.environ | options, check=True)
            with serving(code=code, **options) as (web, gunicorn):
                port, file = free_port(), Path(folder) / "nginx.conf"
                file.write_text(NGINX.format(folder=folder, port=port, web=web))
                command = ["/usr/sbin/nginx", "-p", folder, "-c", str(file)]
                with running(command, stderr=subprocess.DEVNULL) as nginx:
                    wait_until_it_listens(nginx, port)
                    yield port, gunicorn, nginx
        finally:
            subprocess.run([*git, "remove", "--force", str(code)], check=True)
