/* Replays a corpus without the fuzzer: replay FOLDER
 * SPDX-License-Identifier: MIT
 */
#include <dirent.h>

#include "common.h"

int main(int argc, char **argv) {
    DIR *folder = argc > 1 ? opendir(argv[1]) : NULL;
    unsigned count = 0;
    if (folder == NULL) {
        fprintf(stderr, "replay: there is no folder %s\n", argc > 1 ? argv[1] : "");
        return 1;
    }
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[1024];
        struct bytes bytes = {0};
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        if (entry->d_name[0] == '.' || !bytes_read_file(&bytes, path))
            continue;
        bytes_text(&bytes, "");
        LLVMFuzzerTestOneInput(bytes.at, bytes.length);
        bytes_clear(&bytes);
        count++;
    }
    closedir(folder);
    printf("replayed %u inputs of %s\n", count, argv[1]);
    return count > 0 ? 0 : 1;
}
