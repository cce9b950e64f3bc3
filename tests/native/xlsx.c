/* Makes workbooks and looks into them: xlsx, or to make one: xlsx OUTPUT INPUT OPTIONS [TOTALS [LINES [ROWS]]]
 * SPDX-License-Identifier: MIT
 */
#include "support/book.h"

static int read_file(const char *path, struct bytes *bytes)
{
    uint8_t part[65536];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;)
        bytes_add(bytes, part, n);
    return fclose(file) == 0;
}

static int make_file(int argc, char **argv)
{
    struct book book = {.options = argv[3], .totals = argc > 4 ? argv[4] : ""};
    struct booking made;
    struct bytes totals = {0};
    book.lines = argc > 5 ? strtoul(argv[5], NULL, 10) : 1000;
    book.rows = argc > 6 ? (uint32_t)strtoul(argv[6], NULL, 10) : 0;
    book.named = strstr(book.options, "\"columns\"") != NULL;
    if (book.totals[0] == '@' && read_file(book.totals + 1, &totals))
        book.totals = (const char *)totals.at;
    if (!read_file(argv[2], &book.input))
        return 2;
    book_make(&book, &made);
    FILE *file = made.error == 0 ? fopen(argv[1], "wb") : NULL;
    if (file != NULL) {
        fwrite(made.out.at, 1, made.out.length, file);
        fclose(file);
    } else {
        printf("error %d: %s\n", made.error, made.message);
    }
    printf("%llu read, %llu written, %llu rejected, %zu bytes\n", made.read, made.written, made.rejected, made.out.length);
    int code = made.error != 0;
    book_clear(&made);
    bytes_clear(&book.input);
    bytes_clear(&totals);
    return code;
}

int main(int argc, char **argv)
{
    if (argc > 3)
        return make_file(argc, argv);
    return 0;
}
