# Tests.  Unit tests: one program a room, tests/unit/check_ROOM.c, with Check.

TEST_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -DSRCDIR='"$(abs_top_srcdir)"'
TEST_LDADD = libcore.la $(CHECK_LIBS)

check_PROGRAMS += tests/unit/check_base
tests_unit_check_base_SOURCES = tests/unit/check_base.c
tests_unit_check_base_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_base_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/unit/check_input
tests_unit_check_input_SOURCES = tests/unit/check_input.c tests/unit/check_input_frame.c \
	tests/unit/check_input_damage.c tests/unit/check_input_http.c tests/unit/check_input_retry.c tests/unit/check_input_source.c \
	tests/unit/check_input_storage.c tests/unit/check_input_stretch.c \
	tests/unit/input_helper.c tests/unit/input_helper.h
tests_unit_check_input_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_input_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/unit/check_entry
tests_unit_check_entry_SOURCES = tests/unit/check_entry.c tests/unit/entry_test.h \
	tests/unit/entry_audit.c tests/unit/entry_fast.c tests/unit/entry_json.c \
	tests/unit/entry_message.c tests/unit/entry_same.c tests/unit/entry_same.h tests/unit/entry_shared.c \
	tests/unit/entry_stack.c tests/unit/entry_stitch.c tests/unit/entry_text.c tests/unit/entry_wording.c \
	tests/unit/entry_wrapped.c tests/unit/entry_yaml.c
tests_unit_check_entry_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_entry_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/unit/check_catalog
tests_unit_check_catalog_SOURCES = tests/unit/check_catalog.c tests/unit/check_catalog.h \
	tests/unit/catalog_doc.c tests/unit/catalog_help.c tests/unit/catalog_help.h \
	tests/unit/catalog_lint.c tests/unit/catalog_literal.c tests/unit/catalog_load.c \
	tests/unit/catalog_prefilter.c tests/unit/catalog_scan.c tests/unit/doc_same.h
tests_unit_check_catalog_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_catalog_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/unit/check_report
tests_unit_check_report_SOURCES = tests/unit/check_report.c tests/unit/check_report.h \
	tests/unit/report_hostile.c tests/unit/report_redact.c \
	tests/unit/report_sample.c tests/unit/report_sample.h
tests_unit_check_report_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_report_LDADD = $(TEST_LDADD)
EXTRA_DIST += tests/data/report tests/report/schema.test tests/report/validate.py

check_PROGRAMS += tests/unit/check_cluster
tests_unit_check_cluster_SOURCES = tests/unit/check_cluster.c tests/unit/check_cluster.h \
	tests/unit/check_cluster_decide.c tests/unit/check_cluster_grouping.c \
	tests/unit/check_cluster_mask.c tests/unit/check_cluster_merge.c
tests_unit_check_cluster_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_cluster_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/unit/check_count
tests_unit_check_count_SOURCES = tests/unit/check_count.c tests/unit/count_draw.c tests/unit/count_draw.h \
	tests/unit/count_many.c tests/unit/count_many.h tests/unit/count_phase.c tests/unit/count_phase.h \
	tests/unit/count_setting.c tests/unit/count_setting.h
tests_unit_check_count_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_count_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/unit/check_why
tests_unit_check_why_SOURCES = tests/unit/check_why.c tests/unit/check_why.h tests/unit/why_confidence.c \
	tests/unit/why_log.c tests/unit/why_log.h tests/unit/why_many.c tests/unit/why_refs.c tests/unit/why_settings.c \
	tests/unit/why_stated.c
tests_unit_check_why_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_why_LDADD = $(TEST_LDADD)
EXTRA_DIST += tests/data/why/rules.yaml

check_PROGRAMS += tests/unit/check_engine
tests_unit_check_engine_SOURCES = tests/unit/check_engine.c
tests_unit_check_engine_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_engine_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/unit/check_threads
tests_unit_check_threads_SOURCES = tests/unit/check_threads.c
tests_unit_check_threads_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_threads_LDADD = $(TEST_LDADD) $(ZLIB_LIBS)

