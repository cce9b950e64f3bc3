/* The reader of what the encoder wrote.
 * SPDX-License-Identifier: MIT
 */
#include "reader.h"

#include "../../core/memory.h"
#include "plain.h"

/* The most that waits for the rest of a tag, and that the attributes of a tag may hold. */
#define TEXT_CAP ((size_t)1 << 28)

#define INSTANCE ((const xmlChar *)"http://www.w3.org/2001/XMLSchema-instance")

static const char starved[] = "memory ran out";

static bool fail(loom_reader *reader, const char *wrong) {
    reader->wrong = reader->wrong == NULL ? wrong : reader->wrong;
    return false;
}

void loom_reader_close(loom_reader *reader) {
    loom_buffer_free(&reader->text);
    loom_buffer_free(&reader->values);
    loom_free(reader->names);
    loom_free(reader->attributes);
    loom_free(reader->open);
}

void loom_reader_restart(loom_reader *reader) {
    reader->text.length = 0;
    reader->text.cap = reader->values.cap = TEXT_CAP;
    reader->depth = 0;
    reader->last = 0;
    reader->wrong = NULL;
}

/* Where a name that is not in the table goes; one place at least is free. */
static uint32_t free_place(const loom_reader_name *names, uint32_t capacity, uint32_t hash) {
    uint32_t at = hash & (capacity - 1);
    while (names[at].text != NULL) {
        at = (at + 1) & (capacity - 1);
    }
    return at;
}

static bool grow_names(loom_reader *reader) {
    uint32_t capacity = reader->name_capacity == 0 ? 256 : reader->name_capacity * 2;
    loom_reader_name *names = capacity > (uint32_t)1 << 24 ? NULL : loom_alloc(capacity * sizeof *names);
    if (names == NULL) {
        return fail(reader, starved);
    }
    memset(names, 0, capacity * sizeof *names);
    for (uint32_t i = 0; i < reader->name_capacity; i++) {
        if (reader->names[i].text != NULL) {
            uint32_t at = free_place(names, capacity, reader->names[i].hash);
            names[at] = reader->names[i];
            names[at].next = 0;
        }
    }
    loom_free(reader->names);
    reader->names = names;
    reader->last = 0;
    reader->name_capacity = capacity;
    return true;
}

/* A name that did not occur before is looked at closely. */
static loom_reader_name *add_name(loom_reader *reader, const uint8_t *text, uint32_t length, uint32_t hash, uint32_t at) {
    const xmlChar *kept = xmlDictLookup(reader->dictionary, text, (int)length);
    if (kept == NULL || xmlValidateNCName(kept, 0) != 0) {
        fail(reader, kept == NULL ? starved : "a name is no XML name");
        return NULL;
    }
    if (reader->name_count >= reader->name_capacity / 2) {
        if (!grow_names(reader)) {
            return NULL;
        }
        at = free_place(reader->names, reader->name_capacity, hash);
    }
    reader->name_count++;
    reader->names[at] = (loom_reader_name){.text = kept, .length = length, .hash = hash};
    return &reader->names[at];
}

static loom_reader_name *find_name(loom_reader *reader, const uint8_t *text, uint32_t length) {
    uint32_t hash = length * 0x9e3779b1u ^ text[0] * 0x85ebca6bu ^ text[length / 2] * 0xc2b2ae35u ^ text[length - 1] * 0x27d4eb2fu;
    hash ^= hash >> 15;
    if (reader->names == NULL && !grow_names(reader)) {
        return NULL;
    }
    uint32_t at = hash & (reader->name_capacity - 1);
    for (; reader->names[at].text != NULL; at = (at + 1) & (reader->name_capacity - 1)) {
        loom_reader_name *name = &reader->names[at];
        if (name->hash == hash && name->length == length && memcmp(name->text, text, length) == 0) {
            return name;
        }
    }
    return add_name(reader, text, length, hash, at);
}

static bool is_in_name(uint8_t byte) {
    static const uint32_t ascii[4] = {0, 0x03ff6000, 0x87fffffe, 0x07fffffe}; /* digits, `-`, `.`; letters, `_`; letters */
    return byte >= 0x80 || (ascii[byte >> 5] >> (byte & 31) & 1) != 0;
}

/* The bytes to the end of a name. */
static uint32_t name_length(const uint8_t *text, const uint8_t *end) {
    const uint8_t *at = text;
    while (at < end && is_in_name(*at)) {
        at++;
    }
    return (uint32_t)(at - text);
}

