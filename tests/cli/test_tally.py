"""The count at the end of ./run test: crashes, hangs and sanitizer reports are failures; nothing passes unseen."""

import json
import pathlib
import subprocess
import sys

TALLY = pathlib.Path(__file__).resolve().parents[1] / "tally.py"


def tally(tmp_path, *entries):
    log = tmp_path / "testlog.json"
    log.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    finished = subprocess.run([sys.executable, str(TALLY), str(log)], capture_output=True, text=True, check=False)
    return finished.returncode, finished.stdout.splitlines()


def program(said, result="OK", code=0, errors=""):
    return {"name": "unit/x", "stdout": said, "stderr": errors, "result": result, "returncode": code}


RUN_ONE = "[ RUN      ] one\n[       OK ] one\n"


def test_counts_single_tests(tmp_path):
    said = RUN_ONE + "[ RUN      ] two\nskipped: no data\n[  SKIPPED ] two\n[  PASSED  ] 1 test(s).\n"
    assert tally(tmp_path, program(said), program(RUN_ONE)) == (0, ["2 passed, 0 failed, 1 skipped"])


def test_a_failed_test(tmp_path):
    said = RUN_ONE + "[ RUN      ] two\n[==========] 2 test(s) run.\n[  PASSED  ] 1 test(s).\n"
    errors = "[  FAILED  ] two\n[  FAILED  ] tests: 1 test(s), listed below:\n[  FAILED  ] two\n"
    assert tally(tmp_path, program(said, "FAIL", 1, errors)) == (1, ["failed: unit/x: two", "1 passed, 1 failed"])


def test_a_crash_fails_the_test_that_ran(tmp_path):
    said = RUN_ONE + "[ RUN      ] two\n"
    assert tally(tmp_path, program(said, "FAIL", -11)) == (1, ["failed: unit/x: two", "1 passed, 1 failed"])


def test_a_leak_after_the_last_test_fails_the_program(tmp_path):
    code, lines = tally(tmp_path, program(RUN_ONE, "FAIL", 1, "ERROR: LeakSanitizer"))
    assert code == 1 and lines[-1] == "1 passed, 1 failed"


def test_a_program_that_never_began(tmp_path):
    code, lines = tally(tmp_path, program("", "TIMEOUT", -9), program("no cmocka here"))
    assert code == 1 and lines[-1] == "1 passed, 1 failed"


def test_no_log_is_a_failure(tmp_path):
    assert tally(tmp_path)[1][-1] == "0 passed, 1 failed"
    command = [sys.executable, str(TALLY), str(tmp_path / "missing.json"), str(tmp_path / "missing.xml")]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 1 and finished.stdout.splitlines()[-1] == "0 passed, 2 failed"
