/* The files and the zip file of libxlsxwriter, all in memory. vendor/names/minizip/zip.h leads its calls here.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* for fopencookie; NOLINT(bugprone-reserved-identifier) */
#include "capture.h"

#include <minizip/zip.h>
#include <stdio.h>
#include <sys/types.h>

#include "../../core/memory.h"

/* The most that one part may take. */
#define PART_CAP ((size_t)1 << 28)

/* libxlsxwriter hands no pointer of ours around, so the capture that goes on stands here; NULL between calls. */
static loom_capture *current = NULL;

typedef struct memory_file {
    loom_buffer bytes;
    size_t at;
} memory_file;

void loom_capture_fail(int code) {
    if (current != NULL && current->code == LOOM_OK) {
        current->code = code;
    }
}

static ssize_t read_file(void *cookie, char *to, size_t size) {
    memory_file *file = cookie;
    size_t left = file->bytes.length - file->at;
    size_t count = size < left ? size : left;
    if (count > 0) {
        memcpy(to, file->bytes.bytes + file->at, count);
    }
    file->at += count;
    return (ssize_t)count;
}

static ssize_t write_file(void *cookie, const char *from, size_t size) {
    memory_file *file = cookie;
    int code = loom_buffer_append(&file->bytes, from, size);
    loom_capture_fail(code);
    return code == LOOM_OK ? (ssize_t)size : 0;
}

/* libxlsxwriter only ever goes back to the start. */
static int seek_file(void *cookie, off64_t *offset, int whence) { /* NOLINT(readability-non-const-parameter) */
    memory_file *file = cookie;
    if (whence != SEEK_SET || *offset < 0 || (uint64_t)*offset > file->bytes.length) {
        return -1;
    }
    file->at = (size_t)*offset;
    return 0;
}

static int close_file(void *cookie) {
    memory_file *file = cookie;
    loom_buffer_free(&file->bytes);
    loom_free(file);
    return 0;
}

/** What libxlsxwriter calls instead of tmpfile. */
FILE *loom_capture_file(void);

FILE *loom_capture_file(void) {
    cookie_io_functions_t calls = {read_file, write_file, seek_file, close_file};
    memory_file *file = loom_alloc(sizeof *file);
    FILE *stream = NULL;
    if (file != NULL) {
        *file = (memory_file){.at = 0};
        loom_buffer_init(&file->bytes, PART_CAP);
        stream = fopencookie(file, "w+", calls);
    }
    if (stream == NULL) {
        loom_free(file);
        loom_capture_fail(LOOM_OUT_OF_MEMORY);
    }
    return stream;
}

zipFile loom_capture_open(void) {
    return current;
}

int loom_capture_member(zipFile zip, const char *name) {
    loom_capture *capture = zip;
    loom_captured *list = loom_realloc(capture->list, (capture->count + 1) * sizeof *list);
    if (list == NULL || strlen(name) > LOOM_ZIP_NAME) {
        loom_capture_fail(list == NULL ? LOOM_OUT_OF_MEMORY : LOOM_LIMIT_EXCEEDED);
        capture->list = list == NULL ? capture->list : list;
        return ZIP_INTERNALERROR;
    }
    loom_captured *member = &list[capture->count++];
    memset(member, 0, sizeof *member);
    memcpy(member->name, name, strlen(name));
    member->start = capture->bytes.length;
    capture->list = list;
    return ZIP_OK;
}

int loom_capture_write(zipFile zip, const void *bytes, unsigned length) {
    loom_capture *capture = zip;
    int code = loom_buffer_append(&capture->bytes, bytes, length);
    loom_capture_fail(code);
    if (code != LOOM_OK) {
        return ZIP_INTERNALERROR;
    }
    capture->list[capture->count - 1].length += length;
    return ZIP_OK;
}

void loom_capture_begin(loom_capture *capture) {
    *capture = (loom_capture){.code = LOOM_OK};
    loom_buffer_init(&capture->bytes, PART_CAP);
    current = capture;
}

int loom_capture_end(loom_capture *capture) {
    current = NULL;
    return capture->code;
}

void loom_capture_free(loom_capture *capture) {
    loom_buffer_free(&capture->bytes);
    loom_free(capture->list);
    *capture = (loom_capture){.list = NULL};
}

const loom_captured *loom_capture_find(const loom_capture *capture, const char *name) {
    for (uint32_t i = 0; i < capture->count; i++) {
        if (strcmp(capture->list[i].name, name) == 0) {
            return &capture->list[i];
        }
    }
    return NULL;
}

const char *loom_capture_search(const char *in, size_t length, const char *text) {
    size_t n = strlen(text);
    for (size_t at = 0; at + n <= length; at++) {
        if (in[at] == text[0] && memcmp(in + at, text, n) == 0) {
            return in + at;
        }
    }
    return NULL;
}

int loom_capture_replace(loom_capture *capture, const char *name, const char *text, const char *by) {
    size_t more = strlen(by) - strlen(text);
    const loom_captured *part = loom_capture_find(capture, name);
    int code = part == NULL ? LOOM_INTERNAL : loom_buffer_reserve(&capture->bytes, more);
    if (code != LOOM_OK) {
        return code;
    }
    char *bytes = (char *)capture->bytes.bytes;
    const char *place = loom_capture_search(bytes + part->start, part->length, text);
    if (place == NULL) {
        return LOOM_INTERNAL;
    }
    size_t at = (size_t)(place - bytes);
    size_t behind = at + strlen(text);
    memmove(bytes + behind + more, bytes + behind, capture->bytes.length - behind);
    memcpy(bytes + at, by, strlen(by)); /* NOLINT(bugprone-not-null-terminated-result) */
    capture->bytes.length += more;
    for (uint32_t i = 0; i < capture->count; i++) {
        loom_captured *other = &capture->list[i];
        other->length += &capture->list[i] == part ? more : 0;
        other->start += other->start > at ? more : 0;
    }
    return LOOM_OK;
}
