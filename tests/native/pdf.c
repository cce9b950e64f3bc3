/* Tests PDF natively: seams, layout, wide tables, cards, hostile states, and failing allocations.
 * SPDX-License-Identifier: MIT
 */
#include "core/base64.h"
#include "core/memory.h"
#include "support/book.h"
#include "support/pdf_reader.h"

static unsigned checks, failed;

static void expect(int good, const char *where, const char *what) {
    checks++;
    if (!good) {
        failed++;
        printf("FAIL %s: %s\n", where, what);
    }
}

/* What all pages show; empty where the file cannot be read. */
static void read_pages(const struct bytes *file, const char *where, struct bytes *all, unsigned *pages) {
    struct pdf pdf;
    if (pdf_open(&pdf, file))
        pdf_walk(&pdf, 1, 0, pdf_add_page, all);
    expect(pdf.fault == NULL, where, pdf.fault == NULL ? "" : pdf.fault);
    *pages = pdf.pages;
    pdf_close(&pdf);
    bytes_byte(all, 0);
}

static void make_input(struct bytes *input, int records, int columns) {
    for (int i = 0; i < records; i++) {
        bytes_print(input, "{\"id\":%d,\"name\":\"Record %d%s\"", i, i,
                    i % 7 == 0 ? " with a name that is long enough to take two or more lines of its column" : "");
        for (int k = 2; k < columns; k++) {
            if (k % 3 == 0)
                bytes_print(input, ",\"c%d\":%d.5", k, i * k);
            else
                bytes_print(input, ",\"c%d\":\"%s %d\"", k,
                            i % 5 == 0 ? "\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85 caf\xc3\xa9" : "text (plain)", k);
        }
        bytes_text(input, "}\n");
        input->length -= input->at[input->length - 1] == 0;
    }
}

static const char *const seam_options[] = {
    "{\"format\":\"pdf\"}",
    ("{\"format\":\"pdf\",\"includeStatistics\":true,\"includeMetadata\":true,"
     "\"pdf\":{\"pageSize\":\"A5\",\"maxLines\":2}}"),
    "{\"format\":\"pdf\",\"pdf\":{\"layout\":\"cards\",\"cover\":false}}",
    "{\"format\":\"pdf\",\"pdf\":{\"wide\":\"split\",\"pageSize\":\"A5\",\"orientation\":\"portrait\"}}",
    "{\"format\":\"pdf\",\"pdf\":{\"thumbnailColumn\":\"name\",\"wide\":\"split\",\"pageSize\":\"A5\"}}",
    "{\"format\":\"pdf\",\"pdf\":{\"thumbnailColumn\":\"name\",\"layout\":\"cards\"}}",
};

/* The same pages, however the records are cut into chunks and parts. */
static void test_seams(void) {
    static const size_t lines[] = {0, 1, 7, 40};
    for (size_t o = 0; o < sizeof seam_options / sizeof *seam_options; o++) {
        struct bytes first = {0};
        struct book book = {.options = seam_options[o], .totals = ""};
        make_input(&book.input, 180, 14);
        for (size_t k = 0; k < 8; k++) {
            struct booking b;
            struct bytes all = {0};
            unsigned pages = 0;
            book.lines = lines[k / 2];
            book.rows = k % 2 == 0 ? 0 : 32;
            book_make(&book, &b);
            expect(b.error == 0, book.options, b.message);
            expect(b.written == 180, book.options, "all records are written");
            if (b.error == 0)
                read_pages(&b.out, book.options, &all, &pages);
            expect(pages > 4, book.options, "there are pages");
            if (k == 0) {
                first = all;
            } else {
                expect(all.length == first.length && memcmp(all.at, first.at, all.length) == 0, book.options,
                       "the pages do not depend on the cuts");
                bytes_clear(&all);
            }
            book_clear(&b);
        }
        bytes_clear(&first);
        bytes_clear(&book.input);
    }
}

