/* Runs an export through job.h as a host with two workers does, and keeps all that came out of it.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_RUN_H
#define LOOM_TEST_RUN_H

#include "book.h"
#include "bytes.h"
#include "job.h"
#include "names.h"
#include "pieces.h"

struct setup {
    const char *options;  /* JSON without the host's options */
    const char *metadata; /* JSON for loom_job_head, or NULL */
    const char *totals;   /* JSON for loom_job_tail, or NULL: the counts */
    int flat;             /* the format needs columns before the first segment */
    int named;            /* the options name the columns */
    int learns;           /* which take from the records what the options leave open */
    int extra;            /* the sample is not the whole source */
    int halves;           /* encode each chunk in two segments, as places do that a limit cuts */
};

struct report {
    char *text;
    uint64_t record_base;
    size_t offset_base;
};

struct outcome {
    int error;
    struct bytes error_text; /* loom_job_error */
    struct bytes output;
    struct bytes columns; /* what loom_job_settle made */
    struct bytes shapes;  /* the `shapes` of all reports, one a line */
    uint64_t read, written, filtered, rejected;
    int ended;
    int defect; /* a loom error found behind the last piece, or 0 */
    size_t defect_at;
    struct report *reports;
    size_t report_count;
};

/** The two workers of a run. */
struct run {
    const struct setup *setup;
    struct outcome *outcome;
    loom_job *jobs[2];
    struct booking booking; /* of a format with parts */
};

static inline void outcome_clear(struct outcome *outcome) {
    bytes_clear(&outcome->error_text);
    bytes_clear(&outcome->output);
    bytes_clear(&outcome->columns);
    bytes_clear(&outcome->shapes);
    for (size_t i = 0; i < outcome->report_count; i++)
        free(outcome->reports[i].text);
    free(outcome->reports);
    memset(outcome, 0, sizeof *outcome);
}

/** Notes the error of a job, which may be NULL, once. */
static inline int run_fail(struct run *run, loom_job *job, int error) {
    if (run->outcome->error != 0)
        return error;
    run->outcome->error = error;
    const char *text = loom_job_error(job);
    bytes_text(&run->outcome->error_text, text);
    return error;
}

static inline int run_open(struct run *run, loom_job **job) {
    *job = loom_job_new();
    if (*job == NULL)
        return run_fail(run, NULL, 20);
    int error = loom_job_options(*job, run->setup->options, strlen(run->setup->options));
    if (error == 0)
        error = give_fonts(*job, run->setup->options);
    return error != 0 ? run_fail(run, *job, error) : 0;
}

/** A chunk with the piece's text in it, parsed; NULL after a failure. */
static inline loom_chunk *run_parse(struct run *run, loom_job *job, const struct piece *piece) {
    loom_chunk *chunk = loom_chunk_new(job, piece->length);
    if (chunk == NULL) {
        run_fail(run, job, 20);
        return NULL;
    }
    if (piece->length != 0)
        memcpy(loom_chunk_text(chunk), piece->text, piece->length);
    int error = loom_chunk_parse(chunk, piece->length, piece->form);
    if (error == 0)
        return chunk;
    run_fail(run, job, error);
    loom_chunk_free(chunk);
    return NULL;
}

/** A member of a report that is a list, from `[` to `]`; 0 when there is none. `name` is in quotes, with a colon. */
static inline size_t find_list(const char *report, const char *name, const char **list) {
    const char *found = strstr(report, name);
    if (found == NULL)
        return 0;
    *list = found + strlen(name);
    int depth = 0, quoted = 0;
    for (const char *at = *list; *at != 0; at++) {
        if (quoted && *at == '\\')
            at++;
        else if (*at == '"')
            quoted = !quoted;
        else if (!quoted && *at == '[')
            depth++;
        else if (!quoted && *at == ']' && --depth == 0)
            return (size_t)(at + 1 - *list);
    }
    return 0;
}

