/* Jobs and chunks: who owns what, and the order of the steps. The work itself is done elsewhere.
 * SPDX-License-Identifier: MIT
 */
#include "job.h"

#include "batch/filter.h"
#include "batch/parser.h"
#include "batch/scan.h"
#include "batch/statistics.h"
#include "columns.h"
#include "options.h"
#include "report.h"

/* The most that one text, segment, head or tail may hold. */
#define TEXT_CAP ((size_t)1 << 28)

/* A chunk larger than this is not kept for the next one. */
#define KEPT_CAPACITY ((size_t)4 << 20)

struct loom_job {
    loom_settings settings;
    const loom_format *format;
    loom_schema schema;
    loom_columns columns;
    loom_region region;
    loom_error error;
    loom_buffer output;
    loom_buffer scratch;
    uint32_t *cells;   /* one place a column */
    loom_batch notes;  /* warnings that are about no chunk */
    loom_chunk *spare; /* freed chunks, linked by `next` */
    char *told;        /* the text that the last *_error or *_warnings gave */
    bool ready;        /* options were read */
    bool merging;      /* `statistics` is open */
    loom_collector collector;
    loom_statistics statistics;
    loom_buffer state; /* formats with parts: for the next turn or the tail */
    size_t cuts[2];    /* of the last turn */
    void *kept;        /* the format's own */
    loom_parser parser;
};

struct loom_chunk {
    loom_job *job;
    loom_chunk *next;
    uint8_t *text; /* capacity + LOOM_TEXT_PAD bytes */
    size_t capacity;
    loom_batch batch;
    loom_buffer output;
    loom_buffer statistics;
    uint32_t written;
    char *report;
    loom_draft draft;
    bool measured;
    loom_spot spot;
    uint32_t skip; /* of loom_chunk_window */
    uint32_t take;
    uint32_t flow_skip; /* the records that loom_chunk_flow is about */
    uint32_t flow_take;
    loom_buffer flow;
    uint32_t links;
    uint32_t bytes;
    size_t cuts[2];
    loom_buffer info;
};

static int fail(loom_job *job, int code) {
    if (job->error.code != code) {
        return loom_fail(&job->error, code, "%s", "");
    }
    return code;
}

loom_job *loom_job_new(void) {
    loom_job *job = loom_alloc(sizeof *job);
    if (job == NULL) {
        return NULL;
    }
    memset(job, 0, sizeof *job);
    if (loom_schema_open(&job->schema) != LOOM_OK) {
        loom_free(job);
        return NULL;
    }
    loom_buffer_init(&job->output, TEXT_CAP);
    loom_buffer_init(&job->scratch, TEXT_CAP);
    loom_buffer_init(&job->state, TEXT_CAP);
    loom_batch_open(&job->notes);
    loom_collector_open(&job->collector);
    job->collector.region = &job->region;
    job->columns.extra = LOOM_NO_COLUMN;
    job->columns.raw = LOOM_NO_COLUMN;
    job->parser.schema = &job->schema;
    return job;
}

static void destroy_chunk(loom_chunk *chunk) {
    loom_batch_close(&chunk->batch);
    loom_buffer_free(&chunk->output);
    loom_buffer_free(&chunk->statistics);
    loom_buffer_free(&chunk->draft.rows);
    loom_buffer_free(&chunk->draft.ends);
    loom_buffer_free(&chunk->draft.places);
    loom_buffer_free(&chunk->draft.links);
    loom_buffer_free(&chunk->draft.lines);
    loom_buffer_free(&chunk->draft.notes);
    loom_buffer_free(&chunk->draft.shapes);
    loom_buffer_free(&chunk->draft.addresses);
    loom_buffer_free(&chunk->draft.pictures);
    loom_buffer_free(&chunk->flow);
    loom_buffer_free(&chunk->info);
    loom_free(chunk->text);
    loom_free(chunk->report);
    loom_free(chunk);
}

