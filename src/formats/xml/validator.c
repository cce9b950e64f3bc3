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
#include "reader.h"

/* A message is cut to so many bytes. */
#define MESSAGE 400

/* The depth of records: below the root and below `records`. */
#define RECORD_DEPTH 3

/* With more names, the reader forgets them between documents. */
#define MOST_NAMES 65536u

struct loom_validator {
    xmlSchemaPtr schema;
    xmlSchemaValidCtxtPtr validation;
    xmlSchemaSAXPlugPtr plug;
    xmlParserCtxtPtr parser;
    xmlSAXHandler events;
    loom_reader reader;
    const xmlChar *prefix; /* of the root element; in the parser's dictionary */
    const xmlChar *uri;
    unsigned depth;
    bool reading; /* the reader has the records */
    bool in_records;
    int records;
    int record; /* of the first error */
    char message[MESSAGE];
};

static char *copy(const char *text) {
    size_t size = strlen(text) + 1;
    char *made = loom_alloc(size);
    return made == NULL ? NULL : memcpy(made, text, size);
}

static void fail(loom_validator *validator, const char *message) {
    if (validator->message[0] != '\0') {
        return;
    }
    snprintf(validator->message, sizeof validator->message, "%s", message);
    validator->message[strcspn(validator->message, "\n")] = '\0';
    validator->record = validator->depth >= RECORD_DEPTH || validator->records > 0 ? validator->records - 1 : -1;
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
        (void)xmlMemSetup(loom_free, loom_alloc, loom_realloc, copy);
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
    loom_reader_restart(&validator->reader);
    validator->reading = false;
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
    (void)xmlCtxtUseOptions(validator->parser, XML_PARSE_HUGE | XML_PARSE_NONET);
    validator->plug = xmlSchemaSAXPlug(validator->validation, &validator->parser->sax, &validator->parser->userData);
    if (validator->plug == NULL) {
        fail(validator, "memory ran out");
        return 1;
    }
    return 0;
}

static int outcome(const loom_validator *validator) {
    return validator->message[0] != '\0';
}

/* The parser's own words. */
static void fail_as_parsed(loom_validator *validator) {
    note(validator, xmlCtxtGetLastError(validator->parser));
    fail(validator, "it is not well-formed");
}

static void read_records(loom_validator *validator, const uint8_t *bytes, size_t length) {
    loom_reader *reader = &validator->reader;
    if (!validator->reading) {
        reader->events = validator->parser->sax;
        reader->target = validator->parser->userData;
        reader->prefix = validator->prefix;
        reader->uri = validator->uri;
        reader->prefix_length = validator->prefix == NULL ? 0 : strlen((const char *)validator->prefix);
        validator->reading = true;
    }
    if (!loom_reader_feed(reader, bytes, length)) {
        fail(validator, reader->wrong);
    }
}

static void end_records(loom_validator *validator) {
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
    return outcome(validator);
}

const char *loom_validator_message(const loom_validator *validator) {
    return validator->message;
}

int loom_validator_record(const loom_validator *validator) {
    return validator->record;
}
