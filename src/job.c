/* Jobs: who owns what, and the order of the steps. The work itself is done elsewhere.
 * SPDX-License-Identifier: MIT
 */
#include "job_private.h"

#include "batch/filter.h"
#include "options.h"
#include "paths.h"
#include "report.h"

int loom_job_answer(loom_job *job, int code) {
    return code == LOOM_OK || job->error.code == code ? code : loom_fail(&job->error, code, "%s", "");
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
    loom_buffer_init(&job->output, LOOM_TEXT_CAP);
    loom_buffer_init(&job->scratch, LOOM_TEXT_CAP);
    loom_buffer_init(&job->state, LOOM_TEXT_CAP);
    loom_buffer_init(&job->ledger, LOOM_TEXT_CAP);
    loom_batch_open(&job->notes);
    loom_collector_open(&job->collector);
    job->collector.region = &job->region;
    job->columns.extra = LOOM_NO_COLUMN;
    job->columns.raw = LOOM_NO_COLUMN;
    job->parser.schema = &job->schema;
    return job;
}

void loom_job_free(loom_job *job) {
    if (job == NULL) {
        return;
    }
    while (job->spare != NULL) {
        loom_chunk *chunk = job->spare;
        job->spare = chunk->next;
        loom_chunk_destroy(chunk);
    }
    if (job->kept != NULL) {
        job->format->release(job->kept);
    }
    loom_filter_free(job->parser.filter);
    loom_schema_close(&job->schema);
    loom_columns_close(&job->columns);
    loom_region_close(&job->region);
    loom_buffer_free(&job->state);
    loom_buffer_free(&job->ledger);
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
    for (uint32_t i = 0; i < job->columns.count && code == LOOM_OK && job->format->flat; i++) {
        uint32_t nuls = job->columns.list[i].nuls;
        code = nuls == 0 ? LOOM_OK : loom_batch_warn(&job->notes, LOOM_CHARACTER_REPLACED, (int32_t)i, 0, nuls);
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
    return loom_job_answer(job, code);
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

int loom_job_check_ready(loom_job *job) {
    job->error = (loom_error){0};
    return job->ready ? LOOM_OK : loom_fail(&job->error, LOOM_INTERNAL, "the job has no options yet");
}

loom_encoding loom_job_encoding(loom_job *job, loom_batch *batch, loom_buffer *out) {
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
        .ledger = &job->ledger,
        .error = &job->error,
        .kept = &job->kept,
    };
}

int loom_job_file(loom_job *job, uint32_t slot, uint32_t use, uint8_t *bytes, size_t length) {
    int code = loom_job_check_ready(job);
    if (code == LOOM_OK && job->format->file == NULL) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the format has no files");
    }
    if (code != LOOM_OK) {
        loom_free(bytes);
        return loom_job_answer(job, code);
    }
    loom_encoding encoding = loom_job_encoding(job, &job->notes, &job->output);
    code = job->format->file(&encoding, slot, use, bytes, length);
    return loom_job_answer(job, code);
}

uint32_t loom_job_wanted(const loom_job *job) {
    return job->ready && job->format->wanted != NULL && job->kept != NULL ? job->format->wanted(job->kept) : 0;
}

int loom_job_merge(loom_job *job, const char *text, size_t length) {
    int code = loom_job_check_ready(job);
    if (code == LOOM_OK) {
        code = loom_paths_merge(text, length, &job->schema);
    }
    return loom_job_answer(job, code);
}

int loom_job_settle(loom_job *job, int extra) {
    int code = loom_job_check_ready(job);
    job->output.length = 0;
    if (code == LOOM_OK) {
        code = loom_paths_settle(&job->schema, extra != 0, &job->output, &job->error);
    }
    return loom_job_answer(job, code);
}

/* A fresh tree of paths, so that only the columns are kept from chunk to chunk. */
static int renew_schema(loom_job *job) {
    loom_schema fresh;
    int code = loom_schema_open(&fresh);
    if (code == LOOM_OK) {
        fresh.trims = job->schema.trims + 1; /* numbers of nodes mean others now */
        loom_schema_close(&job->schema);
        job->schema = fresh;
    }
    return code;
}

