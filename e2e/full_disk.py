"""A refresh that runs out of disk space is rolled back, says so, and loses nothing."""

import hashlib
import pathlib
import sqlite3
import sys

import four_steps
import local_cloud


def content(path: pathlib.Path) -> str:
    """A digest of all rows of all tables."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    digest = hashlib.sha256()
    for line in connection.iterdump():
        digest.update(line.encode())
    connection.close()
    return digest.hexdigest()


def main():
    # No file may grow past 12 MiB, as on a disk that is nearly full; production is larger.
    limited = ("bash", "-c", 'trap "" XFSZ; ulimit -f 12288; exec "$@"', "limited")
    big = pathlib.Path(sys.argv[0]).parent / ".big-source.sqlite"
    big.unlink(missing_ok=True)
    connection = sqlite3.connect(big)
    connection.execute("CREATE TABLE ATTACHMENT (RECID INTEGER PRIMARY KEY, CONTENT BLOB)")
    connection.executemany("INSERT INTO ATTACHMENT (CONTENT) VALUES (?)",
                           ((bytes([i % 251]) * 65536,) for i in range(400)))
    connection.commit()
    connection.close()
    try:
        config = ["--source", str(big)]
        with local_cloud.running(sys.argv[1], *config, wrapper=limited) as cloud:
            token = four_steps.tokens(cloud, four_steps.register(cloud))[0]
            production, sandbox = cloud.environment("Production"), cloud.environment("Sandbox")
            target = cloud.folder / "data" / "environments" / sandbox["id"] / "database.sqlite"
            before_target, before_source = content(target), content(big)
            started = cloud.call(
                "POST",
                f"{cloud.ready['lcs_api']}/databasemovement/v1/refresh/project/{cloud.ready['project_id']}"
                f"/source/{production['id']}/target/{sandbox['id']}",
                token=token,
            ).json()
            assert started["IsSuccess"], started
            ended = cloud.wait_until_ended(token, sandbox, started["OperationActivityId"])
            assert ended == "RollbackCompleted", ended
            assert content(target) == before_target, "the target is the old database"
            assert content(big) == before_source, "the source is unchanged"
            left = [p.name for p in target.parent.rglob("*") if p.is_file() and p.stat().st_size > 8 << 20]
            assert left == [], f"left behind: {left}"
            print("a full disk rolls the refresh back; target and source are whole")
    finally:
        big.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
