"""What schemathesis is told before each call, and what it tells after it."""

import atexit
import base64
import collections
import itertools
import json
import os

import schemathesis

SESSION = "__Host-usher"
# The token that servers' calls are made with: its name is read from answers, and a call that revokes it would end the run.
SPARED = "of-this-run"
# Of so many calls of an operation, one is right in every way: chance alone finds no body that means something.
RIGHT_EVERY = 8
with open(os.environ["USHER_RIGHT"], encoding="utf-8") as file:
    right = json.load(file)
calls = itertools.count(1)
of_operation = collections.defaultdict(itertools.count)
seen = collections.defaultdict(collections.Counter)


@schemathesis.serializer("message/rfc822")
def mail(context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def name(case):
    return case.operation.definition.raw["operationId"]


@schemathesis.hook
def before_call(context, case, kwargs):
    # Every call comes from another address, as those of many visitors do: one sender may not send much.
    number = next(calls)
    case.headers["x-forwarded-for"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    known = right.get(name(case))
    if known and next(of_operation[name(case)]) % RIGHT_EVERY == 0:
        make_right(case, known)
    if case.path_parameters:
        case.path_parameters = {key: "reports" if it == SPARED else it for key, it in case.path_parameters.items()}
    if isinstance(case.body, dict) and case.body.get("name") == SPARED:
        case.body["name"] = "reports"
    # Whoever signs in is nobody yet: a browser that had a session would lose it.
    if not case.operation.definition.raw["security"] and case.cookies:
        case.cookies.pop(SESSION, None)
    # Whoever signs out is somebody else: the run goes on.
    if name(case) == "signOut" and SESSION in (case.cookies or {}):
        case.cookies[SESSION] = os.environ["USHER_LEAVING"]


def make_right(case, known):
    case.path_parameters = {**(case.path_parameters or {}), **known.get("path", {})}
    if "bytes" in known:
        case.body = base64.b64decode(known["bytes"])
    elif "body" in known:
        case.body = known["body"]
    if "bytes" in known or "body" in known:
        case.media_type = known.get("media", "application/json")


@schemathesis.hook
def after_call(context, case, response):
    # Some calls are made on purpose with a method that the operation does not have.
    if case.method.upper() == case.operation.method.upper():
        seen[name(case)][response.status_code] += 1


@atexit.register
def tell():
    with open(os.environ["USHER_SEEN"], "w", encoding="utf-8") as file:
        json.dump(seen, file)
