/* Makes a whole workbook through job.h as a host does: chunks measured on two workers, placed in order, sheets turned.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_BOOK_H
#define LOOM_TEST_BOOK_H

#include "fonts.h"
#include "job.h"
#include "pieces.h"

/** What a workbook is made from. */
struct book {
    const char *options;
    const char *totals; /* members for loom_job_tail without braces, or "" */
    struct bytes input; /* NDJSON */
    size_t lines;       /* in a chunk; 0: all */
    uint32_t rows;      /* on a sheet; 0: as many as the format says */
    uint32_t bytes;     /* the same */
    int named;          /* the options name the columns */
};

/** The place of the next chunk, and what its part will need at its end. */
struct booking {
    const struct book *book;
    loom_job *jobs[2];
    uint32_t most_rows, most_bytes, rows, bytes, links;
    uint32_t page, height, pieces, pictures; /* of a format that flows */
    uint32_t seat[4];                        /* the same before the pictures of the chunk */
    unsigned turns;
    struct bytes out, state, ledger, infos, first, second;
    unsigned long long read, written, rejected, warnings;
    int error;
    char message[400];
};

static inline int book_fail(struct booking *b, loom_job *job, int error) {
    if (error != 0 && b->error == 0) {
        b->error = error;
        snprintf(b->message, sizeof b->message, "%s", loom_job_error(job));
    }
    return error;
}

static inline void book_state(struct booking *b, loom_job *job) {
    const char *state = loom_job_state(job);
    b->state.length = 0;
    if (state == NULL)
        book_fail(b, NULL, 20);
    else
        bytes_text(&b->state, state);
}

static inline void book_turn(struct booking *b, int more) {
    loom_job *job = b->jobs[b->turns++ & 1];
    struct bytes text = {0};
    bytes_text(&text, "{\"state\":");
    bytes_add(&text, b->state.at, b->state.length);
    bytes_text(&text, ",\"segments\":[");
    bytes_add(&text, b->infos.at, b->infos.length);
    bytes_text(&text, "]}");
    if (book_fail(b, job, loom_job_turn(job, (const char *)text.at, text.length, more)) == 0) {
        const uint8_t *out = loom_job_output_length(job) == 0 ? (const uint8_t *)"" : loom_job_output(job);
        size_t cuts[] = {loom_job_cut(job, 0), loom_job_cut(job, 1)};
        bytes_add(&b->out, out, cuts[0]);
        bytes_add(&b->out, b->first.at, b->first.length);
        bytes_add(&b->out, out + cuts[0], cuts[1] - cuts[0]);
        bytes_add(&b->out, b->second.at, b->second.length);
        bytes_add(&b->out, out + cuts[1], loom_job_output_length(job) - cuts[1]);
        bytes_add(&b->ledger, loom_job_ledger(job), loom_job_ledger_length(job));
        book_state(b, job);
    }
    b->rows = b->bytes = b->links = 0;
    b->infos.length = b->first.length = b->second.length = 0;
    bytes_clear(&text);
}

/** Moves the spot over the records that were measured or fit last. */
static inline void book_flow(struct booking *b, loom_chunk *chunk) {
    const uint32_t *flow = loom_chunk_flow(chunk);
    size_t at = (size_t)b->height * 3;
    loom_chunk_spot(chunk, b->page, b->height, b->pieces, b->pictures);
    if (flow == NULL)
        book_fail(b, NULL, 20);
    else if (at + 2 < loom_chunk_flow_length(chunk)) {
        b->page += flow[at];
        b->height = flow[at + 1];
        b->pieces += flow[at + 2];
    }
}

/** A picture of 2 x 1 pixels: grey with alpha. */
static const uint8_t book_png[] = {
    0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 2, 0, 0, 0, 1, 8, 4, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 16, 'I', 'D', 'A', 'T', 0x78, 1, 1, 5, 0, 0xfa, 0xff, 0, 10, 255, 200, 128, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 'I', 'E', 'N', 'D', 0, 0, 0, 0};

/** Tells the chunk where its pictures stand. */
static inline void book_seats(struct booking *b, loom_job *job, loom_chunk *chunk) {
    for (uint32_t i = 0; i < loom_chunk_count(chunk, LOOM_COUNT_PICTURES); i++)
        book_fail(b, job, loom_chunk_picture(chunk, b->seat[0], b->seat[1], b->seat[2], b->seat[3] + i));
}

