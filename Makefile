# Builds, runs and tests exportloom; `make` alone prints what there is to do.
# SPDX-License-Identifier: MIT

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --jobs=$(shell nproc 2>/dev/null || echo 2)
endif

# bash counts the seconds of its own life in SECONDS, so only a value from make's command line is the user's.
FUZZ_SECONDS := $(if $(filter command line,$(origin SECONDS)),$(SECONDS),60)
BROWSERS ?= optional
SIZE_LIMIT_core := 61440
SIZE_LIMIT_xlsx := 133120
SIZE_LIMIT_pdf := 112640
SIZE_LIMIT_xml := 61440
SIZE_LIMIT_validator := 174080
SIZE_LIMIT_deflate := 16384
SIZE_LIMIT_table := 61440

say = @printf '%-7s %s\n'
npm_bin := node_modules/.bin

# Sources.

c_sources := $(sort $(shell find src -name '*.c' -not -path 'src/vendor/*'))
vendor_sources := build/vendor/cjson/cJSON.c $(addprefix build/vendor/libdeflate/lib/,deflate_compress.c deflate_decompress.c utils.c x86/cpu_features.c) \
    $(addprefix build/vendor/libxlsxwriter/src/,app.c chart.c chartsheet.c comment.c content_types.c core.c custom.c drawing.c \
    format.c hash_table.c metadata.c packager.c relationships.c shared_strings.c styles.c table.c theme.c utility.c vml.c \
    workbook.c worksheet.c xmlwriter.c) \
    $(addprefix build/vendor/libharu/src/hpdf_,array.c binary.c boolean.c catalog.c destination.c dict.c doc.c encoder.c encrypt.c \
    encryptdict.c error.c ext_gstate.c font.c fontdef.c fontdef_base14.c fontdef_cid.c fontdef_tt.c fontdef_type1.c font_cid.c \
    font_tt.c font_type1.c gstate.c image.c info.c list.c mmgr.c name.c namedict.c null.c number.c objects.c outline.c page_label.c \
    page_operator.c pages.c pdfa.c real.c streams.c string.c utils.c xref.c annotation.c exdata.c 3dmeasure.c u3d.c image_ccitt.c) \
    $(addprefix build/vendor/libxml2/,SAX2.c buf.c chvalid.c dict.c encoding.c entities.c error.c globals.c hash.c list.c parser.c \
    parserInternals.c pattern.c relaxng.c threads.c tree.c uri.c valid.c xmlIO.c xmlmemory.c xmlregexp.c xmlschemas.c xmlschemastypes.c \
    xmlstring.c xmlunicode.c xpath.c)