int loom_job_columns(loom_job *job, const char *text, size_t length) {
    uint32_t clashes = 0;
    int code = loom_job_check_ready(job);
    if (code == LOOM_OK && job->columns.chosen) {
        code = loom_columns_learn(text, length, &job->schema, &job->columns);
        return loom_job_answer(job, code);
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
    return loom_job_answer(job, code);
}

int loom_job_region(loom_job *job, const char *text, size_t length) {
    int code = loom_job_check_ready(job);
    loom_region_close(&job->region);
    if (code == LOOM_OK) {
        code = loom_region_read(text, length, &job->region);
    }
    return loom_job_answer(job, code);
}

static bool has_zone(const loom_job *job) {
    return strcmp(job->settings.export_timeZone, "UTC") != 0;
}

static bool has_locale(const loom_job *job) {
    return job->settings.export_locale[0] != '\0';
}

/* What must be known before anything is encoded. */
int loom_job_check_known(loom_job *job) {
    if ((has_zone(job) || has_locale(job)) && !job->region.told) {
        return loom_fail(&job->error, LOOM_INTERNAL, "the job has no time zone and locale yet");
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
int loom_job_check_has_parts(loom_job *job) {
    int code = loom_job_check_ready(job);
    if (code == LOOM_OK && job->format->most_rows == 0) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the format has no parts");
    }
    return code;
}

int loom_job_check_parts(loom_job *job) {
    int code = loom_job_check_has_parts(job);
    return code == LOOM_OK ? loom_job_check_known(job) : code;
}

int loom_job_head(loom_job *job, const char *metadata, size_t length) {
    int code = loom_job_check_ready(job);
    job->output.length = 0;
    job->state.length = 0;
    if (code == LOOM_OK && job->format->flat) {
        code = loom_job_check_known(job);
    }
    if (code == LOOM_OK) {
        code = warn_regional(job);
    }
    if (code == LOOM_OK) {
        loom_encoding encoding = loom_job_encoding(job, &job->notes, &job->output);
        code = job->format->head(&encoding, metadata, length);
    }
    return loom_job_answer(job, code);
}

int loom_job_turn(loom_job *job, const char *text, size_t length, int more) {
    int code = loom_job_check_parts(job);
    job->output.length = 0;
    job->state.length = job->ledger.length = 0;
    if (code == LOOM_OK) {
        loom_encoding encoding = loom_job_encoding(job, &job->notes, &job->output);
        code = job->format->turn(&encoding, text, length, more != 0);
        memcpy(job->cuts, encoding.cuts, sizeof job->cuts);
    }
    return loom_job_answer(job, code);
}

int loom_job_schema(loom_job *job, const char *text, size_t length) {
    int code = loom_job_check_ready(job);
    job->output.length = 0;
    if (code == LOOM_OK && job->format->schema == NULL) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the format has no schema");
    }
    if (code == LOOM_OK) {
        loom_encoding encoding = loom_job_encoding(job, &job->notes, &job->output);
        code = job->format->schema(&encoding, text, length);
    }
    return loom_job_answer(job, code);
}

int loom_job_picture(loom_job *job, uint32_t page, uint32_t height, uint32_t pieces, uint32_t pictures,
                     const uint8_t *bytes, size_t length) {
    loom_spot spot = {page, height, pieces, pictures};
    int code = loom_job_check_parts(job);
    job->output.length = 0;
    job->state.length = 0;
    if (code == LOOM_OK && job->format->picture == NULL) {
        code = loom_fail(&job->error, LOOM_INTERNAL, "the format has no pictures");
    }
    if (code == LOOM_OK) {
        loom_encoding encoding = loom_job_encoding(job, &job->notes, &job->output);
        code = job->format->picture(&encoding, &spot, bytes, length);
    }
    return code == LOOM_OK || code == LOOM_THUMBNAIL_UNREADABLE ? code : loom_job_answer(job, code);
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

const uint8_t *loom_job_ledger(const loom_job *job) {
    return job->ledger.bytes;
}

size_t loom_job_ledger_length(const loom_job *job) {
    return job->ledger.length;
}

uint8_t *loom_job_ledger_room(loom_job *job, size_t length) {
    job->ledger.length = 0;
    if (loom_buffer_reserve(&job->ledger, length + 1) != LOOM_OK) { /* an empty ledger has room too */
        return NULL;
    }
    memset(job->ledger.bytes, 0, length);
    job->ledger.length = length;
    return job->ledger.bytes;
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
    code = code == LOOM_OK ? loom_buffer_append_byte(out, ',') : code;
    bool spelled = job->format->flat; /* JSON and XML hold numbers of any length */
    code = code == LOOM_OK ? loom_statistics_report(&job->statistics, &job->columns, spelled, out) : code;
    return code == LOOM_OK ? loom_buffer_append_byte(out, '}') : code;
}

int loom_job_tail(loom_job *job, const char *totals, size_t length) {
    loom_buffer more;
    int code = loom_job_check_ready(job);
    loom_encoding encoding = loom_job_encoding(job, &job->notes, &job->output);
    job->output.length = 0;
    loom_buffer_init(&more, LOOM_TEXT_CAP);
    code = code == LOOM_OK ? read_written(totals, length, &encoding.written) : code;
    if (code == LOOM_OK && job->merging) {
        code = add_statistics(job, totals, length, &more);
        totals = (const char *)more.bytes;
        length = more.length;
    }
    if (code == LOOM_OK && job->format->tail != NULL) {
        code = job->format->tail(&encoding, totals, length);
    }
    loom_buffer_free(&more);
    return loom_job_answer(job, code);
}

int loom_job_needs_columns(const loom_job *job) {
    return job->ready && (job->format->flat || job->settings.export_includeStatistics);
}

/* Statistics can be merged and told once there are columns. */
static int open_statistics(loom_job *job) {
    int code = loom_job_check_ready(job);
    if (code == LOOM_OK && (!job->settings.export_includeStatistics || job->cells == NULL)) {
        return loom_fail(&job->error, LOOM_INTERNAL, "the job has no statistics yet");
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
    return loom_job_answer(job, code);
}

int loom_job_statistics_write(loom_job *job) {
    int code = open_statistics(job);
    job->output.length = 0;
    if (code == LOOM_OK) {
        code = loom_statistics_write(&job->statistics, &job->output);
    }
    return loom_job_answer(job, code);
}

int loom_job_statistics_report(loom_job *job) {
    int code = open_statistics(job);
    job->output.length = 0;
    code = code == LOOM_OK ? loom_buffer_append_byte(&job->output, '{') : code;
    code = code == LOOM_OK ? loom_statistics_report(&job->statistics, &job->columns, false, &job->output) : code;
    code = code == LOOM_OK ? loom_buffer_append_byte(&job->output, '}') : code;
    return loom_job_answer(job, code);
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
