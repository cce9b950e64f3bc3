/* The few names of zlib that libxlsxwriter's packager mentions. Nothing of zlib is built or called.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_NAMES_ZLIB_H
#define LOOM_NAMES_ZLIB_H

#define Z_DEFLATED 8
#define Z_DEFAULT_COMPRESSION (-1)
#define Z_DEFAULT_STRATEGY 0
#define MAX_WBITS 15
#define DEF_MEM_LEVEL 8

#endif
