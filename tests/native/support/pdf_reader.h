/* Reads the PDF files that this library writes, strictly: cross-reference stream, object streams, page tree, and what pages show.
 * SPDX-License-Identifier: MIT
 *
 * What pages show is told as lines `x y text` with the position of each text from the left and lower edge of the page in tenths of a point,
 * and `x y to_x to_y line` for each line. Only simple fonts tell their text; codes of composite ones are told as they are.
 */
#ifndef LOOM_TEST_PDF_READER_H
#define LOOM_TEST_PDF_READER_H

#include "unzip.h"

struct pdf {
    const uint8_t *at;
    size_t length;
    unsigned size;   /* objects */
    uint64_t *where; /* by number: an offset, or the number of the object stream */
    unsigned *index; /* by number: 1 + the index in it, or 0 */
    unsigned pages;
    const char *fault; /* the first thing that is wrong */
};

static inline void *pdf_fault(struct pdf *pdf, const char *fault) {
    if (pdf->fault == NULL)
        pdf->fault = fault;
    return NULL;
}

/** The number behind a name in a dictionary; -1 where there is none. */
static inline long pdf_number(const char *dictionary, const char *name) {
    const char *at = strstr(dictionary, name);
    return at == NULL ? -1 : strtol(at + strlen(name), NULL, 10);
}

/** What stands at an offset that must be object `number`: its dictionary up to `stream` or `endobj`, and the stream, inflated. */
static inline char *pdf_at(struct pdf *pdf, uint64_t offset, unsigned number, struct bytes *stream) {
    char head[32];
    int n = snprintf(head, sizeof head, "%u 0 obj\n", number);
    if (offset + (size_t)n + 16 > pdf->length || memcmp(pdf->at + offset, head, (size_t)n) != 0)
        return pdf_fault(pdf, "a position does not lead to its object");
    const char *start = (const char *)pdf->at + offset + n;
    const char *end = memmem(start, pdf->length - offset - (size_t)n, "endobj", 6);
    const char *data = end == NULL ? NULL : memmem(start, pdf->length - offset - (size_t)n, ">>stream\n", 9);
    if (data != NULL && data > end)
        data = NULL;
    size_t length = (size_t)((data != NULL ? data + 2 : end) - start);
    char *text = must(malloc(length + 1));
    memcpy(text, start, length);
    text[length] = 0;
    if (data == NULL)
        return text;
    long bytes = pdf_number(text, "/Length ");
    const uint8_t *body = (const uint8_t *)data + 9;
    if (bytes < 8 || (size_t)bytes > pdf->length - (size_t)(body - pdf->at) ||
        memcmp(body + bytes, "\nendstream\nendobj\n", 18) != 0)
        pdf_fault(pdf, "a stream has another length than told");
    else if (stream != NULL && (body[0] != 0x78 || !inflate_all(body + 2, (size_t)bytes - 6, stream)))
        pdf_fault(pdf, "a stream cannot be inflated");
    return text;
}

/** The value of an object, and its stream; to be freed. */
static inline char *pdf_object(struct pdf *pdf, unsigned number, struct bytes *stream) {
    struct bytes packed = {0};
    if (number == 0 || number >= pdf->size)
        return pdf_fault(pdf, "there is no such object");
    if (pdf->index[number] == 0)
        return pdf->where[number] == 0 ? pdf_fault(pdf, "an object is free")
                                       : pdf_at(pdf, pdf->where[number], number, stream);
    char *holder = pdf_at(pdf, pdf->where[pdf->where[number]], (unsigned)pdf->where[number], &packed), *value = NULL;
    bytes_byte(&packed, 0);
    char *at = (char *)packed.at;
    long first = holder == NULL ? -1 : pdf_number(holder, "/First ");
    long told = 0, offset = 0;
    for (unsigned i = 0; first > 0 && i < pdf->index[number]; i++) {
        told = strtol(at, &at, 10);
        offset = strtol(at, &at, 10);
    }
    if (first <= 0 || told != (long)number || (size_t)(first + offset) >= packed.length)
        pdf_fault(pdf, "an object is not where the object stream has it");
    else
        value = must(strdup((char *)packed.at + first + offset));
    if (value != NULL)
        value[strcspn(value, "\n")] = 0; /* the next object starts behind it */
    free(holder);
    bytes_clear(&packed);
    return value;
}