static inline int run_scan_one(struct run *run, loom_job *job, const struct piece *piece, uint32_t index, char **report,
                               int *ended) {
    loom_chunk *chunk = run_parse(run, job, piece);
    if (chunk == NULL)
        return run->outcome->error;
    int error = loom_chunk_scan(chunk, index);
    const char *text = error == 0 ? loom_chunk_report(chunk) : NULL;
    if (error == 0 && text == NULL)
        error = 20;
    if (error != 0)
        run_fail(run, job, error);
    else
        *report = must(strdup(text));
    *ended = loom_chunk_count(chunk, LOOM_COUNT_ENDED) != 0;
    loom_chunk_free(chunk);
    return error;
}

static inline int run_merge(struct run *run, loom_job *settler, const char *report) {
    const char *paths = NULL;
    size_t length = report == NULL ? 0 : find_list(report, "\"paths\":", &paths);
    if (length == 0)
        return 0;
    int error = loom_job_merge(settler, paths, length);
    return error != 0 ? run_fail(run, settler, error) : 0;
}

/** Merges the reports from the last to the first, each once, and takes the columns. */
static inline int run_settle(struct run *run, char **reports, size_t count) {
    loom_job *settler = NULL;
    int error = run_open(run, &settler);
    for (size_t i = count; error == 0 && i > 0; i--)
        error = run_merge(run, settler, reports[i - 1]);
    if (error == 0 && (error = loom_job_settle(settler, run->setup->extra && !run->setup->named)) != 0)
        run_fail(run, settler, error);
    if (error == 0)
        bytes_add(&run->outcome->columns, loom_job_output(settler), loom_job_output_length(settler));
    loom_job_free(settler);
    return error;
}

static inline int run_columns(struct run *run) {
    const struct bytes *columns = &run->outcome->columns;
    for (int i = 0; i < 2; i++) {
        int error = loom_job_columns(run->jobs[i], (const char *)columns->at, columns->length);
        if (error != 0)
            return run_fail(run, run->jobs[i], error);
    }
    return 0;
}

/** The first pass: every other chunk on the other worker. */
static inline int run_scan(struct run *run, const struct pieces *sample) {
    char **reports = must(calloc(sample->count + 1, sizeof *reports));
    int error = 0, ended = 0;
    for (size_t i = 0; error == 0 && !ended && i < sample->count; i++)
        error = run_scan_one(run, run->jobs[i & 1], &sample->at[i], (uint32_t)i, &reports[i], &ended);
    if (error == 0)
        error = run_settle(run, reports, sample->count);
    for (size_t i = 0; i < sample->count; i++)
        free(reports[i]);
    free(reports);
    return error == 0 ? run_columns(run) : error;
}

static inline void keep_report(struct outcome *outcome, const char *text, uint64_t record_base, size_t offset_base) {
    outcome->reports = must(realloc(outcome->reports, (outcome->report_count + 1) * sizeof *outcome->reports));
    outcome->reports[outcome->report_count++] = (struct report){must(strdup(text)), record_base, offset_base};
}

static inline int run_keep_report(struct run *run, loom_job *job, loom_chunk *chunk, const struct piece *piece) {
    struct outcome *outcome = run->outcome;
    const char *text = loom_chunk_report(chunk);
    if (text == NULL)
        return run_fail(run, job, 20);
    keep_report(outcome, text, outcome->read, piece->base);
    return 0;
}

static inline void run_keep_segment(struct run *run, loom_job *job, const loom_chunk *chunk) {
    struct outcome *outcome = run->outcome;
    size_t length = loom_chunk_output_length(chunk);
    size_t lead = outcome->written == 0 ? loom_job_lead(job) : 0;
    if (length > lead)
        bytes_add(&outcome->output, loom_chunk_output(chunk) + lead, length - lead);
    outcome->written += loom_chunk_count(chunk, LOOM_COUNT_WRITTEN);
}

static inline int run_place(struct run *run, loom_job *job, loom_chunk *chunk, uint32_t skip, uint32_t take) {
    int error = loom_chunk_encode(chunk, skip, take);
    if (error != 0)
        return run_fail(run, job, error);
    run_keep_segment(run, job, chunk);
    return 0;
}

