/* libharu's document: opening, drawing, properties, and writing its objects among ours.
 * SPDX-License-Identifier: MIT
 */
#include "shell.h"

#include <stdio.h>

#include "../../core/memory.h"
#include "../../core/utf8.h"
#include "operators.h"
#include "sections.h"

#include <hpdf_pages.h>

/* libharu takes memory in blocks of this size, which are freed together, so that nothing is lost where it fails halfway. */
#define POOL 65536u

#define NUMBER_BITS 0x00ffffffu

const loom_colour loom_accent = {.12f, .31f, .47f};
const loom_colour loom_pale = {.945f, .955f, .965f};
const loom_colour loom_rule = {.55f, .58f, .62f};
const loom_colour loom_faint = {.86f, .87f, .88f};

static void *take(HPDF_UINT size) {
    return loom_alloc(size);
}

/* libharu's own errors: all that can happen here is that memory runs out. */
static void check(loom_shell *shell, HPDF_STATUS status) {
    if (status != HPDF_OK) {
        loom_shell_note(shell, LOOM_OUT_OF_MEMORY);
    }
}

void loom_shell_open(loom_shell *shell) {
    loom_buffer_init(&shell->text, shell->e->out->cap);
    shell->doc = HPDF_NewEx(NULL, take, loom_free, POOL, NULL);
    if (shell->doc == NULL) {
        loom_shell_note(shell, LOOM_OUT_OF_MEMORY);
        return;
    }
    /* objects that are not libharu's are referred to by their numbers; the root of the pages is one of them */
    shell->doc->root_pages->header.obj_id = LOOM_PDF_ROOT | HPDF_OTYPE_INDIRECT;
}

void loom_shell_close(loom_shell *shell) {
    if (shell->doc != NULL) {
        HPDF_Free(shell->doc);
    }
    loom_buffer_free(&shell->text);
    loom_free(shell->pages[0]);
    loom_free(shell->pages[1]);
}

/* Something that stands for an object of ours. */
static HPDF_Dict stand_in(loom_shell *shell, uint32_t number) {
    HPDF_Dict dict = HPDF_Dict_New(shell->doc->mmgr);
    if (dict == NULL) {
        loom_shell_note(shell, LOOM_OUT_OF_MEMORY);
        return NULL;
    }
    dict->header.obj_id = number | HPDF_OTYPE_INDIRECT;
    return dict;
}

static void keep_page(loom_shell *shell) {
    bool back = shell->back;
    HPDF_Page *list = loom_grow(shell->pages[back], shell->counts[back], &shell->capacities[back],
                                sizeof(HPDF_Page)); /* NOLINT(bugprone-sizeof-expression): a list of pointers */
    if (list == NULL) {
        loom_shell_note(shell, LOOM_OUT_OF_MEMORY);
        return;
    }
    shell->pages[back] = list;
    list[shell->counts[back]++] = shell->page;
}

static void write_raw(loom_shell *shell, const uint8_t *bytes, size_t length) {
    HPDF_PageAttr attributes = shell->page->attr;
    if (length > 0) {
        check(shell, HPDF_Stream_Write(attributes->stream, bytes, (HPDF_UINT)length));
    }
}

