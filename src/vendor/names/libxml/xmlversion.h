/* What of libxml2 2.9.14 is built: its parser from memory and its XML Schema validator. No network, no files, no catalogs, no
 * DTD validation, no other encodings.
 * SPDX-License-Identifier: MIT
 */
#ifndef __XML_VERSION_H__
#define __XML_VERSION_H__

#include <libxml/xmlexports.h>

#define LIBXML_DOTTED_VERSION "2.9.14"
#define LIBXML_VERSION 20914
#define LIBXML_VERSION_STRING "20914"
#define LIBXML_VERSION_EXTRA ""
#define LIBXML_TEST_VERSION

#define LIBXML_TREE_ENABLED
#define LIBXML_PUSH_ENABLED
#define LIBXML_PATTERN_ENABLED
#define LIBXML_REGEXP_ENABLED
#define LIBXML_AUTOMATA_ENABLED
#define LIBXML_UNICODE_ENABLED
#define LIBXML_SCHEMAS_ENABLED

#define ATTRIBUTE_UNUSED __attribute__((unused))
#define LIBXML_ATTR_ALLOC_SIZE(x)
#define LIBXML_ATTR_FORMAT(fmt, args)

#endif
