"""Reads an export as Python's `csv` does, and says as JSON how its cells compare with what was written (a line of JSON for each row).

    python3 reads_csv.py EXPORT.csv WRITTEN.ndjson

A spreadsheet takes a cell for a formula by its first character: there is none such. A cell with a sign before what could begin one
is what was written but for that sign.
"""

import csv
import json
import sys

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")

csv.field_size_limit(2**31 - 1)
with open(sys.argv[2], encoding="utf-8") as file:
    written = {row["item_id"]: row for row in map(json.loads, file)}

rows = cells = formulas = others = ragged = 0
examples = []
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    reader = csv.reader(file, strict=True)
    head = next(reader)
    for record in reader:
        rows += 1
        ragged += len(record) != len(head)
        cells += len(record)
        found = [cell for cell in record if cell.startswith(BEGINS_A_FORMULA)]
        formulas += len(found)
        row = dict(zip(head, record))
        wanted = written.pop(row["item_id"], None)
        if wanted is None:
            others += 1
            examples.append(f"a row that nobody wrote: {row['item_id']}")
            continue
        for name, value in wanted.items():
            cell = row.get(name)
            expected = f"'{value}" if value.startswith(BEGINS_A_FORMULA) else value
            if cell != expected:
                others += 1
                examples.append(f"{name}: {cell!r} for {value!r}")
        examples = (examples + found)[:5]

print(json.dumps({"rows": rows, "cells": cells, "formulas": formulas, "others": others, "ragged": ragged, "missing": len(written), "examples": examples}))
