# Reads a file with readers that know nothing of the library and prints what it holds as JSON: read.py csv|json|xlsx|xml|html FILE
# csv, xlsx, html: rows of cells; json: the value; xml: the records, as pairs of key and value. csv and json need python's own modules only.
# SPDX-License-Identifier: MIT
import csv
import html.parser
import json
import sys

# numbers as their digits behind the mark that expected.js uses
mark = "\x01".__add__


def read_csv(path):
    csv.field_size_limit(1 << 30)
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, parse_float=mark, parse_int=mark)


def read_xlsx(path):
    from openpyxl import load_workbook
    from openpyxl.utils.escape import unescape

    def cell(value):
        if isinstance(value, str):
            return unescape(value)
        return value if value is None or isinstance(value, bool) else mark(repr(value))

    book = load_workbook(path)
    return [list(map(cell, row)) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]


def read_xml(path):
    from lxml import etree

    def value(element):
        if element.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true":
            return None
        if len(element) == 0:
            return element.text or ""
        if all(etree.QName(child).localname == "item" and child.get("name") is None for child in element):
            return list(map(value, element))
        return members(element)

    def members(element):
        return [[child.get("name", etree.QName(child).localname), value(child)] for child in element]

    root = etree.parse(path, etree.XMLParser(resolve_entities=False, huge_tree=True)).getroot()
    return [members(record) for child in root if etree.QName(child).localname == "records" for record in child]


class Table(html.parser.HTMLParser):
    """Texts of the cells of all tables."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.rows, self.inside = [], False

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        self.inside = tag in ("td", "th")
        if self.inside:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, text):
        if self.inside:
            self.rows[-1][-1] += text


def read_html(path):
    with open(path, encoding="utf-8", newline="") as file:
        table = Table()
        table.feed(file.read())
        table.close()
        return table.rows


sys.setrecursionlimit(5000)
kind, path = sys.argv[1:]
json.dump({"csv": read_csv, "json": read_json, "xlsx": read_xlsx, "xml": read_xml, "html": read_html}[kind](path), sys.stdout)
