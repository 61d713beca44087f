"""A collector of Sentry's protocol, in a process of its own: `python tests/collector.py FILE` prints the port on which
it listens, and writes every envelope that it is sent into FILE, with what stands before it: address and headers."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import PIPE, Popen

import brotli

UNPACKED = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class Taken(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        sent = UNPACKED[self.headers.get("Content-Encoding")](sent)
        with open(sys.argv[1], "ab") as file:
            file.write(f"{self.path}\n{self.headers}".encode() + sent + b"\n")
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def collecting(file: Path) -> Iterator[str]:
    """The DSN of a collector that is gone with the block."""
    file.touch()
    with Popen([sys.executable, __file__, str(file)], stdout=PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://made0up0key@127.0.0.1:{process.stdout.readline().strip()}/1"
        finally:
            process.terminate()


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Taken) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
