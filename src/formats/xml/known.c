/* The walk over a record along what is known.
 * SPDX-License-Identifier: MIT
 */
#include "known.h"

#include <string.h>

#include "../../core/memory.h"
#include "date.h"
#include "plain.h"

/* More than that is not kept, so that a worker never holds more than some 3 MB of it. */
#define MOST_LABELS ((size_t)1 << 19)
#define MOST_NODES 32768u

/* More ways on from one place are not searched. */
#define MOST_SEARCHED 64u

#define MOST_LEVELS 64u

/* The longest number that is looked at. */
#define MOST_DIGITS 18u
#define MOST_DECIMAL 24u
#define MOST_DOUBLE 40u

/* Classes of texts, and how else an element ends. */
enum {
    DOUBT = 0, /* of no class */
    EMPTY_TAG = 1,
    END = 2, /* behind children, or without any content */
    BIT = 4, /* 0 or 1, which xs:boolean has too */
    NATURAL = 8,
    NEGATIVE = 16,
    DECIMAL = 32,
    DOUBLE = 64, /* with an exponent */
    BOOLEAN = 128,
    DATE = 256,
    DATETIME = 512,
    TEXT = 1024,
};

typedef struct level {
    uint32_t path;
    uint32_t state;
    bool filled; /* it has children */
} level;

typedef struct walk {
    loom_known *known;
    const uint8_t *at;
    const uint8_t *end;
    uint32_t depth;
    enum loom_known_answer answer; /* NO while it goes on */
    level levels[MOST_LEVELS];
} walk;

void loom_known_forget(loom_known *known) {
    loom_buffer_free(&known->labels);
    loom_free(known->paths);
    loom_free(known->states);
    loom_free(known->edges);
    memset(known, 0, sizeof *known);
}

static uint32_t stop(walk *w, enum loom_known_answer answer) {
    w->answer = answer;
    return 0;
}

/* Room for one more of each kind. */
static bool make_room(loom_known *known, size_t label) {
    bool full = known->path_count >= MOST_NODES || known->state_count >= MOST_NODES || known->edge_count >= MOST_NODES;
    if (full || loom_buffer_reserve(&known->labels, label) != LOOM_OK) {
        return false;
    }
    loom_known_path *paths = loom_grow(known->paths, known->path_count, &known->path_capacity, sizeof *paths);
    known->paths = paths == NULL ? known->paths : paths;
    loom_known_state *states = loom_grow(known->states, known->state_count + 1, &known->state_capacity, sizeof *states);
    known->states = states == NULL ? known->states : states;
    loom_known_edge *edges = loom_grow(known->edges, known->edge_count, &known->edge_capacity, sizeof *edges);
    known->edges = edges == NULL ? known->edges : edges;
    return paths != NULL && states != NULL && edges != NULL;
}

static uint32_t add_state(loom_known *known) {
    known->states[known->state_count] = (loom_known_state){0};
    return known->state_count++;
}

/* What holds the records. */
static bool start(loom_known *known) {
    if (known->path_count > 0) {
        return true;
    }
    if (known->labels.cap == 0) {
        loom_buffer_init(&known->labels, MOST_LABELS);
    }
    if (!make_room(known, 0)) {
        return false;
    }
    known->paths[known->path_count++] = (loom_known_path){0};
    known->edges[known->edge_count++] = (loom_known_edge){0};
    (void)add_state(known);
    return true;
}

/* The child of a path with that label, made where there is none; 0 where there is no room for it. */
static uint32_t find_path(loom_known *known, uint32_t parent, const uint8_t *label, size_t length) {
    uint32_t searched = 0;
    for (uint32_t i = known->paths[parent].first; i != 0; i = known->paths[i].next) {
        const loom_known_path *path = &known->paths[i];
        if (path->length == length && memcmp(known->labels.bytes + path->label, label, length) == 0) {
            return i;
        }
        if (++searched == MOST_SEARCHED * 8) {
            return 0;
        }
    }
    uint32_t made = known->path_count++;
    known->paths[made] = (loom_known_path){
        .label = (uint32_t)known->labels.length, .length = (uint32_t)length, .state = add_state(known), .next = known->paths[parent].first};
    known->paths[parent].first = made;
    loom_buffer_put(&known->labels, label, length);
    return made;
}

