/* XLSX (ECMA-376): a zip package whose Data sheets are streamed. See xlsx.md.
 * SPDX-License-Identifier: MIT
 *
 * head   _rels/.rels, the theme, and the start of the first Data sheet
 * turn   the end of a Data sheet, its relationships, and the start of the next one
 * tail   all other parts and the central directory
 */
#include <stdio.h>

#include "../../core/memory.h"
#include "link.h"
#include "names.h"
#include "package.h"
#include "sheet.h"
#include "shell.h"
#include "styles.h"

/* Rows of a sheet besides the header, and bytes of rows without their numbers, which add two fifths at most: with what stands around
 * them, a sheet stays below the 4 GiB at which it would need ZIP64 together with a data descriptor, which many readers do not take. */
#define MOST_ROWS 1048575u
#define MOST_BYTES 0xa0000000u

#define ROOT_RELATIONSHIPS "_rels/.rels"
#define THEME "xl/theme/theme1.xml"

/* The numbers that a segment tells: see end_run in sheet.c. */
enum { ROWS, LINKS, PIECE, REFERENCES = PIECE + 3, TARGETS = REFERENCES + 3, NUMBERS = TARGETS + 3 };

static int check(loom_settings *settings, loom_error *error) {
    (void)settings;
    (void)error;
    return LOOM_OK;
}

static size_t lead(const loom_settings *settings) {
    (void)settings;
    return 0;
}

static void name_part(char name[LOOM_ZIP_NAME + 1], const char *pattern, uint32_t sheet) {
    snprintf(name, LOOM_ZIP_NAME + 1, pattern, (unsigned)sheet + 1);
}

/* The bytes of a captured part from `*start` to `*end`. */
static int find_part(const loom_capture *capture, const char *pattern, uint32_t sheet, const char **start,
                     const char **end) {
    char name[LOOM_ZIP_NAME + 1];
    name_part(name, pattern, sheet);
    const loom_captured *part = loom_capture_find(capture, name);
    if (part == NULL) {
        return LOOM_INTERNAL;
    }
    *start = (const char *)capture->bytes.bytes + part->start;
    *end = *start + part->length;
    return LOOM_OK;
}

/* The columns as a sheet takes them. */
static int check_columns(loom_encoding *e) {
    if (e->columns->count > LOOM_XLSX_MAX_COLUMNS) {
        return loom_fail(e->error, LOOM_TOO_MANY_COLUMNS, "%u columns, but a sheet has at most %u",
                         (unsigned)e->columns->count, LOOM_XLSX_MAX_COLUMNS);
    }
    for (uint32_t i = 0; i < e->columns->count; i++) {
        const loom_column *column = &e->columns->list[i];
        if (column->format != NULL && !loom_xlsx_is_format(column->format)) {
            return loom_fail(e->error, LOOM_INVALID_OPTION, "columns: the format of %s is not a number format of Excel",
                             column->key);
        }
    }
    return LOOM_OK;
}

/* Opens the member of the package's last sheet and writes all before its first record. libxlsxwriter thinks that the sheet is
 * empty, so its dimension is left out (18.3.1.35: it is optional). */
static int open_sheet(loom_encoding *e, loom_package *package, const loom_capture *capture) {
    char name[LOOM_ZIP_NAME + 1];
    const char *start = NULL;
    const char *end = NULL;
    loom_buffer xml;
    loom_buffer_init(&xml, package->out->cap);
    name_part(name, "xl/worksheets/sheet%u.xml", package->sheets - 1);
    int code = find_part(capture, "xl/worksheets/sheet%u.xml", package->sheets - 1, &start, &end);
    const char *dimension = code == LOOM_OK ? loom_capture_search(start, (size_t)(end - start), "<dimension") : NULL;
    const char *views = dimension == NULL ? NULL : loom_capture_search(dimension, (size_t)(end - dimension), "/>");
    const char *data = views == NULL ? NULL : loom_capture_search(views, (size_t)(end - views), "<sheetData");
    if (data == NULL) {
        return LOOM_INTERNAL;
    }
    code = loom_buffer_append(&xml, start, (size_t)(dimension - start));
    code = code == LOOM_OK ? loom_buffer_append(&xml, views + 2, (size_t)(data - views - 2)) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(&xml, "<sheetData>") : code;
    code = code == LOOM_OK ? loom_xlsx_header(e, &xml) : code;
    code = code == LOOM_OK ? loom_package_open(package, name) : code;
    code = code == LOOM_OK ? loom_package_put(package, xml.bytes, xml.length) : code;
    loom_buffer_free(&xml);
    return code;
}

static int add_captured(loom_package *package, const loom_capture *capture, const char *name) {
    const loom_captured *part = loom_capture_find(capture, name);
    return part == NULL ? LOOM_INTERNAL
                        : loom_package_add(package, name, capture->bytes.bytes + part->start, part->length);
}