check_PROGRAMS += tests/unit/check_deliver
tests_unit_check_deliver_SOURCES = tests/unit/check_deliver.c
tests_unit_check_deliver_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_deliver_LDADD = $(TEST_LDADD)

# Scripts, each speaking TAP.
script_tests = tests/cases/cases.test tests/cases/readme.test tests/install/install.test \
	tests/install/symbols.test tests/report/schema.test tests/man/options.test \
	tests/scenarios/sampled.test tests/scenarios/scenarios.test \
	tests/servers/auth.test tests/servers/fetch.test
EXTRA_DIST += tests/man/options.test tests/scenarios/sampled.test tests/scenarios/scenarios.test \
	tests/scenarios/known-failures \
	tests/scenarios/agents.py tests/scenarios/cascades.py tests/scenarios/changes.py \
	tests/scenarios/climbs.py \
	tests/scenarios/courses.py tests/scenarios/generate.py tests/scenarios/twins.py \
	tests/scenarios/healthy.py tests/scenarios/herrings.py tests/scenarios/languages.py tests/scenarios/million.py \
	tests/scenarios/platforms.py tests/scenarios/pods.py tests/scenarios/resources.py \
	tests/scenarios/sampled.py tests/scenarios/scene.py tests/scenarios/score.py \
	tests/scenarios/shapes.py

# Every result is counted by itself: tests/unit/run makes TAP of what Check reports.
TESTS = $(check_PROGRAMS) $(script_tests)
TEST_EXTENSIONS = .test
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_COMPILER = $(SHELL) $(srcdir)/tests/unit/run
TEST_LOG_DRIVER = $(LOG_DRIVER)
TEST_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = srcdir='$(abs_top_srcdir)'; export srcdir; \
	MAKE='$(MAKE)'; CC='$(CC)'; CFLAGS='$(CFLAGS)'; NM='$(NM)'; \
	PKG_CONFIG='$(PKG_CONFIG)'; export MAKE CC CFLAGS NM PKG_CONFIG; \
	LOGWHY='$(abs_top_builddir)/src/logwhy'; export LOGWHY;
EXTRA_DIST += tests/unit/run tests/install/install.test tests/install/symbols.test tests/install/manifest \
	tests/cases data

# The Logging API and its credentials, against a server of Python's standard library.
EXTRA_DIST += tests/servers/auth.test tests/servers/fetch.test tests/servers/logging_api.py tests/servers/prelude.sh

# What the command-line cases read over the network.
EXTRA_DIST += tests/servers/archive.py tests/servers/nginx.py tests/servers/served.py \
	tests/servers/storage.py tests/servers/webhook.py

# For the command-line cases: pick takes values out of a JSON report, feed interrupts a command.
EXTRA_PROGRAMS += tests/cases/pick tests/cases/feed
check_DATA = tests/cases/pick$(EXEEXT) tests/cases/feed$(EXEEXT)
CLEANFILES += tests/cases/pick$(EXEEXT) tests/cases/feed$(EXEEXT)
tests_cases_pick_SOURCES = tests/cases/pick.c
tests_cases_feed_SOURCES = tests/cases/feed.c
tests_cases_pick_LDADD = $(YAJL_LIBS)

# The decoder alone against yajl; see its head for how to run it.
EXTRA_PROGRAMS += bench/decode
CLEANFILES += bench/decode$(EXEEXT)
bench_decode_SOURCES = bench/decode.c
bench_decode_LDADD = libcore.la $(YAJL_LIBS)

# Fuzzing: tests/fuzz/fuzz_NAME.c defines LLVMFuzzerTestOneInput.  Here it runs over the seeds in
# tests/fuzz/seeds/NAME and over damaged copies of them; with --enable-fuzzing, libFuzzer drives it.
fuzz_programs = tests/fuzz/fuzz_baseline tests/fuzz/fuzz_catalog tests/fuzz/fuzz_cluster tests/fuzz/fuzz_decoder tests/fuzz/fuzz_frame tests/fuzz/fuzz_input \
	tests/fuzz/fuzz_record tests/fuzz/fuzz_redact tests/fuzz/fuzz_report tests/fuzz/fuzz_text
