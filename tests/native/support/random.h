/* Random JSON documents from a seed: the same on every machine and in every build.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_RANDOM_H
#define LOOM_TEST_RANDOM_H

#include "bytes.h"

struct source {
    uint64_t state; /* not 0 */
};

/** xorshift64*; below `bound`. */
static inline unsigned pick(struct source *source, unsigned bound) {
    source->state ^= source->state >> 12;
    source->state ^= source->state << 25;
    source->state ^= source->state >> 27;
    return (unsigned)((source->state * 2685821657736338717u) >> 33) % bound;
}

static inline uint64_t next64(struct source *source) {
    uint64_t bits = 0;
    for (int i = 0; i < 3; i++)
        bits = bits << 22 ^ pick(source, INT32_MAX);
    return bits;
}

static inline void random_blank(struct source *source, struct bytes *out) {
    if (pick(source, 12) == 0)
        bytes_byte(out, " \t\r"[pick(source, 3)]);
}

static inline void random_character(struct source *source, struct bytes *out) {
    static const char *const odd[] = {
        "é",      "€",  "😀", "\\n", "\\\"", "\\\\", "\\u0001", "\\ud83d\\ude00", "\\ud800", "\\/",
        ",",      "; ", "=", "'",   "\x7f", "\\t",  "\\u0041", "\xE2\x80\xA8",   "\\udfff", "\\u20ac",
        "\\b\\f", "{",  "]", ":",   "\\r",  "-"};
    unsigned choice = pick(source, 40);
    if (choice < sizeof odd / sizeof *odd)
        bytes_text(out, odd[choice]);
    else
        bytes_byte(out, 'a' + (int)pick(source, 26));
}

static inline void random_text(struct source *source, struct bytes *out) {
    static const char *const ready[] = {"",    "=1+1", "2024-02-29", "2024-02-30", "2024-01-31T12:00:00Z",
                                        "007", "true", "a; b",       " x ",        "NULL"};
    bytes_byte(out, '"');
    unsigned choice = pick(source, 30), length = pick(source, 8) == 0 ? pick(source, 90) : pick(source, 18);
    if (choice < sizeof ready / sizeof *ready)
        bytes_text(out, ready[choice]);
    else
        for (unsigned i = 0; i < length; i++)
            pick(source, 3) == 0 ? random_character(source, out) : bytes_byte(out, 'a' + (int)pick(source, 26));
    bytes_byte(out, '"');
}

static inline void random_number(struct source *source, struct bytes *out) {
    static const char *const exponents[] = {"e", "E", "e-", "E-", "e+", "E+"};
    if (pick(source, 3) == 0)
        bytes_byte(out, '-');
    bytes_print(out, "%u", pick(source, 4) == 0 ? 0 : pick(source, 1000000));
    if (pick(source, 3) == 0) {
        int digits = 1 + (int)pick(source, 9); /* one call a statement: compilers order arguments as they like */
        bytes_print(out, ".%0*u", digits, pick(source, 10));
    }
    if (pick(source, 6) == 0) {
        bytes_text(out, exponents[pick(source, 6)]);
        bytes_print(out, "%u", pick(source, 30));
    }
}

static inline void random_value(struct source *source, struct bytes *out, int depth);

/** Members with keys that differ: every kind of key is used once, in any order. */
static inline void random_object(struct source *source, struct bytes *out, int depth) {
    static const char *const keys[] = {"id",  "name",     "price", "tags",  "attributes",
                                       "a.b", ("größe"),  "=x",    "value", "a-key-of-more-than-16-bytes",
                                       "",    "x\\u0079z"};
    unsigned count = pick(source, 9), first = pick(source, 12);
    bytes_byte(out, '{');
    for (unsigned i = 0; i < count; i++) {
        bytes_text(out, i == 0 ? "" : ",");
        random_blank(source, out);
        bytes_print(out, "\"%s\"", keys[(first + i) % 12]);
        random_blank(source, out);
        bytes_byte(out, ':');
        random_blank(source, out);
        random_value(source, out, depth + 1);
    }
    random_blank(source, out);
    bytes_byte(out, '}');
}

static inline void random_array(struct source *source, struct bytes *out, int depth) {
    unsigned count = pick(source, 5);
    bytes_byte(out, '[');
    for (unsigned i = 0; i < count; i++) {
        bytes_text(out, i == 0 ? "" : ",");
        random_blank(source, out);
        random_value(source, out, depth + 1);
    }
    random_blank(source, out);
    bytes_byte(out, ']');
}

static inline void random_value(struct source *source, struct bytes *out, int depth) {
    static const char *const literals[] = {"null", "true", "false"};
    unsigned choice = pick(source, depth > 4 ? 8 : 12);
    if (choice < 4)
        random_text(source, out);
    else if (choice < 7)
        random_number(source, out);
    else if (choice < 8)
        bytes_text(out, literals[pick(source, 3)]);
    else if (choice < 10)
        random_object(source, out, depth);
    else
        random_array(source, out, depth);
}

/** A record: mostly an object. */
static inline void random_record(struct source *source, struct bytes *out) {
    if (pick(source, 12) == 0)
        random_value(source, out, 0);
    else
        random_object(source, out, 0);
}

/** Changes some bytes of what starts at `from`: replaces, removes, doubles, or cuts off. */
static inline void random_damage(struct source *source, struct bytes *out, size_t from) {
    static const char bytes[] = "\"\\{}[],:\0\x01\x80\xC3\xFF\n 0-.eEtfnu";
    for (unsigned times = 1 + pick(source, 3); times > 0 && out->length > from + 1; times--) {
        size_t at = from + pick(source, (unsigned)(out->length - from));
        switch (pick(source, 4)) {
        case 0:
            out->at[at] = (uint8_t)bytes[pick(source, sizeof bytes - 1)];
            break;
        case 1:
            memmove(out->at + at, out->at + at + 1, out->length - at);
            out->length--;
            break;
        case 2:
            bytes_byte(out, 0);
            memmove(out->at + at + 1, out->at + at, out->length - at - 1);
            break;
        default:
            out->length = pick(source, 4) == 0 ? at : out->length;
        }
    }
    out->at[out->length] = 0;
}

#endif
