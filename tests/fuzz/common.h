/* What the fuzz targets share: inputs whose first bytes choose, and outcomes that must agree.
 * SPDX-License-Identifier: MIT
 *
 * An input is two choosing bytes and then the text, so that a corpus can be read and written by hand. A broken promise
 * ends in abort(), which the fuzzer reports with the input.
 */
#ifndef LOOM_FUZZ_COMMON_H
#define LOOM_FUZZ_COMMON_H

#include "../native/support/run.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct fuzz_input {
    unsigned first; /* the choosing bytes */
    unsigned second;
    struct bytes text;
};

/** 0 when the input is too short or, so that runs stay quick, too long. */
static inline int fuzz_open(struct fuzz_input *input, const uint8_t *bytes, size_t length) {
    memset(input, 0, sizeof *input);
    if (length < 2 || length > 65536)
        return 0;
    input->first = bytes[0];
    input->second = bytes[1];
    bytes_text(&input->text, "");
    bytes_add(&input->text, bytes + 2, length - 2);
    return 1;
}

static inline void fuzz_promise(int kept, const char *promise) {
    if (kept)
        return;
    fprintf(stderr, "a promise is broken: %s\n", promise);
    abort();
}

/** Whether the text can be given to the splitter: it starts with `[`. */
static inline int fuzz_is_array(const struct fuzz_input *input) {
    size_t first = skip_blanks(&input->text, behind_mark(&input->text));
    return first < input->text.length && input->text.at[first] == '[';
}

/** Cuts as the second choosing byte says: lines or an array, whole or in pieces. */
static inline void fuzz_cut(const struct fuzz_input *input, struct pieces *pieces) {
    unsigned records = input->second & 7, step = (input->second >> 3) + 1;
    if (!fuzz_is_array(input))
        cut_lines(pieces, &input->text, records);
    else if (records == 0)
        cut_array_whole(pieces, &input->text);
    else
        cut_array(pieces, &input->text, step, records);
}

/** All in one chunk. */
static inline void fuzz_cut_whole(const struct fuzz_input *input, struct pieces *pieces) {
    if (fuzz_is_array(input))
        cut_array_whole(pieces, &input->text);
    else
        cut_lines(pieces, &input->text, 0);
}

static inline void fuzz_run(const struct fuzz_input *input, const struct setup *setup, int whole,
                            struct outcome *outcome) {
    struct pieces pieces = {0};
    if (whole)
        fuzz_cut_whole(input, &pieces);
    else
        fuzz_cut(input, &pieces);
    run_export(setup, &pieces, &pieces, outcome);
    pieces_clear(&pieces);
    fuzz_promise(outcome->error == 0, "no input makes an export fail");
    fuzz_promise(outcome->read == outcome->written + outcome->rejected, "the counts reconcile");
}

/** Both ways of cutting come to the same. */
static inline void fuzz_compare(const struct outcome *one, const struct outcome *other) {
    fuzz_promise(one->read == other->read && one->written == other->written, "the counts do not depend on the cuts");
    fuzz_promise(bytes_same(&one->columns, &other->columns), "the columns do not depend on the cuts");
    fuzz_promise(bytes_same(&one->output, &other->output), "the output does not depend on the cuts");
}

#endif
