/* The validator of XML: what it takes, and what it names wrong.
 * SPDX-License-Identifier: MIT
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/memory.h"
#include "support/count.h"
#include "support/table.h"
#include "support/valid.h"

static const struct setup kinds[] = {
    {.options = "{\"format\":\"xml\"}"},
    {.options = "{\"format\":\"xml\",\"includeMetadata\":true,\"xml\":{\"scalars\":\"attributes\",\"prefix\":\"p\",\"pretty\":true}}",
     .metadata = "{\"generator\":\"g\",\"exportedAt\":\"2026-01-01T00:00:00.000Z\",\"options\":{\"a b\":[1,null]}}"},
    {.options = "{\"format\":\"xml\",\"xml\":{\"namespace\":\"\",\"index\":false}}"},
    {.options = "{\"format\":\"xml\",\"xml\":{\"layout\":\"flat\"}}"},
    {.options = "{\"format\":\"xml\",\"xml\":{\"namespace\":\"urn:a?b='c'&d\",\"scalars\":\"attributes\"}}"},
};

static const char *const records =
    "{\"a\":1,\"b\":\"2026-01-31\",\"c\":\"2026-01-31T10:00:00Z\",\"d\":1.5,\"e\":null,\"f\":[1,\"x\"],\"g\":{},\"k l\":\"<&>\\u00e9\\r\\t\\\"\"}\n"
    "{\"b\":\"2026-02-28\",\"a\":true,\"d\":1e300,\"e\":{\"h\":[[null]]},\"g\":{\"i\":\"\",\"j\":{\"name\":1}},\"k l\":1,\"k_l\":2,\"value\":1}\n"
    "{\"late\":[{\"only\":[\"here\"]}],\"index\":7}\n"
    "{\"b\":\"2026-03-31\",\"a\":7,\"d\":2.5,\"g\":{\"i\":\"x\",\"j\":{\"name\":5}},\"k l\":2,\"m\":true,\"n\":-5,\"o\":0}\n"
    "{\"b\":\"2026-04-30\",\"a\":0,\"d\":3.5,\"m\":false,\"n\":12,\"o\":1}\n";

static void make(const struct setup *setup, struct outcome *outcome, struct bytes *schema) {
    struct pieces pieces = {0};
    struct bytes text = {0};
    bytes_text(&text, records);
    cut_lines(&pieces, &text, 2);
    run_export(setup, &pieces, &pieces, outcome);
    check(outcome->error == 0 && schema_of(setup, outcome, schema) == 0, "a document is made", setup->options);
    pieces_clear(&pieces);
    bytes_clear(&text);
}

static void test_good(const struct outcome *outcome, const struct bytes *schema) {
    static const size_t steps[] = {0, 1, 7, 64};
    loom_validator *validator = loom_validator_new(schema->at, schema->length);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        for (int reader = 0; reader < 2; reader++) {
            int good = is_valid(validator, &outcome->output, reader, steps[i]);
            check(good, "the document is valid", loom_validator_message(validator));
        }
    loom_validator_free(validator);
}

struct change {
    const char *from, *to;
    const char *says; /* part of the message of the reader */
    int record;
};

static const struct change changes[] = {
    {"<a>1</a>", "<a>x</a>", "x", 0},
    {"<a>true</a>", "<z>true</z>", "z", 1},
    {"<b>2026-02-28</b>", "<b>2026-02-30</b>", "2026-02-30", 1},
    {"index=\"2\"", "index=\"-2\"", "-2", 2},
    {"index=\"2\"", "index=\"2\" index=\"2\"", "twice", 1},
    {"index=\"2\"", "index='2'", "attribute", 1},
    {" index=\"2\"", "", "index", 2},
    {"</late>", "</lat>", "mismatch", 2},
    {"</late>", "", "", 2},
    {"<only>", "<on<ly>", "start tag", 2},
    {"<only>", "<only name=\">", "start tag", 2},
    {"<only>", "<1only>", "no XML name", 2},
    {"<only>", "<q:only>", "start tag", 2},
    {"<item>here", "<item>&here;", "reference", 2},
    {"<item>here", "<item>&#0;", "reference", 2},
    {"<item>here", "<item>\x01", "not allowed", 2},
    {"<item>here", "<item>]]>", "not allowed", 2},
    {"<item>here", "<item>\xc0\x80", "UTF-8", 2},
    {"<item>here", "<item>\xef\xbf\xbf", "UTF-8", 2},
    {"<item>here", "<item><!-- here -->", "", 2},
    {"<item>here", "<item><![CDATA[here]]>", "", 2},
    {"</records>", "<more/></records>", "more", -2},
    {"</records>", "<record index=\"9\"></records>", "within", -2},
};

static void test_changes(const struct outcome *outcome, const struct bytes *schema) {
    loom_validator *validator = loom_validator_new(schema->at, schema->length);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const struct change *change = &changes[i];
        const char *text = (const char *)outcome->output.at, *at = strstr(text, change->from);
        struct bytes wrong = {0};
        check(at != NULL, "there is something to change", change->from);
        if (at == NULL)
            continue;
        check(is_valid(validator, &outcome->output, 1, 0), "all of the document is known to be valid", change->from);
        bytes_add(&wrong, text, (size_t)(at - text));
        bytes_text(&wrong, change->to);
        bytes_text(&wrong, at + strlen(change->from));
        check(!is_valid(validator, &wrong, 1, i & 1), "what is wrong is found", change->to);
        const char *message = loom_validator_message(validator);
        check(strstr(message, change->says) != NULL, "the message says what", message);
        if (change->record != -2 && loom_validator_record(validator) != change->record)
            printf("record %d for %s: %s\n", loom_validator_record(validator), change->to, message);
        check(change->record == -2 || loom_validator_record(validator) == change->record, "the record is named", change->to);
        bytes_clear(&wrong);
    }
    check(is_valid(validator, &outcome->output, 1, 0), "what was wrong is forgotten", loom_validator_message(validator));
    loom_validator_free(validator);
}

