/* Time zones as tables of offsets.
 * SPDX-License-Identifier: MIT
 */
#include "region.h"

#include <string.h>

#include "instant.h"
#include "memory.h"

#define DAY_SECONDS ((int64_t)86400)
#define SECOND ((int64_t)1000000000)

/* Offsets that a zone may have, and seconds that it may be ahead or behind. */
#define MOST_OFFSETS 4096
#define MOST_AHEAD 93600

/* The last years that a table tells: as many as it takes to have every calendar, with no century among them. */
#define FIRST_MODEL 2072
#define LAST_MODEL 2099

void loom_region_close(loom_region *region) {
    loom_free(region->offsets);
    *region = (loom_region){.count = 0};
}

static int read_offset(const cJSON *pair, loom_offset *offset) {
    const cJSON *from = cJSON_GetArrayItem(pair, 0);
    const cJSON *ahead = cJSON_GetArrayItem(pair, 1);
    if (!cJSON_IsNumber(from) || !cJSON_IsNumber(ahead) || !(from->valuedouble > -1e12 && from->valuedouble < 1e12) ||
        !(ahead->valuedouble >= -MOST_AHEAD && ahead->valuedouble <= MOST_AHEAD)) {
        return LOOM_INTERNAL;
    }
    *offset = (loom_offset){(int64_t)from->valuedouble, (int32_t)ahead->valuedouble};
    return LOOM_OK;
}

static int read_offsets(const cJSON *list, loom_region *region) {
    int count = cJSON_GetArraySize(list);
    const cJSON *pair = NULL;
    if (count > MOST_OFFSETS || (list != NULL && !cJSON_IsArray(list))) {
        return LOOM_INTERNAL;
    }
    if (count == 0) {
        return LOOM_OK;
    }
    region->offsets = loom_alloc((size_t)count * sizeof *region->offsets);
    if (region->offsets == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    cJSON_ArrayForEach(pair, list) {
        loom_offset *offset = &region->offsets[region->count];
        int code = read_offset(pair, offset);
        if (code != LOOM_OK || (region->count > 0 && offset->from <= offset[-1].from)) {
            return LOOM_INTERNAL;
        }
        region->count++;
    }
    return LOOM_OK;
}

static int read_pattern(const cJSON *text, char pattern[LOOM_MAX_PATTERN + 1]) {
    if (text == NULL) {
        return LOOM_OK;
    }
    if (!cJSON_IsString(text) || strlen(text->valuestring) > LOOM_MAX_PATTERN) {
        return LOOM_INTERNAL;
    }
    memcpy(pattern, text->valuestring, strlen(text->valuestring) + 1);
    return LOOM_OK;
}

int loom_region_read(const char *text, size_t length, loom_region *region) {
    cJSON *document = NULL;
    int code = loom_document_parse(text, length, &document);
    code = code == LOOM_SYNTAX || (code == LOOM_OK && !cJSON_IsObject(document)) ? LOOM_INTERNAL : code;
    if (code == LOOM_OK) {
        code = read_offsets(cJSON_GetObjectItemCaseSensitive(document, "offsets"), region);
    }
    if (code == LOOM_OK) {
        code = read_pattern(cJSON_GetObjectItemCaseSensitive(document, "date"), region->date);
    }
    if (code == LOOM_OK) {
        code = read_pattern(cJSON_GetObjectItemCaseSensitive(document, "datetime"), region->datetime);
    }
    cJSON_Delete(document);
    if (code != LOOM_OK) {
        loom_region_close(region);
    }
    region->told = code == LOOM_OK;
    return code;
}

static int32_t new_year(int year) {
    return loom_date_day(year, 1, 1);
}

/* The same instant of the last year in the table that has the calendar of this one, which is behind the table. */
static int64_t in_model_year(int64_t instant) {
    int year = 0;
    int month = 0;
    int date = 0;
    loom_instant_date((int32_t)(instant / DAY_SECONDS), &year, &month, &date);
    int32_t days = new_year(year + 1) - new_year(year);
    int model = LAST_MODEL;
    while (model > FIRST_MODEL &&
           ((new_year(year) - new_year(model)) % 7 != 0 || new_year(model + 1) - new_year(model) != days)) {
        model--;
    }
    return instant - (new_year(year) - new_year(model)) * DAY_SECONDS;
}

int32_t loom_region_ahead(const loom_region *region, int64_t instant) {
    uint32_t first = 0;
    uint32_t end = region->count;
    if (end == 0) {
        return 0;
    }
    if (instant >= new_year(LAST_MODEL + 1) * DAY_SECONDS) {
        instant = in_model_year(instant);
    }
    while (end - first > 1) {
        uint32_t middle = first + (end - first) / 2;
        if (region->offsets[middle].from <= instant) {
            first = middle;
        } else {
            end = middle;
        }
    }
    return region->offsets[first].ahead;
}

void loom_region_localize(const loom_region *region, loom_moment *moment) {
    if (!moment->zoned || region->count == 0) {
        return;
    }
    int64_t instant = moment->day * DAY_SECONDS + moment->nanoseconds / SECOND;
    int64_t local = instant + loom_region_ahead(region, instant);
    int64_t day = local / DAY_SECONDS - (local % DAY_SECONDS < 0);
    moment->day = (int32_t)day;
    moment->nanoseconds = (local - day * DAY_SECONDS) * SECOND + moment->nanoseconds % SECOND;
}