/* What goes from part to part does not grow with the document, and the nodes that turns write make the same pages. */
static void test_growth(void) {
    struct bytes first = {0};
    struct book book = {.options = "{\"format\":\"pdf\",\"pdf\":{\"layout\":\"cards\",\"pageSize\":\"A5\"}}",
                        .totals = ""};
    make_input(&book.input, 2400, 14);
    for (int turned = 0; turned < 2; turned++) {
        struct booking b;
        struct bytes all = {0};
        unsigned pages = 0;
        book.lines = turned ? 40 : 0;
        book.rows = turned ? 64 : 0;
        book_make(&book, &b);
        expect(b.error == 0, "growth", b.message);
        read_pages(&b.out, "growth", &all, &pages);
        expect(pages > 700, "growth", "there are many pages");
        expect(b.state.length < 4096 && b.ledger.length > 0 && b.ledger.length < 8 * (size_t)pages, "growth",
               "the state is small, and so is the ledger for each page");
        if (turned)
            expect(all.length == first.length && memcmp(all.at, first.at, all.length) == 0, "growth",
                   "the pages are the same");
        if (turned)
            bytes_clear(&all);
        else
            first = all;
        book_clear(&b);
    }
    bytes_clear(&first);
    bytes_clear(&book.input);
}

static unsigned count_in(const struct bytes *text, const char *what) {
    unsigned count = 0;
    for (const char *at = (const char *)text->at; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

/* Makes a document and reads it. */
static void make_pages(const char *options, const char *totals, const char *input, struct bytes *all, unsigned *pages) {
    struct book book = {.options = options, .totals = totals};
    struct booking b;
    bytes_text(&book.input, input);
    book_make(&book, &b);
    expect(b.error == 0, options, b.message);
    if (b.error == 0)
        read_pages(&b.out, options, all, pages);
    book_clear(&b);
    bytes_clear(&book.input);
}

static void test_content(void) {
    struct bytes all = {0};
    unsigned pages = 0;
    make_pages("{\"format\":\"pdf\",\"pdf\":{\"title\":\"A title\"}}", "",
               "{\"a\":1.50,\"b\":\"x(y)\",\"c\":true,\"d\":null,\"e\":[1,\"z\"],\"f\":\"\"}\n", &all, &pages);
    expect(pages == 3, "content", "cover, summary, and one page of records");
    expect(count_in(&all, " 1.50\n") == 1, "content", "digits are kept");
    expect(count_in(&all, " x\\(y\\)\n") == 1, "content", "parentheses are escaped");
    expect(count_in(&all, " true\n") == 1 && count_in(&all, " 1; z\n") == 1, "content", "truth values and lists");
    bytes_clear(&all);
    make_pages("{\"format\":\"pdf\",\"pdf\":{\"cover\":false}}", "", "", &all, &pages);
    expect(pages == 1, "content", "a document without records has a page");
    bytes_clear(&all);
    make_pages("{\"format\":\"pdf\",\"pdf\":{\"cover\":false,\"maxLines\":1}}", "",
               "{\"a\":\"one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
               "sixteen seventeen eighteen nineteen twenty twentyone\",\"b\":\"one two three four five six seven eight "
               "nine ten eleven twelve thirteen fourteen\"}\n",
               &all, &pages);
    expect(count_in(&all, "\\205") + count_in(&all, "\x85") > 0, "content",
           "a value that is too long ends in an ellipsis");
    bytes_clear(&all);
}

static void test_rejected(void) {
    struct bytes all = {0};
    unsigned pages = 0;
    make_pages("{\"format\":\"pdf\",\"includeMetadata\":true}",
               "\"warnings\":[{\"code\":\"DUPLICATE_KEY\",\"message\":\"twice\",\"column\":\"a\",\"count\":2}],"
               "\"defects\":[{\"record\":1,\"offset\":9,\"code\":\"SYNTAX\",\"message\":\"not "
               "valid\",\"excerpt\":\"{\\\"a\\\":\"}],"
               "\"metadata\":{\"generator\":\"exportloom\",\"source\":\"x.ndjson\",\"options\":{\"format\":\"pdf\"}}",
               "{\"a\":1}\n{\"a\":\n{\"a\":2}\n", &all, &pages);
    expect(count_in(&all, " Rejected records\n") == 2, "rejected", "a heading of its own, and a figure in the summary");
    expect(count_in(&all, " not valid\n") == 1 && count_in(&all, " Metadata\n") == 1, "rejected",
           "the defect and the audit trail");
    expect(count_in(&all, " options.format\n") == 1, "rejected", "the options are told");
    bytes_clear(&all);
}

/* Columns without room are left out, or go on on following pages; none is lost without a word. */
static void test_wide(void) {
    struct bytes input = {0}, fit = {0}, split = {0};
    unsigned fitting = 0, splitting = 0;
    make_input(&input, 3, 40);
    bytes_byte(&input, 0);
    make_pages("{\"format\":\"pdf\",\"pdf\":{\"pageSize\":\"A5\"}}", "", (const char *)input.at, &fit, &fitting);
    expect(fitting == 3 && count_in(&fit, " Not in the table\n") == 1, "wide", "the summary names what was left out");
    make_pages("{\"format\":\"pdf\",\"pdf\":{\"pageSize\":\"A5\",\"wide\":\"split\",\"cover\":false}}", "",
               (const char *)input.at, &split, &splitting);
    expect(splitting > 2, "wide", "columns go on on following pages");
    for (int k = 2; k < 40; k++) {
        char value[32];
        snprintf(value, sizeof value, k % 3 == 0 ? " %d.5\n" : " text \\(plain\\) %d\n", k % 3 == 0 ? 2 * k : k);
        expect(count_in(&split, value) >= 1, "wide", value);
    }
    bytes_clear(&input);
    bytes_clear(&fit);
    bytes_clear(&split);
}

/* States that no turn made are refused. */
static void test_hostile(void) {
    static const char *const states[] = {
        "",
        "{}",
        "{\"state\":{}}",
        "{\"state\":{\"log\":\"A\",\"usage\":\"\"}}",
        "{\"state\":{\"log\":\"////////////////\",\"usage\":\"\"}}",
        "{\"state\":{\"log\":\"CQEG\",\"usage\":\"\"}}",     /* no node starts with the second sheet */
        "{\"state\":{\"log\":\"CAAG\",\"usage\":\"\"}}",     /* the first number is another one */
        "{\"state\":{\"log\":\"CQABAQ==\",\"usage\":\"\"}}", /* goes on with no sheet */
        "{\"state\":{\"log\":\"CQAGAQ==\",\"usage\":\"\"}}", /* a sheet, but the ledger has none: it is looked at in the end */
        "{\"state\":{\"log\":\"CQA=\",\"usage\":\"////\"}}",
        "{\"state\":{\"log\":1,\"usage\":2}}",
        "{\"state\":{\"log\":\"CQA=\",\"usage\":\"\"},\"segments\":[1]}", /* segments are nothing to a tail, as what follows */
        "{\"state\":{\"log\":\"CQA=\",\"usage\":\"\"},\"segments\":[\"AAAA\"]}",
        "{\"state\":{\"log\":\"CQA=\",\"usage\":\"\"},\"segments\":[\"BAUA\"]}", /* only turns tell of nodes */
        "{\"state\":{\"log\":\"CQA=\",\"usage\":\"\"},\"segments\":[\"\"]}"};
    enum { LOOKED_AT_IN_THE_END = 8, FOR_TURNS = 11 };
    static const char columns[] =
        "[{\"key\":\"a\",\"label\":\"a\",\"type\":\"text\",\"width\":4,\"filled\":1,\"path\":[\"a\"]}]";
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        loom_job *job = must(loom_job_new());
        expect(loom_job_options(job, seam_options[0], strlen(seam_options[0])) == 0, "hostile", "options");
        expect(give_fonts(job, seam_options[0]) == 0 && loom_job_columns(job, columns, sizeof columns - 1) == 0,
               "hostile", "columns");
        if (i != LOOKED_AT_IN_THE_END)
            expect(loom_job_turn(job, states[i], strlen(states[i]), 0) != 0, "hostile", states[i]);
        loom_job_free(job);
        job = must(loom_job_new());
        expect(loom_job_options(job, seam_options[0], strlen(seam_options[0])) == 0, "hostile", "options");
        expect(give_fonts(job, seam_options[0]) == 0 && loom_job_columns(job, columns, sizeof columns - 1) == 0,
               "hostile", "columns");
        if (i < FOR_TURNS)
            expect(loom_job_tail(job, states[i], strlen(states[i])) != 0, "hostile", states[i]);
        loom_job_free(job);
    }
}

static void test_base64(void) {
    loom_buffer text, bytes;
    for (size_t n = 0; n < 8; n++) {
        loom_buffer_init(&text, 100);
        loom_buffer_init(&bytes, 100);
        expect(loom_base64_write(&text, (const uint8_t *)"\xff\x00ManyX", n) == 0, "base64", "write");
        expect(loom_base64_read(&bytes, (const char *)text.bytes, text.length) == 0, "base64", "read");
        expect(bytes.length == n && (n == 0 || memcmp(bytes.bytes, "\xff\x00ManyX", n) == 0), "base64",
               "the same bytes");
        loom_buffer_free(&text);
        loom_buffer_free(&bytes);
    }
    loom_buffer_init(&bytes, 100);
    expect(loom_base64_read(&bytes, "AA!=", 4) != 0 && loom_base64_read(&bytes, "AAA", 3) != 0, "base64",
           "other texts are refused");
    loom_buffer_free(&bytes);
}

/* Either memory runs out, or the document is whole. */
static void test_torture(const char *options) {
    struct book book = {.options = options,
                        .totals = "\"warnings\":[{\"code\":\"DUPLICATE_KEY\",\"message\":\"twice\",\"count\":2}],"
                                  "\"metadata\":{\"source\":\"x\"}",
                        .lines = 6};
    make_input(&book.input, 12, 6);
    unsigned starved = 0;
    for (long n = 0;; n += n < 300 ? 1 : 7) {
        struct booking b;
        loom_memory_fail_after(n);
        book_make(&book, &b);
        long count = loom_memory_count();
        loom_memory_fail_after(-1);
        int error = b.error;
        if (count > n) {
            starved++;
            expect(error == 20 || error == 0, "torture", b.message);
        } else {
            expect(error == 0, "torture", b.message);
        }
        book_clear(&b);
        if (count <= n)
            break;
    }
    expect(starved > 400, "torture", "allocations fail");
    bytes_clear(&book.input);
}

/* A turn that writes a node, 130 pages behind the start: memory runs out, or its state and its output are whole. */
static void test_turn_torture(void) {
    static const char columns[] =
        "[{\"key\":\"a\",\"label\":\"a\",\"type\":\"text\",\"width\":4,\"filled\":1,\"path\":[\"a\"]}]";
    struct bytes turn = {0};
    bytes_text(&turn, "{\"state\":{\"log\":\"CQA=\",\"usage\":\"\"},\"segments\":[\"");
    for (int i = 0; i < 131 / 3 + 1; i++)
        bytes_text(&turn, "BgEGAQYB"); /* three pages with a record each */
    bytes_text(&turn, "AA==\"]}");
    long count = 0;
    for (long n = 0; n <= count; n++) { /* the last run is whole */
        loom_job *job = must(loom_job_new());
        expect(loom_job_options(job, seam_options[0], strlen(seam_options[0])) == 0 &&
                   give_fonts(job, seam_options[0]) == 0 && loom_job_columns(job, columns, sizeof columns - 1) == 0 &&
                   loom_job_head(job, "", 0) == 0,
               "turn", "the job is ready");
        loom_memory_fail_after(n);
        int error = loom_job_turn(job, (const char *)turn.at, turn.length, 1);
        count = loom_memory_count();
        loom_memory_fail_after(-1);
        expect(error == (count > n ? 20 : 0), "turn", "memory runs out, or all is well");
        if (error == 0) {
            struct bytes out = {0};
            bytes_add(&out, loom_job_output(job), loom_job_output_length(job));
            expect(count_in(&out, "/Type/ObjStm/N 129/") == 1, "turn", "one node is written");
            bytes_clear(&out);
        }
        loom_job_free(job);
    }
    expect(count > 20, "turn", "allocations fail");
    bytes_clear(&turn);
}

int main(void) {
    test_base64();
    test_content();
    test_rejected();
    test_wide();
    test_seams();
    test_hostile();
    test_growth();
    test_turn_torture();
    test_torture("{\"format\":\"pdf\",\"includeStatistics\":true,\"includeMetadata\":true}");
    test_torture("{\"format\":\"pdf\",\"pdf\":{\"thumbnailColumn\":\"name\",\"cover\":false}}");
    printf("pdf: %u checks, %u failed\n", checks, failed);
    return failed == 0 ? 0 : 1;
}
