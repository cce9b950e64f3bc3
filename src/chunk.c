/* The chunks of a job: parsed, scanned, encoded or measured and placed, counted, and kept for the next one.
 * SPDX-License-Identifier: MIT
 */
#include "job_private.h"

#include "batch/scan.h"
#include "paths.h"
#include "report.h"

/* A chunk larger than this is not kept for the next one. */
#define KEPT_CAPACITY ((size_t)4 << 20)

/* The buffers of a chunk one after the other, NULL behind the last. */
static loom_buffer *buffer_of(loom_chunk *chunk, size_t number) {
    loom_draft *draft = &chunk->draft;
    loom_buffer *const all[] = {&chunk->output, &chunk->statistics, &chunk->flow,     &chunk->info,  &draft->rows,
                                &draft->ends,   &draft->places,     &draft->links,    &draft->lines, &draft->notes,
                                &draft->shapes, &draft->addresses,  &draft->pictures, NULL};
    return all[number];
}

void loom_chunk_destroy(loom_chunk *chunk) {
    loom_buffer *buffer = NULL;
    for (size_t i = 0; (buffer = buffer_of(chunk, i)) != NULL; i++) {
        loom_buffer_free(buffer);
    }
    loom_batch_close(&chunk->batch);
    loom_free(chunk->text);
    loom_free(chunk->report);
    loom_free(chunk);
}

/* A chunk that was freed before, or a new one without text. */
static loom_chunk *take_chunk(loom_job *job) {
    loom_chunk *chunk = job->spare;
    if (chunk != NULL) {
        job->spare = chunk->next;
        return chunk;
    }
    chunk = loom_alloc(sizeof *chunk);
    if (chunk != NULL) {
        memset(chunk, 0, sizeof *chunk);
        chunk->job = job;
        loom_batch_open(&chunk->batch);
        loom_buffer *buffer = NULL;
        for (size_t i = 0; (buffer = buffer_of(chunk, i)) != NULL; i++) {
            loom_buffer_init(buffer, LOOM_TEXT_CAP);
        }
    }
    return chunk;
}

/* Nothing is measured. */
static void clear_draft(loom_draft *draft) {
    draft->rows.length = draft->ends.length = draft->places.length = draft->links.length = 0;
    draft->lines.length = draft->notes.length = draft->shapes.length = 0;
    draft->addresses.length = draft->pictures.length = 0;
    draft->picture_count = 0;
}

loom_chunk *loom_chunk_new(loom_job *job, size_t capacity) {
    job->error = (loom_error){0};
    if (capacity > LOOM_TEXT_CAP) {
        (void)loom_job_answer(job, LOOM_LIMIT_EXCEEDED);
        return NULL;
    }
    loom_chunk *chunk = take_chunk(job);
    if (chunk != NULL && (chunk->text == NULL || chunk->capacity < capacity)) {
        loom_free(chunk->text);
        chunk->text = loom_alloc(capacity + LOOM_TEXT_PAD);
        chunk->capacity = capacity;
        if (chunk->text == NULL) {
            loom_chunk_destroy(chunk);
            chunk = NULL;
        }
    }
    if (chunk == NULL) {
        (void)loom_job_answer(job, LOOM_OUT_OF_MEMORY);
        return NULL;
    }
    loom_batch_clear(&chunk->batch);
    clear_draft(&chunk->draft);
    chunk->output.length = 0;
    chunk->statistics.length = 0;
    chunk->info.length = 0;
    chunk->measured = false;
    chunk->written = 0;
    chunk->skip = 0;
    chunk->take = 0;
    return chunk;
}

void loom_chunk_free(loom_chunk *chunk) {
    if (chunk == NULL) {
        return;
    }
    size_t most = chunk->capacity > chunk->output.capacity ? chunk->capacity : chunk->output.capacity;
    most = most > chunk->draft.rows.capacity ? most : chunk->draft.rows.capacity;
    if (most > KEPT_CAPACITY || chunk->statistics.capacity > KEPT_CAPACITY) {
        loom_chunk_destroy(chunk);
        return;
    }
    chunk->next = chunk->job->spare;
    chunk->job->spare = chunk;
}

uint8_t *loom_chunk_text(loom_chunk *chunk) {
    return chunk->text;
}

void loom_chunk_window(loom_chunk *chunk, uint32_t skip, uint32_t take) {
    chunk->skip = skip;
    chunk->take = take;
}

int loom_chunk_parse(loom_chunk *chunk, size_t length, int form) {
    loom_job *job = chunk->job;
    int code = loom_job_check_ready(job);
    if (code == LOOM_OK && (length > chunk->capacity || form < LOOM_FORM_LINES || form > LOOM_FORM_ARRAY_WHOLE)) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the chunk's length or form is wrong");
    }
    if (code == LOOM_OK) {
        memset(chunk->text + length, 0, LOOM_TEXT_PAD);
        chunk->batch.text = chunk->text;
        chunk->batch.length = length;
        job->parser.skip = chunk->skip;
        job->parser.take = chunk->take;
        code = loom_parse(&job->parser, &chunk->batch, (enum loom_layout)form);
    }
    return loom_job_answer(job, code);
}