/* Content to the next tag. */
static const uint8_t *read_text(loom_reader *reader, const uint8_t *at, const uint8_t *end) {
    while (at < end && *at != '<') {
        const uint8_t *stop = loom_xml_skip_plain(at, end);
        while (stop != NULL && stop < end && (*stop == '\n' || *stop == '\t')) {
            stop = loom_xml_skip_plain(stop + 1, end);
        }
        if (stop == NULL) {
            fail(reader, "text is no UTF-8, or has a character that XML has not");
            return NULL;
        }
        if (stop > at) {
            reader->events->characters(reader->target, at, (int)(stop - at));
        }
        at = stop;
        if (at < end && *at == '&') {
            size_t length = 0;
            const xmlChar byte[2] = {loom_xml_dereference(at, end, &length)}; /* libxml2 looks behind blanks */
            if (byte[0] == 0) {
                fail(reader, "an entity or character reference is none that is written here");
                return NULL;
            }
            reader->events->characters(reader->target, byte, 1);
            at += length;
        } else if (at < end && *at != '<') {
            fail(reader, "text has a character that is not allowed there");
            return NULL;
        }
    }
    return at;
}

/* The value of an attribute from behind its quote to behind the other, into `values`, where there is room, as libxml2's parser hands values
 * over: with `&` as a character reference. */
static const uint8_t *read_value(loom_reader *reader, const uint8_t *at, const uint8_t *end) {
    loom_buffer *values = &reader->values;
    while (at < end && *at != '"') {
        bool reference = *at == '&';
        size_t length = *at >= 0x80 ? loom_xml_character_length(at, end) : 1;
        uint8_t byte = reference ? loom_xml_dereference(at, end, &length) : *at;
        if (length == 0 || byte == 0 || *at == '<' || *at < 0x20) {
            fail(reader, "the value of an attribute has what is not allowed there");
            return NULL;
        }
        if (reference && byte == '&') {
            loom_buffer_put(values, "&#38;", 5);
        } else {
            loom_buffer_put(values, reference ? &byte : at, reference ? 1 : length);
        }
        at += length;
    }
    if (at >= end) {
        fail(reader, "the value of an attribute has no end in its start tag");
        return NULL;
    }
    return at + 1;
}

static bool grow_attributes(loom_reader *reader) {
    uint32_t capacity = reader->attribute_capacity == 0 ? 16 : reader->attribute_capacity * 2;
    const xmlChar **list = loom_realloc(reader->attributes, (size_t)capacity * 5 * sizeof *list);
    if (list == NULL) {
        return fail(reader, starved);
    }
    reader->attributes = list;
    reader->attribute_capacity = capacity;
    return true;
}

/* One attribute from behind its blank. */
static const uint8_t *read_attribute(loom_reader *reader, uint32_t number, const uint8_t *at, const uint8_t *end) {
    bool instance = end - at > 4 && memcmp(at, "xsi:", 4) == 0;
    at += instance ? 4 : 0;
    uint32_t length = name_length(at, end);
    if (length == 0 || end - at < (ptrdiff_t)length + 2 || at[length] != '=' || at[length + 1] != '"') {
        fail(reader, "a start tag has what is no attribute");
        return NULL;
    }
    loom_reader_name *name = find_name(reader, at, length);
    if (name == NULL || (number == reader->attribute_capacity && !grow_attributes(reader))) {
        return NULL;
    }
    if (!instance && name->tag == reader->tag) {
        fail(reader, "a start tag has an attribute twice");
        return NULL;
    }
    name->tag = instance ? name->tag : reader->tag;
    const xmlChar **attribute = &reader->attributes[(size_t)number * 5];
    attribute[0] = name->text;
    attribute[1] = instance ? (const xmlChar *)"xsi" : NULL;
    attribute[2] = instance ? INSTANCE : NULL;
    attribute[3] = reader->values.bytes + reader->values.length;
    at = read_value(reader, at + length + 2, end);
    attribute[4] = reader->values.bytes + reader->values.length;
    return at;
}

static bool push(loom_reader *reader, const xmlChar *name, uint32_t length) {
    loom_reader_open *open = loom_grow(reader->open, reader->depth, &reader->depth_capacity, sizeof *open);
    if (open == NULL) {
        return fail(reader, starved);
    }
    reader->open = open;
    open[reader->depth++] = (loom_reader_open){name, length};
    return true;
}

/* Whether that name stands at a place, and no longer one. A name never ends at `end`, where `>` or `/` stands. */
static bool is_at(const uint8_t *at, const uint8_t *end, const xmlChar *name, uint32_t length) {
    return (size_t)(end - at) >= length && memcmp(at, name, length) == 0 && !is_in_name(at[length]);
}

/* Goes behind the prefix of the elements; false where there is another one, or none. */
static bool skip_prefix(const loom_reader *reader, const uint8_t **at, const uint8_t *end) {
    size_t length = reader->prefix_length;
    if (length == 0) {
        return true;
    }
    if ((size_t)(end - *at) <= length || memcmp(*at, reader->prefix, length) != 0 || (*at)[length] != ':') {
        return false;
    }
    *at += length + 1;
    return true;
}

