/* The schema of what an export wrote, made as a host makes it, and libxml2's verdict on both.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_VALID_H
#define LOOM_TEST_VALID_H

#include "cJSON.h"

#include "formats/xml/validator.h"
#include "run.h"

/** Joins the kinds and counts of two rows. */
static inline void join_shapes(cJSON *known, const cJSON *row) {
    cJSON *kinds = cJSON_GetArrayItem(known, 2);
    cJSON_SetNumberValue(kinds, (kinds->valueint | cJSON_GetArrayItem(row, 2)->valueint));
    for (int i = 3; i < 5; i++)
        cJSON_SetNumberValue(cJSON_GetArrayItem(known, i),
                             (cJSON_GetArrayItem(known, i)->valuedouble + cJSON_GetArrayItem(row, i)->valuedouble));
}

static inline int has_follower(const cJSON *known, int number) {
    for (int i = 5; i < cJSON_GetArraySize(known); i++)
        if (cJSON_GetArrayItem(known, i)->valueint == number)
            return 1;
    return 0;
}

/** Adds the followers of a row, whose numbers are now others. */
static inline void join_followers(cJSON *known, const cJSON *row, const int *numbers) {
    cJSON *kinds = cJSON_GetArrayItem(known, 2);
    for (int i = 5; i < cJSON_GetArraySize(row); i++)
        if (!has_follower(known, numbers[cJSON_GetArrayItem(row, i)->valueint]))
            cJSON_AddItemToArray(known, cJSON_CreateNumber(numbers[cJSON_GetArrayItem(row, i)->valueint]));
    if (cJSON_GetArraySize(known) > 5 + 16)
        cJSON_SetNumberValue(kinds, (kinds->valueint | 1024));
    while ((kinds->valueint & 1024) && cJSON_GetArraySize(known) > 5)
        cJSON_DeleteItemFromArray(known, 5);
}

/** Adds the rows of one report to `all`; those of the first one are all different. */
static inline void add_shapes(cJSON *all, const cJSON *rows, int first) {
    size_t count = (size_t)cJSON_GetArraySize(rows), at = 0;
    int *numbers = must(calloc(count + 1, sizeof *numbers));
    cJSON **joined = must(calloc(count + 1, sizeof *joined));
    const cJSON *row;
    cJSON_ArrayForEach(row, rows) {
        const cJSON *parent = cJSON_GetArrayItem(row, 0), *key = cJSON_GetArrayItem(row, 1);
        int above = parent->valueint < 0 ? -1 : numbers[parent->valueint], number = 0;
        cJSON *known = first ? NULL : all->child;
        for (; known != NULL; known = known->next, number++)
            if (cJSON_GetArrayItem(known, 0)->valueint == above && cJSON_Compare(cJSON_GetArrayItem(known, 1), key, 1))
                break;
        if (known != NULL) {
            join_shapes(known, row);
        } else {
            known = cJSON_Duplicate(row, 1);
            while (cJSON_GetArraySize(known) > 5)
                cJSON_DeleteItemFromArray(known, 5);
            number = first ? (int)at : cJSON_GetArraySize(all);
            cJSON_SetNumberValue(cJSON_GetArrayItem(known, 0), above);
            cJSON_AddItemToArray(all, known);
        }
        joined[at] = known;
        numbers[at++] = number;
    }
    at = 0;
    cJSON_ArrayForEach(row, rows) join_followers(joined[at++], row, numbers);
    free(joined);
    free(numbers);
}

/** The schema of an export; the error of the job, or 0. */
static inline int schema_of(const struct setup *setup, const struct outcome *outcome, struct bytes *schema) {
    cJSON *all = cJSON_CreateArray(), *row;
    struct bytes text = {0};
    const char *at = outcome->shapes.length == 0 ? "" : (const char *)outcome->shapes.at;
    for (; *at != 0; at = strchr(at, '\n') + 1) {
        cJSON *rows = cJSON_ParseWithOpts(at, NULL, 0);
        add_shapes(all, rows, cJSON_GetArraySize(all) == 0);
        cJSON_Delete(rows);
    }
    bytes_text(&text, "");
    cJSON_ArrayForEach(row, all) {
        char *line = must(cJSON_PrintUnformatted(row));
        bytes_text(&text, line);
        bytes_text(&text, "\n");
        cJSON_free(line);
    }
    loom_job *job = loom_job_new();
    int error = job == NULL ? 20 : loom_job_options(job, setup->options, strlen(setup->options));
    if (error == 0)
        error = loom_job_schema(job, (const char *)text.at, text.length);
    if (error == 0)
        bytes_add(schema, loom_job_output(job), loom_job_output_length(job));
    loom_job_free(job);
    cJSON_Delete(all);
    bytes_clear(&text);
    return error;
}

/** Where the records of a document start, or with `end` behind the last: between the tags of `records`. */
static inline size_t records_at(const struct bytes *document, int end) {
    const char *text = (const char *)document->at, *found = strstr(text, "records>");
    size_t at = found == NULL ? document->length : (size_t)(found - text) + 8;
    for (size_t i = document->length; end && i > at; i--)
        if (strncmp(text + i - 1, "records>", 8) == 0)
            for (; i > at; i--)
                if (text[i - 1] == '<')
                    return i - 1;
    return at;
}

typedef int (*feeding)(loom_validator *, const uint8_t *, size_t);

static inline int feed_steps(loom_validator *validator, feeding feed, const uint8_t *at, size_t length, size_t step) {
    int wrong = 0;
    step = step == 0 ? length : step;
    for (size_t done = 0; !wrong && done < length; done += step)
        wrong = feed(validator, at + done, length - done < step ? length - done : step);
    return wrong;
}

/** Whether a document is found well formed and valid; else says why. `reader`: the records go through the reader, else all goes through libxml2's
 *  parser. `step`: bytes that are fed at a time, 0 for all. */
static inline int is_valid(loom_validator *validator, const struct bytes *document, int reader, size_t step) {
    size_t start = records_at(document, 0), end = records_at(document, 1);
    const uint8_t *at = document->at;
    return loom_validator_begin(validator) == 0 && feed_steps(validator, loom_validator_feed, at, start, step) == 0 &&
           feed_steps(validator, reader ? loom_validator_feed_records : loom_validator_feed, at + start, end - start, step) == 0 &&
           feed_steps(validator, loom_validator_feed, at + end, document->length - end, step) == 0 &&
           loom_validator_end(validator) == 0;
}

#endif
