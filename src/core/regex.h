/* Regular expressions in linear time: whether a text has a match, by a set of states that goes through it once.
 * SPDX-License-Identifier: MIT
 *
 * The notation is that of JavaScript's RegExp with the flag `u`, without what cannot be matched in linear time or is seldom needed: no
 * back-references, no look-around, no \p{...}. There are: characters, `.`, classes, \d \w \s \b and their opposites, groups (with names or
 * without), `|`, `*` `+` `?` `{n,m}` and their lazy kinds, `^`, `$`, and the escapes \t \n \v \f \r \0 \cX \xHH \uHHHH \u{H...} and those of
 * ASCII punctuation. Characters are code points. `i` pairs the letters of ASCII, Latin (to U+017F), Greek, Cyrillic and Armenian.
 */
#ifndef LOOM_REGEX_H
#define LOOM_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum loom_regex_flag {
    LOOM_REGEX_IGNORE_CASE = 1,
    LOOM_REGEX_MULTILINE = 2, /* ^ and $ match at line breaks too */
    LOOM_REGEX_DOT_ALL = 4,   /* . matches line breaks too */
};

/** The longest pattern, in bytes. */
#define LOOM_REGEX_MAX_PATTERN 4096u

/** The most states of a pattern, each repetition written out; a text of n characters takes at most n times as many steps. */
#define LOOM_REGEX_MAX_STATES 2000u

typedef struct loom_regex loom_regex;

/** Compiles a pattern, which is valid UTF-8. `*regex` is the caller's to loom_regex_free. Errors: INVALID_OPTION, whose detail tells what is
 *  wrong at which byte; OUT_OF_MEMORY. */
LOOM_CHECKED int loom_regex_compile(const uint8_t *pattern, size_t length, unsigned flags, loom_regex **regex, loom_error *error);

/** Whether valid UTF-8 text has a match anywhere. Allocates nothing; uses room of the regex. */
bool loom_regex_match(loom_regex *regex, const uint8_t *text, size_t length);

/** Accepts NULL. */
void loom_regex_free(loom_regex *regex);

#endif
