/* PDF 1.7 (ISO 32000-1): a report whose pages of records are streamed. See pdf.md.
 * SPDX-License-Identifier: MIT
 *
 * head   the header of the file
 * place  the content streams of a chunk's records, as objects
 * turn   the nodes of the page tree whose pages have ended; what was told of the segments goes into the state and the ledger
 * tail   everything else: the last node, drawn pages, fonts, outline, cross-reference
 */
#include <stdio.h>

#include "../../core/memory.h"
#include "../../core/utf8.h"
#include "embed.h"
#include "image.h"
#include "operators.h"
#include "sections.h"
#include "row.h"

/* Records after which the state is told of their segments; even, and small enough that little is held until then. */
#define PART_ROWS 16384u

/* Entries that the outline has for the records. */
#define MOST_ENTRIES 60u

static int check(loom_settings *settings, loom_error *error) {
    for (const char *at = settings->pdf_language; *at != '\0'; at++) {
        bool good =
            (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') || *at == '-';
        if (!good) {
            return loom_fail(error, LOOM_INVALID_OPTION, "pdf.language must be a language tag such as de-CH");
        }
    }
    return LOOM_OK;
}

static size_t lead(const loom_settings *settings) {
    (void)settings;
    return 0;
}

/* Columns without a place, and control characters of the headings; their NULs are counted already. */
static int warn_columns(const loom_encoding *e, const loom_pdf_layout *layout) {
    int code = LOOM_OK;
    for (uint32_t i = 0; code == LOOM_OK && i < layout->left_out_count; i++) {
        code = loom_batch_warn(e->batch, LOOM_COLUMN_LEFT_OUT, (int32_t)layout->left_out[i], 0, 1);
    }
    for (uint32_t i = 0; code == LOOM_OK && i < e->columns->count; i++) {
        const char *label = e->columns->list[i].label;
        uint32_t count = loom_shape_controls((const uint8_t *)label, (uint32_t)strlen(label));
        code = count == 0 ? LOOM_OK : loom_batch_warn(e->batch, LOOM_CHARACTER_REPLACED, (int32_t)i, 0, count);
    }
    return code;
}

static int head(loom_encoding *e, const char *metadata, size_t length) {
    loom_pdf *pdf = NULL;
    (void)metadata;
    (void)length;
    int code = loom_pdf_laid_out(e, &pdf);
    if (code == LOOM_OK && pdf->shaper.wanted == 0) { /* else it is asked for again, with more fonts */
        code = warn_columns(e, &pdf->layout);
    }
    code = code == LOOM_OK ? loom_buffer_append_text(e->out, LOOM_PDF_START) : code;
    return code == LOOM_OK ? loom_assembly_start(e) : code;
}

static int turn(loom_encoding *e, const char *text, size_t length, bool more) {
    (void)more;
    return loom_assembly_turn(e, text, length);
}

/* The title that the options give, or the name of the source or else of the file, without its ending. */
static void make_title(char *title, size_t size, const loom_settings *settings, const cJSON *metadata) {
    const char *name = loom_shell_member(metadata, "source");
    const char *dot = strrchr(name, '.');
    if (name[0] == '\0') {
        name = loom_shell_member(cJSON_GetObjectItemCaseSensitive(metadata, "options"), "fileName");
        dot = strstr(name, ".pdf");
    }
    size_t length = dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name);
    if (settings->pdf_title[0] != '\0') {
        snprintf(title, size, "%s", settings->pdf_title);
    } else if (length == 0) {
        snprintf(title, size, "Export");
    } else {
        snprintf(title, size, "%.*s", (int)(length < size ? length : size - 1), name);
        title[loom_utf8_whole(title, strlen(title))] = '\0';
    }
}

/* `2026-01-31T10:20:30.000Z` as `2026-01-31 10:20 UTC`. */
static void make_date(char *date, size_t size, const char *clock) {
    if (strlen(clock) < 16) {
        snprintf(date, size, "%s", clock);
    } else {
        snprintf(date, size, "%.10s %.5s UTC", clock, clock + 11);
    }
}

/* The records between two entries of the outline, 1, 2 or 5 times a power of ten, so that there are at most so many entries. */
static uint64_t stride_of(uint64_t records, uint64_t most) {
    static const uint64_t steps[] = {1, 2, 5};
    for (uint64_t power = 1;; power *= 10) {
        for (size_t i = 0; i < 3; i++) {
            if (power * steps[i] * most >= records) {
                return power * steps[i];
            }
        }
    }
}