/** Writes the pictures of a chunk: all of them new, and every other one without bytes. */
static inline void book_pictures(struct booking *b, loom_job *job, loom_chunk *chunk) {
    memcpy(b->seat, (uint32_t[]){b->page, b->height, b->pieces, b->pictures}, sizeof b->seat);
    for (uint32_t i = loom_chunk_count(chunk, LOOM_COUNT_PICTURES); i > 0; i--) {
        size_t length = b->pictures % 2 == 0 ? sizeof book_png : 0;
        if (book_fail(b, job, loom_job_picture(job, b->seat[0], b->seat[1], b->seat[2], b->pictures, book_png, length)) != 0)
            return;
        bytes_add(&b->out, loom_job_output(job), loom_job_output_length(job));
        if (b->infos.length != 0)
            bytes_text(&b->infos, ",");
        const char *state = loom_job_state(job);
        if (state == NULL)
            book_fail(b, NULL, 20);
        bytes_text(&b->infos, state == NULL ? "" : state);
        b->pictures++;
    }
}

static inline void book_place(struct booking *b, loom_job *job, loom_chunk *chunk, uint32_t skip, uint32_t take) {
    if (skip == 0)
        book_pictures(b, job, chunk);
    book_flow(b, chunk);
    book_seats(b, job, chunk);
    if (b->error != 0 || book_fail(b, job, loom_chunk_place(chunk, skip, take, b->rows, b->links)) != 0)
        return;
    const uint8_t *out = loom_chunk_output(chunk);
    size_t body = loom_chunk_count(chunk, LOOM_COUNT_BODY), aside = loom_chunk_count(chunk, LOOM_COUNT_ASIDE);
    bytes_add(&b->out, out, body);
    bytes_add(&b->first, out + body, aside);
    bytes_add(&b->second, out + body + aside, loom_chunk_output_length(chunk) - body - aside);
    if (b->infos.length != 0)
        bytes_text(&b->infos, ",");
    bytes_text(&b->infos, loom_chunk_info(chunk));
    b->rows += take;
    b->bytes += loom_chunk_count(chunk, LOOM_COUNT_BYTES);
    b->links += loom_chunk_count(chunk, LOOM_COUNT_LINKS);
    b->written += loom_chunk_count(chunk, LOOM_COUNT_WRITTEN);
    if (loom_chunk_statistics_length(chunk) != 0)
        book_fail(
            b, b->jobs[0],
            loom_job_statistics_merge(b->jobs[0], loom_chunk_statistics(chunk), loom_chunk_statistics_length(chunk)));
}

/** Places a measured chunk, turning sheets as often as needed. */
static inline void book_seat(struct booking *b, loom_job *job, loom_chunk *chunk) {
    uint32_t good = loom_chunk_count(chunk, LOOM_COUNT_GOOD), skip = 0;
    while (skip < good && b->error == 0) {
        uint32_t n = loom_chunk_fit(chunk, skip, b->most_rows - b->rows, b->most_bytes - b->bytes);
        if (n == 0 && b->rows == 0)
            n = 1;
        if (n > 0)
            book_place(b, job, chunk, skip, n);
        skip += n;
        if (skip < good && b->error == 0)
            book_turn(b, 1);
    }
}

static inline loom_chunk *book_parse(struct booking *b, loom_job *job, const struct piece *piece) {
    loom_chunk *chunk = loom_chunk_new(job, piece->length);
    if (chunk == NULL) {
        book_fail(b, job, 20);
        return NULL;
    }
    if (piece->length != 0)
        memcpy(loom_chunk_text(chunk), piece->text, piece->length);
    book_fail(b, job, loom_chunk_parse(chunk, piece->length, piece->form));
    return chunk;
}

/** The member `paths` of a report without strings that hold brackets. */
static inline void book_merge(struct booking *b, loom_job *settler, loom_job *job, loom_chunk *chunk, uint32_t index) {
    if (book_fail(b, job, loom_chunk_scan(chunk, index)) != 0)
        return;
    const char *report = loom_chunk_report(chunk);
    if (report == NULL) {
        book_fail(b, NULL, 20);
        return;
    }
    const char *paths = strstr(report, "\"paths\":[");
    if (paths == NULL)
        return;
    const char *end = strstr(paths, "}],\"found\"");
    size_t length = end != NULL ? (size_t)(end + 2 - paths) - 8 : strlen(paths) - 9;
    book_fail(b, settler, loom_job_merge(settler, paths + 8, length));
}

static inline void book_columns(struct booking *b, const struct pieces *pieces) {
    loom_job *settler = loom_job_new();
    if (settler == NULL) {
        book_fail(b, NULL, 20);
        return;
    }
    book_fail(b, settler, loom_job_options(settler, b->book->options, strlen(b->book->options)));
    for (size_t i = 0; i < pieces->count && b->error == 0; i++) {
        loom_chunk *chunk = book_parse(b, b->jobs[i & 1], &pieces->at[i]);
        if (b->error == 0)
            book_merge(b, settler, b->jobs[i & 1], chunk, (uint32_t)i);
        loom_chunk_free(chunk);
    }
    if (b->error == 0 && book_fail(b, settler, loom_job_settle(settler, 0)) == 0)
        for (int i = 0; i < 2; i++)
            book_fail(
                b, b->jobs[i],
                loom_job_columns(b->jobs[i], (const char *)loom_job_output(settler), loom_job_output_length(settler)));
    loom_job_free(settler);
}

