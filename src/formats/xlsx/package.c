/* Members of a package, whole or streamed.
 * SPDX-License-Identifier: MIT
 */
#include "package.h"

#include <stdio.h>

#include "../../core/memory.h"

/* A member as JSON: name, offset, crc, raw, length, flags. */
#define MEMBER_FIELDS 6
#define FLAG_STORED 1
#define FLAG_STREAMED 2

void loom_package_start(loom_package *package, loom_buffer *out, loom_deflater *deflater, const char *clock) {
    *package = (loom_package){.out = out, .deflater = deflater};
    if (clock != NULL && strlen(clock) < sizeof package->clock) {
        memcpy(package->clock, clock, strlen(clock));
    }
    package->time = loom_zip_time(package->clock);
}

void loom_package_free(loom_package *package) {
    loom_free(package->members);
    loom_free(package->rows);
    package->members = NULL;
    package->rows = NULL;
}

static uint64_t position(const loom_package *package) {
    return package->base + package->out->length + package->aside;
}

static bool read_member(const cJSON *row, loom_zip_member *member) {
    const cJSON *name = cJSON_GetArrayItem(row, 0);
    *member = (loom_zip_member){.offset = 0};
    if (cJSON_GetArraySize(row) != MEMBER_FIELDS || !cJSON_IsString(name) ||
        strlen(name->valuestring) > LOOM_ZIP_NAME) {
        return false;
    }
    uint64_t fields[MEMBER_FIELDS] = {0};
    for (int i = 1; i < MEMBER_FIELDS; i++) {
        if (!loom_document_count(cJSON_GetArrayItem(row, i), i == 1 ? LOOM_MOST_EXACT : UINT32_MAX, &fields[i])) {
            return false;
        }
    }
    memcpy(member->name, name->valuestring, strlen(name->valuestring));
    member->offset = fields[1];
    member->crc = (uint32_t)fields[2];
    member->raw = (uint32_t)fields[3];
    member->length = (uint32_t)fields[4];
    member->stored = (unsigned)fields[5] & FLAG_STORED;
    member->streamed = (unsigned)fields[5] & FLAG_STREAMED;
    return true;
}