static int start_package(loom_encoding *e, loom_package *package) {
    loom_capture capture = {.list = NULL};
    int code = loom_package_add_sheet(package);
    if (code == LOOM_OK) {
        loom_xlsx_book book = {.e = e, .rows = package->rows, .sheets = 1, .clock = package->clock};
        code = loom_xlsx_shell(&book, &capture);
    }
    if (code == LOOM_OK) {
        code = add_captured(package, &capture, ROOT_RELATIONSHIPS);
    }
    if (code == LOOM_OK) {
        code = add_captured(package, &capture, THEME);
    }
    if (code == LOOM_OK) {
        code = open_sheet(e, package, &capture);
    }
    loom_capture_free(&capture);
    return code == LOOM_OK ? loom_package_write(package, e->state) : code;
}

static int head(loom_encoding *e, const char *metadata, size_t length) {
    char name[LOOM_XLSX_NAME_SIZE];
    cJSON *document = NULL;
    loom_xlsx_plan *plan = NULL;
    loom_package package = {.members = NULL};
    int code = check_columns(e);
    if (code == LOOM_OK && length > 0) {
        code = loom_document_parse(metadata, length, &document);
        code = code == LOOM_SYNTAX ? LOOM_INTERNAL : code;
    }
    if (code == LOOM_OK) {
        code = loom_xlsx_plan_of(e, &plan);
    }
    if (code == LOOM_OK && loom_xlsx_sheet_name(e->settings->xlsx_sheetName, 0, name)) {
        code = loom_batch_warn(e->batch, LOOM_SHEET_RENAMED, LOOM_NO_COLUMN, 0, 1);
    }
    if (code == LOOM_OK) {
        const cJSON *clock = cJSON_GetObjectItemCaseSensitive(document, "exportedAt");
        loom_package_start(&package, e->out, plan->deflater, cJSON_IsString(clock) ? clock->valuestring : NULL);
        code = start_package(e, &package);
    }
    loom_package_free(&package);
    cJSON_Delete(document);
    return code;
}

static int read_numbers(const cJSON *segment, uint32_t numbers[NUMBERS]) {
    int i = 0;
    const cJSON *number = NULL;
    cJSON_ArrayForEach(number, segment) {
        uint64_t count = 0;
        if (i >= NUMBERS || !loom_document_count(number, UINT32_MAX, &count)) {
            return LOOM_INTERNAL;
        }
        numbers[i++] = (uint32_t)count;
    }
    return i == NUMBERS ? LOOM_OK : LOOM_INTERNAL;
}

/* Counts the pieces at `which` of all segments into the open member; `*links` becomes the number of links. */
static int count_pieces(loom_package *package, const cJSON *segments, int which, uint32_t *links) {
    const cJSON *segment = NULL;
    *links = 0;
    cJSON_ArrayForEach(segment, segments) {
        uint32_t numbers[NUMBERS];
        int code = read_numbers(segment, numbers);
        if (code == LOOM_OK) {
            code = loom_package_count(package, numbers[which], numbers[which + 1], numbers[which + 2]);
        }
        if (code != LOOM_OK) {
            return code;
        }
        *links += numbers[LINKS];
        package->rows[package->sheets - 1] += which == PIECE ? numbers[ROWS] : 0;
    }
    return LOOM_OK;
}

/* Everything behind the last record of a sheet; the hyperlinks come before the margins (18.3.1.99). */
static int end_sheet(loom_encoding *e, loom_package *package, const loom_capture *capture, const cJSON *segments,
                     bool links) {
    const char *start = NULL;
    const char *end = NULL;
    uint32_t count = 0;
    int code = find_part(capture, "xl/worksheets/sheet%u.xml", package->sheets - 1, &start, &end);
    const char *data = code == LOOM_OK ? loom_capture_search(start, (size_t)(end - start), "</sheetData>") : NULL;
    const char *none =
        code == LOOM_OK && data == NULL ? loom_capture_search(start, (size_t)(end - start), "<sheetData/>") : NULL;
    const char *behind = data != NULL ? data : none;
    const char *margins = behind == NULL ? NULL : loom_capture_search(behind, (size_t)(end - behind), "<pageMargins");
    if (margins == NULL) {
        return LOOM_INTERNAL;
    }
    behind += 12; /* the length of either */
    code = loom_package_put(package, "</sheetData>", 12);
    code = code == LOOM_OK ? loom_package_put(package, behind, (size_t)(margins - behind)) : code;
    code = code == LOOM_OK && links ? loom_package_put(package, "<hyperlinks>", 12) : code;
    e->cuts[0] = package->out->length;
    code = code == LOOM_OK ? count_pieces(package, segments, REFERENCES, &count) : code;
    code = code == LOOM_OK && links ? loom_package_put(package, "</hyperlinks>", 13) : code;
    code = code == LOOM_OK ? loom_package_put(package, margins, (size_t)(end - margins)) : code;
    return code == LOOM_OK ? loom_package_close(package) : code;
}

