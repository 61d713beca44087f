"""How gunicorn serves the site; `gunicorn` started here reads it by itself. What stands on the command
line, or in GUNICORN_CMD_ARGS, comes before it."""

import os

# What the site writes is its owner's alone. (gunicorn's own `umask` is of its socket.)
os.umask(0o077)
wsgi_app = "portal.wsgi:application"
worker_class = "portal.admission.Worker"
logger_class = "portal.logs.ServerLogger"
backlog = 4096  # connections that wait; as many as Linux lets wait by default (net.core.somaxconn)
control_socket_disable = True
