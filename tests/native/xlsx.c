/* Makes workbooks and looks into them: xlsx, or to make one: xlsx OUTPUT INPUT OPTIONS [TOTALS [LINES [ROWS]]]
 * SPDX-License-Identifier: MIT
 */
#include "core/memory.h"
#include "formats/xlsx/cell.h"
#include "formats/xlsx/link.h"
#include "formats/xlsx/names.h"
#include "formats/xlsx/reference.h"
#include "formats/xlsx/styles.h"
#include "formats/xlsx/zip.h"
#include "support/book.h"
#include "support/count.h"
#include "support/unzip.h"

static int read_file(const char *path, struct bytes *bytes) {
    uint8_t part[65536];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;)
        bytes_add(bytes, part, n);
    return fclose(file) == 0;
}

static int make_file(int argc, char **argv) {
    struct book book = {.options = argv[3], .totals = argc > 4 ? argv[4] : ""};
    struct booking made;
    struct bytes totals = {0};
    book.lines = argc > 5 ? strtoul(argv[5], NULL, 10) : 1000;
    book.rows = argc > 6 ? (uint32_t)strtoul(argv[6], NULL, 10) : 0;
    book.named = strstr(book.options, "\"columns\"") != NULL;
    if (book.totals[0] == '@' && read_file(book.totals + 1, &totals))
        book.totals = (const char *)totals.at;
    if (!read_file(argv[2], &book.input))
        return 2;
    book_make(&book, &made);
    FILE *file = made.error == 0 ? fopen(argv[1], "wb") : NULL;
    if (file != NULL) {
        fwrite(made.out.at, 1, made.out.length, file);
        fclose(file);
    } else {
        printf("error %d: %s\n", made.error, made.message);
    }
    printf("%llu read, %llu written, %llu rejected, %zu bytes\n", made.read, made.written, made.rejected,
           made.out.length);
    int code = made.error != 0;
    book_clear(&made);
    bytes_clear(&book.input);
    bytes_clear(&totals);
    return code;
}

/** All members of a workbook as one text, `name` and content one behind the other. */
static void add_member(const char *name, const struct bytes *content, void *context) {
    struct bytes *all = context;
    bytes_text(all, "\n=== ");
    bytes_text(all, name);
    bytes_text(all, "\n");
    bytes_add(all, content->at, content->length);
}

/** Makes a workbook and unpacks it; answers the error. */
static int make_book(const struct book *book, struct bytes *all) {
    struct booking made;
    book_make(book, &made);
    all->length = 0;
    if (made.error == 0)
        check(unzip_all(&made.out, add_member, all), "the package", "is no good zip file");
    else
        bytes_text(all, made.message);
    int error = made.error;
    book_clear(&made);
    return error;
}