native_tests := $(basename $(notdir $(wildcard tests/native/*.c)))
test_support := $(wildcard tests/native/support/*.c)
fuzz_targets := $(basename $(notdir $(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c))))
tables := $(wildcard src/*.def src/core/*.def src/formats/xml/*.def) src/job.h src/batch/splitter.h src/formats/xml/element.h
js_sources := $(shell find web wasm-glue -name '*.js' -not -path 'web/demo/*')

# Tools and third-party sources.

build/stamps/tools-%: src/vendor/tools.sh
	@src/vendor/tools.sh $*
	@mkdir -p $(@D) && touch $@

# One after the other: apt-get runs once at a time.
build/stamps/tools-test build/stamps/tools-lint build/stamps/tools-bench: | build/stamps/tools-build

build/stamps/npm: package-lock.json | build/stamps/tools-build
	$(say) NPM 'the pinned development packages'
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@mkdir -p $(@D) && touch $@

build/stamps/vendor: src/vendor/pinned.list src/vendor/fetch.sh $(wildcard src/vendor/patches/*) | build/stamps/tools-build
	@src/vendor/fetch.sh src/vendor/pinned.list build/vendor
	@mkdir -p $(@D) && touch $@

$(vendor_sources): build/stamps/vendor ;

# C.

C_LANGUAGE := -std=c11 -Isrc -isystem build/vendor/cjson -isystem build/vendor/libdeflate -isystem build/vendor/libxlsxwriter/include \
    -isystem build/vendor/libharu/include -isystem src/vendor/names \
    -isystem build/vendor/libxml2/include
C_FLAGS := $(C_LANGUAGE) -MMD -MP

# What runs once or twice an export is made small, what runs for every record fast.
cold_sources := $(wildcard src/*.c) \
    $(addprefix src/core/,base64.c decimal.c digits.c distribution.c document.c error.c instant.c nearest.c print.c region.c timeline.c $(notdir $(wildcard src/core/regex*.c))) \
    $(addprefix src/batch/,filter_compile.c filter_operators.c filter_order.c statistics.c statistics_report.c) \
    $(filter-out %/cell.c %/sheet.c %/link.c %/reference.c,$(wildcard src/formats/xlsx/*.c)) $(addprefix src/formats/pdf/,assembly.c \
    audit.c bidi.c caption.c characters.c charts.c cover.c dates.c document.c embed.c font.c frame.c image.c lasting.c layout.c list.c log.c logo.c operators.c page.c pdf.c picture.c run.c \
    shell.c subset.c summary.c tree.c usage.c) $(addprefix src/formats/xml/,date.c element.c name.c record.c schema.c shape.c text.c validator.c xml.c)
vendor_flags_cjson := -Oz

# libxlsxwriter writes its parts into memory and hands them to src/formats/xlsx/capture.c instead of a zip file.
vendor_flags_libxlsxwriter := -Oz -DUSE_SYSTEM_MINIZIP -DUSE_STANDARD_TMPFILE -DUSE_NO_MD5 -Dtmpfile=loom_capture_file \
    -D_POSIX_C_SOURCE=200809L

vendor_flags_libxml2 := -Os -std=gnu11 -Isrc/vendor/names/libxml2
# What validates every element is made fast.
libxml2_hot := $(addprefix %/libxml2/,dict.c hash.c xmlregexp.c xmlschemas.c xmlschemastypes.c xmlstring.c)

# libharu takes its memory in pools; what it gives out of them is aligned for any type.
vendor_flags_libharu := -Oz -DHPDF_ALINMENT_SIZ=16
WARNINGS := -Wall -Wextra -Werror -Wstrict-prototypes -Wvla -Wwrite-strings
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# Where core/simd.h reaches: only that is different without it.
simd_sources := $(sort $(filter src/batch/% src/formats/xml/%,$(c_sources)) $(shell grep -l core/simd.h $(c_sources)))

# $(call objects,VARIANT): the library's objects in build/VARIANT
own_objects = $(patsubst %.c,build/$(1)/%.o,$(2)) $(patsubst build/%.c,build/$(1)/%.o,$(3))
objects = $(if $(filter %/nosimd,$(1)),$(call own_objects,$(1),$(simd_sources)) $(call own_objects,$(1:%nosimd=%asan),$(filter-out \
    $(simd_sources),$(c_sources)),$(vendor_sources)),$(call own_objects,$(1),$(c_sources),$(vendor_sources)))

# $(call variant,NAME,COMPILER,FLAGS): how objects and programs of build/NAME are made
define variant
compile_$(1) := $(2) $$(C_FLAGS) $(3)

build/$(1)/vendor/%.o: build/vendor/%.c Makefile build/stamps/vendor
	$$(say) $(notdir $(firstword $(2))) '$$< ($(notdir $(1)))'
	@mkdir -p $$(@D)
	@$$(compile_$(1)) -w $$(vendor_flags_$$(word 3,$$(subst /, ,$$<))) $$(if $$(filter %/deflate_decompress.c,$$<),-Oz) \
	    $$(if $$(filter $$(libxml2_hot),$$<),-O2) -c -o $$@ $$<

build/$(1)/%.o: %.c Makefile build/stamps/vendor
	$$(say) $(notdir $(firstword $(2))) '$$< ($(notdir $(1)))'
	@mkdir -p $$(@D)
	@$$(compile_$(1)) $$(WARNINGS) $$(if $$(filter tests/%,$$<),-D_GNU_SOURCE) \
	    $$(if $$(filter $(cold_sources),$$<),-Oz) -c -o $$@ $$<

-include $$(shell find build/$(1) -name '*.d' 2>/dev/null)
endef

# $(call native_variant,NAME): the test programs of build/native/NAME
define native_variant
build/native/$(1)/libexportloom.a: $(call objects,native/$(1))
	@rm -f $$@ && ar rcs $$@ $$^

build/native/$(1)/test-%: build/native/$(1)/tests/native/%.o \
        $(test_support:%.c=build/native/$(1)/%.o) build/native/$(1)/libexportloom.a
	@$$(compile_native/$(1)) -o $$@ $$^ -lm

build/native/$(1)/replay-%: build/native/$(1)/tests/fuzz/%.o build/native/$(1)/tests/fuzz/replay.o \
        build/native/$(1)/libexportloom.a
	@$$(compile_native/$(1)) -o $$@ $$^ -lm
endef

# What sanitizers tell needs lines, but no variables.
$(eval $(call variant,native/asan,gcc,-g1 -O1 $(SANITIZE) -DLOOM_TORTURE))
$(eval $(call variant,native/nosimd,gcc,-g1 -O1 $(SANITIZE) -DLOOM_TORTURE -DLOOM_NO_SIMD))
$(eval $(call variant,native/clang,clang,-g1 -O2 $(SANITIZE) -DLOOM_TORTURE))
$(eval $(call variant,native/release,gcc,-O3 -DNDEBUG))
$(eval $(call variant,native/fuzz,clang,-g -O2 $(SANITIZE) -fsanitize=fuzzer-no-link))
$(eval $(call variant,wasm,emcc,-O3 -msimd128 -mbulk-memory -DNDEBUG))

test_variants := asan nosimd clang

# Programs of a variant. Allocations fail in the same places whichever compiler made the code.
programs_asan := $(filter-out torture,$(native_tests))
programs_nosimd := cases core differential validator xlsx
programs_clang := $(native_tests)
native_programs := $(foreach name,$(test_variants),$(programs_$(name):%=native/$(name)/test-%))
replays_asan := $(fuzz_targets)
replays_nosimd := $(filter-out font numbers picture regex shape,$(fuzz_targets))
replays_clang := $(fuzz_targets)
$(foreach name,$(test_variants) release fuzz,$(eval $(call native_variant,$(name))))

$(call objects,native/clang) $(call objects,native/fuzz): | build/stamps/tools-test
$(native_tests:%=build/native/clang/tests/native/%.o): | build/stamps/tools-test

build/native/fuzz/fuzz-%: build/native/fuzz/tests/fuzz/%.o build/native/fuzz/libexportloom.a
	@$(compile_native/fuzz) -fsanitize=fuzzer -o $@ $^ -lm

# Wasm and JavaScript.

# A small stack below the data traps when it overflows. The memory starts small and grows.
WASM_FLAGS := -O3 -msimd128 -mbulk-memory --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH=1 -sMALLOC=emmalloc \
    -sFILESYSTEM=0 -sTOTAL_STACK=262144 -sINITIAL_MEMORY=1048576 -Wl,--stack-first

# A module holds the formats that formats.def gives it, and all that is no format; its table of formats is its own.
format_rows := $(shell sed -nE 's/^LOOM_FORMAT.([a-z0-9]+), [^,]*, [^,]*, ([a-z0-9]+),.*/\1:\2/p' src/formats.def)
modules := $(sort $(foreach row,$(format_rows),$(lastword $(subst :, ,$(row)))))
wasm_modules := $(modules:%=build/wasm/exportloom-%.wasm) build/wasm/exportloom-deflate.wasm \
    build/wasm/exportloom-validator.wasm

validator_sources := $(addprefix src/formats/xml/,known.c plain.c reader.c validator.c)

# $(call format_sources,NAME), $(call module_sources,NAME): those of a format, and of all formats of a module
format_sources = $(filter-out $(validator_sources),$(filter src/formats/$(1).c src/formats/$(1)/%,$(c_sources)))
module_sources = $(foreach row,$(filter %:$(1),$(format_rows)),$(call format_sources,$(firstword $(subst :, ,$(row)))))
shared_sources := $(filter-out $(foreach row,$(format_rows),$(call format_sources,$(firstword $(subst :, ,$(row))))) \
    $(addsuffix %,$(wildcard src/formats/*/)) src/formats/format.c src/core/deflate.c,$(c_sources))

# What belongs to one module besides its formats.
wasm_deflate := build/wasm/src/core/deflate.o $(filter build/wasm/vendor/libdeflate/%,$(call objects,wasm))
wasm_validator := $(validator_sources:%.c=build/wasm/%.o) build/wasm/src/formats/xml/date.o \
    $(addprefix build/wasm/src/core/,buffer.o date.o error.o memory.o) $(filter build/wasm/vendor/libxml2/%,$(call objects,wasm))
wasm_pdf := $(wasm_deflate) $(filter build/wasm/vendor/libharu/%,$(call objects,wasm))
wasm_xlsx := $(wasm_deflate) $(filter build/wasm/vendor/libxlsxwriter/%,$(call objects,wasm))

build/wasm/format-%.o: src/formats/format.c build/generated/tables.js Makefile build/stamps/vendor
	@mkdir -p $(@D)
	@$(compile_wasm) $(WARNINGS) -DLOOM_FORMATS='"../../build/generated/formats-$*.def"' -c -o $@ $<

wasm_formats = build/wasm/format-$(1).o build/wasm/vendor/cjson/cJSON.o build/wasm/wasm-glue/libc.o \
    $(patsubst %.c,build/wasm/%.o,$(shared_sources) $(call module_sources,$(1))) $(wasm_$(1))

# $(call wasm_module,NAME,OBJECTS,EXPORTS): how the module is linked, and its limit
define wasm_module
build/wasm/exportloom-$(1).wasm: $(2) build/generated/tables.js build/stamps/npm
	$$(say) link $$@
	@NODE_PATH=$(CURDIR)/node_modules emcc $(WASM_FLAGS) -sEXPORTED_FUNCTIONS=@build/generated/$(3).txt \
	    -o $$@ $$(filter %.o,$$^)
	@bytes=$$$$(brotli --stdout --quality=11 $$@ | wc -c); \
	    printf '%-7s %s is %s bytes, %s after brotli (limit %s)\n' size $$@ "$$$$(stat -c %s $$@)" "$$$$bytes" $(SIZE_LIMIT_$(1)); \
	    [ "$$$$bytes" -le $(SIZE_LIMIT_$(1)) ] || { echo 'The wasm module is too large.' >&2; exit 1; }
endef

$(foreach name,$(modules),$(eval $(call wasm_module,$(name),$(call wasm_formats,$(name)),exports-formats)))
$(eval $(call wasm_module,deflate,$(wasm_deflate) $(addprefix build/wasm/src/core/,buffer.o error.o memory.o),exports-deflate))
$(eval $(call wasm_module,validator,$(wasm_validator),exports-validator))

build/generated/tables.js: $(tables) wasm-glue/generate.js package.json | build/stamps/tools-build
	$(say) tables $@
	@node wasm-glue/generate.js src build/generated

dist/index.js: $(js_sources) build/generated/tables.js $(wasm_modules) web/tsconfig.json build/stamps/npm
	$(say) bundle dist
	@node wasm-glue/bundle.js
	@touch $@

build/demo/simple.js: $(shell find web/demo -name '*.js' -o -name '*.jsx') dist/index.js
	$(say) bundle build/demo
	@node web/demo/bundle.js
	@touch $@

# What people call.

.PHONY: help
help: ## print this list
	@echo 'exportloom: make TARGET'
	@sed -n 's/^\([a-z-]*\):.*## /  \1|/p' $(MAKEFILE_LIST) | column -t -s '|'

.PHONY: run demo bench
run: build ## build, export the sample catalogue and 100,000 generated results to out/, print a table
	@node web/demo/run.js out

demo: build/demo/simple.js ## serve the demo pages
	@node web/demo/serve.js

bench: build build/stamps/tools-bench ## measure against what a person would use instead
	@node tests/bench/run.js

.PHONY: build wasm native dist tables pages
build: dist ## install what is missing, build the wasm module and the package into dist/
dist: dist/index.js
wasm: $(wasm_modules) ## build the wasm modules only
tables: build/generated/tables.js ## generate the tables only
pages: build/generated/tables.js ## write the tables of options and errors into web/options.md and web/errors.md
	@node web/pages.js
native: $(native_programs:%=build/%) $(test_variants:%=build/native/%/libexportloom.a) ## build the native test programs only

.PHONY: test test-native test-replay test-types test-node test-layers test-browser
test: build/stamps/tools-test ## run every test: native, replay of the fuzz corpora, types, layers, Node, browsers
	@src/vendor/tools.sh browsers || [ $(BROWSERS) = optional ]
	@$(MAKE) --silent build native replay build/demo/simple.js
	@$(MAKE) --silent --keep-going test-js test-native test-replay test-types
	@$(MAKE) --silent test-thread

# They often wait for workers, browsers and npm, so there are as many at once as processors.
node_test := node --test --test-reporter=spec --test-concurrency=$(shell nproc 2>/dev/null || echo 2)

# How long a page's thread is blocked can be told only where nothing else runs.
thread_tests := tests/browser/thread.test.js

# The first that is run: native programs fill the gaps.
.PHONY: test-js test-thread
test-js: build/demo/simple.js ## run the JavaScript tests but for test-thread: layers, Node, browsers
	$(say) test 'layers, Node, browsers'
	@$(node_test) $(filter-out $(thread_tests),$(wildcard tests/*.test.js tests/node/*.test.js tests/package/*.test.js tests/react/*.test.js \
	    tests/browser/*.test.js))

test-thread: build/demo/simple.js ## run the tests of how long the thread of a page is blocked
	$(say) test 'the thread of a page'
	@node --test --test-reporter=spec $(thread_tests)

run_env := ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

native_runs := $(native_programs:native/%=run-native/%)
.PHONY: $(native_runs)
$(native_runs): run-native/%: build/native/%
	@code=0; log=build/native/$*.log; $(run_env) $< >$$log 2>&1 || code=$$?; \
	    { printf '%-7s %s, %s s\n' test $* $$SECONDS; cat $$log; } >build/native/$*.out; \
	    cat build/native/$*.out; [ $$code = 0 ] || { echo "$< failed with code $$code" >&2; exit 1; }

test-native: $(native_runs) ## run the native tests under ASan and UBSan: gcc, gcc without SIMD, clang
	@grep -h digest $(test_variants:%=build/native/%/test-differential.log) | sort -u | awk '{ print } END { exit NR != 1 }' || \
	    { echo 'The builds do not come to the same.' >&2; exit 1; }

.PHONY: replay
replay: $(foreach name,$(test_variants),$(replays_$(name):%=build/native/$(name)/replay-%))

test-replay: replay ## replay the fuzz corpora
	@for program in $(foreach name,$(test_variants),$(replays_$(name):%=$(name)/replay-%)); do \
	    printf '%-7s %s\n' replay "$$program"; \
	    $(run_env) build/native/$$program tests/fuzz/corpus/$${program#*/replay-}; done

test-types: build ## check the types
	$(say) types 'tsc --strict --checkJs'
	@$(npm_bin)/tsc --project web/tsconfig.json --noEmit
	@[ ! -e tests/types/tsconfig.json ] || $(npm_bin)/tsc --project tests/types/tsconfig.json --noEmit

test-layers: build/stamps/npm
	@node --test --test-reporter=spec tests/layers.test.js

test-node: build
	@$(node_test) $(wildcard tests/node/*.test.js)

.PHONY: test-package
test-package: build ## install the package into small projects and export there
	@$(node_test) $(wildcard tests/package/*.test.js tests/react/*.test.js)

test-browser: build/demo/simple.js
	@src/vendor/tools.sh browsers || [ $(BROWSERS) = optional ]
	@$(node_test) $(wildcard tests/browser/*.test.js)

.PHONY: fuzz
fuzz: $(fuzz_targets:%=build/native/fuzz/fuzz-%) ## fuzz each target; SECONDS=60 is the time for each
	@for name in $(fuzz_targets); do mkdir -p build/fuzz/$$name tests/fuzz/corpus/$$name; \
	    printf '%-7s %s for %s seconds; what it finds goes to build/fuzz/%s\n' fuzz "$$name" $(FUZZ_SECONDS) "$$name"; \
	    build/native/fuzz/fuzz-$$name -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	        -verbosity=0 -artifact_prefix=build/fuzz/$$name/ build/fuzz/$$name tests/fuzz/corpus/$$name; done

.PHONY: soak
soak: build ## random exports in Node and in Chromium; SECONDS=60 is the time, SEED=n starts with that export
	@node tests/soak/run.js $(FUZZ_SECONDS) $(SEED)

lint_sources := $(c_sources) wasm-glue/libc.c
.PHONY: lint
lint: build/stamps/tools-lint build/stamps/vendor ## clang-tidy and cppcheck over the C sources
	$(say) lint clang-tidy
	@printf '%s\n' $(lint_sources) | xargs -P $$(nproc) -I {} \
	    clang-tidy --quiet --warnings-as-errors='*' {} -- $(C_LANGUAGE) 2>build/tidy.log \
	    || { grep -v 'warnings\? generated' build/tidy.log || true; exit 1; } >&2
	$(say) lint cppcheck
	@cppcheck -j $$(nproc) --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 --quiet \
	    -Isrc --suppress='*:build/vendor/*' $(lint_sources)

.PHONY: clean distclean
clean: ## remove what was built; fetched sources and npm packages stay
	@rm -rf dist out build/demo build/screenshots build/native build/wasm build/generated build/fuzz build/tidy.log
	@echo 'removed dist, out and what was compiled'

distclean: clean ## remove what was fetched too
	@rm -rf build node_modules
