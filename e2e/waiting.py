"""`lcs db … --wait` through what machines and servers do: killed and restarted, asleep."""

import json
import os
import re
import signal
import sys
import time

import desk
import four_steps
import local_cloud

REFRESH = ("db", "refresh", "--source", "Contoso-PROD", "--target", "Contoso-UAT", "--yes", "--wait")


def ended(command) -> dict:
    said, complaint = command.communicate(timeout=120)
    assert command.returncode == 0, complaint
    return json.loads(said)


def a_killed_server(cloud, place):
    """`kill -9` between the start of the operation and its end; back after a while."""
    command = place.start(*REFRESH)
    # Its first word on standard error comes with the first answer about the operation.
    assert "status:" in command.stderr.readline()
    cloud.process.kill()
    cloud.process.wait()
    time.sleep(5)
    assert command.poll() is None, "the command waits for the server to come back"
    cloud.start_again()
    assert ended(command)["status"] == "Completed"
    print("server killed and restarted: the wait went on to the end")


def a_closed_lid(place):
    """The machine sleeps in the middle."""
    command = place.start(*REFRESH)
    assert "status:" in command.stderr.readline()
    os.kill(command.pid, signal.SIGSTOP)
    time.sleep(5)
    os.kill(command.pid, signal.SIGCONT)
    assert ended(command)["status"] == "Completed"
    print("asleep in the middle: the wait went on to the end")


def an_interruption(cloud, place):
    """Ctrl-C leaves the operation alone and says how to come back; that is done as it says."""
    # Nothing ends while the server sleeps.
    command = place.start(*REFRESH)
    assert "status:" in command.stderr.readline()
    cloud.process.send_signal(signal.SIGSTOP)
    time.sleep(0.5)
    command.send_signal(signal.SIGINT)
    _, complaint = command.communicate(timeout=30)
    cloud.process.send_signal(signal.SIGCONT)
    assert command.returncode == 7, complaint
    back = re.search("lcs ((?:op|db) wait .*)", complaint).group(1).split()
    outcome = place.run(*back, "-o", "json")
    assert outcome.json()["status"] == "Completed", outcome
    print("interrupted: came back as it said")


def main():
    binary = sys.argv[1]
    with local_cloud.running(binary) as cloud:
        place = desk.Desk(cloud, binary, "desk", four_steps.register(cloud))
        user = cloud.user(role=None)
        signed_in = place.run("login", LCS_USERNAME=user["user_principal_name"],
                              LCS_PASSWORD=user["password"])
        assert signed_in.exit == 0, signed_in
        a_killed_server(cloud, place)
        a_closed_lid(place)
        an_interruption(cloud, place)


if __name__ == "__main__":
    main()