int loom_chunk_scan(loom_chunk *chunk, uint32_t index) {
    loom_job *job = chunk->job;
    int code = loom_job_check_ready(job);
    if (code == LOOM_OK) {
        loom_scan(&job->schema, &chunk->batch, index);
    }
    return code;
}

/* Nested formats fill no rows, so they are filled for the statistics alone. */
static int collect_rows(loom_encoding *encoding, uint32_t skip) {
    int code = LOOM_OK;
    bool late = false;
    for (uint32_t i = 0; i < encoding->written && code == LOOM_OK; i++) {
        code = loom_encoding_row(encoding, &encoding->batch->records[skip + i], &late);
    }
    return code;
}

int loom_chunk_encode(loom_chunk *chunk, uint32_t skip, uint32_t take) {
    loom_job *job = chunk->job;
    int code = loom_job_check_ready(job);
    bool statistics = job->settings.export_includeStatistics;
    if (code == LOOM_OK) {
        code = loom_job_check_known(job);
    }
    if (code == LOOM_OK && job->format->segment == NULL) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the format has parts");
    }
    chunk->output.length = 0;
    chunk->statistics.length = 0;
    if (code == LOOM_OK) {
        loom_encoding encoding = loom_job_encoding(job, &chunk->batch, &chunk->output);
        loom_collector_start(&job->collector, job->columns.count);
        encoding.collector = statistics ? &job->collector : NULL;
        code = job->format->segment(&encoding, skip, take);
        chunk->written = encoding.written;
        if (code == LOOM_OK && statistics && !job->format->flat) {
            code = collect_rows(&encoding, skip);
        }
    }
    if (code == LOOM_OK && statistics) {
        code = loom_collector_write(&job->collector, &chunk->statistics);
    }
    return loom_job_answer(job, code);
}

int loom_chunk_measure(loom_chunk *chunk) {
    loom_job *job = chunk->job;
    bool flat = job->ready && job->format->flat; /* others can be measured before there are columns */
    int code = flat ? loom_job_check_parts(job) : loom_job_check_has_parts(job);
    clear_draft(&chunk->draft);
    if (code == LOOM_OK) {
        loom_encoding encoding = loom_job_encoding(job, &chunk->batch, &chunk->output);
        encoding.draft = &chunk->draft;
        code = job->format->measure(&encoding);
    }
    chunk->measured = code == LOOM_OK;
    chunk->bytes = (uint32_t)chunk->draft.rows.length;
    chunk->links = (uint32_t)(chunk->draft.links.length / sizeof(loom_draft_link));
    chunk->flow_skip = 0;
    chunk->flow_take = chunk->batch.record_count;
    return loom_job_answer(job, code);
}

uint32_t loom_chunk_fit(loom_chunk *chunk, uint32_t skip, uint32_t rows, uint32_t bytes) {
    const uint32_t *ends = (const uint32_t *)(const void *)chunk->draft.ends.bytes;
    const loom_draft_link *links = (const loom_draft_link *)(const void *)chunk->draft.links.bytes;
    uint32_t good = chunk->measured ? chunk->batch.record_count : 0;
    uint32_t start = skip > 0 && skip <= good ? ends[skip - 1] : 0;
    uint32_t end = skip;
    while (end < good && end - skip < rows && ends[end] - start <= bytes) {
        end++;
    }
    chunk->bytes = end > skip ? ends[end - 1] - start : 0;
    chunk->links = 0;
    for (size_t i = 0; chunk->measured && i < chunk->draft.links.length / sizeof *links; i++) {
        chunk->links += links[i].record >= skip && links[i].record < end;
    }
    chunk->flow_skip = skip;
    chunk->flow_take = end - skip;
    return end - skip;
}

const uint32_t *loom_chunk_flow(loom_chunk *chunk) {
    static const uint32_t nothing = 0;
    loom_job *job = chunk->job;
    chunk->flow.length = 0;
    if (job->format->flow == NULL || !chunk->measured) {
        return &nothing;
    }
    loom_encoding encoding = loom_job_encoding(job, &chunk->batch, &chunk->flow);
    encoding.draft = &chunk->draft;
    if (job->format->flow(&encoding, chunk->flow_skip, chunk->flow_take) != LOOM_OK) {
        return NULL;
    }
    return (const uint32_t *)(const void *)chunk->flow.bytes;
}

size_t loom_chunk_flow_length(const loom_chunk *chunk) {
    return chunk->flow.length / sizeof(uint32_t);
}

void loom_chunk_spot(loom_chunk *chunk, uint32_t page, uint32_t height, uint32_t pieces, uint32_t pictures) {
    chunk->spot = (loom_spot){page, height, pieces, pictures};
    chunk->draft.pictures.length = 0;
}

