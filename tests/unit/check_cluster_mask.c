/* check_cluster_mask.c - every shape of value, with what it must be told from. */
#include "check_cluster.h"

#include <string.h>

#include "cluster/mask.h"

/* The tokens of a message as one line: words and delimiters as they are, values as <type>. */
static void
masked(struct lw_buf *out, struct lw_str msg)
{
	static struct lw_masked m;
	uint32_t i;

	lw_mask(msg, &m);
	for (i = 0; i < m.count; i++) {
		const struct lw_token *t = &m.tokens[i];

		ck_assert_uint_le(t->start, t->end);
		ck_assert_uint_le(t->end, msg.n);
		if (i > 0)
			ck_assert_uint_ge(t->start, t[-1].end);
		if (t->blank)
			lw_buf_addc(out, ' ');
		if (t->kind == LW_TOKEN_VALUE)
			lw_buf_printf(out, "<%s>", lw_value_name((enum lw_value_type)t->type));
		else
			lw_buf_add(out, msg.p + t->start, t->end - t->start);
	}
}

static const struct {
	const char *message, *masked;
} shapes[] = {
    /* numbers */
    {"sent 0 of 12 packets", "sent <number> of <number> packets"},
    {"x = -5.25", "x = <number>"},
    {"load 1.5e-3 high", "load <number> high"},
    {"boot = -8768,", "boot = <number>,"},
    {"took 10% of", "took <number>% of"},
    /* words with a number in them */
    {"link up on eth0", "link up on eth<number>"},
    {"worker-12 died", "worker-<number> died"},
    {"blk_38865049064139660 served", "blk_<number> served"},
    {"blk_-4980 served", "blk_<number> served"},
    {"core.12 and core.12345", "core.<number> and core.<number>"},
    {"Found rdd_2_0", "Found <id>"},
    {"pool-1-thread-3 idle", "<id> idle"},
    /* terms keep their digit */
    {"IPv6 and UTF-8 over oauth2", "IPv6 and UTF-8 over oauth2"},
    {"MDNS: IPV4 Addr", "MDNS: IPV4 Addr"},
    /* hexadecimal */
    {"at 0x7fff5fbff8c8 in", "at <hex> in"},
    {"dear 0246dfa0", "dear <hex>"},
    {"commit a489c868f0c37da93b76227c91bb03908ac0e742 ok", "commit <hex> ok"},
    {"added a face to the cafe", "added a face to the cafe"},
    {"g.c@8a2a501", "g.c@<hex>"},
    /* UUIDs */
    {"instance b9000564-fe1a-409b-b8cc-1e88b294cd1d gone", "instance <uuid> gone"},
    {"b9000564-fe1a-409b-b8cc-1e88b294cd1d_del", "<id>"},
    {"b9000564-fe1a-409b-b8cc-1e88b294cd1", "<id>"},
    /* addresses */
    {"from 10.251.73.220:50010 to /10.0.0.1", "from <ip> to /<ip>"},
    {"10.11.10.1,10.11.21.5 \"GET", "<list> \"GET"},
    {"10.0.0.0/8 denied", "<ip> denied"},
    {"version 1.2.3.4.5 of", "version <version> of"},
    {"fe80::c6b3:1ff:fecd:467f up", "<ip> up"},
    {"2607:f140:6000:8:c6b3:1ff:fecd:467f up", "<ip> up"},
    {"std::vector failed", "std::vector failed"},
    {"de:ad:be:ef:00:01 joined", "<mac> joined"},
    {"changed: FF:F2:9F:15:7B:91:00:0D:60:EA:EE:1F ip", "changed: <mac> ip"},
    /* hosts and mail */
    {"proxy.cse.cuhk.edu.hk:5070 close", "<host> close"},
    {"resolve db.internal failed", "resolve <host> failed"},
    {"bx.optimix.asia:80 open", "<host> open"},
    {"mapred.task.id is deprecated", "mapred.task.id is deprecated"},
    {"mail to jane.doe+x@example.com bounced", "mail to <email> bounced"},
    /* URLs and paths */
    {"open hdfs://10.10.34.11:9000/logs/2k.log:21876+7292 now", "open <url> now"},
    {"see https://a.example/x?y=1&z=2.", "see <url>."},
    {"file /var/log/nova/a_1.log.", "file <path>."},
    {"file /etc: Permission denied", "file <path>: Permission denied"},
    {"(/var/lib/nova/_base/a48): checking", "(<path>): checking"},
    {"\"GET /v2/54fa/servers?limit=5 HTTP/1.1\"", "\"GET <path> HTTP/<number>\""},
    {"load ./a/b", "load <path>"},
    {"in src/app/main.c:12", "in <path>"},
    {"open C:\\tmp\\x.log ok", "open <path> ok"},
    {"input/output error, I/O", "input/output error, I/O"},
    {"/ is full", "/ is full"},
    /* times */
    {"at Sat Jun 18 02:08:10 2005", "at <time>"},
    {"until 2017-05-16T05:00:00.123Z it", "until <time> it"},
    {"from 2017-05-16 05:00:00 to 2017-05-16 06:00:00.", "from <time> to <time>."},
    {"[16/May/2017:05:00:00 +0000]", "[<time>]"},
    {"lifetime 02:12", "lifetime <time>"},
    {"may 5 be so", "may <number> be so"},
    {"sat down", "sat down"},
    /* durations and sizes */
    {"took 19.05 seconds to", "took <duration> to"},
    {"in 512ms", "in <duration>"},
    {"lifetime <1 sec", "lifetime <duration>"},
    {"5 secrets", "<number> secrets"},
    {"free 14.0 KB)", "free <size>)"},
    {"1770 bytes (1.72 KB) sent", "<size> sent"},
    {"64172MB", "<size>"},
    {"7 bytesized", "<number> bytesized"},
    /* versions */
    {"klogd 1.4.1, log", "klogd <version>, log"},
    {"v2.6.5-1.358 up", "<version> up"},
    /* lists */
    {"REPORT : 7007 5002 150089 240", "REPORT : <list>"},
    {"GET /x 200 12ms", "GET <path> <number> <duration>"},
    {"steps 1##2##3", "steps <list>"},
    {"delete blk_1 blk_-22 blk_333", "delete blk_<list>"},
    {"nodesets node-31 0x1ff <ok> node-0 0xff <ok> end", "nodesets node-<number> <hex> <ok> end"},
    /* somebody masked it already */
    {"uin = ******2341.", "uin = <*>."},
    {"BLOCK* ask", "BLOCK* ask"},
    /* nothing is a value too */
    {"from 1.2.3.4 () at", "from <ip> (<*>) at"},
    {"clear()", "clear()"},
    /* runs of punctuation are one delimiter */
    {"trap instruction......1", "trap instruction...<number>"},
    {"   blanks \t around  ", "blanks around"},
    {"", ""},
};

