# SPDX-License-Identifier: Apache-2.0
"""Bad input, and the one message it gets."""
import json
import pathlib
import subprocess
import tempfile

import lab


def check(text, *words, code=78, extra=()):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "inventory.yaml"
        file.write_text(text)
        done = subprocess.run([lab.NOCTURNE, "inventory", "check", "--inventory", str(file), *extra], capture_output=True,
                              text=True, timeout=30)
        said = done.stdout + done.stderr
        assert done.returncode == code, f"exit {done.returncode}: {said}"
        for word in words:
            assert word in said, f"{word!r} not in: {said}"
        return said


GOOD = """site: bkk
paths:
  - {name: jump, hops: [ops@192.0.2.1]}
devices:
  - {name: bkk00, platform: bird, address: 10.155.255.4}
"""


def test_a_good_inventory_passes():
    check(GOOD, code=0)


def test_unknown_key_names_the_nearest_with_line_and_column():
    said = check(GOOD.replace("platform:", "platfrom:"), "inventory.yaml:5:", "platfrom", "platform")
    return said.splitlines()[0][-100:]


def test_duplicate_name():
    check(GOOD + "  - {name: bkk00, platform: bird, address: 10.155.255.5}\n", "bkk00", ":6:", "5")


def test_wrong_indentation():
    check(GOOD.replace("  - {name: bkk00", " - name: x\n   - {name: bkk00"), "inventory.yaml:")


def test_missing_file():
    done = subprocess.run([lab.NOCTURNE, "peers", "--inventory", "/nonexistent/inventory.yaml"], capture_output=True, text=True)
    assert done.returncode == 78 and "/nonexistent/inventory.yaml" in done.stderr, done.stderr


def test_errors_are_json_when_json_is_asked_for():
    done = subprocess.run([lab.NOCTURNE, "peers", "--format", "json", "--inventory", "/nonexistent/inventory.yaml"],
                          capture_output=True, text=True)
    error = json.loads(done.stderr)["error"]
    assert done.returncode == 78 and error["code"] == 78 and error["message"] and "where" in error and "hint" in error, error


def test_usage_is_64():
    done = subprocess.run([lab.NOCTURNE, "peers", "--format", "xml"], capture_output=True, text=True)
    assert done.returncode == 64, done


def test_parse_exit_codes():
    def parse(text, query="bgp-peers"):
        return subprocess.run([lab.NOCTURNE, "parse", "--platform", "bird", "--query", query], input=text,
                              capture_output=True, text=True)
    assert parse("hello world\n").returncode == 65
    assert parse("Unable to connect to server control socket (/run/bird/bird.ctl): No such file or directory\n").returncode == 65
    empty = parse("BIRD 2.0.12 ready.\nName       Proto      Table      State  Since         Info\n")
    assert empty.returncode == 0 and json.loads(empty.stdout)["rows"] == [], empty.stdout


def faults(replace, device="bkk00", prepare=None):
    """What `devices` says of one device with part of the lab's inventory replaced."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        text = open(lab.INVENTORY).read()
        for old, new in replace(folder, text):
            assert old in text, f"{old!r} is not in the lab's inventory"
            text = text.replace(old, new)
        file = folder / "inventory.yaml"
        file.write_text(text)
        done = lab.nocturne("devices", "--format", "json", "--only", device, "--inventory", str(file), inventory=False)
        row = json.loads(done.stdout)[0]
        assert done.returncode == 2 and row["state"] == "dark" and row["reason"], row
        return row


def test_unknown_host_key_shows_the_fingerprint_and_the_line_to_add():
    def replace(folder, text):
        (folder / "known_hosts").write_text("\n".join(
            line for line in (lab.STATE / "known_hosts").read_text().splitlines() if line.startswith("[127.0.0.1]")) + "\n")
        return [(str(lab.STATE / "known_hosts"), str(folder / "known_hosts"))]
    row = faults(replace)
    assert "SHA256:" in row["reason"] + (row["hint"] or ""), row
    assert "known" in row["reason"], row
    return row["reason"]


def test_changed_host_key_is_its_own_sentence():
    def replace(folder, text):
        lines = (lab.STATE / "known_hosts").read_text().splitlines()
        jump = [line for line in lines if line.startswith("[127.0.0.1]")]
        keys = [line.split(" ", 1)[1] for line in jump]
        hosts = {line.split(" ", 1)[0] for line in lines if not line.startswith("[127.0.0.1]")}
        # Every device is known by the jump's key: wrong on purpose.
        (folder / "known_hosts").write_text("\n".join(jump + [f"{host} {keys[0]}" for host in hosts]) + "\n")
        return [(str(lab.STATE / "known_hosts"), str(folder / "known_hosts"))]
    row = faults(replace)
    assert "changed" in row["reason"].lower() or "differ" in row["reason"].lower(), row
    return row["reason"]


def test_refused_key_and_wrong_user():
    def other_key(folder, text):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "other"], check=True)
        return [("{name: bkk00,", f"{{name: bkk00, identity: {folder / 'other'},")]
    refused = faults(other_key)
    assert "does not let ops in" in refused["reason"], refused
    wrong = faults(lambda folder, text: [("{name: bkk00,", "{name: bkk00, user: nobody-here,")])
    assert "nobody-here" in wrong["reason"], wrong
    return refused["reason"]


def test_jump_that_refuses_is_one_cause_named_once():
    row = faults(lambda folder, text: [("ops@127.0.0.1:", "nobody-here@127.0.0.1:")])
    assert "jump" in row["reason"].lower() or "127.0.0.1" in row["reason"], row
    return row["reason"]
