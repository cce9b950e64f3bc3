#!/bin/bash
# Installs the Debian packages of the tools that are missing on this machine, and no others: tools.sh GROUP...
# SPDX-License-Identifier: MIT
#
# Groups: build, test, browsers, lint, bench. Exits with 1 and a list of what is missing where it cannot install.
set -euo pipefail

least_node=18

fail() {
    printf 'tools: %s\n' "$@" >&2
    exit 1
}

missing=()
need() { # PACKAGE COMMAND [ARGUMENT...]: the package is missing when the command fails
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

has() { command -v "$1"; }

fuzzer_runtime() { ls "$(clang -print-resource-dir)"/lib/linux/libclang_rt.fuzzer*.a; }

look() { # GROUP
    case $1 in
    build)
        need gcc has gcc
        need libc6-dev test -e /usr/include/stdio.h
        need emscripten has emcc
        need brotli has brotli
        need dpkg-dev has dpkg-source
        need patch has patch
        need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
        need nodejs has node
        need npm has npm
        ;;
    test)
        need python3 has python3
        need unzip has unzip
        need p7zip-full has 7z
        need clang has clang
        need libclang-rt-dev fuzzer_runtime
        need libxml2-utils has xmllint
        need default-jre-headless has java
        need libxerces2-java test -e /usr/share/java/xercesImpl.jar
        need python3-lxml /usr/bin/python3 -c 'import lxml'
        need python3-openpyxl /usr/bin/python3 -c 'import openpyxl'
        need poppler-utils has pdftotext
        need mupdf-tools has mutool
        need qpdf has qpdf
        ;;
    browsers)
        need chromium has chromium
        need firefox-esr has firefox-esr
        ;;
    lint)
        need clang-tidy has clang-tidy
        need cppcheck has cppcheck
        ;;
    bench)
        need g++ has g++
        need time test -x /usr/bin/time
        need libxlsxwriter-dev test -e /usr/include/xlsxwriter.h
        need libhpdf-dev test -e /usr/include/hpdf.h
        need libxml2-dev test -e /usr/include/libxml2/libxml/xmlwriter.h
        ;;
    *) fail "there is no group $1" ;;
    esac
}

install() {
    command -v apt-get >/dev/null || fail "missing: ${missing[*]}" \
        "This machine has no apt-get. Install the tools of these Debian packages in its own way, and run make again."
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "missing: ${missing[*]}" \
            "Neither root nor sudo: ask an administrator for 'apt-get install ${missing[*]}', and run make again."
        as_root=(sudo)
    fi
    echo "tools: installing ${missing[*]}"
    local log
    log=$(mktemp)
    "${as_root[@]}" apt-get -q update >"$log" 2>&1 || true
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install ${missing[*]}; its last lines are above."
    fi
    rm -f "$log"
}

for group in "$@"; do look "$group"; done
[ ${#missing[@]} = 0 ] || install

if command -v node >/dev/null; then
    version=$(node --version)
    major=${version#v}
    major=${major%%.*}
    [ "$major" -ge $least_node ] || fail "node is $version, but at least version $least_node is needed." \
        "Install a newer Node (Debian 12's own package nodejs is new enough), and run make again."
fi