void loom_job_free(loom_job *job) {
    if (job == NULL) {
        return;
    }
    while (job->spare != NULL) {
        loom_chunk *chunk = job->spare;
        job->spare = chunk->next;
        destroy_chunk(chunk);
    }
    if (job->kept != NULL) {
        job->format->release(job->kept);
    }
    loom_filter_free(job->parser.filter);
    loom_schema_close(&job->schema);
    loom_columns_close(&job->columns);
    loom_region_close(&job->region);
    loom_buffer_free(&job->state);
    loom_buffer_free(&job->output);
    loom_buffer_free(&job->scratch);
    loom_batch_close(&job->notes);
    loom_collector_close(&job->collector);
    loom_statistics_close(&job->statistics);
    loom_free(job->cells);
    loom_free(job->told);
    loom_free(job);
}

/* What follows once the columns are known; `clashes` of their names were found before. */
static int finish_columns(loom_job *job, uint32_t clashes) {
    int code = LOOM_OK;
    if (job->settings.export_includeRawData && job->format->flat) {
        code = loom_columns_add_raw(&job->columns);
    }
    if (code == LOOM_OK && job->format->flat) {
        code = loom_columns_tell_apart(&job->columns, &clashes);
    }
    if (code == LOOM_OK && clashes > 0) {
        code = loom_batch_warn(&job->notes, LOOM_COLUMN_NAME_CLASH, LOOM_NO_COLUMN, 0, clashes);
    }
    if (code == LOOM_OK) {
        loom_free(job->cells);
        job->cells = loom_alloc(((size_t)job->columns.count + 1) * sizeof *job->cells);
        code = job->cells == NULL ? LOOM_OUT_OF_MEMORY : LOOM_OK;
    }
    return code;
}

/* The filter, an object or its JSON text, which keeps the digits of its numbers. */
static int read_filter(loom_job *job, const cJSON *filter) {
    if (filter == NULL || cJSON_IsNull(filter)) {
        return LOOM_OK;
    }
    loom_document_begin();
    char *made = cJSON_IsString(filter) ? NULL : loom_document_print(cJSON_Duplicate(filter, true));
    const char *text = cJSON_IsString(filter) ? filter->valuestring : made;
    int code = LOOM_OUT_OF_MEMORY;
    if (text != NULL) {
        code = loom_filter_compile((const uint8_t *)text, strlen(text), &job->parser.filter, &job->error);
    }
    loom_free(made);
    return code;
}

