/* libharu's configuration: neither zlib nor libpng, because streams are compressed and pictures read by src/formats/pdf.
 * SPDX-License-Identifier: MIT
 */
#define LIBHPDF_HAVE_NOZLIB
#define LIBHPDF_HAVE_NOPNGLIB
#define LIBHPDF_STDC_HEADERS 1