START_TEST(shape_is_told)
{
	struct lw_buf b = {0};

	masked(&b, lw_str_from(shapes[_i].message));
	ck_assert_str_eq(b.p == NULL ? "" : b.p, shapes[_i].masked);
	lw_buf_fini(&b);
}
END_TEST

/* Whatever the bytes, tokens are in order, inside the message, and no more than the cap. */
START_TEST(mask_stands_any_bytes)
{
	static const char alphabet[] = "a1.:/\\-_@ ,=\"<>()[]x0Z\xff\xc3\n\t~+$";
	char text[200];
	uint32_t seed = 12345;
	struct lw_buf b = {0};
	int round;
	size_t i, n;

	for (round = 0; round < 20000; round++) {
		seed = seed * 1664525 + 1013904223;
		n = seed >> 24 & 63;
		for (i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		lw_buf_reset(&b);
		masked(&b, lw_str_make(text, n));
	}
	lw_buf_fini(&b);
}
END_TEST

/* What one line can do to others: nothing, also where it is long and every byte may start a shape.
 */
START_TEST(no_line_takes_quadratic_time)
{
	static const char *const units[] = {"1/", "a/", "1:", "a:b", "::", "<1", "./", "\\a", "0x",
	    "a@", "..a", "x1 ", "1.", "a.1.", "Jan 1 ", "-1", "://", "(1)", "1-", "a//b:"};
	static struct lw_masked m;
	struct lw_buf b = {0};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		lw_buf_reset(&b);
		while (b.n < (size_t)1 << 20)
			lw_buf_addz(&b, units[i]);
		lw_mask(lw_buf_str(&b), &m);
	}
	lw_buf_fini(&b);
}
END_TEST

START_TEST(long_word_is_a_value)
{
	static struct lw_masked m;
	struct lw_buf b = {0};

	while (b.n <= LW_MASK_WORD_BYTES)
		lw_buf_addz(&b, "word");
	lw_mask(lw_buf_str(&b), &m);
	ck_assert_uint_eq(m.count, 1);
	ck_assert_uint_eq(m.tokens[0].kind, LW_TOKEN_VALUE);
	lw_buf_fini(&b);
}
END_TEST

START_TEST(long_message_is_capped)
{
	static struct lw_masked m;
	struct lw_buf b = {0};
	int i;

	for (i = 0; i < 10000; i++)
		lw_buf_addz(&b, "word ");
	lw_mask(lw_buf_str(&b), &m);
	ck_assert_uint_eq(m.count, LW_MASK_TOKENS_MAX);
	ck_assert(m.capped);
	ck_assert_uint_eq(m.tokens[m.count - 1].kind, LW_TOKEN_VALUE);
	lw_buf_fini(&b);
}
END_TEST

TCase *
mask_case(void)
{
	TCase *t = tcase_create("mask");
	tcase_set_timeout(
	    t, 0); /* how long it takes on a loaded machine is no question of right and wrong */

	tcase_add_loop_test(t, shape_is_told, 0, sizeof(shapes) / sizeof(shapes[0]));
	tcase_add_test(t, mask_stands_any_bytes);
	tcase_set_timeout(t, 20);
	tcase_add_test(t, no_line_takes_quadratic_time);
	tcase_add_test(t, long_word_is_a_value);
	tcase_add_test(t, long_message_is_capped);
	return t;
}