/** Keeps what the schema is made of; it is told behind loom_chunk_measure only. */
static inline int run_keep_shapes(struct run *run, loom_chunk *chunk) {
    const char *text = loom_chunk_report(chunk), *list = NULL;
    if (text == NULL)
        return book_fail(&run->booking, NULL, 20);
    size_t length = find_list(text, "\"shapes\":", &list);
    if (length > 0) {
        bytes_add(&run->outcome->shapes, list, length);
        bytes_text(&run->outcome->shapes, "\n");
    }
    length = find_list(text, "\"found\":", &list); /* told once */
    if (length > 0) {
        struct bytes found = {0};
        bytes_text(&found, "{\"found\":");
        bytes_add(&found, list, length);
        bytes_text(&found, "}");
        keep_report(run->outcome, (const char *)found.at, 0, 0);
        bytes_clear(&found);
    }
    return 0;
}

/** A chunk of a format with parts. */
static inline int run_seat(struct run *run, loom_job *job, loom_chunk *chunk) {
    struct booking *b = &run->booking;
    if (book_fail(b, job, loom_chunk_measure(chunk)) == 0 && run_keep_shapes(run, chunk) == 0)
        book_seat(b, job, chunk);
    run->outcome->written = b->written;
    return b->error != 0 ? run_fail(run, job, b->error) : 0;
}

static inline int run_places(struct run *run, loom_job *job, loom_chunk *chunk) {
    if (run->booking.most_rows != 0)
        return run_seat(run, job, chunk);
    uint32_t good = loom_chunk_count(chunk, LOOM_COUNT_GOOD), half = run->setup->halves ? good / 2 : 0;
    int error = half == 0 ? 0 : run_place(run, job, chunk, 0, half);
    return error != 0 ? error : run_place(run, job, chunk, half, good - half);
}

static inline int run_encode_one(struct run *run, loom_job *job, const struct piece *piece, uint32_t index) {
    loom_chunk *chunk = run_parse(run, job, piece);
    if (chunk == NULL)
        return run->outcome->error;
    int error = run->setup->flat ? 0 : loom_chunk_scan(chunk, index);
    if (error != 0)
        run_fail(run, job, error);
    if (error == 0)
        error = run_places(run, job, chunk);
    if (error == 0)
        error = run_keep_report(run, job, chunk, piece);
    run->outcome->read += loom_chunk_count(chunk, LOOM_COUNT_READ);
    run->outcome->filtered += loom_chunk_count(chunk, LOOM_COUNT_FILTERED);
    run->outcome->rejected += loom_chunk_count(chunk, LOOM_COUNT_REJECTED);
    run->outcome->ended = loom_chunk_count(chunk, LOOM_COUNT_ENDED) != 0;
    loom_chunk_free(chunk);
    return error;
}

/** Keeps the warnings about the job as a whole like those of a chunk. */
static inline int run_keep_warnings(struct run *run) {
    struct bytes wrapped = {0};
    const char *text = loom_job_warnings(run->jobs[0]);
    if (text == NULL)
        return run_fail(run, NULL, 20);
    bytes_print(&wrapped, "{\"warnings\":");
    bytes_text(&wrapped, text[0] == 0 ? "[]" : text);
    bytes_text(&wrapped, "}");
    keep_report(run->outcome, (const char *)wrapped.at, 0, 0);
    bytes_clear(&wrapped);
    return 0;
}

static inline int run_head(struct run *run) {
    const char *metadata = run->setup->metadata;
    int error = loom_job_head(run->jobs[0], metadata, metadata == NULL ? 0 : strlen(metadata));
    if (error != 0)
        return run_fail(run, run->jobs[0], error);
    struct bytes *output = run->booking.most_rows != 0 ? &run->booking.out : &run->outcome->output;
    bytes_add(output, loom_job_output(run->jobs[0]), loom_job_output_length(run->jobs[0]));
    if (run->booking.most_rows != 0)
        book_state(&run->booking, run->jobs[0]);
    return run_keep_warnings(run);
}