int loom_job_options(loom_job *job, const char *text, size_t length) {
    cJSON *document = NULL;
    job->error = (loom_error){0};
    if (job->ready) {
        return loom_fail(&job->error, LOOM_INTERNAL, "loom_job_options was called twice");
    }
    int code = loom_document_parse(text, length, &document);
    if (code == LOOM_SYNTAX) {
        return loom_fail(&job->error, LOOM_INVALID_OPTION, "the options are not valid JSON");
    }
    if (code == LOOM_OK) {
        code = loom_options_read(document, &job->settings, &job->format, &job->error);
    }
    if (code == LOOM_OK) {
        code = read_filter(job, cJSON_GetObjectItemCaseSensitive(document, "filter"));
    }
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(document, "columns");
    if (code == LOOM_OK && cJSON_IsArray(list)) {
        code = loom_columns_choose(list, &job->schema, &job->columns, &job->error);
        if (code == LOOM_OK) {
            code = finish_columns(job, 0);
        }
    }
    cJSON_Delete(document);
    job->ready = code == LOOM_OK;
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

static const char *tell(loom_job *job, char *text) {
    loom_free(job->told);
    job->told = text;
    return text;
}

const char *loom_job_error(loom_job *job) {
    static const char starved[] = "{\"code\":\"OUT_OF_MEMORY\",\"message\":\"memory ran out\"}";
    if (job == NULL) {
        return starved;
    }
    if (job->error.code == LOOM_OK) {
        return "";
    }
    const char *text = tell(job, loom_report_error(&job->error));
    return text == NULL ? starved : text;
}

const char *loom_job_warnings(loom_job *job) {
    char *text = NULL;
    if (loom_report_warnings(&job->notes, &job->columns, &text) != LOOM_OK) {
        return NULL;
    }
    return text == NULL ? "" : tell(job, text);
}

static int check_ready(loom_job *job) {
    job->error = (loom_error){0};
    return job->ready ? LOOM_OK : loom_fail(&job->error, LOOM_INTERNAL, "the job has no options yet");
}

static loom_encoding encoding_of(loom_job *job, loom_batch *batch, loom_buffer *out) {
    return (loom_encoding){
        .settings = &job->settings,
        .region = &job->region,
        .schema = &job->schema,
        .columns = &job->columns,
        .batch = batch,
        .cells = job->cells,
        .out = out,
        .scratch = &job->scratch,
        .state = &job->state,
        .error = &job->error,
        .kept = &job->kept,
    };
}

int loom_job_file(loom_job *job, uint32_t slot, uint32_t use, uint8_t *bytes, size_t length) {
    int code = check_ready(job);
    if (code == LOOM_OK && job->format->file == NULL) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the format takes no files");
    }
    if (code != LOOM_OK) {
        loom_free(bytes);
        return fail(job, code);
    }
    loom_encoding encoding = encoding_of(job, &job->notes, &job->output);
    code = job->format->file(&encoding, slot, use, bytes, length);
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

uint32_t loom_job_wanted(const loom_job *job) {
    return job->ready && job->format->wanted != NULL && job->kept != NULL ? job->format->wanted(job->kept) : 0;
}

int loom_job_merge(loom_job *job, const char *text, size_t length) {
    int code = check_ready(job);
    if (code == LOOM_OK) {
        code = loom_paths_merge(text, length, &job->schema);
    }
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

int loom_job_settle(loom_job *job, int extra) {
    int code = check_ready(job);
    job->output.length = 0;
    if (code == LOOM_OK) {
        code = loom_columns_settle(&job->schema, extra != 0, &job->output, &job->error);
    }
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

/* A fresh tree of paths, so that only the columns are kept from chunk to chunk. */
static int renew_schema(loom_job *job) {
    loom_schema fresh;
    int code = loom_schema_open(&fresh);
    if (code == LOOM_OK) {
        loom_schema_close(&job->schema);
        job->schema = fresh;
    }
    return code;
}

int loom_job_columns(loom_job *job, const char *text, size_t length) {
    uint32_t clashes = 0;
    int code = check_ready(job);
    if (code == LOOM_OK && job->columns.chosen) {
        code = loom_columns_learn(text, length, &job->schema, &job->columns);
        return code == LOOM_OK ? LOOM_OK : fail(job, code);
    }
    if (code == LOOM_OK && job->columns.count > 0) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the job has its columns already");
    }
    if (code == LOOM_OK) {
        code = renew_schema(job);
    }
    if (code == LOOM_OK) {
        code = loom_columns_read(text, length, &job->schema, &job->columns, &clashes);
    }
    if (code == LOOM_OK) {
        code = finish_columns(job, clashes);
    }
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

int loom_job_region(loom_job *job, const char *text, size_t length) {
    int code = check_ready(job);
    loom_region_close(&job->region);
    if (code == LOOM_OK) {
        code = loom_region_read(text, length, &job->region);
    }
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

static bool has_zone(const loom_job *job) {
    return strcmp(job->settings.export_timeZone, "UTC") != 0;
}

static bool has_locale(const loom_job *job) {
    return job->settings.export_locale[0] != '\0';
}

/* What must be known before anything is encoded. */
static int check_known(loom_job *job) {
    if ((has_zone(job) || has_locale(job)) && !job->region.told) {
        return loom_fail(&job->error, LOOM_INTERNAL, "the job was not told its time zone and locale");
    }
    bool missing = loom_job_needs_columns(job) && job->cells == NULL;
    return missing ? loom_fail(&job->error, LOOM_INTERNAL, "the job has no columns yet") : LOOM_OK;
}

/* The statistics count days in the time zone too. */
static int warn_regional(loom_job *job) {
    bool zone = has_zone(job) && !job->settings.export_includeStatistics;
    if (job->format->regional || (!zone && !has_locale(job))) {
        return LOOM_OK;
    }
    return loom_batch_warn(&job->notes, LOOM_OPTION_WITHOUT_EFFECT, LOOM_NO_COLUMN, 0, 1);
}

/* For what only formats with parts can do. */
static int check_has_parts(loom_job *job) {
    int code = check_ready(job);
    if (code == LOOM_OK && job->format->most_rows == 0) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the format has no parts");
    }
    return code;
}

static int check_parts(loom_job *job) {
    int code = check_has_parts(job);
    return code == LOOM_OK ? check_known(job) : code;
}

int loom_job_head(loom_job *job, const char *metadata, size_t length) {
    int code = check_ready(job);
    job->output.length = 0;
    job->state.length = 0;
    if (code == LOOM_OK && job->format->flat) {
        code = check_known(job);
    }
    if (code == LOOM_OK) {
        code = warn_regional(job);
    }
    if (code == LOOM_OK) {
        loom_encoding encoding = encoding_of(job, &job->notes, &job->output);
        code = job->format->head(&encoding, metadata, length);
    }
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

int loom_job_turn(loom_job *job, const char *text, size_t length, int more) {
    int code = check_parts(job);
    job->output.length = 0;
    job->state.length = 0;
    if (code == LOOM_OK) {
        loom_encoding encoding = encoding_of(job, &job->notes, &job->output);
        code = job->format->turn(&encoding, text, length, more != 0);
        memcpy(job->cuts, encoding.cuts, sizeof job->cuts);
    }
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

int loom_job_schema(loom_job *job, const char *text, size_t length) {
    int code = check_ready(job);
    job->output.length = 0;
    if (code == LOOM_OK && job->format->schema == NULL) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the format has no schema");
    }
    if (code == LOOM_OK) {
        loom_encoding encoding = encoding_of(job, &job->notes, &job->output);
        code = job->format->schema(&encoding, text, length);
    }
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

int loom_job_picture(loom_job *job, uint32_t pieces, uint32_t pictures, const uint8_t *bytes, size_t length) {
    loom_spot spot = {0, 0, pieces, pictures};
    int code = check_parts(job);
    job->output.length = 0;
    job->state.length = 0;
    if (code == LOOM_OK && job->format->picture == NULL) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the format shows no pictures");
    }
    if (code == LOOM_OK) {
        loom_encoding encoding = encoding_of(job, &job->notes, &job->output);
        code = job->format->picture(&encoding, &spot, bytes, length);
    }
    return code == LOOM_OK || code == LOOM_THUMBNAIL_UNREADABLE ? code : fail(job, code);
}

size_t loom_job_cut(const loom_job *job, int which) {
    return job->cuts[which != 0];
}

uint32_t loom_job_limit(const loom_job *job, int which) {
    if (!job->ready) {
        return 0;
    }
    return which == LOOM_LIMIT_ROWS ? job->format->most_rows : job->format->most_bytes;
}

const char *loom_job_state(loom_job *job) {
    if (job->state.length == 0) {
        return "";
    }
    if (loom_buffer_reserve(&job->state, 1) != LOOM_OK) {
        return NULL;
    }
    job->state.bytes[job->state.length] = '\0';
    return (const char *)job->state.bytes;
}

/* counts.written of the totals. */
static int read_written(const char *totals, size_t length, uint32_t *written) {
    cJSON *document = NULL;
    int code = loom_document_parse(totals, length, &document);
    const cJSON *counts = cJSON_GetObjectItemCaseSensitive(document, "counts");
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(counts, "written");
    if (code == LOOM_OK && !cJSON_IsNumber(number)) {
        code = LOOM_INTERNAL;
    }
    if (code == LOOM_OK) {
        *written = number->valuedouble > 0; /* formats ask only whether there was any */
    }
    cJSON_Delete(document);
    return code == LOOM_SYNTAX ? LOOM_INTERNAL : code;
}

/* The totals with the statistics as their last members; `totals` is a JSON object with at least one member. */
static int add_statistics(loom_job *job, const char *totals, size_t length, loom_buffer *out) {
    while (length > 0 && totals[length - 1] != '}') {
        length--; /* blanks */
    }
    int code = loom_buffer_append(out, totals, length - 1);
    if (code == LOOM_OK) {
        code = loom_buffer_append_byte(out, ',');
    }
    if (code == LOOM_OK) {
        code = loom_statistics_report(&job->statistics, &job->columns, out);
    }
    return code == LOOM_OK ? loom_buffer_append_byte(out, '}') : code;
}

int loom_job_tail(loom_job *job, const char *totals, size_t length) {
    loom_buffer more;
    int code = check_ready(job);
    loom_encoding encoding = encoding_of(job, &job->notes, &job->output);
    job->output.length = 0;
    loom_buffer_init(&more, TEXT_CAP);
    if (code == LOOM_OK) {
        code = read_written(totals, length, &encoding.written);
    }
    if (code == LOOM_OK && job->merging) {
        code = add_statistics(job, totals, length, &more);
        totals = (const char *)more.bytes;
        length = more.length;
    }
    if (code == LOOM_OK && job->format->tail != NULL) {
        code = job->format->tail(&encoding, totals, length);
    }
    loom_buffer_free(&more);
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

int loom_job_needs_columns(const loom_job *job) {
    return job->ready && (job->format->flat || job->settings.export_includeStatistics);
}

/* Statistics can be merged and told once there are columns. */
static int open_statistics(loom_job *job) {
    int code = check_ready(job);
    if (code == LOOM_OK && (!job->settings.export_includeStatistics || job->cells == NULL)) {
        return loom_fail(&job->error, LOOM_INTERNAL, "the job has no statistics, or no columns yet");
    }
    if (code == LOOM_OK && !job->merging) {
        code = loom_statistics_open(&job->statistics, job->columns.count, true);
        job->merging = code == LOOM_OK;
    }
    return code;
}

int loom_job_statistics_merge(loom_job *job, const uint8_t *blob, size_t length) {
    int code = open_statistics(job);
    if (code == LOOM_OK) {
        code = loom_statistics_merge(&job->statistics, blob, length);
    }
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

int loom_job_statistics_write(loom_job *job) {
    int code = open_statistics(job);
    job->output.length = 0;
    if (code == LOOM_OK) {
        code = loom_statistics_write(&job->statistics, &job->output);
    }
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

int loom_job_statistics_report(loom_job *job) {
    int code = open_statistics(job);
    job->output.length = 0;
    if (code == LOOM_OK) {
        code = loom_buffer_append_byte(&job->output, '{');
    }
    if (code == LOOM_OK) {
        code = loom_statistics_report(&job->statistics, &job->columns, &job->output);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_byte(&job->output, '}');
    }
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

size_t loom_job_lead(const loom_job *job) {
    return job->ready && job->format->lead != NULL ? job->format->lead(&job->settings) : 0;
}

const uint8_t *loom_job_output(const loom_job *job) {
    return job->output.bytes;
}

size_t loom_job_output_length(const loom_job *job) {
    return job->output.length;
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
        loom_buffer_init(&chunk->output, TEXT_CAP);
        loom_buffer_init(&chunk->statistics, TEXT_CAP);
        loom_buffer_init(&chunk->draft.rows, TEXT_CAP);
        loom_buffer_init(&chunk->draft.ends, TEXT_CAP);
        loom_buffer_init(&chunk->draft.places, TEXT_CAP);
        loom_buffer_init(&chunk->draft.links, TEXT_CAP);
        loom_buffer_init(&chunk->draft.lines, TEXT_CAP);
        loom_buffer_init(&chunk->draft.notes, TEXT_CAP);
        loom_buffer_init(&chunk->draft.shapes, TEXT_CAP);
        loom_buffer_init(&chunk->draft.addresses, TEXT_CAP);
        loom_buffer_init(&chunk->draft.pictures, TEXT_CAP);
        loom_buffer_init(&chunk->flow, TEXT_CAP);
        loom_buffer_init(&chunk->info, TEXT_CAP);
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
    if (capacity > TEXT_CAP) {
        (void)fail(job, LOOM_LIMIT_EXCEEDED);
        return NULL;
    }
    loom_chunk *chunk = take_chunk(job);
    if (chunk != NULL && (chunk->text == NULL || chunk->capacity < capacity)) {
        loom_free(chunk->text);
        chunk->text = loom_alloc(capacity + LOOM_TEXT_PAD);
        chunk->capacity = capacity;
        if (chunk->text == NULL) {
            destroy_chunk(chunk);
            chunk = NULL;
        }
    }
    if (chunk == NULL) {
        (void)fail(job, LOOM_OUT_OF_MEMORY);
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
        destroy_chunk(chunk);
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
    int code = check_ready(job);
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
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

int loom_chunk_scan(loom_chunk *chunk, uint32_t index) {
    loom_job *job = chunk->job;
    int code = check_ready(job);
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
    int code = check_ready(job);
    bool statistics = job->settings.export_includeStatistics;
    if (code == LOOM_OK) {
        code = check_known(job);
    }
    if (code == LOOM_OK && job->format->segment == NULL) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "chunks of this format are measured and placed");
    }
    chunk->output.length = 0;
    chunk->statistics.length = 0;
    if (code == LOOM_OK) {
        loom_encoding encoding = encoding_of(job, &chunk->batch, &chunk->output);
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
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
}

int loom_chunk_measure(loom_chunk *chunk) {
    loom_job *job = chunk->job;
    bool flat = job->ready && job->format->flat; /* others can be measured before there are columns */
    int code = flat ? check_parts(job) : check_has_parts(job);
    clear_draft(&chunk->draft);
    if (code == LOOM_OK) {
        loom_encoding encoding = encoding_of(job, &chunk->batch, &chunk->output);
        encoding.draft = &chunk->draft;
        code = job->format->measure(&encoding);
    }
    chunk->measured = code == LOOM_OK;
    chunk->bytes = (uint32_t)chunk->draft.rows.length;
    chunk->links = (uint32_t)(chunk->draft.links.length / sizeof(loom_draft_link));
    chunk->flow_skip = 0;
    chunk->flow_take = chunk->batch.record_count;
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
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
    loom_encoding encoding = encoding_of(job, &chunk->batch, &chunk->flow);
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

int loom_chunk_picture(loom_chunk *chunk, uint32_t pieces, uint32_t pictures) {
    loom_spot spot = {0, 0, pieces, pictures};
    int code = loom_buffer_append(&chunk->draft.pictures, &spot, sizeof spot);
    return code == LOOM_OK ? LOOM_OK : fail(chunk->job, code);
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
    int code = check_parts(job);
    uint32_t good = chunk->batch.record_count;
    if (code == LOOM_OK && (!chunk->measured || skip > good || take > good - skip)) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the chunk was not measured or has fewer records");
    }
    chunk->output.length = 0;
    chunk->info.length = 0;
    chunk->statistics.length = 0;
    chunk->draft.shapes.length = 0; /* they were told */
    chunk->draft.addresses.length = 0;
    if (code == LOOM_OK) {
        loom_encoding encoding = encoding_of(job, &chunk->batch, &chunk->output);
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
    return code == LOOM_OK ? LOOM_OK : fail(job, code);
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
    loom_buffer_init(&paths, TEXT_CAP);
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
