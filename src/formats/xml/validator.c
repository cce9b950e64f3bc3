/* The validator: libxml2's push parser and our reader, with libxml2's schema validation plugged into the events, and no tree.
 * SPDX-License-Identifier: MIT
 */
#include "validator.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../../core/memory.h"
#include "known.h"
#include "reader.h"

/* A message is cut to so many bytes. */
#define MESSAGE 400

/* The depth of records: below the root and below `records`. */
#define RECORD_DEPTH 3

/* The most that waits for the end of a record. */
#define MOST_REST ((size_t)1 << 28)

/* A record that is cut after so many bytes is not looked at any longer. */
#define MOST_CUT ((size_t)1 << 20)

/* With more names, the reader forgets them between documents. */
#define MOST_NAMES 65536u

struct loom_validator {
    xmlSchemaPtr schema;
    xmlSchemaValidCtxtPtr validation;
    xmlSchemaSAXPlugPtr plug;
    xmlParserCtxtPtr parser;
    xmlSAXHandler events;
    loom_reader reader;
    loom_known known;          /* of records that were valid */
    const xmlChar *known_prefix; /* of the documents that it is of; in the reader's dictionary */
    const xmlChar *known_uri;
    loom_buffer rest;          /* records that are not read yet */
    bool odd;                  /* all records of the document go to the reader */
    bool ended;                /* the last document was valid to its end */
    const xmlChar *prefix; /* of the root element; in the parser's dictionary */
    const xmlChar *uri;
    unsigned depth;
    bool reading; /* the reader has the records */
    bool in_records;
    int records;
    int record; /* of the first error */
    char message[MESSAGE];
};

/* Behind an allocation that failed, libxml2 2.9 goes on with null pointers in some two hundred places, and at times takes for valid what it
 * did not look at. So memory that it does not get ends the program: in wasm the module, whose worker is then replaced. */
static void *or_end(void *memory, size_t size) {
    if (memory == NULL && size > 0) {
        __builtin_trap();
    }
    return memory;
}

static void *allocate(size_t size) {
    return or_end(loom_alloc(size), size);
}

static void *reallocate(void *memory, size_t size) {
    return or_end(loom_realloc(memory, size), size);
}

static char *copy(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(allocate(size), text, size);
}

static void fail(loom_validator *validator, const char *message) {
    if (validator->message[0] != '\0') {
        return;
    }
    snprintf(validator->message, sizeof validator->message, "%s", message);
    validator->message[strcspn(validator->message, "\n")] = '\0';
    validator->record = validator->depth >= RECORD_DEPTH || validator->records > 0 ? validator->records - 1 : -1;
}

static int outcome(const loom_validator *validator) {
    return validator->message[0] != '\0';
}

static void note(void *context, xmlErrorPtr error) {
    if (error != NULL && error->level >= XML_ERR_ERROR) {
        fail(context, error->message == NULL ? "it is not valid" : error->message);
    }
}

static void start_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
                          const xmlChar **all, int attributes, int defaulted, const xmlChar **values) {
    loom_validator *validator = context;
    (void)namespaces;
    (void)all;
    (void)attributes;
    (void)defaulted;
    (void)values;
    validator->depth++;
    if (validator->depth == 1) {
        validator->prefix = prefix;
        validator->uri = uri;
    }
    if (validator->depth == RECORD_DEPTH - 1) {
        validator->in_records = strcmp((const char *)name, "records") == 0;
    }
    validator->records += validator->depth == RECORD_DEPTH && validator->in_records;
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    loom_validator *validator = context;
    (void)name;
    (void)prefix;
    (void)uri;
    validator->depth--;
}

static void close_document(loom_validator *validator) {
    if (validator->plug != NULL) {
        xmlSchemaSAXUnplug(validator->plug);
        validator->plug = NULL;
    }
    if (validator->parser != NULL) {
        validator->parser->sax = NULL; /* the plug's */
        xmlFreeParserCtxt(validator->parser);
        validator->parser = NULL;
    }
}

static xmlSchemaPtr compile(loom_validator *validator, const uint8_t *schema, size_t length) {
    xmlSchemaParserCtxtPtr context = length > INT32_MAX ? NULL : xmlSchemaNewMemParserCtxt((const char *)schema, (int)length);
    if (context == NULL) {
        return NULL;
    }
    xmlSchemaSetParserStructuredErrors(context, note, validator);
    xmlSchemaPtr compiled = xmlSchemaParse(context);
    xmlSchemaFreeParserCtxt(context);
    return compiled;
}