if FUZZING
fuzz_driver =
else
fuzz_driver = tests/fuzz/standalone.c
check_PROGRAMS += $(fuzz_programs)
endif
EXTRA_PROGRAMS += $(fuzz_programs)
EXTRA_DIST += tests/fuzz/seeds tests/fuzz/standalone.c
fuzz-programs: $(fuzz_programs)

tests_fuzz_fuzz_baseline_SOURCES = tests/fuzz/fuzz_baseline.c $(fuzz_driver)
tests_fuzz_fuzz_baseline_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_baseline_LDADD = libcore.la
tests_fuzz_fuzz_baseline_LDFLAGS = $(FUZZ_LDFLAGS)

tests_fuzz_fuzz_redact_SOURCES = tests/fuzz/fuzz_redact.c $(fuzz_driver)
tests_fuzz_fuzz_redact_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_redact_LDADD = libcore.la
tests_fuzz_fuzz_redact_LDFLAGS = $(FUZZ_LDFLAGS)

tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz_text.c $(fuzz_driver)
tests_fuzz_fuzz_text_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_text_LDADD = libcore.la
tests_fuzz_fuzz_text_LDFLAGS = $(FUZZ_LDFLAGS)

tests_fuzz_fuzz_catalog_SOURCES = tests/fuzz/fuzz_catalog.c tests/unit/doc_same.h $(fuzz_driver)
tests_fuzz_fuzz_catalog_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_catalog_LDADD = libcore.la
tests_fuzz_fuzz_catalog_LDFLAGS = $(FUZZ_LDFLAGS)

tests_fuzz_fuzz_cluster_SOURCES = tests/fuzz/fuzz_cluster.c $(fuzz_driver)
tests_fuzz_fuzz_cluster_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_cluster_LDADD = libcore.la
tests_fuzz_fuzz_cluster_LDFLAGS = $(FUZZ_LDFLAGS)

tests_fuzz_fuzz_decoder_SOURCES = tests/fuzz/fuzz_decoder.c tests/unit/entry_same.c tests/unit/entry_same.h \
	$(fuzz_driver)
tests_fuzz_fuzz_decoder_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_decoder_LDADD = libcore.la
tests_fuzz_fuzz_decoder_LDFLAGS = $(FUZZ_LDFLAGS)

tests_fuzz_fuzz_frame_SOURCES = tests/fuzz/fuzz_frame.c $(fuzz_driver)
tests_fuzz_fuzz_frame_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_frame_LDADD = libcore.la
tests_fuzz_fuzz_frame_LDFLAGS = $(FUZZ_LDFLAGS)

tests_fuzz_fuzz_input_SOURCES = tests/fuzz/fuzz_input.c tests/fuzz/scratch.c tests/fuzz/scratch.h $(fuzz_driver)
tests_fuzz_fuzz_input_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_input_LDADD = libcore.la
tests_fuzz_fuzz_input_LDFLAGS = $(FUZZ_LDFLAGS)

tests_fuzz_fuzz_record_SOURCES = tests/fuzz/fuzz_record.c $(fuzz_driver)
tests_fuzz_fuzz_record_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_record_LDADD = libcore.la
tests_fuzz_fuzz_record_LDFLAGS = $(FUZZ_LDFLAGS)

tests_fuzz_fuzz_report_SOURCES = tests/fuzz/fuzz_report.c $(fuzz_driver)
tests_fuzz_fuzz_report_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_report_LDADD = libcore.la $(YAJL_LIBS)
tests_fuzz_fuzz_report_LDFLAGS = $(FUZZ_LDFLAGS)

# What uses threads, for a build with ThreadSanitizer.
thread_cases = order/threads order/shuffled framing/several-inputs signal/interrupt storage/resume
thread_tests = tests/unit/check_engine tests/unit/check_threads tests/cases/cases.test
check-threads: all
	CASES='$(thread_cases)' $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(thread_tests)'

# A million entries with five incidents, in minutes: for a build without sanitizers.
check-million: all
	LOGWHY_PATTERNS='$(abs_top_srcdir)/patterns' PYTHONDONTWRITEBYTECODE=1 \
		python3 '$(srcdir)/tests/scenarios/million.py' src/logwhy$(EXEEXT)
.PHONY: fuzz-programs check-threads check-million
