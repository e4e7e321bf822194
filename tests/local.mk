# Tests.  Unit tests: one program a room, tests/unit/check_ROOM.c, with Check.

TEST_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -DSRCDIR='"$(abs_top_srcdir)"'
TEST_LDADD = libcore.la $(CHECK_LIBS)

check_PROGRAMS += tests/unit/check_base
tests_unit_check_base_SOURCES = tests/unit/check_base.c
tests_unit_check_base_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_check_base_LDADD = $(TEST_LDADD)