/** The last part, and the rest; what was written so far becomes the outcome's. */
static inline int run_parts_tail(struct run *run) {
    struct booking *b = &run->booking;
    b->read = run->outcome->read;
    b->rejected = run->outcome->rejected;
    if (b->error == 0)
        book_turn(b, 0);
    if (b->error == 0)
        book_tail(b);
    bytes_add(&run->outcome->output, b->out.at, b->out.length);
    return b->error != 0 ? run_fail(run, run->jobs[0], b->error) : 0;
}

static inline int run_tail(struct run *run) {
    if (run->booking.most_rows != 0)
        return run_parts_tail(run);
    struct bytes totals = {0};
    if (run->setup->totals != NULL)
        bytes_text(&totals, run->setup->totals);
    else
        bytes_print(&totals, "{\"counts\":{\"read\":%u,\"written\":%u,\"filtered\":%u,\"rejected\":%u}}",
                    (unsigned)run->outcome->read, (unsigned)run->outcome->written, (unsigned)run->outcome->filtered,
                    (unsigned)run->outcome->rejected);
    int error = loom_job_tail(run->jobs[0], (const char *)totals.at, totals.length);
    bytes_clear(&totals);
    if (error != 0)
        return run_fail(run, run->jobs[0], error);
    bytes_add(&run->outcome->output, loom_job_output(run->jobs[0]), loom_job_output_length(run->jobs[0]));
    return 0;
}

static inline void run_nested_columns(struct run *run) {
    char **reports = must(calloc(run->outcome->report_count + 1, sizeof *reports));
    for (size_t i = 0; i < run->outcome->report_count; i++)
        reports[i] = run->outcome->reports[i].text;
    run_settle(run, reports, run->outcome->report_count);
    free(reports);
}

/** A format with parts; with `halves`, parts of three records, unless they are without limit. */
static inline void run_book(struct run *run) {
    static const struct book plain = {.totals = ""};
    uint32_t rows = loom_job_limit(run->jobs[0], LOOM_LIMIT_ROWS);
    run->booking = (struct booking){.book = &plain,
                                    .jobs = {run->jobs[0], run->jobs[1]},
                                    .most_rows = rows != 0 && rows != UINT32_MAX && run->setup->halves ? 3 : rows,
                                    .most_bytes = loom_job_limit(run->jobs[0], LOOM_LIMIT_BYTES)};
}

static inline void run_all(struct run *run, const struct pieces *sample, const struct pieces *pieces) {
    struct outcome *outcome = run->outcome;
    for (int i = 0; i < 2; i++)
        if (run_open(run, &run->jobs[i]) != 0)
            return;
    run_book(run);
    if (run->setup->flat && (!run->setup->named || run->setup->learns) && run_scan(run, sample) != 0)
        return;
    if (run_head(run) != 0)
        return;
    for (size_t i = 0; i < pieces->count && !outcome->ended; i++)
        if (run_encode_one(run, run->jobs[i & 1], &pieces->at[i], (uint32_t)i) != 0)
            return;
    if (!outcome->ended && pieces->defect != 0) {
        outcome->defect = pieces->defect;
        outcome->defect_at = pieces->defect_at;
        outcome->ended = 1;
        outcome->read++;
        outcome->rejected++;
    }
    if (run_tail(run) == 0 && !run->setup->flat && !run->setup->named)
        run_nested_columns(run);
}

/** Runs the pieces with two workers. `sample` is what the columns are taken from. */
static inline void run_export(const struct setup *setup, const struct pieces *sample, const struct pieces *pieces,
                              struct outcome *outcome) {
    struct run run = {.setup = setup, .outcome = outcome};
    if (pieces->failed != 0)
        run_fail(&run, NULL, pieces->failed);
    else
        run_all(&run, sample, pieces);
    loom_job_free(run.jobs[0]);
    loom_job_free(run.jobs[1]);
    book_clear(&run.booking);
}

#endif
