# SPDX-License-Identifier: Apache-2.0
"""The man pages tell of the commands and options that exist, and of no others; and groff has nothing against them."""
import re
import shutil
import subprocess

import lab

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
PAGES = sorted((lab.ROOT / "man").glob("*.[1-8]"))


def help_of(program, *command):
    return subprocess.run([program, *command, "--help"], check=True, capture_output=True, text=True, timeout=60).stdout


def told(page):
    # Other programs' long options do not occur; "\-" is groff's minus sign, .\" a comment.
    lines = (lab.ROOT / "man" / page).read_text().replace("\\-", "-").splitlines()
    # What stands behind a command of the console (`:change`) is no option of the program.
    return set(OPTION.findall("\n".join(
        line for line in lines if not line.startswith('.\\"') and "\\fB:" not in line)))


def subcommands(text):
    part = text.partition("SUBCOMMANDS:\n")[2]
    return re.findall(r"^  ([a-z]+) ", part, re.M)


def test_options_and_commands_of_nocturne():
    page = (lab.ROOT / "man" / "nocturne.1").read_text()
    texts = [help_of(lab.NOCTURNE)]
    for command in subcommands(texts[0]):
        assert re.search(rf"\b{command}\b", page), f"man/nocturne.1 does not tell of {command}"
        texts.append(help_of(lab.NOCTURNE, command))
        for below in subcommands(texts[-1]):
            assert f"{command} {below}" in page, f"man/nocturne.1 does not tell of {command} {below}"
            texts.append(help_of(lab.NOCTURNE, command, below))
    exist = set(OPTION.findall("\n".join(texts)))
    assert told("nocturne.1") == exist, told("nocturne.1") ^ exist
    return f"{len(exist)} options"


def test_options_of_the_wall():
    exist = set(OPTION.findall(help_of(str(lab.BIN / "nocturne-wall"))))
    assert told("nocturne-wall.1") == exist, told("nocturne-wall.1") ^ exist


def test_groff_has_no_warning():
    if not shutil.which("groff"):
        return "not looked at: there is no groff on this machine"
    for page in PAGES:
        # t: tables; ww: every warning there is.
        done = subprocess.run(["groff", "-t", "-man", "-ww", "-Tutf8", "-z", str(page)], capture_output=True, text=True)
        assert done.returncode == 0 and not done.stderr, f"{page.name}: {done.stderr}"
    return f"{len(PAGES)} pages"
