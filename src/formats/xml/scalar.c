/* The writing of scalars. Most elements of a document are those of loom_xml_run.
 * SPDX-License-Identifier: MIT
 */
#include "scalar.h"

#include "../../core/simd.h"
#include "date.h"

/* Validators need not know decimals of more than 18 digits (XML Schema part 2 3.2.3); libxml2 knows 24. */
#define MOST_DIGITS 24

static const char words[2][8] = {"false", "true"};
static const char nil[32] = " xsi:nil=\"true\"/>";
#define NIL_LENGTH 17

/* An exponent, in the first MOST_DIGITS characters. */
static bool has_exponent(const uint8_t *text, uint32_t length) {
    uint32_t mask = loom_mask_byte(text, 'e') | loom_mask_byte(text, 'E');
    if (length > LOOM_BLOCK) {
        mask |= (loom_mask_byte(text + LOOM_BLOCK, 'e') | loom_mask_byte(text + LOOM_BLOCK, 'E')) << LOOM_BLOCK;
    }
    return (mask & ((1u << length) - 1)) != 0;
}

static uint32_t text_kind(loom_xml_element *element, const uint8_t *text, uint32_t length) {
    enum loom_date_kind kind = loom_xml_date_kind(text, length);
    element->is_text = kind == LOOM_NO_DATE;
    return kind == LOOM_DATE ? LOOM_XML_DATE : kind == LOOM_DATETIME ? LOOM_XML_DATETIME : LOOM_XML_TEXT;
}

__attribute__((noinline)) static uint32_t kind_of(const loom_batch *batch, loom_xml_element *element, const loom_cell *cell) {
    static const uint16_t kinds[] = {LOOM_XML_NULL, LOOM_XML_BOOLEAN, LOOM_XML_BOOLEAN, LOOM_XML_INTEGER, LOOM_XML_DECIMAL, LOOM_XML_TEXT,
                                     LOOM_XML_ARRAY, LOOM_XML_OBJECT};
    if (cell->kind == LOOM_CELL_TEXT && !element->is_text) {
        return text_kind(element, loom_cell_text(batch, cell), cell->length);
    }
    bool number = cell->kind == LOOM_CELL_INTEGER || cell->kind == LOOM_CELL_NUMBER;
    if (number && (cell->length > MOST_DIGITS || (cell->kind == LOOM_CELL_NUMBER && has_exponent(batch->text + cell->start, cell->length)))) {
        return LOOM_XML_DOUBLE;
    }
    return kinds[cell->kind];
}

int loom_xml_note(loom_xml *xml, uint32_t node, loom_xml_element *element, const loom_cell *cell) {
    int code = element->stamp == xml->stamp ? LOOM_OK : loom_xml_touch(xml, node, element);
    uint32_t kind = kind_of(xml->e->batch, element, cell);
    element->kinds |= kind;
    element->count++;
    element->objects += kind == LOOM_XML_OBJECT;
    return code;
}

static int put_text(loom_xml *xml, const loom_cell *cell, bool attribute) {
    return loom_xml_text(xml->out, loom_cell_text(xml->e->batch, cell), cell->length, attribute, &xml->replaced);
}

/* The value of a scalar, which is not null. */
static int put_value(loom_xml *xml, const loom_cell *cell) {
    switch (cell->kind) {
    case LOOM_CELL_FALSE:
        return loom_buffer_append(xml->out, "false", 5);
    case LOOM_CELL_TRUE:
        return loom_buffer_append(xml->out, "true", 4);
    case LOOM_CELL_TEXT:
        return put_text(xml, cell, true);
    default:
        return loom_buffer_append(xml->out, xml->e->batch->text + cell->start, cell->length);
    }
}

/* Text of which only the start may be plain, and the end tag. */
static int put_odd_text(loom_xml *xml, const loom_xml_element *element, const loom_cell *cell, size_t plain) {
    loom_cell rest = *cell;
    rest.start += (uint32_t)plain;
    rest.length -= (uint32_t)plain;
    int code = put_text(xml, &rest, false);
    code = code == LOOM_OK ? loom_buffer_reserve(xml->out, element->name_length + LOOM_XML_ROOM) : code;
    if (code == LOOM_OK) {
        loom_xml_put_close(xml, element);
    }
    return code;
}

/* Writes the element of a scalar, for which there is room, or of an odd text its plain start without the end tag. `*plain` tells how many bytes
 * of a text those are. */