static int read_members(loom_package *package, const cJSON *list) {
    const cJSON *row = NULL;
    size_t count = (size_t)cJSON_GetArraySize(list);
    package->members = loom_alloc((count + 1) * sizeof *package->members);
    if (package->members == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    cJSON_ArrayForEach(row, list) {
        if (!read_member(row, &package->members[package->count++])) {
            return LOOM_INTERNAL;
        }
    }
    return LOOM_OK;
}

static int read_rows(loom_package *package, const cJSON *list) {
    const cJSON *row = NULL;
    size_t count = (size_t)cJSON_GetArraySize(list);
    package->rows = loom_alloc((count + 1) * sizeof *package->rows);
    if (package->rows == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    cJSON_ArrayForEach(row, list) {
        uint64_t number = 0;
        if (!loom_document_count(row, UINT32_MAX, &number)) {
            return LOOM_INTERNAL;
        }
        package->rows[package->sheets++] = (uint32_t)number;
    }
    return LOOM_OK;
}

int loom_package_read(loom_package *package, const cJSON *state) {
    uint64_t at = 0;
    const cJSON *clock = cJSON_GetObjectItemCaseSensitive(state, "clock");
    if (!loom_document_count(cJSON_GetObjectItemCaseSensitive(state, "at"), LOOM_MOST_EXACT, &at) ||
        !cJSON_IsString(clock)) {
        return LOOM_INTERNAL;
    }
    loom_package_start(package, package->out, package->deflater, clock->valuestring);
    package->base = at;
    int code = read_members(package, cJSON_GetObjectItemCaseSensitive(state, "members"));
    if (code == LOOM_OK) {
        code = read_rows(package, cJSON_GetObjectItemCaseSensitive(state, "rows"));
    }
    if (code == LOOM_OK && !read_member(cJSON_GetObjectItemCaseSensitive(state, "open"), &package->open)) {
        code = LOOM_INTERNAL;
    }
    return code;
}

/* Names are ours and need no escapes. */
static int write_member(loom_buffer *state, const loom_zip_member *member) {
    char text[LOOM_ZIP_NAME + 120];
    unsigned flags = (member->stored ? FLAG_STORED : 0) | (member->streamed ? FLAG_STREAMED : 0);
    snprintf(text, sizeof text, "[\"%s\",%llu,%u,%u,%u,%u]", member->name, (unsigned long long)member->offset,
             (unsigned)member->crc, (unsigned)member->raw, (unsigned)member->length, flags);
    return loom_buffer_append_text(state, text);
}

static int write_rows(const loom_package *package, loom_buffer *state) {
    int code = loom_buffer_append_text(state, "],\"rows\":[");
    for (uint32_t i = 0; i < package->sheets && code == LOOM_OK; i++) {
        char text[16];
        snprintf(text, sizeof text, "%s%u", i == 0 ? "" : ",", (unsigned)package->rows[i]);
        code = loom_buffer_append_text(state, text);
    }
    return code == LOOM_OK ? loom_buffer_append_text(state, "],\"open\":") : code;
}

int loom_package_write(const loom_package *package, loom_buffer *state) {
    char start[120];
    snprintf(start, sizeof start, "{\"at\":%llu,\"clock\":\"%s\",\"members\":[", (unsigned long long)position(package),
             package->clock);
    int code = loom_buffer_append_text(state, start);
    for (uint32_t i = 0; i < package->count && code == LOOM_OK; i++) {
        code = i == 0 ? LOOM_OK : loom_buffer_append_byte(state, ',');
        code = code == LOOM_OK ? write_member(state, &package->members[i]) : code;
    }
    if (code == LOOM_OK) {
        code = write_rows(package, state);
    }
    if (code == LOOM_OK) {
        code = write_member(state, &package->open);
    }
    return code == LOOM_OK ? loom_buffer_append_byte(state, '}') : code;
}

static int keep(loom_package *package, const loom_zip_member *member) {
    loom_zip_member *members = loom_realloc(package->members, (package->count + (size_t)1) * sizeof *members);
    if (members == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    package->members = members;
    members[package->count++] = *member;
    return LOOM_OK;
}

static int name_member(loom_package *package, loom_zip_member *member, const char *name) {
    *member = (loom_zip_member){.offset = position(package)};
    if (strlen(name) > LOOM_ZIP_NAME) {
        return LOOM_LIMIT_EXCEEDED;
    }
    memcpy(member->name, name, strlen(name));
    return LOOM_OK;
}

int loom_package_add(loom_package *package, const char *name, const void *bytes, size_t length) {
    loom_zip_member member;
    loom_buffer deflated;
    loom_buffer_init(&deflated, package->out->cap);
    int code = name_member(package, &member, name);
    if (code == LOOM_OK) {
        code = loom_deflate(package->deflater, &deflated, bytes, length);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append(&deflated, LOOM_DEFLATE_END, LOOM_DEFLATE_END_LENGTH);
    }
    if (code == LOOM_OK) {
        member.stored = deflated.length >= length;
        member.crc = loom_crc32(package->deflater, bytes, length);
        member.raw = (uint32_t)length;
        member.length = (uint32_t)(member.stored ? length : deflated.length);
        code = loom_zip_local(package->out, &member, package->time);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append(package->out, member.stored ? bytes : deflated.bytes, member.length);
    }
    loom_buffer_free(&deflated);
    return code == LOOM_OK ? keep(package, &member) : code;
}

int loom_package_open(loom_package *package, const char *name) {
    int code = name_member(package, &package->open, name);
    package->open.streamed = true;
    return code == LOOM_OK ? loom_zip_local(package->out, &package->open, package->time) : code;
}

int loom_package_put(loom_package *package, const void *bytes, size_t length) {
    size_t start = package->out->length;
    uint64_t aside = package->aside;
    int code = loom_deflate(package->deflater, package->out, bytes, length);
    if (code == LOOM_OK && length > UINT32_MAX) {
        code = LOOM_LIMIT_EXCEEDED;
    }
    if (code == LOOM_OK) {
        code = loom_package_count(package, (uint32_t)length, loom_crc32(package->deflater, bytes, length),
                                  (uint32_t)(package->out->length - start));
    }
    package->aside = aside; /* these bytes stand in `out` */
    return code;
}

int loom_package_count(loom_package *package, uint32_t raw, uint32_t crc, uint32_t length) {
    loom_zip_member *member = &package->open;
    if (raw > UINT32_MAX - member->raw || length > UINT32_MAX - member->length - LOOM_DEFLATE_END_LENGTH) {
        return LOOM_LIMIT_EXCEEDED;
    }
    member->crc = loom_crc32_join(member->crc, crc, raw);
    member->raw += raw;
    member->length += length;
    package->aside += length;
    return LOOM_OK;
}

int loom_package_close(loom_package *package) {
    package->open.length += LOOM_DEFLATE_END_LENGTH;
    int code = loom_buffer_append(package->out, LOOM_DEFLATE_END, LOOM_DEFLATE_END_LENGTH);
    if (code == LOOM_OK) {
        code = loom_zip_descriptor(package->out, &package->open);
    }
    return code == LOOM_OK ? keep(package, &package->open) : code;
}

int loom_package_add_sheet(loom_package *package) {
    uint32_t *rows = loom_realloc(package->rows, (package->sheets + (size_t)1) * sizeof *rows);
    if (rows == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    package->rows = rows;
    rows[package->sheets++] = 0;
    return LOOM_OK;
}

int loom_package_finish(loom_package *package) {
    return loom_zip_directory(package->out, package->members, package->count, position(package), package->time);
}