/* Entries for the records: one for the first, and below it one for every so many. */
static void put_entries(loom_shell *shell) {
    loom_assembly *assembly = shell->assembly;
    if (assembly->pages == 0) {
        return;
    }
    uint64_t records = assembly->records;
    uint64_t stride = stride_of(records, assembly->pages < MOST_ENTRIES ? assembly->pages : MOST_ENTRIES);
    uint64_t next = 0;
    HPDF_Outline all = loom_shell_entry(shell, NULL, "Records", assembly->first);
    loom_log_walk walk = loom_assembly_ledger(assembly);
    while (assembly->pages > 1 && shell->code == LOOM_OK && loom_log_next(&walk)) {
        for (; next < walk.records + walk.starting; next += stride) {
            char title[64];
            uint64_t end = records - next < stride ? records : next + stride;
            snprintf(title, sizeof title, "%llu \xe2\x80\x93 %llu", (unsigned long long)next + 1,
                     (unsigned long long)end);
            (void)loom_shell_entry(shell, all, title, walk.page);
        }
    }
}

static void draw_pages(loom_shell *shell, const loom_pdf_frame_texts *texts) {
    if (shell->e->settings->pdf_cover) {
        loom_pdf_cover(shell, texts);
        loom_pdf_summary(shell);
        loom_shell_end_page(shell);
    }
    put_entries(shell);
    shell->back = true;
    loom_pdf_rejected(shell);
    if (shell->e->settings->export_includeMetadata) {
        loom_pdf_audit(shell);
    }
    /* a document has a page at least */
    if (shell->counts[0] + shell->counts[1] + shell->assembly->pages == 0) {
        loom_shell_page(shell, true);
    }
    loom_shell_end_page(shell);
}

static int write_form(loom_assembly *assembly, uint32_t number, int made, loom_buffer *content) {
    int code = made == LOOM_OK ? loom_pdf_form(assembly, number, content) : made;
    content->length = 0;
    return code;
}

static int write_forms(loom_shell *shell, const loom_pdf_frame_texts *texts) {
    loom_assembly *assembly = shell->assembly;
    loom_pdf *pdf = shell->pdf;
    loom_buffer content;
    loom_buffer_init(&content, shell->e->out->cap);
    int code = write_form(assembly, LOOM_PDF_HEADER, loom_pdf_put_header(pdf, texts, &content), &content);
    if (code == LOOM_OK) {
        uint32_t pages = assembly->pages + shell->counts[1];
        code = write_form(assembly, LOOM_PDF_COUNT, loom_pdf_put_count(pdf, pages, &content), &content);
    }
    for (uint32_t band = 0; band < pdf->layout.bands && code == LOOM_OK; band++) {
        code = write_form(assembly, LOOM_PDF_HEADINGS + band, loom_pdf_put_headings(shell->e, pdf, band, &content),
                          &content);
    }
    loom_buffer_free(&content);
    return code;
}

static int compress(void *context, const uint8_t *bytes, size_t length, loom_buffer *out) {
    return loom_pdf_compress(context, bytes, length, out);
}

/* The fonts with the characters that all pages use, and the dictionary of their names. */
static int write_fonts(loom_shell *shell) {
    loom_assembly *assembly = shell->assembly;
    loom_pdf *pdf = shell->pdf;
    loom_embed embed;
    loom_buffer value;
    loom_buffer_init(&value, shell->e->out->cap);
    int code = loom_embed_open(&embed, &pdf->fonts, &pdf->shaper.usage);
    embed.compress = compress;
    embed.context = pdf->deflater;
    uint32_t first = code == LOOM_OK ? loom_assembly_reserve(assembly, embed.count) : 0;
    for (uint32_t i = 0; code == LOOM_OK && i < embed.count; i++) {
        value.length = 0;
        code = loom_embed_object(&embed, i, first, &value);
        code = code == LOOM_OK ? loom_assembly_object(assembly, first + i, &value) : code;
    }
    value.length = 0;
    code = code == LOOM_OK ? loom_buffer_append_text(&value, "<<") : code;
    code = code == LOOM_OK ? loom_embed_resources(&embed, first, &value) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(&value, ">>") : code;
    code = code == LOOM_OK ? loom_assembly_object(assembly, LOOM_PDF_FONTS, &value) : code;
    loom_buffer_free(&value);
    return code;
}