/* A way on that was not known. */
static uint32_t add_edge(walk *w, const level *from, size_t length) {
    loom_known *known = w->known;
    uint32_t path = make_room(known, length) ? find_path(known, from->path, w->at, length) : 0;
    if (path == 0 || !make_room(known, 0)) {
        return stop(w, LOOM_KNOWN_ODD);
    }
    known->fresh = true;
    known->edges[known->edge_count] = (loom_known_edge){.path = path, .state = add_state(known), .next = known->states[from->state].edge};
    known->states[from->state].edge = known->edge_count;
    return known->edge_count++;
}

static bool ends_name(uint8_t byte) {
    return byte == '>' || byte == '/' || byte == ' ' || byte == '=' || byte == '"' || byte < ' ' || byte == '<' || byte == '&';
}

/* The length of the label at `at`: of an element to the end of its name, of an attribute to behind its quote. 0: it is cut, or none. */
static size_t label_length(walk *w, bool attribute) {
    const uint8_t *at = w->at + 1;
    while (at < w->end && !ends_name(*at)) {
        at++;
    }
    size_t more = attribute ? 2 : 1;
    if ((size_t)(w->end - at) < more) {
        return stop(w, LOOM_KNOWN_CUT);
    }
    if (at == w->at + 1 || (attribute && (at[0] != '=' || at[1] != '"'))) {
        return stop(w, LOOM_KNOWN_ODD);
    }
    return (size_t)(at - w->at) + (attribute ? 2 : 0);
}

/* The way on from a level with the child whose label stands at `at`, which goes behind it; 0 where there is none. */
static uint32_t find_edge(walk *w, level *from, bool attribute) {
    const loom_known *known = w->known;
    size_t left = (size_t)(w->end - w->at);
    uint32_t searched = 0;
    for (uint32_t i = known->states[from->state].edge; i != 0; i = known->edges[i].next) {
        const loom_known_path *path = &known->paths[known->edges[i].path];
        const uint8_t *label = known->labels.bytes + path->label;
        bool same = left > path->length && memcmp(w->at, label, path->length) == 0;
        if (same && (attribute || ends_name(w->at[path->length]))) {
            w->at += path->length;
            from->state = known->edges[i].state;
            return i;
        }
        if (++searched == MOST_SEARCHED) {
            return stop(w, LOOM_KNOWN_ODD);
        }
    }
    size_t length = label_length(w, attribute);
    uint32_t made = length == 0 ? 0 : add_edge(w, from, length);
    if (made != 0) {
        w->at += length;
        from->state = w->known->edges[made].state;
    }
    return made;
}

static const uint8_t *skip_digits(const uint8_t *at, const uint8_t *end) {
    while (at < end && *at - (unsigned)'0' < 10) {
        at++;
    }
    return at;
}

/* The class of a text that may be a number. */
static uint32_t number_class(const uint8_t *text, const uint8_t *end) {
    bool negative = *text == '-';
    const uint8_t *digits = text + negative;
    const uint8_t *at = skip_digits(digits, end);
    size_t length = (size_t)(end - text);
    if (at == digits || length > MOST_DOUBLE) {
        return DOUBT;
    }
    if (at == end) {
        uint32_t kind = negative ? NEGATIVE : length == 1 && *text <= '1' ? BIT : NATURAL;
        return length > MOST_DIGITS || (negative && *digits == '0') ? DOUBT : kind;
    }
    if (*at == '.') {
        const uint8_t *fraction = at + 1;
        at = skip_digits(fraction, end);
        if (at == fraction) {
            return DOUBT;
        }
    }
    if (at == end) {
        return length > MOST_DECIMAL ? DOUBT : DECIMAL;
    }
    if (*at != 'e' && *at != 'E') {
        return DOUBT;
    }
    at += end - at > 1 && (at[1] == '+' || at[1] == '-') ? 2 : 1;
    return at < end && skip_digits(at, end) == end ? DOUBLE : DOUBT;
}