static inline void pdf_rows(struct pdf *pdf, const struct bytes *rows) {
    uint8_t above[8] = {0};
    for (unsigned i = 0; i < pdf->size; i++) {
        const uint8_t *row = rows->at + (size_t)i * 9;
        if (row[0] != 2)
            pdf_fault(pdf, "the predictor is another");
        for (int k = 0; k < 8; k++)
            above[k] = (uint8_t)(above[k] + row[1 + k]);
        uint64_t where = 0;
        for (int k = 1; k < 6; k++)
            where = where << 8 | above[k];
        pdf->where[i] = above[0] == 0 ? 0 : where;
        pdf->index[i] = above[0] == 2 ? 1u + (unsigned)above[6] * 256 + above[7] : 0;
    }
}

static inline int pdf_open(struct pdf *pdf, const struct bytes *file) {
    struct bytes rows = {0};
    *pdf = (struct pdf){.at = file->at, .length = file->length};
    if (file->length < 64 || memcmp(file->at, "%PDF-1.7\n", 9) != 0 ||
        memcmp(file->at + file->length - 6, "%%EOF\n", 6) != 0) {
        pdf_fault(pdf, "it does not start or end as a PDF file");
        return 0;
    }
    const char *tail = (const char *)file->at + file->length - 40;
    const char *mark = memmem(tail, 40, "startxref\n", 10);
    uint64_t start = mark == NULL ? 0 : strtoull(mark + 10, NULL, 10);
    unsigned number = start < file->length ? (unsigned)strtoul((const char *)file->at + start, NULL, 10) : 0;
    char *trailer = pdf_at(pdf, start, number, &rows);
    pdf->size = trailer == NULL ? 0 : (unsigned)pdf_number(trailer, "/Size ");
    if (pdf->size != number + 1 || rows.length != (size_t)pdf->size * 9)
        pdf_fault(pdf, "the cross-reference has another size than told");
    pdf->where = must(calloc(pdf->size + 1, sizeof *pdf->where));
    pdf->index = must(calloc(pdf->size + 1, sizeof *pdf->index));
    if (pdf->fault == NULL)
        pdf_rows(pdf, &rows);
    free(trailer);
    bytes_clear(&rows);
    for (unsigned i = 1; i < pdf->size && pdf->fault == NULL; i++)
        free(pdf->where[i] == 0 ? NULL : pdf_object(pdf, i, NULL));
    return pdf->fault == NULL;
}

static inline void pdf_close(struct pdf *pdf) {
    free(pdf->where);
    free(pdf->index);
}

/* A literal string; tells its text with the escapes as they are. */
static inline const char *pdf_string(const char *at, const char *end, struct bytes *text) {
    char close = *at == '(' ? ')' : '>';
    text->length = 0;
    for (at++; at < end && *at != close; at++) {
        if (*at == '\\')
            bytes_byte(text, *at++);
        bytes_byte(text, *at);
    }
    return at + 1;
}