/* A Roman numeral of a number below 4000, as viewers write page labels. */
static void write_roman(char *text, size_t size, uint32_t number) {
    static const struct {
        uint32_t value;
        const char *letters;
    } digits[] = {{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
                  {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof digits / sizeof digits[0]; i++) {
        for (; number >= digits[i].value && length + 3 < size; number -= digits[i].value) {
            length += (size_t)snprintf(text + length, size - length, "%s", digits[i].letters);
        }
    }
}

/* Header, footer and number. */
static void put_frame(loom_shell *shell) {
    char numeral[24];
    loom_pdf_footer footer = loom_pdf_footer_of(shell->pdf);
    uint32_t count = shell->counts[shell->back];
    loom_shell_note(shell, loom_buffer_append_text(&shell->text, "/H Do\n"));
    if (shell->back) {
        loom_shell_note(shell, loom_pdf_page_number(shell->pdf, shell->assembly->pages + count, &shell->text));
        return;
    }
    int32_t x = footer.x + loom_pdf_plain_width(shell->pdf, LOOM_REGULAR, LOOM_PDF_PAGE_WORD, footer.size);
    write_roman(numeral, sizeof numeral, count);
    (void)loom_shell_text(shell, (loom_caption){.x = x, .y = footer.y, .size = footer.size, .colour = LOOM_PDF_GREY},
                          numeral);
}

void loom_shell_page(loom_shell *shell, bool frame) {
    const loom_pdf_layout *layout = &shell->pdf->layout;
    loom_shell_end_page(shell);
    if (shell->code != LOOM_OK) {
        return;
    }
    shell->page = HPDF_Page_New(shell->doc->mmgr, shell->doc->xref);
    HPDF_Dict resources = stand_in(shell, LOOM_PDF_RESOURCES);
    if (shell->page == NULL || resources == NULL) {
        shell->page = NULL;
        loom_shell_note(shell, LOOM_OUT_OF_MEMORY);
        return;
    }
    HPDF_Box box = {0, 0, (float)layout->width / LOOM_POINT, (float)layout->height / LOOM_POINT};
    check(shell, HPDF_Dict_Add(shell->page, "MediaBox", HPDF_Box_Array_New(shell->doc->mmgr, box)));
    check(shell, HPDF_Dict_Add(shell->page, "Parent", shell->doc->root_pages));
    check(shell, HPDF_Dict_Add(shell->page, "Resources", resources));
    ((HPDF_PageAttr)shell->page->attr)->ver = &shell->doc->pdf_version;
    keep_page(shell);
    shell->y = layout->top - 14 * LOOM_POINT;
    shell->text.length = 0;
    if (frame) {
        put_frame(shell);
    }
}

void loom_shell_end_page(loom_shell *shell) {
    static const char start[] = "q .1 0 0 .1 0 0 cm\n";
    if (shell->page == NULL) {
        return;
    }
    write_raw(shell, (const uint8_t *)start, sizeof start - 1);
    write_raw(shell, shell->text.bytes, shell->text.length);
    write_raw(shell, (const uint8_t *)"Q\n", 2);
    shell->page = NULL;
}

bool loom_shell_need(loom_shell *shell, int32_t height) {
    if (shell->y - height >= shell->pdf->layout.bottom || shell->code != LOOM_OK) {
        return false;
    }
    loom_shell_page(shell, true);
    return true;
}

uint32_t loom_shell_text(loom_shell *shell, loom_caption caption, const char *text) {
    uint32_t lines = 0;
    if (shell->code == LOOM_OK) {
        loom_shell_note(shell, loom_pdf_caption(shell->pdf, &shell->text, &caption, text, &lines));
    }
    return lines;
}

static float points(int32_t length) {
    return (float)length / LOOM_POINT;
}

void loom_shell_box(loom_shell *shell, int32_t x, int32_t y, int32_t width, int32_t height, loom_colour colour) {
    if (shell->page != NULL && shell->code == LOOM_OK) {
        check(shell, HPDF_Page_SetRGBFill(shell->page, colour.red, colour.green, colour.blue));
        check(shell, HPDF_Page_Rectangle(shell->page, points(x), points(y), points(width), points(height)));
        check(shell, HPDF_Page_Fill(shell->page));
    }
}

void loom_shell_line(loom_shell *shell, int32_t x, int32_t y, int32_t to_x, int32_t to_y, float width,
                     loom_colour colour) {
    if (shell->page != NULL && shell->code == LOOM_OK) {
        check(shell, HPDF_Page_SetRGBStroke(shell->page, colour.red, colour.green, colour.blue));
        check(shell, HPDF_Page_SetLineWidth(shell->page, width));
        check(shell, HPDF_Page_MoveTo(shell->page, points(x), points(y)));
        check(shell, HPDF_Page_LineTo(shell->page, points(to_x), points(to_y)));
        check(shell, HPDF_Page_Stroke(shell->page));
    }
}

/* A text string in UTF-16 with a byte order mark (ISO 32000-1 7.9.2.2). */
static HPDF_Binary text_string(loom_shell *shell, const char *text) {
    loom_buffer units;
    HPDF_Binary binary = NULL;
    loom_buffer_init(&units, shell->e->out->cap);
    int code = loom_buffer_append(&units, "\xfe\xff", 2);
    for (size_t at = 0, step = 0; text[at] != '\0' && code == LOOM_OK; at += step) {
        step = loom_utf8_length((const uint8_t *)text + at);
        uint32_t point = 0xfffd;
        if (step == 0) {
            step = 1;
        } else {
            point = step == 1 ? (uint8_t)text[at] : (uint8_t)text[at] & (0xffu >> (step + 1));
            for (size_t k = 1; k < step; k++) {
                point = point << 6 | ((uint8_t)text[at + k] & 0x3f);
            }
        }
        uint32_t high = point > 0xffff ? 0xd7c0 + (point >> 10) : point;
        uint32_t low = 0xdc00 | (point & 0x3ff);
        uint8_t bytes[] = {(uint8_t)(high >> 8), (uint8_t)high, (uint8_t)(low >> 8), (uint8_t)low};
        code = loom_buffer_append(&units, bytes, point > 0xffff ? 4 : 2);
    }
    if (code == LOOM_OK) {
        binary = HPDF_Binary_New(shell->doc->mmgr, units.bytes, (HPDF_UINT)units.length);
    }
    loom_buffer_free(&units);
    loom_shell_note(shell, binary == NULL ? LOOM_OUT_OF_MEMORY : LOOM_OK);
    return binary;
}

HPDF_Outline loom_shell_entry(loom_shell *shell, HPDF_Outline parent, const char *title, uint32_t page) {
    if (shell->code != LOOM_OK) {
        return NULL;
    }
    HPDF_Dict target = page == 0 ? shell->page : stand_in(shell, page);
    HPDF_Outline entry = HPDF_CreateOutline(shell->doc, parent, "", NULL);
    HPDF_Array place = HPDF_Array_New(shell->doc->mmgr);
    if (entry == NULL || place == NULL || target == NULL) {
        loom_shell_note(shell, LOOM_OUT_OF_MEMORY);
        return NULL;
    }
    check(shell, HPDF_Array_Add(place, target));
    check(shell, HPDF_Array_AddName(place, "Fit"));
    check(shell, HPDF_Dict_Add(entry, "Dest", place));
    HPDF_Binary text = text_string(shell, title);
    if (text != NULL) {
        check(shell, HPDF_Dict_Add(entry, "Title", text));
    }
    check(shell, HPDF_Outline_SetOpened(entry, HPDF_FALSE));
    check(shell, HPDF_Dict_RemoveElement(entry, "Type")); /* entries have none (12.3.3) */
    return entry;
}

void loom_shell_heading(loom_shell *shell, const char *text) {
    const loom_pdf_layout *layout = &shell->pdf->layout;
    (void)loom_shell_entry(shell, NULL, text, 0);
    (void)loom_shell_text(shell,
                          (loom_caption){.x = layout->left,
                                         .y = shell->y - 16 * LOOM_POINT,
                                         .size = 200,
                                         .style = LOOM_BOLD,
                                         .colour = LOOM_PDF_ACCENT,
                                         .width = layout->right - layout->left},
                          text);
    shell->y -= 34 * LOOM_POINT;
}

static void put_fact(loom_shell *shell, HPDF_Dict facts, const char *name, const char *text) {
    HPDF_Binary string = text[0] == '\0' || shell->code != LOOM_OK ? NULL : text_string(shell, text);
    if (string != NULL) {
        check(shell, HPDF_Dict_Add(facts, name, string));
    }
}

/* `2026-01-31T10:20:30...` as a date of PDF (7.9.4). */
static void put_date(loom_shell *shell, HPDF_Dict facts, const char *name, const char *clock) {
    char text[32] = "D:";
    size_t length = 2;
    for (size_t i = 0; i < 19 && clock[i] != '\0'; i++) {
        if (clock[i] >= '0' && clock[i] <= '9') {
            text[length++] = clock[i];
        }
    }
    if (length == 16) {
        snprintf(text + length, sizeof text - length, "Z");
        HPDF_String string = HPDF_String_New(shell->doc->mmgr, text, NULL);
        loom_shell_note(shell, string == NULL ? LOOM_OUT_OF_MEMORY : LOOM_OK);
        if (string != NULL) {
            check(shell, HPDF_Dict_Add(facts, name, string));
        }
    }
}

/* Pages before the records are counted by themselves, in Roman numerals (12.4.2). */
static void put_labels(loom_shell *shell) {
    if (shell->counts[0] > 0) {
        check(shell, HPDF_AddPageLabel(shell->doc, 0, HPDF_PAGE_NUM_STYLE_LOWER_ROMAN, 1, NULL));
    }
    check(shell, HPDF_AddPageLabel(shell->doc, shell->counts[0], HPDF_PAGE_NUM_STYLE_DECIMAL, 1, NULL));
}

void loom_shell_refer(loom_shell *shell, const char *name, uint32_t number) {
    HPDF_Dict target = stand_in(shell, number);
    if (target != NULL) {
        check(shell, HPDF_Dict_Add(shell->doc->catalog, name, target));
    }
}

void loom_shell_properties(loom_shell *shell) {
    const loom_settings *settings = shell->e->settings;
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(shell->totals, "metadata");
    const char *clock = loom_shell_member(metadata, "exportedAt");
    char producer[128];
    if (shell->code != LOOM_OK) {
        return;
    }
    HPDF_Dict facts = shell->doc->info;
    snprintf(producer, sizeof producer, "%.60s, libharu %s", loom_shell_member(metadata, "generator"),
             HPDF_GetVersion());
    put_fact(shell, facts, "Title", shell->title);
    put_fact(shell, facts, "Author", settings->pdf_author);
    put_fact(shell, facts, "Subject", settings->pdf_subject);
    put_fact(shell, facts, "Keywords", settings->pdf_keywords);
    put_fact(shell, facts, "Creator", loom_shell_member(metadata, "generator"));
    put_fact(shell, facts, "Producer", producer);
    put_date(shell, facts, "CreationDate", clock);
    put_date(shell, facts, "ModDate", clock);
    HPDF_String language = HPDF_String_New(shell->doc->mmgr, settings->pdf_language, NULL);
    HPDF_Dict preferences = HPDF_Dict_New(shell->doc->mmgr);
    if (language == NULL || preferences == NULL) {
        loom_shell_note(shell, LOOM_OUT_OF_MEMORY);
        return;
    }
    check(shell, HPDF_Dict_Add(shell->doc->catalog, "Lang", language));
    check(shell, HPDF_Dict_AddBoolean(preferences, "DisplayDocTitle", HPDF_TRUE));
    check(shell, HPDF_Dict_Add(shell->doc->catalog, "ViewerPreferences", preferences));
    check(shell, HPDF_SetPageMode(shell->doc, HPDF_PAGE_MODE_USE_OUTLINE));
    put_labels(shell);
    loom_pdf_lasting(shell, producer);
}

/* What a memory stream of libharu holds. */
static int collect(HPDF_Stream stream, loom_buffer *out) {
    int code = LOOM_OK;
    for (HPDF_UINT i = 0; i < HPDF_MemStream_GetBufCount(stream) && code == LOOM_OK; i++) {
        HPDF_UINT length = 0;
        const HPDF_BYTE *bytes = HPDF_MemStream_GetBufPtr(stream, i, &length);
        code = bytes == NULL ? LOOM_OK : loom_buffer_append(out, bytes, length);
    }
    return code;
}

static bool is_skipped(const loom_shell *shell, const void *object) {
    const HPDF_Obj_Header *header = object;
    bool length =
        header != NULL && (header->obj_class & HPDF_OCLASS_ANY) == HPDF_OCLASS_NUMBER; /* of a stream: ours is direct */
    return object == NULL || object == shell->doc->root_pages || length;
}

/* Numbers all objects, so that they can refer to each other. */
static void number_objects(loom_shell *shell) {
    HPDF_Xref xref = shell->doc->xref;
    for (HPDF_UINT i = 0; i < xref->entries->count; i++) {
        HPDF_Obj_Header *header = HPDF_Xref_GetEntry(xref, i)->obj;
        if (!is_skipped(shell, header)) {
            header->obj_id = (header->obj_id & ~NUMBER_BITS) | loom_assembly_reserve(shell->assembly, 1);
        }
    }
}

static uint32_t number_of(const void *object) {
    return ((const HPDF_Obj_Header *)object)->obj_id & NUMBER_BITS;
}

static void write_object(loom_shell *shell, HPDF_Dict dict, loom_buffer *value) {
    value->length = 0;
    if (dict->stream != NULL) { /* all of them are content streams, which have no other entries */
        loom_shell_note(shell, collect(dict->stream, value));
        loom_shell_note(shell, loom_assembly_stream(shell->assembly, number_of(dict), "", value));
        return;
    }
    HPDF_Stream stream = HPDF_MemStream_New(shell->doc->mmgr, 4096);
    if (stream == NULL) {
        loom_shell_note(shell, LOOM_OUT_OF_MEMORY);
        return;
    }
    check(shell, HPDF_Obj_WriteValue(dict, stream, NULL));
    loom_shell_note(shell, collect(stream, value));
    loom_shell_note(shell, loom_assembly_object(shell->assembly, number_of(dict), value));
}

void loom_shell_write(loom_shell *shell, loom_shell_numbers *numbers) {
    loom_buffer value;
    loom_shell_end_page(shell);
    if (shell->code != LOOM_OK) {
        return;
    }
    number_objects(shell);
    for (int back = 0; back < 2; back++) {
        for (uint32_t i = 0; i < shell->counts[back]; i++) {
            numbers->pages[back][i] = number_of(shell->pages[back][i]);
        }
    }
    numbers->catalog = number_of(shell->doc->catalog);
    numbers->facts = number_of(shell->doc->info);
    loom_buffer_init(&value, shell->e->out->cap);
    HPDF_Xref xref = shell->doc->xref;
    for (HPDF_UINT i = 0; i < xref->entries->count && shell->code == LOOM_OK; i++) {
        void *object = HPDF_Xref_GetEntry(xref, i)->obj;
        if (!is_skipped(shell, object)) {
            write_object(shell, object, &value);
        }
    }
    loom_buffer_free(&value);
    check(shell, HPDF_GetError(shell->doc));
}

const char *loom_shell_member(const cJSON *object, const char *name) {
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(member) ? member->valuestring : "";
}

double loom_shell_figure(const cJSON *object, const char *name) {
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(member) ? member->valuedouble : 0;
}

void loom_shell_count(char *text, size_t size, double count) {
    char digits[32];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%.0f", count);
    size_t at = 0;
    for (size_t i = 0; i < length && at + 4 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            memcpy(text + at, "\xc2\xa0", 2);
            at += 2;
        }
        text[at++] = digits[i];
    }
    text[at] = '\0';
}
