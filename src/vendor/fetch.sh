#!/bin/bash
# Fetches the third-party C sources of pinned.list, checks their SHA-256, unpacks and patches them: fetch.sh LIST FOLDER
# SPDX-License-Identifier: MIT
#
# The files come from the Debian mirror that this machine already uses, through a private apt folder: the machine's own
# apt settings and lists stay as they are. Files that lie in FOLDER/download already, with the right sum, are not fetched.
set -euo pipefail

list=$(realpath "$1")
patches=$(dirname "$list")/patches
mkdir -p "$2/download"
folder=$(realpath "$2")
apt_folder=$folder/apt
settings=(
    -o "Dir::Etc::SourceParts=$apt_folder/sources"
    -o Dir::Etc::SourceList=/dev/null
    -o "Dir::State::Lists=$apt_folder/lists"
    -o "Dir::Cache=$apt_folder/cache"
    -o APT::Sandbox::User=root
    -o Acquire::Retries=3
)

fail() {
    printf 'vendor: %s\n' "$@" >&2
    exit 1
}

rows() { # PACKAGE: its rows of the list, without comments
    awk -v package="$1" '$1 == package' "$list"
}

pins() { # PACKAGE: all that its unpacked sources depend on
    rows "$1"
    [ ! -e "$patches/$1.patch" ] || sha256sum <"$patches/$1.patch"
}

# Turns the machine's Debian sources into deb-src sources of bookworm; other vendors' repositories are left out.
private_sources() {
    mkdir -p "$apt_folder"/{sources,lists/partial,cache/archives/partial}
    local suites='(bookworm|stable|oldstable)(-updates|-security)?'
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] || continue
        sed -E '/^#/d' "$file" | awk -v RS= -v ORS='\n\n' -v suites="(^|\n)Suites:[ \t]*${suites}[ \t\n]" \
            '$0 ~ suites && !/(^|\n)Enabled:[ \t]*no/' |
            sed -E 's/^Types:.*/Types: deb-src/; /^Suites:/s/(old)?stable/bookworm/g; /^Architectures:/d' \
                >"$apt_folder/sources/$(basename "$file")"
    done
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        grep -E "^deb[[:space:]].*[[:space:]]${suites}[[:space:]]+(.*[[:space:]])?main([[:space:]]|$)" |
        sed -E 's/^deb/deb-src/; s/[[:space:]](old)?stable(-updates|-security)?[[:space:]]/ bookworm\2 /; s/arch=[^] ]*//' \
            >"$apt_folder/sources/machine.list" || true
    find "$apt_folder/sources" -type f -empty -delete
    [ -n "$(ls "$apt_folder/sources")" ] || fail "no Debian 12 mirror is set up in /etc/apt." \
        "Put the files that $list names into $folder/download by hand, and run make again."
}

update_lists() { # once a run, and only when something must be fetched
    [ -z "${updated:-}" ] || return 0
    updated=1
    command -v apt-get >/dev/null || fail "the third-party C sources come through apt-get, which this machine lacks." \
        "Put the files that $list names into $folder/download by hand, and run make again."
    private_sources
    echo "vendor: reading the lists of the Debian mirror"
    apt-get "${settings[@]}" -q update >"$apt_folder/update.log" 2>&1 || true
}

verified() { # PACKAGE: are all its files here, each with its pinned sum?
    rows "$1" | awk '{ print $4 "  " $5 }' | (cd "$folder/download" && sha256sum --check --strict --quiet) >/dev/null 2>&1
}

download() { # PACKAGE VERSION KIND
    update_lists
    echo "vendor: fetching $1 $2"
    local only=()
    [ "$3" != tar-only ] || only=(--tar-only)
    if ! (cd "$folder/download" && apt-get "${settings[@]}" -q source --download-only "${only[@]}" "$1=$2") \
        >"$apt_folder/$1.log" 2>&1; then
        tail -n 5 "$apt_folder/update.log" "$apt_folder/$1.log" >&2
        fail "$1 $2 could not be fetched. Either the mirror cannot be reached, or Debian has replaced this version;" \
            "then pin its successor in $list (the sums are in the new .dsc file) and run make again."
    fi
}

unpack() { # PACKAGE KIND: leaves the sources in FOLDER/PACKAGE
    local fresh=$folder/$1.new
    rm -rf "$fresh" "${folder:?}/$1"
    if [ "$2" = debian ]; then
        local description
        description=$(rows "$1" | awk '$5 ~ /\.dsc$/ { print $5 }')
        dpkg-source --no-copy --no-check --extract "$folder/download/$description" "$fresh" >"$folder/$1.unpack.log" 2>&1 ||
            { cat "$folder/$1.unpack.log" >&2; fail "$description could not be unpacked"; }
    else
        mkdir "$fresh"
        tar -x -f "$folder/download/$(rows "$1" | awk '{ print $5 }')" -C "$fresh" --strip-components=1
    fi
    if [ -e "$patches/$1.patch" ]; then
        patch --directory="$fresh" --strip=1 --silent --forward <"$patches/$1.patch" || fail "$1.patch does not fit the sources of $1"
    fi
    pins "$1" >"$fresh/.pinned"
    mv "$fresh" "$folder/$1"
}

while read -r package version kind; do
    if [ -e "$folder/$package/.pinned" ] && pins "$package" | cmp -s - "$folder/$package/.pinned"; then
        continue
    fi
    verified "$package" || download "$package" "$version" "$kind"
    verified "$package" || fail "a file of $package $version does not have the SHA-256 that $list pins." \
        "Nothing was unpacked. Do not use the files in $folder/download."
    unpack "$package" "$kind"
    echo "vendor: $package $version is in ${folder#"$PWD"/}/$package"
done < <(awk '!/^#/ && NF == 5 { print $1, $2, $3 }' "$list" | uniq)
