/* What libxlsxwriter's packager calls to write a zip file, answered by src/formats/xlsx/capture.c. No minizip is built.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_NAMES_ZIP_H
#define LOOM_NAMES_ZIP_H

#define ZIP_OK 0
#define ZIP_ERRNO (-1)
#define ZIP_PARAMERROR (-102)
#define ZIP_BADZIPFILE (-103)
#define ZIP_INTERNALERROR (-104)

typedef void *zipFile;

typedef struct zip_fileinfo {
    struct {
        unsigned tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year;
    } tmz_date;
    unsigned long dosDate, internal_fa, external_fa;
} zip_fileinfo;

#define zipOpen(path, append) loom_capture_open()
#define zipOpenNewFileInZip4_64(zip, name, ...) loom_capture_member(zip, name)
#define zipWriteInFileInZip loom_capture_write
#define zipCloseFileInZip(zip) ZIP_OK
#define zipClose(zip, comment) ZIP_OK

zipFile loom_capture_open(void);
int loom_capture_member(zipFile zip, const char *name);
int loom_capture_write(zipFile zip, const void *bytes, unsigned length);

#endif