/* The name of an element; `*at` goes behind it. */
static loom_reader_name *read_name(loom_reader *reader, const uint8_t **at, const uint8_t *end) {
    if (!skip_prefix(reader, at, end)) {
        fail(reader, "an element has another prefix");
        return NULL;
    }
    loom_reader_name *last = reader->last == 0 ? NULL : &reader->names[reader->last - 1];
    if (last != NULL && last->next != 0) {
        loom_reader_name *next = &reader->names[last->next - 1];
        if (is_at(*at, end, next->text, next->length)) {
            *at += next->length;
            reader->last = last->next;
            return next;
        }
    }
    uint32_t length = name_length(*at, end);
    if (length == 0) {
        fail(reader, "a tag has no name");
        return NULL;
    }
    loom_reader_name *name = find_name(reader, *at, length);
    if (name != NULL && reader->last != 0) { /* the table has not moved */
        reader->names[reader->last - 1].next = (uint32_t)(name - reader->names) + 1;
    }
    reader->last = name == NULL ? 0 : (uint32_t)(name - reader->names) + 1;
    *at += length;
    return name;
}

/* A start tag from behind `<` to its `>` at `end`. */
static bool read_start(loom_reader *reader, const uint8_t *at, const uint8_t *end) {
    bool empty = end[-1] == '/';
    const uint8_t *inside = end - empty;
    loom_reader_name *found = read_name(reader, &at, inside);
    uint32_t count = 0;
    if (found == NULL) {
        return false;
    }
    const xmlChar *name = found->text; /* the table may move */
    uint32_t length = found->length;
    reader->tag++;
    reader->values.length = 0;
    if (loom_buffer_reserve(&reader->values, (size_t)(inside - at)) != LOOM_OK) { /* no value becomes longer */
        return fail(reader, starved);
    }
    while (at != NULL && at < inside && *at == ' ') {
        at = read_attribute(reader, count++, at + 1, inside);
    }
    if (at == NULL) {
        return false;
    }
    if (at != inside || (count > 0 && at[-1] != '"')) {
        return fail(reader, "a start tag is not as it should be");
    }
    reader->events->startElementNs(reader->target, name, reader->prefix, reader->uri, 0, NULL, (int)count, 0, reader->attributes);
    if (empty) {
        reader->events->endElementNs(reader->target, name, reader->prefix, reader->uri);
        return true;
    }
    return push(reader, name, length);
}

/* An end tag from behind `</` to its `>` at `end`. */
static bool read_end(loom_reader *reader, const uint8_t *at, const uint8_t *end) {
    if (reader->depth == 0) {
        return fail(reader, "an end tag ends nothing");
    }
    const loom_reader_open *open = &reader->open[reader->depth - 1];
    if (!skip_prefix(reader, &at, end) || (size_t)(end - at) != open->length || memcmp(at, open->text, open->length) != 0) {
        return fail(reader, "the name of an end tag is a mismatch");
    }
    reader->depth--;
    reader->events->endElementNs(reader->target, open->text, reader->prefix, reader->uri);
    return true;
}

/* Reads all that is complete in `text`; what remains is moved to its start. */
static bool read(loom_reader *reader) {
    const uint8_t *at = reader->text.bytes;
    const uint8_t *end = at + reader->text.length;
    while (at < end) {
        if (*at != '<') {
            /* a character or a reference may be cut, so what follows the last tag waits for the next one */
            const uint8_t *tag = memchr(at, '<', (size_t)(end - at));
            at = tag == NULL ? at : read_text(reader, at, tag);
            if (tag == NULL || at == NULL) {
                break;
            }
        }
        const uint8_t *close = memchr(at, '>', (size_t)(end - at));
        if (close == NULL) {
            break;
        }
        if (!(at[1] == '/' ? read_end(reader, at + 2, close) : read_start(reader, at + 1, close))) {
            return false;
        }
        at = close + 1;
    }
    if (at == NULL) {
        return false;
    }
    reader->text.length = (size_t)(end - at);
    memmove(reader->text.bytes, at, reader->text.length);
    return true;
}

bool loom_reader_feed(loom_reader *reader, const uint8_t *bytes, size_t length) {
    if (length == 0) {
        return reader->wrong == NULL;
    }
    if (loom_buffer_reserve(&reader->text, length) != LOOM_OK) {
        return fail(reader, starved);
    }
    loom_buffer_put(&reader->text, bytes, length);
    memset(reader->text.bytes + reader->text.length, 0, LOOM_BUFFER_SLACK);
    return read(reader);
}

bool loom_reader_end(loom_reader *reader) {
    const uint8_t *at = reader->text.bytes;
    if (reader->text.length > 0 && read_text(reader, at, at + reader->text.length) == NULL) {
        return false;
    }
    bool whole = reader->depth == 0 && (reader->text.length == 0 || memchr(at, '<', reader->text.length) == NULL);
    return whole ? reader->wrong == NULL : fail(reader, "the records end within an element");
}