/* The relationships of a sheet: those of libxlsxwriter, for a table, and the links. */
static int put_relationships(loom_encoding *e, loom_package *package, const loom_capture *capture,
                             const cJSON *segments, bool links) {
    static const char empty[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
    static const char end_tag[] = "</Relationships>";
    char name[LOOM_ZIP_NAME + 1];
    const char *start = NULL;
    const char *end = NULL;
    uint32_t count = 0;
    bool own = find_part(capture, "xl/worksheets/_rels/sheet%u.xml.rels", package->sheets - 1, &start, &end) == LOOM_OK;
    e->cuts[1] = package->out->length;
    if (!links && !own) {
        return LOOM_OK;
    }
    const char *mark = own ? loom_capture_search(start, (size_t)(end - start), end_tag) : NULL;
    if (own && mark == NULL) {
        return LOOM_INTERNAL;
    }
    name_part(name, "xl/worksheets/_rels/sheet%u.xml.rels", package->sheets - 1);
    int code = loom_package_open(package, name);
    if (code == LOOM_OK) {
        code = own ? loom_package_put(package, start, (size_t)(mark - start))
                   : loom_package_put(package, empty, sizeof empty - 1);
    }
    e->cuts[1] = package->out->length;
    code = code == LOOM_OK ? count_pieces(package, segments, TARGETS, &count) : code;
    code = code == LOOM_OK ? loom_package_put(package, end_tag, sizeof end_tag - 1) : code;
    return code == LOOM_OK ? loom_package_close(package) : code;
}

static int turn_sheet(loom_encoding *e, loom_package *package, const cJSON *segments, bool more) {
    loom_capture capture = {.list = NULL};
    uint32_t links = 0;
    uint32_t full = package->sheets;
    int code = count_pieces(package, segments, PIECE, &links);
    if (code == LOOM_OK && more) {
        code = loom_package_add_sheet(package);
    }
    if (code == LOOM_OK) {
        loom_xlsx_book book = {.e = e, .rows = package->rows, .sheets = package->sheets, .clock = package->clock};
        code = loom_xlsx_shell(&book, &capture);
    }
    package->sheets = full;
    if (code == LOOM_OK) {
        code = end_sheet(e, package, &capture, segments, links > 0);
    }
    if (code == LOOM_OK) {
        code = put_relationships(e, package, &capture, segments, links > 0);
    }
    package->sheets += more;
    if (code == LOOM_OK && more) {
        code = open_sheet(e, package, &capture);
    }
    loom_capture_free(&capture);
    return code == LOOM_OK ? loom_package_write(package, e->state) : code;
}

/* Reads a document and goes on with the package of its member `state`. Document and package are the caller's to free, also where
 * this fails. */
static int resume(loom_encoding *e, const char *text, size_t length, cJSON **document, loom_package *package) {
    loom_xlsx_plan *plan = NULL;
    int code = loom_document_parse(text, length, document);
    code = code == LOOM_SYNTAX ? LOOM_INTERNAL : code;
    if (code == LOOM_OK) {
        code = loom_xlsx_plan_of(e, &plan);
    }
    if (code == LOOM_OK) {
        package->deflater = plan->deflater;
        code = loom_package_read(package, cJSON_GetObjectItemCaseSensitive(*document, "state"));
    }
    return code == LOOM_OK && package->sheets == 0 ? LOOM_INTERNAL : code;
}

static int turn(loom_encoding *e, const char *text, size_t length, bool more) {
    cJSON *document = NULL;
    loom_package package = {.out = e->out};
    int code = resume(e, text, length, &document, &package);
    if (code == LOOM_OK) {
        code = turn_sheet(e, &package, cJSON_GetObjectItemCaseSensitive(document, "segments"), more);
    }
    loom_package_free(&package);
    cJSON_Delete(document);
    return code;
}

/* Whether a part stands in the package already. */
static bool is_written(const loom_package *package, const char *name) {
    for (uint32_t i = 0; i < package->count; i++) {
        if (strcmp(package->members[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int finish_package(loom_encoding *e, loom_package *package, const cJSON *totals) {
    loom_capture capture = {.list = NULL};
    loom_xlsx_book book = {
        .e = e, .rows = package->rows, .sheets = package->sheets, .clock = package->clock, .totals = totals};
    int code = loom_xlsx_shell(&book, &capture);
    for (uint32_t i = 0; i < capture.count && code == LOOM_OK; i++) {
        const loom_captured *part = &capture.list[i];
        if (!is_written(package, part->name)) {
            code = loom_package_add(package, part->name, capture.bytes.bytes + part->start, part->length);
        }
    }
    loom_capture_free(&capture);
    return code == LOOM_OK ? loom_package_finish(package) : code;
}

static int tail(loom_encoding *e, const char *totals, size_t length) {
    cJSON *document = NULL;
    loom_package package = {.out = e->out};
    int code = resume(e, totals, length, &document, &package);
    if (code == LOOM_OK) {
        code = finish_package(e, &package, document);
    }
    loom_package_free(&package);
    cJSON_Delete(document);
    return code;
}

const loom_format loom_format_xlsx = {.name = "xlsx",
                                      .check = check,
                                      .lead = lead,
                                      .head = head,
                                      .tail = tail,
                                      .measure = loom_xlsx_measure,
                                      .place = loom_xlsx_place,
                                      .turn = turn,
                                      .release = loom_xlsx_plan_free,
                                      .most_rows = MOST_ROWS,
                                      .most_bytes = MOST_BYTES,
                                      .flat = true,
                                      .regional = true};