/* Nothing but what is fed is read: no file, no address, whatever a document names. */
static xmlParserInputPtr load_nothing(const char *url, const char *id, xmlParserCtxtPtr context) {
    (void)url;
    (void)id;
    (void)context;
    return NULL;
}

loom_validator *loom_validator_new(const uint8_t *schema, size_t length) {
    static bool started;
    if (!started) {
        (void)xmlMemSetup(loom_free, allocate, reallocate, copy);
        xmlInitParser();
        xmlSetExternalEntityLoader(load_nothing);
        started = true;
    }
    loom_validator *validator = loom_alloc(sizeof *validator);
    if (validator == NULL) {
        return NULL;
    }
    memset(validator, 0, sizeof *validator);
    validator->record = -1;
    loom_buffer_init(&validator->rest, MOST_REST);
    validator->reader.dictionary = xmlDictCreate();
    validator->events.initialized = XML_SAX2_MAGIC;
    validator->events.startElementNs = start_element;
    validator->events.endElementNs = end_element;
    validator->events.serror = note;
    validator->schema = validator->reader.dictionary == NULL ? NULL : compile(validator, schema, length);
    if (validator->schema == NULL) {
        fail(validator, "the schema could not be read");
    }
    return validator;
}

static void close_reader(loom_validator *validator) {
    loom_known_forget(&validator->known);
    validator->known_prefix = validator->known_uri = NULL;
    loom_reader_close(&validator->reader);
    xmlDictFree(validator->reader.dictionary);
    memset(&validator->reader, 0, sizeof validator->reader);
}

/* Ready for the next document, with a dictionary. */
static bool reset_reader(loom_validator *validator) {
    if (validator->reader.name_count > MOST_NAMES) {
        close_reader(validator);
    }
    if (validator->reader.dictionary == NULL) {
        validator->reader.dictionary = xmlDictCreate();
    }
    if (!validator->ended) {
        loom_known_forget(&validator->known);
    }
    validator->ended = validator->odd = validator->reading = false;
    validator->known.fresh = false;
    validator->rest.length = 0;
    loom_reader_restart(&validator->reader);
    return validator->reader.dictionary != NULL;
}

void loom_validator_free(loom_validator *validator) {
    if (validator == NULL) {
        return;
    }
    close_document(validator);
    if (validator->validation != NULL) {
        xmlSchemaFreeValidCtxt(validator->validation);
    }
    if (validator->schema != NULL) {
        xmlSchemaFree(validator->schema);
    }
    close_reader(validator);
    loom_buffer_free(&validator->rest);
    loom_free(validator);
}

int loom_validator_begin(loom_validator *validator) {
    close_document(validator);
    if (validator->schema == NULL) {
        return 1;
    }
    validator->depth = 0;
    validator->records = 0;
    validator->record = -1;
    validator->in_records = false;
    validator->message[0] = '\0';
    if (validator->validation != NULL) {
        xmlSchemaFreeValidCtxt(validator->validation);
    }
    validator->validation = xmlSchemaNewValidCtxt(validator->schema);
    validator->parser = xmlCreatePushParserCtxt(NULL, validator, NULL, 0, NULL);
    if (validator->validation == NULL || validator->parser == NULL || !reset_reader(validator)) {
        fail(validator, "memory ran out");
        return 1;
    }
    xmlSchemaSetValidStructuredErrors(validator->validation, note, validator);
    xmlFree(validator->parser->sax);
    validator->parser->sax = &validator->events;
    validator->parser->userData = validator;
    /* There are no entities; without NOENT, an & in an attribute is told as &#38;, which no namespace of a schema is. */
    (void)xmlCtxtUseOptions(validator->parser, XML_PARSE_HUGE | XML_PARSE_NONET | XML_PARSE_NOENT);
    validator->plug = xmlSchemaSAXPlug(validator->validation, &validator->parser->sax, &validator->parser->userData);
    if (validator->plug == NULL) {
        fail(validator, "memory ran out");
        return 1;
    }
    return 0;
}

/* The parser's own words. */
static void fail_as_parsed(loom_validator *validator) {
    note(validator, xmlCtxtGetLastError(validator->parser));
    fail(validator, "it is not well-formed");
}

/* What is known is of one namespace. */
static void check_known(loom_validator *validator) {
    xmlDictPtr dictionary = validator->reader.dictionary;
    const xmlChar *prefix = validator->prefix == NULL ? NULL : xmlDictLookup(dictionary, validator->prefix, -1);
    const xmlChar *uri = validator->uri == NULL ? NULL : xmlDictLookup(dictionary, validator->uri, -1);
    if (prefix != validator->known_prefix || uri != validator->known_uri) {
        loom_known_forget(&validator->known);
    }
    validator->known_prefix = prefix;
    validator->known_uri = uri;
    validator->odd = (prefix == NULL) != (validator->prefix == NULL) || (uri == NULL) != (validator->uri == NULL);
}

