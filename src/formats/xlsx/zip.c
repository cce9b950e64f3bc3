/* Zip records, little-endian. Section numbers are those of APPNOTE.TXT 6.3.10.
 * SPDX-License-Identifier: MIT
 */
#include "zip.h"

#define FLAG_DESCRIPTOR 8u
#define FLAG_UTF8 0x800u
#define VERSION_DEFLATE 20
#define VERSION_ZIP64 45

/* The most that any record here takes besides its name. */
#define RECORD 128

static void put16(loom_buffer *out, uint32_t value) {
    loom_buffer_put_byte(out, (uint8_t)value);
    loom_buffer_put_byte(out, (uint8_t)(value >> 8));
}

static void put32(loom_buffer *out, uint32_t value) {
    put16(out, value);
    put16(out, value >> 16);
}

static void put64(loom_buffer *out, uint64_t value) {
    put32(out, (uint32_t)value);
    put32(out, (uint32_t)(value >> 32));
}

/* The number of `count` digits, or 0. */
static uint32_t digits(const char *text, int count) {
    uint32_t number = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return 0;
        }
        number = number * 10 + (uint32_t)(text[i] - '0');
    }
    return number;
}

uint32_t loom_zip_time(const char *text) {
    size_t length = text == NULL ? 0 : strlen(text);
    uint32_t year = length >= 10 ? digits(text, 4) : 0;
    if (year < 1980 || year > 2107) {
        return (1u << 5 | 1u) << 16;
    }
    uint32_t date = (year - 1980) << 9 | (digits(text + 5, 2) & 15) << 5 | (digits(text + 8, 2) & 31);
    uint32_t time = length < 19 ? 0
                                : (digits(text + 11, 2) & 31) << 11 | (digits(text + 14, 2) & 63) << 5 |
                                      digits(text + 17, 2) / 2 % 32;
    return date << 16 | time;
}

static void put_common(loom_buffer *out, const loom_zip_member *member, uint32_t version, uint32_t time) {
    put16(out, version);
    put16(out, FLAG_UTF8 | (member->streamed ? FLAG_DESCRIPTOR : 0));
    put16(out, member->stored ? 0 : 8);
    put32(out, time);
}

static void put_sizes(loom_buffer *out, uint32_t crc, uint32_t length, uint32_t raw) {
    put32(out, crc);
    put32(out, length);
    put32(out, raw);
}

/* 4.3.7 */
int loom_zip_local(loom_buffer *out, const loom_zip_member *member, uint32_t time) {
    size_t name = strlen(member->name);
    bool known = !member->streamed;
    int code = loom_buffer_reserve(out, RECORD + name);
    if (code == LOOM_OK) {
        put32(out, 0x04034b50);
        put_common(out, member, VERSION_DEFLATE, time);
        put_sizes(out, known ? member->crc : 0, known ? member->length : 0, known ? member->raw : 0);
        put16(out, (uint32_t)name);
        put16(out, 0);
        loom_buffer_put(out, member->name, name);
    }
    return code;
}

/* 4.3.9 */
int loom_zip_descriptor(loom_buffer *out, const loom_zip_member *member) {
    int code = loom_buffer_reserve(out, RECORD);
    if (code == LOOM_OK) {
        put32(out, 0x08074b50);
        put_sizes(out, member->crc, member->length, member->raw);
    }
    return code;
}

/* 4.3.12, and 4.5.3 for an offset of 4 GiB or more */
static int put_entry(loom_buffer *out, const loom_zip_member *member, uint32_t time) {
    size_t name = strlen(member->name);
    bool far = member->offset >= UINT32_MAX;
    int code = loom_buffer_reserve(out, RECORD + name);
    if (code != LOOM_OK) {
        return code;
    }
    put32(out, 0x02014b50);
    put16(out, far ? VERSION_ZIP64 : VERSION_DEFLATE);
    put_common(out, member, far ? VERSION_ZIP64 : VERSION_DEFLATE, time);
    put_sizes(out, member->crc, member->length, member->raw);
    put16(out, (uint32_t)name);
    put16(out, far ? 12 : 0);
    put16(out, 0); /* comment */
    put16(out, 0); /* disk */
    put16(out, 0); /* internal attributes */
    put32(out, 0); /* external attributes */
    put32(out, far ? UINT32_MAX : (uint32_t)member->offset);
    loom_buffer_put(out, member->name, name);
    if (far) {
        put16(out, 1);
        put16(out, 8);
        put64(out, member->offset);
    }
    return LOOM_OK;
}

/* 4.3.14 and 4.3.15 */
static void put_end64(loom_buffer *out, uint32_t count, uint64_t offset, uint64_t length) {
    put32(out, 0x06064b50);
    put64(out, 44);
    put16(out, VERSION_ZIP64);
    put16(out, VERSION_ZIP64);
    put32(out, 0);
    put32(out, 0);
    put64(out, count);
    put64(out, count);
    put64(out, length);
    put64(out, offset);
    put32(out, 0x07064b50);
    put32(out, 0);
    put64(out, offset + length);
    put32(out, 1);
}

/* 4.3.16 */
static void put_end(loom_buffer *out, uint32_t count, uint64_t offset, uint64_t length) {
    uint32_t entries = count < UINT16_MAX ? count : UINT16_MAX;
    put32(out, 0x06054b50);
    put16(out, 0);
    put16(out, 0);
    put16(out, entries);
    put16(out, entries);
    put32(out, length < UINT32_MAX ? (uint32_t)length : UINT32_MAX);
    put32(out, offset < UINT32_MAX ? (uint32_t)offset : UINT32_MAX);
    put16(out, 0);
}

int loom_zip_directory(loom_buffer *out, const loom_zip_member *members, uint32_t count, uint64_t offset,
                       uint32_t time) {
    size_t start = out->length;
    int code = LOOM_OK;
    for (uint32_t i = 0; i < count && code == LOOM_OK; i++) {
        code = put_entry(out, &members[i], time);
    }
    uint64_t length = out->length - start;
    if (code == LOOM_OK) {
        code = loom_buffer_reserve(out, (size_t)2 * RECORD);
    }
    if (code == LOOM_OK && (count >= UINT16_MAX || offset >= UINT32_MAX || length >= UINT32_MAX)) {
        put_end64(out, count, offset, length);
    }
    if (code == LOOM_OK) {
        put_end(out, count, offset, length);
    }
    return code;
}
