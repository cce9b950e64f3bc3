/* The ways in which one case is cut into chunks; every way must come to the same.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_WAY_H
#define LOOM_TEST_WAY_H

#include "run.h"
#include "table.h"

/** Records that a host looks at before it settles the columns of a source that can be read only once. */
#define SAMPLE_RECORDS 1000

struct way {
    char name[80];
    size_t step;   /* bytes that the splitter is fed at once; 0: one piece for the whole array */
    uint32_t most; /* records in a piece; 0: all */
    int halves;    /* each piece in two segments */
};

/** Cuts the input of a case. A broken head of an array is left to the parser as a whole. */
static inline void way_cut(const struct test_case *test, const struct way *way, struct pieces *pieces) {
    size_t first = skip_blanks(&test->input, behind_mark(&test->input));
    int opens = first < test->input.length && test->input.at[first] == '[';
    if (!test->array)
        cut_lines(pieces, &test->input, way->most);
    else if (way->step == 0 || !opens)
        cut_array_whole(pieces, &test->input);
    else
        cut_array(pieces, &test->input, way->step, way->most == 0 ? UINT32_MAX : way->most);
}

/** The first records of lines, and whether there is more behind them. */
static inline int way_sample(const struct bytes *input, struct pieces *sample) {
    struct pieces parts = {0};
    cut_lines(&parts, input, SAMPLE_RECORDS);
    pieces_add(sample, input->at, parts.at[0].base, parts.at[0].base + parts.at[0].length, LOOM_FORM_LINES);
    int more = parts.count > 1;
    pieces_clear(&parts);
    return more;
}

/** Runs a case one way. */
static inline void way_run(const struct test_case *test, const struct way *way, struct outcome *outcome) {
    struct pieces pieces = {0}, sample = {0};
    struct setup setup = {.options = test->options,
                          .metadata = test->metadata,
                          .flat = test->flat,
                          .named = test->named,
                          .learns = test->learns,
                          .halves = way->halves};
    way_cut(test, way, &pieces);
    if (test->once)
        setup.extra = way_sample(&test->input, &sample);
    run_export(&setup, test->once ? &sample : &pieces, &pieces, outcome);
    pieces_clear(&sample);
    pieces_clear(&pieces);
}

/** Fills `ways` with those that suit the case; returns how many. */
static inline size_t ways_of(const struct test_case *test, struct way ways[16]) {
    static const struct way lines[] = {{"in one chunk", 0, 0, 0},
                                       {"each line its own chunk", 0, 1, 0},
                                       {"two lines a chunk", 0, 2, 0},
                                       {"seven lines a chunk", 0, 7, 0},
                                       {"in one chunk, placed in halves", 0, 0, 1}};
    static const struct way arrays[] = {{"as one whole array", 0, 0, 0},
                                        {"fed whole, in one chunk", 1u << 20, 0, 0},
                                        {"fed whole, each record its own chunk", 1u << 20, 1, 0},
                                        {"fed byte by byte", 1, 1, 0},
                                        {"fed 3 bytes at a time, two records a chunk", 3, 2, 1},
                                        {"fed 16 bytes at a time", 16, 1, 0},
                                        {"fed 17 bytes at a time, seven records a chunk", 17, 7, 0}};
    size_t count = test->array ? sizeof arrays / sizeof *arrays : sizeof lines / sizeof *lines;
    memcpy(ways, test->array ? arrays : lines, count * sizeof *ways);
    return count;
}

#endif