/* Whether a text has a character that no value of a type but xs:string has. */
static bool is_text(const uint8_t *text, size_t length) {
    static const char all[] = "0123456789+-.:TZeEINFaNtruefals \t\n\r&;#";
    for (size_t i = 0; i < length; i++) {
        if (memchr(all, text[i], sizeof all - 1) == NULL) {
            return true;
        }
    }
    return false;
}

/* References of a blank are characters that other types take too. */
static uint32_t class_of(const uint8_t *text, size_t length) {
    if ((length == 4 && memcmp(text, "true", 4) == 0) || (length == 5 && memcmp(text, "false", 5) == 0)) {
        return BOOLEAN;
    }
    bool number = text[0] == '-' || text[0] - (unsigned)'0' < 10;
    uint32_t kind = number ? number_class(text, text + length) : DOUBT;
    if (kind == DOUBT && number) {
        enum loom_date_kind date = loom_xml_date_kind(text, length);
        kind = date == LOOM_DATE ? DATE : date == LOOM_DATETIME ? DATETIME : DOUBT;
    }
    return kind == DOUBT && is_text(text, length) ? TEXT : kind;
}

/* Checks a text against what is known at its place. What is in doubt is always new. */
static void note(walk *w, uint32_t *classes, const uint8_t *text, size_t length) {
    if ((*classes & TEXT) != 0) {
        return;
    }
    uint32_t kind = class_of(text, length);
    if (kind == DOUBT || (*classes & kind) == 0) {
        *classes |= kind;
        w->known->fresh = true;
    }
}

/* Where a reference is none of the encoder's, it may be cut. */
static uint32_t stop_at(walk *w, const uint8_t *at) {
    return stop(w, *at == '&' && w->end - at < 8 ? LOOM_KNOWN_CUT : LOOM_KNOWN_ODD);
}

/* The `<` behind a text; NULL where a character is not right, or the text is cut. */
static const uint8_t *skip_text(walk *w) {
    const uint8_t *at = w->at;
    for (;;) {
        at = loom_xml_skip_plain(at, w->end);
        if (at == NULL || at >= w->end) {
            (void)stop(w, LOOM_KNOWN_CUT); /* or a character is */
            return NULL;
        }
        size_t length = 1;
        if (*at == '<') {
            return at;
        }
        if (*at != '\n' && *at != '\t' && (*at != '&' || loom_xml_dereference(at, w->end, &length) == 0)) {
            (void)stop_at(w, at);
            return NULL;
        }
        at += length;
    }
}

/* The quote behind a value, or NULL. */
static const uint8_t *skip_value(walk *w) {
    const uint8_t *at = w->at;
    while (at < w->end && *at != '"') {
        size_t length = *at >= 0x80 ? loom_xml_character_length(at, w->end) : 1;
        bool good = *at == '&' ? loom_xml_dereference(at, w->end, &length) != 0 : *at >= ' ' && *at != '<' && *at != '>' && length > 0;
        if (!good) {
            (void)(*at >= 0x80 ? stop(w, LOOM_KNOWN_CUT) : stop_at(w, at));
            return NULL;
        }
        at += length;
    }
    if (at >= w->end) {
        (void)stop(w, LOOM_KNOWN_CUT);
        return NULL;
    }
    return at;
}

/* The attributes of the start tag; those of XML Schema itself are xsi:nil="true" alone. */
static bool walk_attributes(walk *w, level *top) {
    static const char nil[] = " xsi:nil=\"true\"";
    while (w->at < w->end && *w->at == ' ') {
        size_t left = (size_t)(w->end - w->at);
        bool own = left > 5 && memcmp(w->at, nil, 5) == 0;
        if (left < sizeof nil || (own && memcmp(w->at, nil, sizeof nil - 1) != 0)) {
            return stop(w, left < sizeof nil ? LOOM_KNOWN_CUT : LOOM_KNOWN_ODD) != 0;
        }
        uint32_t edge = find_edge(w, top, true);
        const uint8_t *quote = edge == 0 ? NULL : skip_value(w);
        if (quote == NULL) {
            return false;
        }
        note(w, &w->known->paths[w->known->edges[edge].path].classes, w->at, (size_t)(quote - w->at));
        w->at = quote + 1;
    }
    return true;
}

