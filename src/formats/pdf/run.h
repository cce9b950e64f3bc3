/* An isolating run sequence of the Bidirectional Algorithm, and the rules that look at one by itself.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_RUN_H
#define LOOM_PDF_RUN_H

#include "bidi.h"

/** An initiator or PDI without its other half. */
#define LOOM_NO_MATCH UINT32_MAX

/** The places of its characters (BD13), and what is around it (X10). */
typedef struct loom_run {
    uint32_t *at;
    uint32_t count;
    uint8_t level;
    uint8_t before; /* sos */
    uint8_t after;  /* eos */
} loom_run;

static inline bool loom_is_initiator(uint8_t class) {
    return class == LOOM_LRI || class == LOOM_RLI || class == LOOM_FSI;
}

/** Rule X9: explicit embeddings and boundary neutrals are as if they were not there. */
static inline bool loom_is_removed(uint8_t class) {
    return class == LOOM_BN || (class >= LOOM_LRE && class <= LOOM_PDF);
}

static inline uint8_t loom_level_direction(uint8_t level) {
    return level & 1 ? LOOM_R : LOOM_L;
}

/** W1 to N2: sets the resolved classes of the sequence. */
void loom_run_resolve(loom_bidi *bidi, const loom_run *run);

#endif
