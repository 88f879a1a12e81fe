"""The OpenAPI document of the LCS API against the server: Schemathesis calls everything in it with
what the document allows and with what it forbids. No 5xx, no status, type or shape that the document
does not tell, and nothing answers without a token."""

import json
import pathlib
import subprocess
import sys
import tempfile

import four_steps
import local_cloud

# That what is allowed is accepted and what is forbidden is not cannot be checked: the API answers
# both with 200 and IsSuccess.
CHECKS = ",".join([
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance", "ignored_auth",
])
LIMITS_OFF = "\n[lcs]\nrequest_limits = false\n"


def main():
    sample = pathlib.Path(__file__).parent.parent / "docs/reference/local-cloud.toml"
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "cloud.toml")
        config.write_text(sample.read_text() + LIMITS_OFF)
        with local_cloud.running(sys.argv[1], "--config", str(config)) as cloud:
            check(cloud, pathlib.Path(folder))


def check(cloud, folder):
    served = cloud.call("GET", f"{cloud.ready['origin']}/openapi.json").json()
    committed = pathlib.Path(__file__).parent.parent / "docs/openapi.json"
    assert served == json.loads(committed.read_text()), "docs/openapi.json is not what is served"
    token, _ = four_steps.tokens(cloud, four_steps.register(cloud))
    # The project and one environment are real in half of the calls, or rules would never be met.
    settings = folder / "schemathesis.toml"
    settings.write_text(f"""
[parameters]
"path.project" = [{cloud.ready['project_id']}, 1]
"path.environment" = ["{cloud.environment('Sandbox')['id']}", "11111111-1111-4111-8111-111111111111"]
"path.source" = ["{cloud.environment('Production')['id']}"]
"path.target" = ["{cloud.environment('Sandbox')['id']}", "{cloud.environment('Production')['id']}"]
""")
    command = [
        pathlib.Path(sys.executable).with_name("schemathesis"), "--config-file", settings, "run",
        f"{cloud.ready['origin']}/openapi.json", "--tls-verify", cloud.ready["ca_certificate"],
        "--header", f"Authorization: Bearer {token}", "--checks", CHECKS, "--phases",
        "examples,coverage,fuzzing", "--max-examples", "25", "--seed", "1",
        "--generation-deterministic",
    ]
    run = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True)
    output = (run.stdout + run.stderr).replace(token, "…")
    assert run.returncode == 0, output[-12000:]
    print("\n".join(output.splitlines()[-12:]))


if __name__ == "__main__":
    main()