static inline void book_chunk(struct booking *b, loom_job *job, const struct piece *piece) {
    loom_chunk *chunk = book_parse(b, job, piece);
    if (b->error == 0 && book_fail(b, job, loom_chunk_measure(chunk)) == 0)
        book_seat(b, job, chunk);
    if (chunk != NULL && b->error == 0) {
        const char *report = loom_chunk_report(chunk);
        b->warnings += report != NULL && strstr(report, "\"warnings\"") != NULL;
        b->read += loom_chunk_count(chunk, LOOM_COUNT_READ);
        b->rejected += loom_chunk_count(chunk, LOOM_COUNT_REJECTED);
        if (getenv("LOOM_SHOW_REPORTS") != NULL && report != NULL && report[0] != 0)
            puts(report);
    }
    loom_chunk_free(chunk);
}

static inline void book_tail(struct booking *b) {
    struct bytes totals = {0};
    bytes_print(&totals, "{\"counts\":{\"read\":%llu,\"written\":%llu,\"filtered\":0,\"rejected\":%llu},", b->read,
                b->written, b->rejected);
    bytes_text(&totals, b->book->totals);
    bytes_text(&totals, b->book->totals[0] == 0 ? "\"state\":" : ",\"state\":");
    bytes_add(&totals, b->state.at, b->state.length);
    bytes_text(&totals, "}");
    uint8_t *room = loom_job_ledger_room(b->jobs[0], b->ledger.length);
    if (room != NULL && b->ledger.length > 0)
        memcpy(room, b->ledger.at, b->ledger.length);
    if (book_fail(b, b->jobs[0], room == NULL ? 20 : 0) == 0 &&
        book_fail(b, b->jobs[0], loom_job_tail(b->jobs[0], (const char *)totals.at, totals.length)) == 0)
        bytes_add(&b->out, loom_job_output(b->jobs[0]), loom_job_output_length(b->jobs[0]));
    bytes_clear(&totals);
}

static inline void book_all(struct booking *b, const struct pieces *pieces) {
    static const char metadata[] = "{\"exportedAt\":\"2026-11-23T19:00:00.000Z\",\"source\":\"catalogue.ndjson\"}";
    for (int i = 0; i < 2; i++) {
        b->jobs[i] = loom_job_new();
        if (b->jobs[i] == NULL ||
            book_fail(b, b->jobs[i], loom_job_options(b->jobs[i], b->book->options, strlen(b->book->options))) != 0) {
            book_fail(b, b->jobs[i], 20);
            return;
        }
        if (book_fail(b, b->jobs[i], give_fonts(b->jobs[i], b->book->options)) != 0)
            return;
    }
    b->most_rows = b->book->rows != 0 ? b->book->rows : loom_job_limit(b->jobs[0], LOOM_LIMIT_ROWS);
    b->most_bytes = b->book->bytes != 0 ? b->book->bytes : loom_job_limit(b->jobs[0], LOOM_LIMIT_BYTES);
    if (!b->book->named)
        book_columns(b, pieces);
    if (b->error != 0 || book_fail(b, b->jobs[0], loom_job_head(b->jobs[0], metadata, strlen(metadata))) != 0)
        return;
    bytes_add(&b->out, loom_job_output(b->jobs[0]), loom_job_output_length(b->jobs[0]));
    book_state(b, b->jobs[0]);
    for (size_t i = 0; i < pieces->count && b->error == 0; i++)
        book_chunk(b, b->jobs[i & 1], &pieces->at[i]);
    if (b->error == 0)
        book_turn(b, 0);
    if (b->error == 0)
        book_tail(b);
}

/** Makes the workbook; the result is in `out`, or `error` is set. */
static inline void book_make(const struct book *book, struct booking *b) {
    struct pieces pieces = {0};
    *b = (struct booking){.book = book};
    cut_lines(&pieces, &book->input, book->lines);
    book_all(b, &pieces);
    loom_job_free(b->jobs[0]);
    loom_job_free(b->jobs[1]);
    pieces_clear(&pieces);
}

static inline void book_clear(struct booking *b) {
    struct bytes *all[] = {&b->out, &b->state, &b->ledger, &b->infos, &b->first, &b->second};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        bytes_clear(all[i]);
}

#endif
