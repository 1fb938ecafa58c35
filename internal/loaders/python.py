"""Runs python-dotenv on many env files: see node.cjs for the protocol.

A value of null stands for a name without a value.
"""

import base64
import json
import logging
import os
import sys
import tempfile

from dotenv import dotenv_values


def encode(text):
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def run(path, case):
    with open(path, "wb") as file:
        file.write(base64.b64decode(case["src"]))
    os.environ.clear()
    os.environ.update(case.get("env") or {})
    try:
        values = dotenv_values(path)
    except Exception:
        return {"error": True}
    return {"values": [[encode(k), None if v is None else encode(v)] for k, v in values.items()]}


def main():
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, ".env")
        for line in sys.stdin:
            print(json.dumps(run(path, json.loads(line))), flush=True)


main()