/* The resources that all pages share. */
static int write_resources(loom_shell *shell) {
    loom_buffer value;
    loom_buffer_init(&value, shell->e->out->cap);
    int code = loom_assembly_put_resources(&shell->pdf->layout, &value);
    code = code == LOOM_OK && shell->logo ? loom_pdf_print(&value, "/L %u 0 R", LOOM_PDF_LOGO) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(&value, ">>>>") : code;
    code = code == LOOM_OK ? loom_assembly_object(shell->assembly, LOOM_PDF_RESOURCES, &value) : code;
    loom_buffer_free(&value);
    return code;
}

/* libharu's objects, the page tree, and the end of the file. */
static int write_rest(loom_shell *shell) {
    loom_shell_numbers numbers = {.catalog = 0};
    uint32_t counts[2] = {shell->counts[0], shell->counts[1]};
    int code = LOOM_OK;
    for (int i = 0; i < 2 && code == LOOM_OK; i++) {
        numbers.pages[i] = loom_alloc(((size_t)counts[i] + 1) * sizeof(uint32_t));
        code = numbers.pages[i] == NULL ? LOOM_OUT_OF_MEMORY : LOOM_OK;
    }
    if (code == LOOM_OK) {
        loom_shell_write(shell, &numbers);
        code = shell->code;
    }
    if (code == LOOM_OK) {
        loom_surrounding surrounding = {numbers.pages[0], counts[0], numbers.pages[1], counts[1]};
        code = loom_assembly_pages(shell->assembly, &surrounding);
    }
    code = code == LOOM_OK ? loom_assembly_finish(shell->assembly, numbers.catalog, numbers.facts) : code;
    loom_free(numbers.pages[0]);
    loom_free(numbers.pages[1]);
    return code;
}

static int write_document(loom_shell *shell, const loom_pdf_frame_texts *texts) {
    shell->logo = shell->pdf->logo != NULL && shell->e->settings->pdf_cover;
    if (shell->logo) {
        loom_shell_note(shell, loom_pdf_put_logo(shell->pdf, shell->assembly, LOOM_PDF_LOGO, shell->e->error));
    }
    draw_pages(shell, texts);
    loom_shell_properties(shell);
    int code = shell->code;
    code = code == LOOM_OK ? write_forms(shell, texts) : code;
    code = code == LOOM_OK ? write_fonts(shell) : code;
    code = code == LOOM_OK ? write_resources(shell) : code;
    return code == LOOM_OK ? write_rest(shell) : code;
}

static int tail(loom_encoding *e, const char *totals, size_t length) {
    cJSON *document = NULL;
    loom_assembly assembly = {.e = e};
    char title[LOOM_MAX_TEXT_OPTION + 1];
    char date[64];
    int code = loom_document_parse(totals, length, &document);
    code = code == LOOM_SYNTAX ? LOOM_INTERNAL : code;
    if (code == LOOM_OK) {
        code = loom_assembly_open(&assembly, e, cJSON_GetObjectItemCaseSensitive(document, "state"));
    }
    if (code == LOOM_OK) {
        const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(document, "metadata");
        make_title(title, sizeof title, e->settings, metadata);
        make_date(date, sizeof date, loom_shell_member(metadata, "exportedAt"));
        loom_pdf_frame_texts texts = {title, date, loom_shell_member(metadata, "source")};
        loom_shell shell = {.e = e, .pdf = assembly.pdf, .assembly = &assembly, .totals = document, .title = title};
        loom_shell_open(&shell);
        code = shell.code == LOOM_OK ? write_document(&shell, &texts) : shell.code;
        loom_shell_close(&shell);
    }
    loom_assembly_free(&assembly);
    cJSON_Delete(document);
    return code;
}

const loom_format loom_format_pdf = {.name = "pdf",
                                     .check = check,
                                     .lead = lead,
                                     .head = head,
                                     .tail = tail,
                                     .measure = loom_pdf_measure,
                                     .place = loom_pdf_place,
                                     .turn = turn,
                                     .flow = loom_pdf_flow,
                                     .picture = loom_pdf_picture,
                                     .file = loom_pdf_file,
                                     .wanted = loom_pdf_wanted,
                                     .release = loom_pdf_free,
                                     .most_rows = PART_ROWS,
                                     .most_bytes = UINT32_MAX,
                                     .regional = true,
                                     .flat = true};