static void start_records(loom_validator *validator) {
    loom_reader *reader = &validator->reader;
    reader->events = validator->parser->sax;
    reader->target = validator->parser->userData;
    reader->prefix = validator->prefix;
    reader->uri = validator->uri;
    reader->prefix_length = validator->prefix == NULL ? 0 : strlen((const char *)validator->prefix);
    validator->reading = true;
    check_known(validator);
}

static void feed_reader(loom_validator *validator, const uint8_t *bytes, size_t length) {
    if (!loom_reader_feed(&validator->reader, bytes, length)) {
        fail(validator, validator->reader.wrong);
    }
}

/* The records that are there as a whole; those that are not like valid ones go to libxml2. */
static const uint8_t *read_known(loom_validator *validator, const uint8_t *at, const uint8_t *end) {
    enum loom_known_answer answer = LOOM_KNOWN_YES;
    while (!outcome(validator) && answer <= LOOM_KNOWN_NO) {
        const uint8_t *from = at;
        answer = loom_known_record(&validator->known, &at, end);
        if (answer == LOOM_KNOWN_YES) {
            validator->records++;
        } else if (answer == LOOM_KNOWN_NO) {
            feed_reader(validator, from, (size_t)(at - from));
            validator->known.fresh = false;
        }
    }
    validator->odd = answer == LOOM_KNOWN_ODD || (answer == LOOM_KNOWN_CUT && (size_t)(end - at) > MOST_CUT);
    return at;
}

static void read_records(loom_validator *validator, const uint8_t *bytes, size_t length) {
    loom_buffer *rest = &validator->rest;
    if (!validator->reading) {
        start_records(validator);
    }
    if (validator->odd) {
        feed_reader(validator, bytes, length);
        return;
    }
    if (loom_buffer_reserve(rest, length) != LOOM_OK) {
        fail(validator, "memory ran out");
        return;
    }
    loom_buffer_put(rest, bytes, length);
    memset(rest->bytes + rest->length, 0, LOOM_BUFFER_SLACK);
    const uint8_t *end = rest->bytes + rest->length;
    const uint8_t *at = read_known(validator, rest->bytes, end);
    size_t left = (size_t)(end - at);
    if (validator->odd && !outcome(validator)) {
        feed_reader(validator, at, left);
        left = 0;
    }
    memmove(rest->bytes, at, left);
    rest->length = left;
}

static void end_records(loom_validator *validator) {
    if (validator->reading && !outcome(validator) && validator->rest.length > 0) {
        feed_reader(validator, validator->rest.bytes, validator->rest.length);
    }
    if (validator->reading && !outcome(validator) && !loom_reader_end(&validator->reader)) {
        fail(validator, validator->reader.wrong);
    }
    validator->reading = false;
}

int loom_validator_feed_records(loom_validator *validator, const uint8_t *bytes, size_t length) {
    if (validator->parser == NULL) {
        return 1;
    }
    bool there = validator->reading || (validator->depth == RECORD_DEPTH - 1 && validator->in_records);
    if (!there) {
        fail(validator, "records stand where none may be");
    } else if (!outcome(validator)) {
        read_records(validator, bytes, length);
    }
    return outcome(validator);
}

int loom_validator_feed(loom_validator *validator, const uint8_t *bytes, size_t length) {
    const size_t most = (size_t)1 << 20;
    if (validator->parser == NULL) {
        return 1;
    }
    end_records(validator);
    for (size_t at = 0; at < length && !outcome(validator); at += most) {
        int piece = (int)(length - at < most ? length - at : most);
        if (xmlParseChunk(validator->parser, (const char *)bytes + at, piece, 0) != 0) {
            fail_as_parsed(validator);
        }
    }
    return outcome(validator);
}

int loom_validator_end(loom_validator *validator) {
    if (validator->parser == NULL) {
        return 1;
    }
    end_records(validator);
    if (!outcome(validator) && xmlParseChunk(validator->parser, NULL, 0, 1) != 0) {
        fail_as_parsed(validator);
    }
    if (xmlSchemaIsValid(validator->validation) != 1) {
        fail(validator, "it is not valid");
    }
    close_document(validator);
    validator->ended = !outcome(validator);
    return outcome(validator);
}

const char *loom_validator_message(const loom_validator *validator) {
    return validator->message;
}

int loom_validator_record(const loom_validator *validator) {
    return validator->record;
}
