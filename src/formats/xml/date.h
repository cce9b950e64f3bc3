/* Dates as XML Schema has them.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XML_DATE_H
#define LOOM_XML_DATE_H

#include "../../core/date.h"

/** Whether a text is an xs:date or an xs:dateTime. */
enum loom_date_kind loom_xml_date_kind(const uint8_t *text, size_t length);

#endif
