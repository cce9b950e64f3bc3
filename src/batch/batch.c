/* The memory of record batches, and the counting of warnings.
 * SPDX-License-Identifier: MIT
 */
#include "batch.h"

#include "../core/memory.h"

/* Rows of warnings with a column that a batch keeps. */
#define MAX_WARNINGS 256u

void loom_batch_open(loom_batch *batch) {
    *batch = (loom_batch){0};
    loom_buffer_init(&batch->decoded, SIZE_MAX / 4);
}

void loom_batch_close(loom_batch *batch) {
    loom_buffer_free(&batch->decoded);
    loom_free(batch->cells);
    loom_free(batch->records);
    loom_free(batch->defects);
    loom_free(batch->novel);
    loom_free(batch->warnings);
    loom_batch_open(batch);
}

void loom_batch_clear(loom_batch *batch) {
    batch->text = NULL;
    batch->length = 0;
    batch->decoded.length = 0;
    batch->cell_count = 0;
    batch->record_count = 0;
    batch->defect_count = 0;
    batch->read = 0;
    batch->rejected = 0;
    batch->filtered = 0;
    batch->skipped = 0;
    batch->ended = false;
    batch->novel_count = 0;
    batch->noted = false;
    batch->warning_count = 0;
    batch->hushed = false;
}

int loom_batch_warn(loom_batch *batch, int code, int32_t column, uint32_t ordinal, uint32_t count) {
    if (batch->hushed) {
        batch->unheard++;
        return LOOM_OK;
    }
    if (batch->warning_count >= MAX_WARNINGS) {
        column = LOOM_NO_COLUMN;
    }
    for (uint32_t i = batch->warning_count; i > 0; i--) {
        loom_warning *warning = &batch->warnings[i - 1];
        if (warning->code == code && warning->column == column) {
            warning->count += count;
            warning->ordinal = ordinal < warning->ordinal ? ordinal : warning->ordinal;
            return LOOM_OK;
        }
    }
    loom_warning *warnings = loom_grow(batch->warnings, batch->warning_count, &batch->warning_capacity, sizeof *warnings);
    if (warnings == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    batch->warnings = warnings;
    batch->warnings[batch->warning_count++] =
        (loom_warning){.code = code, .column = column, .ordinal = ordinal, .count = count};
    return LOOM_OK;
}

void loom_batch_warn_character(loom_batch *batch, int code, int32_t column, uint32_t code_point) {
    loom_warning *found = NULL;
    for (uint32_t i = batch->warning_count; i > 0 && found == NULL && !batch->hushed; i--) {
        loom_warning *warning = &batch->warnings[i - 1];
        bool same = warning->column == column || (warning->column == LOOM_NO_COLUMN && batch->warning_count >= MAX_WARNINGS);
        found = warning->code == code && same ? warning : NULL;
    }
    for (uint32_t i = 0; found != NULL && i < LOOM_WARNING_CHARACTERS; i++) {
        if (found->characters[i] == 0 || found->characters[i] == code_point) {
            found->characters[i] = code_point;
            return;
        }
    }
}
