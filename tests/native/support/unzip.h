/* Reads zip files for the tests: the central directory, members stored or deflated (RFC 1951), sizes and CRC-32 checked.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_UNZIP_H
#define LOOM_TEST_UNZIP_H

#include "bytes.h"

struct bits {
    const uint8_t *at, *end;
    uint32_t held, count;
    int bad;
};

static inline uint32_t bits_take(struct bits *b, uint32_t n) {
    while (b->count < n) {
        b->bad |= b->at >= b->end;
        b->held |= (uint32_t)(b->at < b->end ? *b->at++ : 0) << b->count;
        b->count += 8;
    }
    uint32_t value = b->held & ((1u << n) - 1);
    b->held >>= n;
    b->count -= n;
    return value;
}

struct codes {
    uint16_t counts[16], symbols[288];
};

static inline void codes_make(struct codes *codes, const uint8_t *lengths, int n) {
    uint16_t starts[16] = {0};
    memset(codes, 0, sizeof *codes);
    for (int i = 0; i < n; i++)
        codes->counts[lengths[i]]++;
    codes->counts[0] = 0;
    for (int i = 1; i < 15; i++)
        starts[i + 1] = (uint16_t)(starts[i] + codes->counts[i]);
    for (int i = 0; i < n; i++)
        if (lengths[i] != 0)
            codes->symbols[starts[lengths[i]]++] = (uint16_t)i;
}

static inline int codes_read(const struct codes *codes, struct bits *b) {
    int code = 0, first = 0, index = 0;
    for (int length = 1; length <= 15; length++) {
        code |= (int)bits_take(b, 1);
        int count = codes->counts[length];
        if (code - count < first)
            return codes->symbols[index + code - first];
        index += count;
        first = (first + count) << 1;
        code <<= 1;
    }
    b->bad = 1;
    return 256;
}

static inline void inflate_codes(struct bits *b, const struct codes *literals, const struct codes *distances,
                                 struct bytes *out) {
    static const uint16_t bases[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                     31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const uint8_t extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                    2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    for (;;) {
        int symbol = codes_read(literals, b);
        if (symbol == 256 || b->bad)
            return;
        if (symbol < 256) {
            bytes_byte(out, symbol);
            continue;
        }
        uint32_t length = bases[symbol - 257] + bits_take(b, extra[symbol - 257]);
        uint32_t code = (uint32_t)codes_read(distances, b), more = code < 4 ? 0 : code / 2 - 1;
        uint32_t distance = code < 4 ? code + 1 : ((2 + (code & 1)) << more) + 1 + bits_take(b, more);
        if (distance > out->length) {
            b->bad = 1;
            return;
        }
        for (; length > 0; length--)
            bytes_byte(out, out->at[out->length - distance]);
    }
}

static inline void inflate_dynamic(struct bits *b, struct bytes *out) {
    static const uint8_t order[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[320] = {0};
    struct codes codes, distances;
    int literals = (int)bits_take(b, 5) + 257, dists = (int)bits_take(b, 5) + 1, n = (int)bits_take(b, 4) + 4;
    for (int i = 0; i < n; i++)
        lengths[order[i]] = (uint8_t)bits_take(b, 3);
    codes_make(&codes, lengths, 19);
    memset(lengths, 0, sizeof lengths);
    for (int i = 0; i < literals + dists && !b->bad;) {
        int symbol = codes_read(&codes, b);
        int times = symbol < 16    ? 1
                    : symbol == 16 ? 3 + (int)bits_take(b, 2)
                    : symbol == 17 ? 3 + (int)bits_take(b, 3)
                                   : 11 + (int)bits_take(b, 7);
        uint8_t length = symbol < 16 ? (uint8_t)symbol : symbol == 16 && i > 0 ? lengths[i - 1] : 0;
        for (; times > 0 && i < literals + dists; times--)
            lengths[i++] = length;
    }
    codes_make(&codes, lengths, literals);
    codes_make(&distances, lengths + literals, dists);
    inflate_codes(b, &codes, &distances, out);
}

static inline void inflate_fixed(struct bits *b, struct bytes *out) {
    uint8_t lengths[288];
    struct codes codes, distances;
    for (int i = 0; i < 288; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    codes_make(&codes, lengths, 288);
    memset(lengths, 5, 30);
    codes_make(&distances, lengths, 30);
    inflate_codes(b, &codes, &distances, out);
}

static inline void inflate_stored(struct bits *b, struct bytes *out) {
    b->at -= b->count / 8;
    b->held = b->count = 0;
    uint32_t length = bits_take(b, 16);
    uint32_t inverse = bits_take(b, 16);
    if ((length ^ inverse) != 0xffff || length > (size_t)(b->end - b->at)) {
        b->bad = 1;
        return;
    }
    bytes_add(out, b->at, length);
    b->at += length;
}

/** Inflates a whole stream; 1 if it is good and ends where it should. */
static inline int inflate_all(const uint8_t *from, size_t length, struct bytes *out) {
    struct bits b = {.at = from, .end = from + length};
    uint32_t last = 0;
    while (!last && !b.bad) {
        last = bits_take(&b, 1);
        uint32_t type = bits_take(&b, 2);
        if (type == 0)
            inflate_stored(&b, out);
        else if (type == 1)
            inflate_fixed(&b, out);
        else if (type == 2)
            inflate_dynamic(&b, out);
        else
            b.bad = 1;
    }
    return !b.bad && b.at == b.end;
}