/** What a content stream shows, added to `out`. */
static inline void pdf_show(const struct bytes *content, struct bytes *out) {
    long stack[8] = {0}, x = 0, y = 0, from_x = 0, from_y = 0;
    int n = 0;
    struct bytes text = {0};
    const char *at = (const char *)content->at, *end = at + content->length;
    while (at < end) {
        if (*at == '(' || *at == '<') {
            at = pdf_string(at, end, &text);
        } else if (*at == '-' || *at == '.' || (*at >= '0' && *at <= '9')) {
            char *behind = NULL;
            double value = strtod(at, &behind);
            if (n == 8)
                memmove(stack, stack + 1, sizeof stack - sizeof *stack);
            stack[n == 8 ? 7 : n++] = (long)value;
            at = behind;
        } else if ((*at | 32) >= 'a' && (*at | 32) <= 'z') {
            const char *name = at;
            while (at < end && (*at | 32) >= 'a' && (*at | 32) <= 'z')
                at++;
            size_t length = (size_t)(at - name);
#define IS(word) (length == sizeof word - 1 && memcmp(name, word, length) == 0)
            if (IS("BT"))
                x = y = 0;
            else if (IS("Tm") && n >= 6)
                x = stack[n - 2], y = stack[n - 1];
            else if (IS("Td") && n >= 2)
                x += stack[n - 2], y += stack[n - 1];
            else if (IS("m") && n >= 2)
                from_x = stack[n - 2], from_y = stack[n - 1];
            else if (IS("l") && n >= 2)
                bytes_print(out, "%ld %ld %ld %ld line\n", from_x, from_y, stack[n - 2], stack[n - 1]);
            else if (IS("Tj")) {
                bytes_print(out, "%ld %ld ", x, y);
                bytes_add(out, text.at, text.length);
                bytes_text(out, "\n");
                out->length -= out->at[out->length - 1] == 0;
            }
#undef IS
            n = 0;
        } else if (*at == '/') {
            while (at < end && *at != ' ' && *at != '\n')
                at++;
        } else {
            at++;
        }
    }
    bytes_clear(&text);
}

/** Calls `look` for each page in order with its number and what it shows, from all of its content streams; forms are left out. */
static inline void pdf_walk(struct pdf *pdf, unsigned node, unsigned depth,
                            void (*look)(unsigned, struct bytes *, void *), void *context) {
    char *value = depth > 4 ? pdf_fault(pdf, "the page tree is too deep") : pdf_object(pdf, node, NULL);
    if (value == NULL)
        return;
    char *kids = strstr(value, "/Kids"), *contents = strstr(value, "/Contents");
    unsigned before = pdf->pages;
    if (kids != NULL) {
        for (kids += 6; *kids != ']' && pdf->fault == NULL; kids += strspn(kids, " "))
            pdf_walk(pdf, (unsigned)strtoul(kids, &kids, 10), depth + 1, look, context), kids = strchr(kids, 'R') + 1;
        if (pdf_number(value, "/Count ") != (long)(pdf->pages - before))
            pdf_fault(pdf, "a node has another number of pages than told");
    } else if (contents != NULL) {
        struct bytes shown = {0};
        char *end = contents[9] == '[' ? strchr(contents, ']') : strchr(contents, 'R') + 1;
        for (contents += 9 + (contents[9] == '['); contents < end; contents += strspn(contents, " ")) {
            struct bytes content = {0};
            free(pdf_object(pdf, (unsigned)strtoul(contents, &contents, 10), &content));
            contents = strchr(contents, 'R') + 1;
            pdf_show(&content, &shown);
            bytes_clear(&content);
        }
        look(pdf->pages++, &shown, context);
        bytes_clear(&shown);
    } else {
        pdf_fault(pdf, "a page has no contents");
    }
    free(value);
}

static inline int pdf_compare_lines(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/** For pdf_walk: the pages one after the other in the `struct bytes` that is the context; lines of a page are sorted, because rules of a later piece stand behind texts of an earlier one. */
static inline void pdf_add_page(unsigned number, struct bytes *shown, void *context) {
    struct bytes *all = context;
    char **lines = NULL;
    size_t count = 0;
    bytes_text(shown, "");
    bytes_byte(shown, 0);
    for (char *line = strtok((char *)shown->at, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        lines = must(realloc(lines, (count + 1) * sizeof *lines));
        lines[count++] = line;
    }
    if (count > 0)
        qsort(lines, count, sizeof *lines, pdf_compare_lines);
    bytes_print(all, "page %u\n", number);
    for (size_t i = 0; i < count; i++)
        bytes_add(all, (const uint8_t *)lines[i], strlen(lines[i])), bytes_byte(all, '\n');
    free(lines);
}

#endif