static void test_numbers(void) {
    static const struct {
        const char *text;
        int held, share;
    } rows[] = {{"0", 1, 1},
                {"-0", 1, 0},
                {"1", 1, 1},
                {"1.0", 1, 1},
                {"1.01", 1, 0},
                {"0.5", 1, 1},
                {"10", 1, 0},
                {"5e-1", 1, 0},
                {"0.5e3", 1, 0},
                {"123456789012345", 1, 0},
                {"1234567890123456", 0, 0},
                {"1234567890123450", 1, 0},
                {"100000000000000000000", 1, 0},
                {"0.1234567890123456", 0, 1},
                {"0.000000000000000123", 1, 1},
                {"1e307", 1, 0},
                {"9.99e307", 1, 0},
                {"1e308", 0, 0},
                {"-1e400", 0, 0},
                {"1e-306", 1, 0},
                {"1e-308", 0, 0},
                {"0e999999", 1, 0},
                {"0.30000000000000004", 0, 1},
                {"123456.789012345", 1, 0},
                {"1.0e5", 1, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint8_t *text = (const uint8_t *)rows[i].text;
        check(loom_xlsx_holds(text, strlen(rows[i].text)) == rows[i].held, "number held", rows[i].text);
        check(loom_xlsx_is_share(text, strlen(rows[i].text)) == rows[i].share, "share", rows[i].text);
    }
}

static void test_moments(void) {
    static const struct {
        const char *text, *xml; /* NULL: a spreadsheet cannot hold it */
    } rows[] = {{"1900-03-01", "61"},
                {"1900-02-28", NULL},
                {"9999-12-31", "2958465"},
                {"2026-01-05T06:00:00Z", "46027.25"},
                {"2026-01-05T06:00:00.001Z", "46027.2500000116"},
                {"2026-01-05T00:30:00+01:00", "46026.9791666667"},
                {"2025-12-31T23:30:00-01:00", "46023.0208333333"},
                {"2026-01-05 06:00", "46027.25"},
                {"2026-01-05T23:59:59.999999999Z", "46027.9999999884"},
                {"2000-02-29", "36585"},
                {"1900-03-01T00:30:00+01:00", NULL},
                {"9999-12-31T23:30:00-01:00", NULL},
                {"1970-01-01", "25569"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_moment moment;
        loom_xlsx_style plain = loom_xlsx_style_of(0);
        loom_buffer out;
        char wanted[80];
        loom_buffer_init(&out, 1000);
        check(loom_date_read((const uint8_t *)rows[i].text, strlen(rows[i].text), &moment) != LOOM_NO_DATE, "date",
               rows[i].text);
        check(loom_xlsx_has_date(&moment) == (rows[i].xml != NULL), "date held", rows[i].text);
        if (rows[i].xml != NULL) {
            snprintf(wanted, sizeof wanted, "><v>%s</v></c>", rows[i].xml);
            check(loom_xlsx_moment(&out, &moment, &plain) == 0, "date", rows[i].text);
            check(out.length == strlen(wanted) && memcmp(out.bytes, wanted, out.length) == 0, "date written",
                   rows[i].text);
        }
        loom_buffer_free(&out);
    }
}

static void test_links(void) {
    static const struct {
        const char *text;
        int link;
    } rows[] = {{"https://a.example/b?c=d#e", 1},
                {"HTTP://A.example", 1},
                {"http://", 0},
                {"http:///x", 0},
                {"https://a b.example", 0},
                {"https://a.example/a b", 0},
                {"http://a.example:80/", 1},
                {"http://a.example:99999/", 0},
                {"http://a.example:/", 0},
                {"http://a.example/%41", 1},
                {"http://a.example/%4", 0},
                {"http://a.example/#a#b", 0},
                {"ftp://a.example/x", 1},
                {"mailto:a.b@c.example", 1},
                {"mailto:@c.example", 0},
                {"mailto:a@", 0},
                {"javascript:alert(1)", 0},
                {"file:///etc/passwd", 0},
                {"http://a.example/\"x", 0},
                {"http://[::1]/", 0},
                {"http://user:p@a.example/", 0},
                {"http://a.example/\xc3\xa9", 1},
                {"http://a.example/\xef\xbf\xbe", 0},
                {"http://-a.example", 0},
                {"see http://a.example", 0},
                {"http://a.example/<b>", 0},
                {"http://a..example/", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int kind = loom_xlsx_link_of((const uint8_t *)rows[i].text, strlen(rows[i].text));
        check(kind == rows[i].link, "link", rows[i].text);
    }
    struct bytes longest = {0};
    bytes_text(&longest, "http://a.example/");
    while (longest.length < LOOM_XLSX_MAX_ADDRESS)
        bytes_byte(&longest, 'x');
    check(loom_xlsx_link_of(longest.at, longest.length) == LOOM_XLSX_IS_LINK, "link", "of 2,079 characters");
    bytes_byte(&longest, 'x');
    check(loom_xlsx_link_of(longest.at, longest.length) == LOOM_XLSX_LONG_LINK, "link", "of 2,080 characters");
    bytes_clear(&longest);
}

static void test_names(void) {
    static const struct {
        const char *wish;
        uint32_t index;
        const char *name;
        int changed;
    } rows[] = {{"Data", 0, "Data", 0},
                {"Data", 1, "Data 2", 0},
                {"a[b]:*?/\\c", 0, "a_b______c", 1},
                {"'x'", 0, "_x_", 1},
                {"statistics", 0, "Data", 1},
                {"History", 2, "Data 3", 1},
                {"1234567890123456789012345678901", 0, "1234567890123456789012345678901", 0},
                {"1234567890123456789012345678901", 9, "1234567890123456789012345678 10", 0},
                {"12345678901234567890123456789012", 0, "1234567890123456789012345678901", 1},
                {"123456789012345678901234567890\xf0\x9f\x98\x80", 0, "123456789012345678901234567890", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[LOOM_XLSX_NAME_SIZE];
        int changed = loom_xlsx_sheet_name(rows[i].wish, rows[i].index, name);
        check(strcmp(name, rows[i].name) == 0, "sheet name", name);
        check(changed == rows[i].changed, "sheet renamed", rows[i].wish);
    }
    static const char *const formats[] = {"0",           "#,##0.00", "yyyy-mm-dd", "[Red]-0;[$\xe2\x82\xac-407] 0",
                                          "\"x\" 0",     "0.0%",     "General",    "0.00E+00",
                                          "hh:mm AM/PM", "@",        "[h]:mm"};
    static const char *const wrong[] = {"foo", "\"open", "[Nope]0", "0;0;0;0;0", "0\n", "\\"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        check(loom_xlsx_is_format(formats[i]), "number format", formats[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check(!loom_xlsx_is_format(wrong[i]), "no number format", wrong[i]);
}

/** The directory of a package of more than 4 GiB: offsets in ZIP64 fields, sizes as they are. */
static void test_zip64(void) {
    loom_zip_member members[2] = {{"near", 10, 1, 2, 3, false, false},
                                  {"far", UINT64_C(5000000000), 1, 2, 3, false, true}};
    loom_buffer out;
    loom_buffer_init(&out, 10000);
    check(loom_zip_directory(&out, members, 2, UINT64_C(6000000000), loom_zip_time("2026-11-23T19:00:00Z")) == 0,
           "zip64", "made");
    const uint8_t *far = out.bytes + 46 + 4;
    check(little(out.bytes + 42, 4) == 10 && little(out.bytes + 30, 2) == 0, "zip64", "none for a near member");
    check(little(far + 42, 4) == UINT32_MAX && little(far + 46 + 3, 2) == 1 &&
               little(far + 46 + 3 + 4, 4) == 705032704,
           "zip64", "the offset of a far one");
    const uint8_t *end = out.bytes + out.length - 22;
    check(little(end - 20, 4) == 0x07064b50 && little(end - 76, 4) == 0x06064b50 && little(end + 16, 4) == UINT32_MAX,
           "zip64", "the end records");
    loom_buffer_free(&out);
}

static void test_seams(void) {
    static const uint32_t rows[] = {0, 1, 7, 33, 34, 35};
    static const size_t lines[] = {0, 1, 2, 7, 1000};
    struct bytes first = {0}, other = {0};
    struct book book = {.options = "{\"format\":\"xlsx\",\"includeMetadata\":true}",
                        .totals = "\"metadata\":{\"source\":\"a\"}"};
    for (int i = 0; i < 34; i++)
        bytes_print(&book.input,
                    "{\"id\":\"r%d\",\"url\":\"https://a.example/"
                    "%d?a=1&b=2#x\",\"n\":%d.5,\"when\":\"2026-01-%02dT01:02:03Z\",\"note\":\"%s\"}\n",
                    i, i, i, i % 28 + 1, i % 3 == 0 ? "two\\nlines" : "");
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        book.rows = rows[r];
        for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
            char what[80];
            snprintf(what, sizeof what, "%u rows a sheet, %zu lines a chunk", (unsigned)rows[r], lines[l]);
            book.lines = lines[l];
            check(make_book(&book, l == 0 ? &first : &other) == 0, "workbook", what);
            check(l == 0 || (first.length == other.length && memcmp(first.at, other.at, first.length) == 0), "seams",
                   what);
        }
        unsigned sheets = rows[r] == 0 ? 1 : (33 + rows[r]) / rows[r];
        char last[80], beyond[80];
        snprintf(last, sizeof last, "xl/worksheets/_rels/sheet%u.xml.rels", sheets);
        snprintf(beyond, sizeof beyond, "=== xl/worksheets/sheet%u.xml", sheets + 2);
        check(strstr((char *)first.at, last) != NULL && strstr((char *)first.at, beyond) == NULL, "number of sheets",
               last);
    }
    bytes_clear(&book.input);
    bytes_clear(&first);
    bytes_clear(&other);
}

static void test_cells(void) {
    static const struct {
        const char *value, *xml;
    } rows[] = {
        {"\"=1+1\"", "<c t=\"inlineStr\"><is><t>=1+1</t></is></c>"},
        {"\"007\"", "<c t=\"inlineStr\"><is><t>007</t></is></c>"},
        {"\"a<b>&c\"", "<c t=\"inlineStr\"><is><t>a&lt;b&gt;&amp;c</t></is></c>"},
        {"\" x\"", "<c t=\"inlineStr\"><is><t xml:space=\"preserve\"> x</t></is></c>"},
        {"\"\"", "<c t=\"inlineStr\"><is><t></t></is></c>"},
        {"\"a\\u0000\\u0001\\r\\tb\"", "<c t=\"inlineStr\"><is><t>a_x0000__x0001__x000D_\tb</t></is></c>"},
        {"\"_x0041_ _x_ _xZZZZ_\"", "<c t=\"inlineStr\"><is><t>_x005F_x0041_ _x_ _xZZZZ_</t></is></c>"},
        {"\"a\\uFFFEb\\uFFFF\\uFFFD\"", "<c t=\"inlineStr\"><is><t>a_xFFFE_b_xFFFF_\xef\xbf\xbd</t></is></c>"},
        {"\"a\\nb\\nc\"", "<c s=\"2\" t=\"inlineStr\"><is><t>a\nb\nc</t></is></c>"},
        {"true", "<c s=\"8\" t=\"b\"><v>1</v></c>"},
        {"false", "<c s=\"8\" t=\"b\"><v>0</v></c>"},
        {"12", "<c><v>12</v></c>"},
        {"1.50", "<c><v>1.50</v></c>"},
        {"123456789012", "<c s=\"3\"><v>123456789012</v></c>"},
        {"12345678901234567890", "<c t=\"inlineStr\"><is><t>12345678901234567890</t></is></c>"},
        {"[1,2]", "<c t=\"inlineStr\"><is><t>1; 2</t></is></c>"},
        {"[\"a\",null,true]", "<c t=\"inlineStr\"><is><t>a; ; true</t></is></c>"},
        {"[{\"a\":1}]", "<c t=\"inlineStr\"><is><t>[{\"a\":1}]</t></is></c>"},
        {"{}", "<c t=\"inlineStr\"><is><t>{}</t></is></c>"},
        {"\"https://a.example\"", "<c s=\"7\" t=\"inlineStr\"><is><t>https://a.example</t></is></c>"},
    };
    struct bytes all = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct book book = {
            .options = "{\"format\":\"xlsx\",\"xlsx\":{\"references\":false},\"columns\":[\"a\",\"v\",\"b\"]}", .totals = "", .named = 1};
        bytes_text(&book.input, "{\"v\":");
        bytes_text(&book.input, rows[i].value);
        bytes_text(&book.input, ",\"b\":null}\n");
        check(make_book(&book, &all) == 0, "workbook", rows[i].value);
        char wanted[300];
        snprintf(wanted, sizeof wanted, "><c/>%s</row></sheetData>", rows[i].xml);
        check(strstr((char *)all.at, wanted) != NULL, "cell", rows[i].value);
        bytes_clear(&book.input);
    }
    bytes_clear(&all);
}

/** Names of columns, and numbers of rows of every length, with empty cells and rows of several lines. */
static void test_references(void) {
    static const struct {
        uint32_t column;
        const char *name;
    } names[] = {{0, "A"}, {25, "Z"}, {26, "AA"}, {51, "AZ"}, {52, "BA"}, {701, "ZZ"}, {702, "AAA"}, {16383, "XFD"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const loom_xlsx_column_name name = loom_xlsx_name_column(names[i].column);
        check(name.length == strlen(names[i].name) && memcmp(name.text, names[i].name, name.length) == 0, "column", names[i].name);
    }
    struct bytes all = {0};
    struct book book = {.options = "{\"format\":\"xlsx\"}", .totals = "", .lines = 3};
    bytes_text(&book.input, "{\"a\":1,\"b\":2,\"c\":3}\n");
    for (int i = 2; i < 102; i++)
        bytes_print(&book.input, "{\"a\":%s,\"c\":%d}\n", i % 3 == 0 ? "\"x\\ny\"" : "null", i);
    check(make_book(&book, &all) == 0, "references", "made");
    static const char *const parts[] = {
        "<row r=\"1\" ht=\"21\" customHeight=\"1\"><c r=\"A1\" ",
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><v>2</v></c><c r=\"C2\"><v>3</v></c></row>",
        "<row r=\"3\"><c r=\"C3\"><v>2</v></c></row>",
        "<row r=\"4\" ht=\"30\"><c r=\"A4\" s=\"2\" t=\"inlineStr\"><is><t>x\ny</t></is></c><c r=\"C4\"><v>3</v></c></row>",
        "<row r=\"10\" ht=\"30\"><c r=\"A10\" s=\"2\" t=\"inlineStr\"><is><t>x\ny</t></is></c><c r=\"C10\"><v>9</v></c></row>",
        "<row r=\"101\"><c r=\"C101\"><v>100</v></c></row><row r=\"102\"><c r=\"C102\"><v>101</v></c></row></sheetData>",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        check(strstr((char *)all.at, parts[i]) != NULL, "references", parts[i]);
    bytes_clear(&book.input);
    bytes_clear(&all);
}

static void test_columns(void) {
    struct bytes all = {0};
    struct book book = {
        .options = "{\"format\":\"xlsx\",\"xlsx\":{\"references\":false},\"columns\":[{\"key\":\"id\",\"type\":\"text\",\"width\":40},{\"key\":\"p\","
                   "\"format\":\"0.00\"},"
                   "{\"key\":\"d\",\"type\":\"date\",\"format\":\"dd/mm/yyyy\"},{\"key\":\"q\",\"format\":\"0.00\"},"
                   "{\"key\":\"confidence\"},{\"key\":\"z\",\"format\":\"0\"}]}",
        .totals = "",
        .named = 1};
    bytes_text(&book.input, "{\"id\":7,\"p\":1,\"d\":\"2026-01-05\",\"q\":2,\"confidence\":0.5,\"z\":3}\n");
    check(make_book(&book, &all) == 0, "columns", (char *)all.at);
    check(strstr((char *)all.at,
                  "<row><c t=\"inlineStr\"><is><t>7</t></is></c><c s=\"11\"><v>1</v></c><c s=\"12\"><v>46027</v></c>"
                  "<c s=\"11\"><v>2</v></c><c s=\"4\"><v>0.5</v></c><c s=\"3\"><v>3</v></c></row>") != NULL,
           "columns", "their styles");
    check(strstr((char *)all.at, "width=\"40.7109375\"") != NULL, "columns", "their widths");
    book.options = "{\"format\":\"xlsx\",\"columns\":[{\"key\":\"id\",\"format\":\"nope\"}]}";
    check(make_book(&book, &all) == 2, "columns", "a format that is none");
    bytes_clear(&book.input);
    bytes_clear(&all);
}

static void test_limits(void) {
    struct bytes all = {0};
    struct book book = {.options = "{\"format\":\"xlsx\"}", .totals = "", .lines = 5000};
    for (int i = 0; i < 65540; i++)
        bytes_print(&book.input, "{\"u\":\"http://a.example/%d\"}\n", i);
    check(make_book(&book, &all) == 0, "limits", "many links");
    check(strstr((char *)all.at, "<hyperlink ref=\"A65531\" r:id=\"link65530\"/></hyperlinks>") != NULL, "limits",
           "the last link");
    check(strstr((char *)all.at, "<c r=\"A65531\" s=\"7\" t=\"inlineStr\"><is><t>http://a.example/65529</t></is></c></row>"
                                  "<row r=\"65532\"><c r=\"A65532\" t=\"inlineStr\"><is><t>http://a.example/65530<") != NULL,
           "limits", "text behind the last link");
    book.input.length = 0;
    bytes_text(&book.input, "{\"t\":\"");
    for (int i = 0; i < 16384; i++)
        bytes_text(&book.input, "\xf0\x9f\x98\x80");
    bytes_text(&book.input, "\"}\n");
    check(make_book(&book, &all) == 0, "limits", "a long text");
    char *cut = strstr((char *)all.at, "\xe2\x80\xa6</t>");
    char *start = strstr((char *)all.at, "\xf0\x9f\x98\x80");
    check(cut != NULL && start != NULL && cut - start == 16383 * 4, "limits", "cut before half a pair");
    book.input.length = 0;
    bytes_text(&book.input, "{");
    for (int i = 0; i < 16385; i++)
        bytes_print(&book.input, "%s\"k%d\":1", i == 0 ? "" : ",", i);
    bytes_text(&book.input, "}\n");
    check(make_book(&book, &all) == 45, "limits", "16,385 columns");
    book.input.length = 0;
    check(make_book(&book, &all) == 0, "limits", "no records");
    bytes_clear(&book.input);
    bytes_clear(&all);
}

#ifdef LOOM_TORTURE
/** With the Nth allocation failing, for every N, there is either OUT_OF_MEMORY or the right workbook. */
static void test_torture(void) {
    struct bytes whole = {0}, all = {0};
    struct book book = {
        .options =
            "{\"format\":\"xlsx\",\"includeMetadata\":true,\"includeStatistics\":true,\"xlsx\":{\"table\":true}}",
        .totals = "\"metadata\":{\"source\":\"a\"},\"defects\":[{"
                  "\"record\":1,\"code\":\"SYNTAX\"}]",
        .lines = 2,
        .rows = 3};
    bytes_text(&book.input,
               "{\"a\":\"x\",\"u\":\"http://a.example\"}\n{\"a\":\"x\"}\n{\"a\":[1]}\n{\"a\":\"x\\ny\"}\n");
    check(make_book(&book, &whole) == 0, "torture", "without failed");
    for (long n = 0;; n++) {
        loom_memory_fail_after(n);
        int error = make_book(&book, &all);
        long wanted = loom_memory_count();
        loom_memory_fail_after(-1);
        char what[40];
        snprintf(what, sizeof what, "allocation %ld failing", n + 1);
        check(error == 20 || strstr((char *)all.at, "OUT_OF_MEMORY") != NULL ||
                   (error == 0 && all.length == whole.length),
               "torture", what);
        if (wanted <= n)
            break;
    }
    bytes_clear(&book.input);
    bytes_clear(&whole);
    bytes_clear(&all);
}
#else
static void test_torture(void) {
}
#endif

int main(int argc, char **argv) {
    if (argc > 3)
        return make_file(argc, argv);
    test_numbers();
    test_moments();
    test_links();
    test_names();
    test_zip64();
    test_cells();
    test_references();
    test_columns();
    test_seams();
    test_limits();
    test_torture();
    printf("xlsx: %u checks, %u failed\n", checks, failed);
    return failed != 0;
}
