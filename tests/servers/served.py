"""What the test servers share: a free port, which is the first line of standard output, and an end
when standard input is closed, so that none outlives its test."""

import http.server
import os
import socket
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers of any kind, also wrong ones; each request is a line of the file LOG."""

    protocol_version = "HTTP/1.1"
    shown_headers = ()  # that are of interest in the log

    def log_message(self, *_):
        pass

    def note(self):
        log = getattr(self.server, "log", None)
        if log is None:
            return
        shown = "".join(
            f" [{name}: {self.headers[name]}]" for name in self.shown_headers if self.headers[name]
        )
        with self.server.lock:
            log.write(f"{self.command} {self.path}{shown}\n")
            log.flush()

    def head(self, status, headers, length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def say(self, status, headers, body):
        self.head(status, headers, len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def cut(self):
        """End the connection here and now, whatever was announced."""
        self.wfile.flush()
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def wait_for_the_end(self):
        """Say nothing more until the other side gives up."""
        self.wfile.flush()
        self.close_connection = True
        try:
            while self.connection.recv(4096):
                pass
        except OSError:
            pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # the other side may go when it likes
            super().handle_error(request, client_address)


def listen(handler, log=None):
    server = Server(("127.0.0.1", 0), handler)
    server.lock = threading.Lock()
    server.log = open(log, "w", encoding="utf-8") if log else None
    return server


def announce(*ports):
    """Say the ports, and wait for the test to end."""
    print(*ports, flush=True)
    while os.read(0, 4096):
        pass


def run(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    announce(server.server_address[1])
