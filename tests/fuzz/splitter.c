/* Fuzzes the splitter: the pieces of an array, cut at any byte, parse like the whole of it.
 * SPDX-License-Identifier: MIT
 *
 * The first choosing byte is the number of bytes fed at a time, the second the records in a piece.
 */
#include "common.h"

static const struct setup setup = {.options = "{\"format\":\"json\"}"};

static void run(const struct pieces *pieces, struct outcome *outcome) {
    fuzz_promise(pieces->failed == 0, "the splitter always moves on");
    run_export(&setup, pieces, pieces, outcome);
    fuzz_promise(outcome->error == 0, "no input makes an export fail");
}

/** Pieces follow one another without gap or overlap. */
static void check_pieces(const struct fuzz_input *input, const struct pieces *pieces) {
    for (size_t i = 0; i < pieces->count; i++) {
        const struct piece *piece = &pieces->at[i];
        fuzz_promise(piece->base + piece->length <= input->text.length, "pieces lie in the text");
        fuzz_promise(i == 0 || piece->base == pieces->at[i - 1].base + pieces->at[i - 1].length,
                     "pieces follow one another");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    if (!fuzz_open(&input, bytes, length))
        return 0;
    if (fuzz_is_array(&input)) {
        struct pieces whole = {0}, cut = {0};
        struct outcome one = {0}, other = {0};
        cut_array_whole(&whole, &input.text);
        cut_array(&cut, &input.text, input.first + 1, (input.second & 31) + 1);
        check_pieces(&input, &cut);
        run(&whole, &one);
        run(&cut, &other);
        fuzz_promise(one.ended == other.ended, "a broken array is broken however it is cut");
        fuzz_compare(&one, &other);
        outcome_clear(&one);
        outcome_clear(&other);
        pieces_clear(&whole);
        pieces_clear(&cut);
    }
    bytes_clear(&input.text);
    return 0;
}
