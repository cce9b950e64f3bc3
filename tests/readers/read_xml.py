# Compares an XML document with the records it was made from, by lxml: read_xml.py DOCUMENT RECORDS.ndjson
# SPDX-License-Identifier: MIT
import json
import re
import sys

from lxml import etree

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Digits(str):
    """A number as it was written."""


def text_of(value):
    if value is True or value is False:
        return "true" if value else "false"
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", value)


def key_of(element):
    return element.get("name", etree.QName(element).localname)


def same(element, value):
    if value is None:
        return element.get(NIL) == "true" and len(element) == 0
    if isinstance(value, dict):
        keys = [key_of(child) for child in element]
        return keys == list(map(text_of, value)) and all(map(same, element, value.values()))
    if isinstance(value, list):
        return len(element) == len(value) and all(map(same, element, value))
    return len(element) == 0 and (element.text or "") == text_of(value)


def main(document, lines):
    root = etree.parse(document, etree.XMLParser(resolve_entities=False)).getroot()
    records = [child for child in root if etree.QName(child).localname == "records"][0]
    with open(lines, encoding="utf-8") as file:
        values = [json.loads(line, parse_int=Digits, parse_float=Digits) for line in file]
    if len(records) != len(values):
        sys.exit(f"{len(records)} records of {len(values)}")
    for number, (record, value) in enumerate(zip(records, values)):
        one = isinstance(value, dict)
        if record.get("index") != str(number) or not same(record if one else record[0], value):
            sys.exit(f"record {number} differs: {etree.tostring(record)!r}")
    print(f"{len(values)} records are the same")


main(*sys.argv[1:])