static uint32_t roll(uint32_t below) {
    static uint32_t state = 2026;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

/** A document with a few bytes left out or put in, mostly where a text or a tag starts. */
static void spoil(const struct bytes *from, struct bytes *to) {
    static const char *const pieces[] = {"<", ">", "/", "\"", "&", "0", "1", "-5", "2.5", "1e5", "true", " ", "\n", "&amp;", "&#10;", "<a/>", "</a>",
                                         " xsi:nil=\"true\"", "2026-01-01", "2026-01-01T00:00:00Z", "\xc3\xa9", "\xff", "INF", " name=\"x\""};
    const char *text = (const char *)from->at, *start = strstr(text, "<records>") + 9, *end = strstr(text, "</records>");
    size_t at = (size_t)(start - text) + roll((uint32_t)(end - start)), left = (size_t)(end - text) - at;
    const char *mark = memchr(text + at, roll(2) ? '>' : '<', left);
    at = mark == NULL || roll(4) == 0 ? at : (size_t)(mark - text) + (*mark == '>');
    left = (size_t)(end - text) - at;
    const char *next = memchr(text + at, roll(2) ? '<' : '>', left);
    size_t gone = roll(3) == 0 ? 0 : roll(2) || next == NULL ? roll(3) : (size_t)(next - text) - at;
    const char *piece = pieces[roll(sizeof pieces / sizeof *pieces)];
    bytes_add(to, text, at);
    bytes_text(to, roll(4) == 0 ? "" : piece);
    bytes_text(to, text + at + (gone < left ? gone : left));
}

/** Records that are like valid ones are not given to libxml2: its verdict on whole documents is the same. */
static void test_spoiled(const struct outcome *outcome, const struct bytes *schema) {
    loom_validator *validator = loom_validator_new(schema->at, schema->length), *other = loom_validator_new(schema->at, schema->length);
    for (int i = 0; i < 1500; i++) {
        struct bytes wrong = {0};
        spoil(&outcome->output, &wrong);
        check(is_valid(validator, &outcome->output, 1, 0), "the document is valid", loom_validator_message(validator));
        int said = is_valid(validator, &wrong, 1, i % 2 == 0 ? 0 : 61), right = is_valid(other, &wrong, 0, 0);
        check(!said || right, (const char *)wrong.at, loom_validator_message(other));
        bytes_clear(&wrong);
    }
    loom_validator_free(validator);
    loom_validator_free(other);
}

static void test_schema(void) {
    static const char *const schemas[] = {"", "<", "<a/>", "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><xs:element/></xs:schema>"};
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        loom_validator *validator = loom_validator_new((const uint8_t *)schemas[i], strlen(schemas[i]));
        check(validator != NULL && loom_validator_begin(validator) == 1, "a schema that is none is refused", schemas[i]);
        check(validator != NULL && loom_validator_message(validator)[0] != 0, "and it is said why", schemas[i]);
        check(loom_validator_feed(validator, (const uint8_t *)"<a/>", 4) == 1, "no document goes on", schemas[i]);
        check(loom_validator_end(validator) == 1, "or ends", schemas[i]);
        loom_validator_free(validator);
    }
    loom_validator_free(NULL);
}

enum { VALID = 40, NOT_VALID = 41 }; /* exits that no sanitizer makes */

/** One document, whose allocation number `n` fails. What is known of valid records may lack memory; then they are all looked at. */
static int run_starved(const struct outcome *outcome, const struct bytes *schema, long n) {
    loom_memory_fail_after(n);
    loom_validator *validator = loom_validator_new(schema->at, schema->length);
    int good = validator != NULL && is_valid(validator, &outcome->output, 1, 0);
    loom_validator_free(validator);
    loom_memory_fail_after(-1);
    return good ? VALID : NOT_VALID;
}

/** Without memory the validator says so or does without; libxml2's half of it traps. */
static void test_starved(const struct outcome *outcome, const struct bytes *schema) {
    check(run_starved(outcome, schema, -1) == VALID, "with memory it is valid", "");
    for (long n = 0; n < 4000; n += 1 + n / 16) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            signal(SIGILL, SIG_DFL);
            signal(SIGTRAP, SIG_DFL);
            _exit(run_starved(outcome, schema, n));
        }
        int status = -1;
        check(child > 0 && waitpid(child, &status, 0) == child, "a process can be started", "");
        int trapped = WIFSIGNALED(status) && (WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP);
        int said = WIFEXITED(status) && (WEXITSTATUS(status) == VALID || WEXITSTATUS(status) == NOT_VALID);
        char place[64];
        snprintf(place, sizeof place, "allocation %ld failing: status %d", n + 1, status);
        check(trapped || said, "nothing but a trap ends the validator", place);
    }
}

int main(void) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct outcome outcome = {0};
        struct bytes schema = {0};
        make(&kinds[i], &outcome, &schema);
        test_good(&outcome, &schema);
        if (i == 0)
            test_changes(&outcome, &schema);
        if (i == 1)
            test_starved(&outcome, &schema);
        else
            test_spoiled(&outcome, &schema);
        outcome_clear(&outcome);
        bytes_clear(&schema);
    }
    test_schema();
    printf("validator: %u checks, %u failed\n", checks, failed);
    return failed == 0 ? 0 : 1;
}