/* How an element ends, which then is left. */
static void leave(walk *w, uint32_t how) {
    uint32_t *classes = &w->known->states[w->levels[w->depth - 1].state].classes;
    if (how != 0 && (*classes & how) == 0) {
        *classes |= how;
        w->known->fresh = true;
    }
    w->depth--;
}

/* A start tag, or an element without content. */
static void walk_start(walk *w) {
    loom_known *known = w->known;
    level record = {0};
    level *above = w->depth == 0 ? &record : &w->levels[w->depth - 1];
    uint32_t edge = w->depth == MOST_LEVELS ? stop(w, LOOM_KNOWN_ODD) : find_edge(w, above, false);
    if (edge == 0) {
        return;
    }
    above->filled = true;
    level *top = &w->levels[w->depth++];
    *top = (level){.path = known->edges[edge].path, .state = known->paths[known->edges[edge].path].state};
    if (!walk_attributes(w, top)) {
        return;
    }
    if (w->end - w->at < 2) {
        (void)stop(w, LOOM_KNOWN_CUT);
    } else if (*w->at == '>') {
        w->at++;
    } else if (w->at[0] == '/' && w->at[1] == '>') {
        w->at += 2;
        leave(w, EMPTY_TAG);
    } else {
        (void)stop(w, LOOM_KNOWN_ODD);
    }
}

/* An end tag behind a text from `text` on. */
static void walk_end(walk *w, const uint8_t *text) {
    const level *top = &w->levels[w->depth - 1];
    const loom_known_path *path = &w->known->paths[top->path];
    size_t length = (size_t)(w->at - text);
    size_t name = path->length - 1;
    if ((size_t)(w->end - w->at) < name + 3) {
        (void)stop(w, LOOM_KNOWN_CUT);
        return;
    }
    if (memcmp(w->at + 2, w->known->labels.bytes + path->label + 1, name) != 0 || w->at[name + 2] != '>') {
        (void)stop(w, LOOM_KNOWN_ODD);
        return;
    }
    if (!top->filled && length > 0) {
        note(w, &w->known->states[top->state].classes, text, length);
    }
    w->at += name + 3;
    leave(w, top->filled || length == 0 ? END : 0);
}

static bool is_blank(const uint8_t *at, const uint8_t *end) {
    while (at < end && (*at == ' ' || *at == '\n')) {
        at++;
    }
    return at == end;
}

/* A text and the tag behind it. Beside tags there are only blanks. */
static void walk_on(walk *w) {
    const uint8_t *text = w->at;
    const uint8_t *tag = *text == '<' ? text : skip_text(w);
    if (tag == NULL) {
        return;
    }
    bool ends = w->end - tag > 1 && tag[1] == '/';
    bool mixed = tag > text && (w->depth == 0 || !ends || w->levels[w->depth - 1].filled) && !is_blank(text, tag);
    w->at = tag;
    if (w->end - tag < 2 || mixed || (ends && w->depth == 0)) {
        (void)stop(w, w->end - tag < 2 ? LOOM_KNOWN_CUT : LOOM_KNOWN_ODD);
    } else if (ends) {
        walk_end(w, text);
    } else {
        walk_start(w);
    }
}

enum loom_known_answer loom_known_record(loom_known *known, const uint8_t **at, const uint8_t *end) {
    walk w;
    w.known = known;
    w.at = *at;
    w.end = end;
    w.depth = 0;
    w.answer = start(known) ? LOOM_KNOWN_NO : LOOM_KNOWN_ODD;
    bool within = false;
    while (w.answer == LOOM_KNOWN_NO && w.at < end && !(within && w.depth == 0)) {
        walk_on(&w);
        within = true;
    }
    if (w.answer != LOOM_KNOWN_NO) {
        return w.answer;
    }
    if (!within || w.depth > 0) {
        return LOOM_KNOWN_CUT;
    }
    *at = w.at;
    return known->fresh ? LOOM_KNOWN_NO : LOOM_KNOWN_YES;
}
