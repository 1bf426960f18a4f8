"""Starts a server on a free port over a copy of a project, and talks HTTP to it: what the API and crash tests share."""

import gzip
import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

ADMIN = "p.test-admin-token"


class Server:
    def __init__(self, build, project=None, arguments=(), environment=None):
        self.build = build
        self.folder = tempfile.mkdtemp(prefix="sandpiper-test-")
        self.project = os.path.join(self.folder, "project")
        if project:
            shutil.copytree(project, self.project, ignore=shutil.ignore_patterns(".sandpiper"))
        else:
            os.mkdir(self.project)
        self.arguments = list(arguments)
        self.environment = dict(os.environ, SANDPIPER_ADMIN_TOKEN=ADMIN, **(environment or {}))
        self.process = None
        self.port = None

    def write(self, name, text):
        path = os.path.join(self.project, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def start(self):
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.port = self.port or free_port()
        command = [os.path.join(self.build, "sandpiper"), "serve", self.project, "--port", str(self.port)] + self.arguments
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=self.environment)
        deadline = time.time() + 60
        while time.time() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError("the server ended: " + self.log_text()[-2000:])
            try:
                if self.request("GET", "/health", token=None).status == 200:
                    return self
            except OSError:
                time.sleep(0.005)
        raise RuntimeError("the server did not become ready")

    def log_text(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as file:
            return file.read()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method, path, body=None, headers=None, token=ADMIN, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        all_headers = dict(headers or {})
        if token:
            all_headers["Authorization"] = "Bearer " + token
        if isinstance(body, str):
            body = body.encode()
        connection.request(method, path, body=body, headers=all_headers)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        if response.getheader("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        return Reply(response.status, data.decode("utf-8", "replace"), dict((k.lower(), v) for k, v in response.getheaders()))

    def get(self, path, token=ADMIN, **params):
        query = urllib.parse.urlencode(params, doseq=True)
        return self.request("GET", path + ("?" + query if query else ""), token=token)

    def sql(self, text, token=ADMIN):
        return self.request("POST", "/v0/sql", body=text, headers={"Content-Type": "text/plain"}, token=token)

    def rows(self, text):
        reply = self.sql(text + " FORMAT JSON")
        if reply.status != 200:
            raise RuntimeError(reply.text)
        return reply.json()["data"]


class Reply:
    def __init__(self, status, text, headers):
        self.status, self.text, self.headers = status, text, headers

    def json(self):
        return json.loads(self.text)


def free_port():
    import socket
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
