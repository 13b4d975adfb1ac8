"""`env1357 token`: a key is issued, listed and revoked from the command line."""

import json
import subprocess
import sys
from pathlib import Path


def token(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "env1357.main", "token", *arguments, "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_token_is_shown_once_and_can_be_revoked(data: Path) -> None:
    issued = token(data, "issue", "logger 7", "--site", "1803A")
    assert issued.stdout.startswith("e1357_")
    listed = token(data, "list", "--format", "json")
    (key,) = json.loads(listed.stdout)
    assert (key["holder"], key["sites"], key["revoked_at"]) == ("logger 7", ["1803A"], None)
    assert issued.stdout.strip() not in listed.stdout
    assert token(data, "revoke", key["key_id"], "--reason", "lost").stdout == "revoked\n"
    assert token(data, "revoke", "unknown", "--reason", "lost").returncode == 1