static inline uint32_t slow_crc(const uint8_t *bytes, size_t length) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static inline uint32_t little(const uint8_t *at, int n) {
    uint32_t value = 0;
    for (int i = n; i > 0; i--)
        value = value << 8 | at[i - 1];
    return value;
}

/** Unpacks the member that a central entry tells of; 1 if local header, sizes and checksum agree with it. */
static inline int unzip_entry(const struct bytes *zip, const uint8_t *entry, struct bytes *out) {
    uint32_t flags = little(entry + 8, 2), method = little(entry + 10, 2), length = little(entry + 20, 4),
             at = little(entry + 42, 4);
    const uint8_t *local = zip->at + at;
    if (at + 30 > zip->length || little(local, 4) != 0x04034b50 || little(local + 6, 2) != flags)
        return 0;
    const uint8_t *start = local + 30 + little(local + 26, 2) + little(local + 28, 2);
    out->length = 0;
    int good = 1;
    if (method == 0)
        bytes_add(out, start, length);
    else
        good = inflate_all(start, length, out);
    bytes_add(out, "", 0);
    const uint8_t *sums = flags & 8 ? start + length + 4 : local + 14;
    good = good && (!(flags & 8) || little(start + length, 4) == 0x08074b50) && memcmp(sums, entry + 16, 12) == 0;
    return good && out->length == little(entry + 24, 4) && slow_crc(out->at, out->length) == little(entry + 16, 4);
}

/** Calls `found` for every member in the order of the central directory; 1 if all is well. */
static inline int unzip_all(const struct bytes *zip,
                            void (*found)(const char *name, const struct bytes *content, void *context),
                            void *context) {
    const uint8_t *end = zip->length < 22 ? NULL : zip->at + zip->length - 22;
    if (end == NULL || little(end, 4) != 0x06054b50)
        return 0;
    const uint8_t *entry = zip->at + little(end + 16, 4);
    struct bytes content = {0};
    int good = 1;
    for (uint32_t i = little(end + 10, 2); i > 0 && good; i--) {
        char name[200] = {0};
        memcpy(name, entry + 46, little(entry + 28, 2) < sizeof name ? little(entry + 28, 2) : 0);
        good = little(entry, 4) == 0x02014b50 && unzip_entry(zip, entry, &content);
        if (good)
            found(name, &content, context);
        entry += 46 + little(entry + 28, 2) + little(entry + 30, 2) + little(entry + 32, 2);
    }
    bytes_clear(&content);
    return good && entry == end;
}

#endif
