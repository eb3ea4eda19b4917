"""Reads a line of JSON for each webhook, and answers with a line: `true` where PyPI's `standardwebhooks` believes it.

`tests/support/verifiers.mjs` says what is asked.
"""

import json
import sys
from datetime import datetime, timezone

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def believes(secret: str, headers: dict[str, str], text: str, timeless: bool) -> bool:
    webhook = Webhook(secret)
    if timeless:
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=timezone.utc)
        return webhook.sign(headers["webhook-id"], at, text) in headers["webhook-signature"].split(" ")
    try:
        webhook.verify(text, headers, json_parse=False)
    except WebhookVerificationError:
        return False
    return True


for line in sys.stdin:
    print("true" if believes(**json.loads(line)) else "false", flush=True)