int loom_chunk_picture(loom_chunk *chunk, uint32_t page, uint32_t height, uint32_t pieces, uint32_t pictures) {
    loom_spot spot = {page, height, pieces, pictures};
    int code = loom_buffer_append(&chunk->draft.pictures, &spot, sizeof spot);
    return loom_job_answer(chunk->job, code);
}

/* The statistics of the records that were placed: all of them were measured before it was known which would be. */
static int collect_placed(loom_job *job, loom_chunk *chunk, loom_encoding *encoding, uint32_t skip) {
    loom_collector_start(&job->collector, job->columns.count);
    encoding->collector = &job->collector;
    chunk->batch.hushed = true;
    int code = collect_rows(encoding, skip);
    chunk->batch.hushed = false;
    return code == LOOM_OK ? loom_collector_write(&job->collector, &chunk->statistics) : code;
}

int loom_chunk_place(loom_chunk *chunk, uint32_t skip, uint32_t take, uint32_t rows, uint32_t links) {
    loom_job *job = chunk->job;
    int code = loom_job_check_parts(job);
    uint32_t good = chunk->batch.record_count;
    if (code == LOOM_OK && (!chunk->measured || skip > good || take > good - skip)) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the chunk has fewer records");
    }
    chunk->output.length = 0;
    chunk->info.length = 0;
    chunk->statistics.length = 0;
    chunk->draft.shapes.length = 0; /* they were told */
    chunk->draft.addresses.length = 0;
    if (code == LOOM_OK) {
        loom_encoding encoding = loom_job_encoding(job, &chunk->batch, &chunk->output);
        loom_place place = {skip, take, rows, links, chunk->spot};
        encoding.draft = &chunk->draft;
        encoding.state = &chunk->info;
        code = job->format->place(&encoding, &place);
        chunk->written = encoding.written;
        memcpy(chunk->cuts, encoding.cuts, sizeof chunk->cuts);
        if (code == LOOM_OK && job->settings.export_includeStatistics) {
            code = collect_placed(job, chunk, &encoding, skip);
        }
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_byte(&chunk->info, '\0');
    }
    return loom_job_answer(job, code);
}

const char *loom_chunk_info(const loom_chunk *chunk) {
    return chunk->info.length == 0 ? "" : (const char *)chunk->info.bytes;
}

uint32_t loom_chunk_count(const loom_chunk *chunk, int which) {
    switch (which) {
    case LOOM_COUNT_READ:
        return chunk->batch.read;
    case LOOM_COUNT_GOOD:
        return chunk->batch.record_count;
    case LOOM_COUNT_REJECTED:
        return chunk->batch.rejected;
    case LOOM_COUNT_WRITTEN:
        return chunk->written;
    case LOOM_COUNT_ENDED:
        return chunk->batch.ended;
    case LOOM_COUNT_LINKS:
        return chunk->links;
    case LOOM_COUNT_BYTES:
        return chunk->bytes;
    case LOOM_COUNT_BODY:
        return (uint32_t)chunk->cuts[0];
    case LOOM_COUNT_ASIDE:
        return (uint32_t)(chunk->cuts[1] - chunk->cuts[0]);
    case LOOM_COUNT_FILTERED:
        return chunk->batch.filtered;
    case LOOM_COUNT_SKIPPED:
        return chunk->batch.skipped;
    case LOOM_COUNT_PICTURES:
        return chunk->draft.picture_count;
    default:
        return 0;
    }
}

const char *loom_chunk_report(loom_chunk *chunk) {
    loom_job *job = chunk->job;
    loom_buffer paths;
    loom_buffer_init(&paths, LOOM_TEXT_CAP);
    loom_free(chunk->report);
    chunk->report = NULL;
    int code = loom_paths_write(&job->schema, &paths);
    if (code == LOOM_OK && paths.length > 0) {
        code = loom_buffer_append_byte(&paths, '\0');
    }
    if (code == LOOM_OK) {
        const char *text = paths.length > 0 ? (const char *)paths.bytes : NULL;
        const char *shapes = chunk->draft.shapes.length > 0 ? (const char *)chunk->draft.shapes.bytes : NULL;
        const char *pictures = chunk->draft.addresses.length > 0 ? (const char *)chunk->draft.addresses.bytes : NULL;
        code = loom_report_chunk(&chunk->batch, &job->columns, text, shapes, pictures, &chunk->report);
    }
    loom_buffer_free(&paths);
    if (code != LOOM_OK) {
        return NULL;
    }
    return chunk->report == NULL ? "" : chunk->report;
}

const uint8_t *loom_chunk_output(const loom_chunk *chunk) {
    return chunk->output.bytes;
}

size_t loom_chunk_output_length(const loom_chunk *chunk) {
    return chunk->output.length;
}

const uint8_t *loom_chunk_statistics(const loom_chunk *chunk) {
    return chunk->statistics.bytes;
}

size_t loom_chunk_statistics_length(const loom_chunk *chunk) {
    return chunk->statistics.length;
}