static inline uint8_t *put_element(const loom_xml *xml, uint8_t *to, const loom_xml_element *element, const loom_cell *cell, size_t *plain) {
    const loom_batch *batch = xml->e->batch;
    bool empty = cell->kind == LOOM_CELL_TEXT && cell->length == 0;
    *plain = cell->length;
    to = loom_copy_blocks(to, xml->names.bytes + element->start, (size_t)element->open_length + 1);
    if (cell->kind == LOOM_CELL_NULL) {
        memcpy(to - 1, nil, sizeof nil);
        return to - 1 + NIL_LENGTH;
    }
    if (empty) {
        to[-1] = '/';
        to[0] = '>';
        return to + 1;
    }
    if (cell->kind == LOOM_CELL_TEXT) {
        *plain = loom_xml_copy_plain(to, loom_cell_text(batch, cell), cell->length);
        to += *plain;
        if (*plain < cell->length) {
            return to;
        }
    } else if (cell->kind < LOOM_CELL_INTEGER) {
        bool yes = cell->kind == LOOM_CELL_TRUE;
        memcpy(to, words[yes], sizeof words[0]);
        to += yes ? 4 : 5;
    } else {
        to = loom_copy_blocks(to, batch->text + cell->start, cell->length);
    }
    return loom_copy_blocks(to, xml->names.bytes + element->close, (size_t)element->name_length + 3);
}

/* The most that the element of a scalar takes, without what escapes add. */
static inline size_t room_for(const loom_xml_element *element, const loom_cell *cell) {
    return (size_t)element->open_length + element->name_length + LOOM_XML_ROOM + (cell->kind < LOOM_CELL_INTEGER ? 0 : cell->length);
}

int loom_xml_scalar(loom_xml *xml, const loom_xml_element *element, const loom_cell *cell) {
    size_t plain = 0;
    int code = loom_buffer_reserve(xml->out, room_for(element, cell));
    if (code != LOOM_OK) {
        return code;
    }
    xml->out->length = (size_t)(put_element(xml, xml->out->bytes + xml->out->length, element, cell, &plain) - xml->out->bytes);
    return plain < cell->length ? put_odd_text(xml, element, cell, plain) : LOOM_OK;
}

int loom_xml_run(loom_xml *xml, uint32_t *i, uint32_t end, uint32_t *before) {
    const loom_batch *batch = xml->e->batch;
    loom_buffer *out = xml->out;
    uint8_t *to = out->bytes + out->length;
    const uint8_t *limit = out->bytes + out->capacity;
    uint32_t at = *i;
    int code = LOOM_OK;
    for (; at < end && code == LOOM_OK; at++) {
        const loom_cell *cell = &batch->cells[at];
        bool plain_cell = cell->kind < LOOM_CELL_ARRAY && (cell->flags & LOOM_CELL_DROPPED) == 0 && cell->path < xml->capacity;
        loom_xml_element *element = plain_cell ? &xml->elements[cell->path] : NULL;
        if (element == NULL || element->stamp != xml->stamp || (size_t)(limit - to) < room_for(element, cell)) {
            break;
        }
        size_t plain = 0;
        element->kinds |= kind_of(batch, element, cell);
        element->count++;
        code = before != NULL ? loom_xml_follow(xml, before, cell->path) : LOOM_OK;
        to = put_element(xml, to, element, cell, &plain);
        if (plain < cell->length && code == LOOM_OK) {
            out->length = (size_t)(to - out->bytes);
            code = put_odd_text(xml, element, cell, plain);
            to = out->bytes + out->length;
            limit = out->bytes + out->capacity;
        }
    }
    out->length = (size_t)(to - out->bytes);
    *i = at;
    return code;
}

int loom_xml_attribute(loom_xml *xml, uint32_t node, loom_xml_element *element, const loom_cell *cell) {
    size_t prefix = xml->prefix_length;
    int code = loom_xml_note(xml, node, element, cell);
    if (code == LOOM_OK) {
        code = loom_buffer_reserve(xml->out, element->name_length + LOOM_XML_ROOM);
    }
    if (code == LOOM_OK) {
        loom_buffer_put_byte(xml->out, ' ');
        loom_buffer_put(xml->out, xml->names.bytes + element->start + 1 + prefix, element->name_length - prefix);
        loom_buffer_put(xml->out, "=\"", 2);
        code = put_value(xml, cell);
    }
    return code == LOOM_OK ? loom_buffer_append_byte(xml->out, '"') : code;
}
