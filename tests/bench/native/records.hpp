// What the native programs share: NDJSON read line by line with yyjson.
// SPDX-License-Identifier: MIT
#ifndef BENCH_RECORDS_HPP
#define BENCH_RECORDS_HPP

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yyjson.hpp"

using namespace duckdb_yyjson;

enum { LONGEST_LINE = 1 << 20, FILE_BUFFER = 1 << 20 };

static void stop(const char *what) {
    fprintf(stderr, "native: %s\n", what);
    exit(1);
}

static FILE *open_file(const char *path, const char *mode) {
    FILE *file = fopen(path, mode);
    if (!file || setvbuf(file, NULL, _IOFBF, FILE_BUFFER)) stop(path);
    return file;
}

static yyjson_obj_iter inside(yyjson_obj_iter *object, const char *key) {
    yyjson_obj_iter iterator;
    memset(&iterator, 0, sizeof iterator);
    yyjson_obj_iter_init(yyjson_obj_iter_get(object, key), &iterator);
    return iterator;
}

/// Calls `each(record, pool, index)` for every line.
template <typename Each> static void each_record(FILE *in, yyjson_read_flag flags, Each each) {
    size_t size = yyjson_read_max_memory_usage(LONGEST_LINE, flags) + 2 * LONGEST_LINE, capacity = 0;
    void *memory = malloc(size);
    yyjson_alc pool;
    if (!yyjson_alc_pool_init(&pool, memory, size)) stop("out of memory");
    char *line = NULL;
    size_t index = 0;
    for (ssize_t length; (length = getline(&line, &capacity, in)) > 0; index++) {
        yyjson_doc *document = yyjson_read_opts(line, (size_t)length, flags, &pool, NULL);
        if (!document) stop("a record is no JSON, or too long");
        each(yyjson_doc_get_root(document), &pool, index);
        yyjson_doc_free(document);
    }
    if (ferror(in)) stop("cannot read");
    free(line);
    free(memory);
}

#endif
