"""A local cloud for one script: started on a free port, stopped and removed at the end."""

import contextlib
import json
import pathlib
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request


class Answer:
    """An HTTP answer, whatever its status."""

    def __init__(self, status: int, headers, body: bytes):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:400]!r}>"


class LocalCloud:
    """What the ready file says, and plain HTTP calls that trust the local authority."""

    def __init__(self, ready: dict, process: subprocess.Popen, folder: pathlib.Path):
        self.ready, self.process, self.folder = ready, process, folder
        self.tls = ssl.create_default_context(cafile=ready["ca_certificate"])

    def user(self, **wanted) -> dict:
        """The first user with these facts; `role` names a directory role, None asks for none."""
        for user in self.ready["users"]:
            role_fits = "role" not in wanted or (
                wanted["role"] in user["roles"] if wanted["role"] else not user["roles"]
            )
            if role_fits and user["mfa"] == wanted.get("mfa", False):
                return user
        raise LookupError(f"no user with {wanted}")

    def environment(self, environment_type: str, index: int = 0) -> dict:
        matching = [e for e in self.ready["environments"] if e["type"] == environment_type]
        return matching[index]

    def call(self, method: str, url: str, *, form=None, body=None, token=None, headers=None) -> Answer:
        """One request; an HTTP error is an answer like any other."""
        data = None
        headers = dict(headers or {})
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        elif method == "POST":
            data = b""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(url, data=data, method=method, headers=headers)
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=self.tls))
        try:
            with opener.open(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def token_url(self, version: str = "v2.0") -> str:
        part = "oauth2/v2.0/token" if version == "v2.0" else "oauth2/token"
        return f"{self.ready['authority']}/{part}"

    def graph_token(self, user: dict) -> str:
        """A Graph token through the public client of the Graph command-line tools."""
        answer = self.call("POST", self.token_url(), form={
            "client_id": "14d82eec-204b-4c2f-b7e8-296a70dab67e",
            "grant_type": "password",
            "username": user["user_principal_name"],
            "password": user["password"],
            "scope": "https://graph.microsoft.com/.default",
        })
        assert answer.status == 200, answer
        return answer.json()["access_token"]

    def wait_until_ended(self, token: str, environment: dict, activity: str) -> str:
        """Polls an operation and returns its last status."""
        url = (
            f"{self.ready['lcs_api']}/databasemovement/v1/fetchstatus/project/"
            f"{self.ready['project_id']}/environment/{environment['id']}/operationactivity/{activity}"
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            answer = self.call("GET", url, token=token)
            assert answer.status == 200, answer
            status = answer.json()["OperationStatus"]
            if status not in ("NotStarted", "InProgress", "RollbackInProgress"):
                return status
            time.sleep(0.2)
        raise TimeoutError(f"operation {activity} did not end")


def serve(command: list, ready_file: pathlib.Path, log) -> tuple[subprocess.Popen, dict]:
    """Starts `lcs serve` and returns once it accepts connections."""
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 120
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError("lcs serve did not start:\n" + pathlib.Path(log.name).read_text())
        time.sleep(0.05)
    return process, json.loads(ready_file.read_text())


@contextlib.contextmanager
def running(binary: str, *arguments: str, wrapper: tuple = ()):
    """Starts `lcs serve` and yields once it accepts connections."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lcs-e2e-"))
    ready_file = folder / "ready.json"
    log = (folder / "serve.log").open("ab")
    command = [*wrapper, binary, "serve", "--ready-file", str(ready_file),
               "--data-dir", str(folder / "data"), *arguments]
    cloud = None
    try:
        process, ready = serve([*command, "--listen", "127.0.0.1:0"], ready_file, log)
        cloud = LocalCloud(ready, process, folder)

        def start_again():
            """Serves the same data at the same port, after a death that left the ready file behind."""
            ready_file.unlink()
            port = ready["origin"].rsplit(":", 1)[1]
            again = [*command, "--listen", f"127.0.0.1:{port}"]
            cloud.process, _ = serve(again, ready_file, log)

        cloud.start_again = start_again
        yield cloud
        cloud.process.send_signal(signal.SIGTERM)
        assert cloud.process.wait(timeout=30) == 0, "lcs serve did not end cleanly"
        assert not ready_file.exists(), "the ready file was left behind"
    finally:
        if cloud and cloud.process.poll() is None:
            cloud.process.kill()
            cloud.process.wait()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)
