/* Noting which paths the records of a batch have, where each first appears, and which types it holds.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_SCAN_H
#define LOOM_SCAN_H

#include "batch.h"

/** Goes through the good records of a batch and notes kinds and first places in the schema's nodes. `index` is the chunk's number. */
void loom_scan(loom_schema *schema, const loom_batch *batch, uint32_t index);

/** Whether the node is a leaf of some record, so that flat formats need a column for it. */
bool loom_is_leaf(const loom_node *node);

/** Takes over how wide another scan found the values of a node. */
void loom_scan_widen(loom_node *node, uint8_t width);

/** Takes over how many values another scan found. */
void loom_scan_fill(loom_node *node, uint32_t filled);

/** Takes over what another scan noted about a node. */
void loom_scan_merge(loom_node *node, uint16_t kinds, loom_first seen);

#endif
