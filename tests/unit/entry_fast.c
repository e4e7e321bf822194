/* entry_fast.c - the fast readers against the reference. */
#include "entry_same.h"
#include "entry_test.h"

/* Texts around the corners of RFC 8259. */
static const struct {
	bool good;
	const char *text;
} texts[] = {
    {true, "null"},
    {true, "true"},
    {true, "false"},
    {true, "0"},
    {true, "-0"},
    {true, "\"\""},
    {true, "[]"},
    {true, "{}"},
    {true, " [ ] "},
    {true, "\t{\r\n }\n"},
    {true, "[[],{},[[]]]"},
    {true, "{\"\":0}"},
    {true, "{\"a\":{\"a\":{\"a\":[]}}}"},
    {true, "{\"a\":1,\"a\":2}"},
    {true, "[0,-0,0.0,-0.10,10,1e5,1E5,1e+5,1e-5,0e0,0.5E-10,123456789012345678901234567890]"},
    {true, "[1 , 2\n,\t3\r]"},
    {true, "{ \"a\" : 1 , \"b\" : [ true , false , null ] }"},
    {true, "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"},
    {true, "[\"\\u0000\\u001f\\u007f\\u0080\\u07ff\\u0800\\uffff\\uAbCd\"]"},
    {true, "[\"\\ud83d\\ude00\"]"},
    {true, "[\"\\uD800\"]"},
    {true, "[\"\\uDC00\"]"},
    {true, "[\"a\\ud800b\\udc00c\"]"},
    {true, "[\"\\udc00\\ud800\"]"},
    {true, "[\"\\ud800\\ud800\\udc00\"]"},
    {true, "[\"\\ud800\\u0041\"]"},
    {true, "[\"\\ud800\\n\"]"},
    {true, "[\"\\ud800\\\\udc00\"]"},
    {true, "[\"\\\\ud800\\\\\"]"},
    {true, "[\"\x7f\"]"},
    {true, "[\"\xc2\x80 \xe2\x82\xac \xf0\x9f\x98\x80\"]"},
    {true, "[\"\xe2\x80\xa8\xe2\x80\xa9\"]"},
    {true, "{\"\\u0061\\n\":1}"},
    {true, "[\"a string that is longer than a vector of thirty-two bytes, or of sixty-four\"]"},
    {true, "[\"thirty-one bytes and one escape\\n\", \"\\tthirty-one bytes behind an escape\"]"},
    {false, ""},
    {false, " "},
    {false, "\n\t"},
    {false, "nul"},
    {false, "nulll"},
    {false, "True"},
    {false, "NaN"},
    {false, "Infinity"},
    {false, "-"},
    {false, "+1"},
    {false, "01"},
    {false, "-01"},
    {false, "00"},
    {false, ".5"},
    {false, "1."},
    {false, "1.e5"},
    {false, "1e"},
    {false, "1e+"},
    {false, "1e5.2"},
    {false, "1.5.2"},
    {false, "0x1"},
    {false, "1 2"},
    {false, "[1 2]"},
    {false, "[1,]"},
    {false, "[,1]"},
    {false, "[,]"},
    {false, "[1,,2]"},
    {false, "["},
    {false, "]"},
    {false, "[1"},
    {false, "[1}"},
    {false, "{\"a\":1]"},
    {false, "{"},
    {false, "}"},
    {false, "{\"a\""},
    {false, "{\"a\":"},
    {false, "{\"a\":1"},
    {false, "{\"a\" 1}"},
    {false, "{\"a\":1,}"},
    {false, "{,\"a\":1}"},
    {false, "{\"a\":}"},
    {false, "{:1}"},
    {false, "{1:2}"},
    {false, "{null:2}"},
    {false, "{a:1}"},
    {false, "{'a':1}"},
    {false, "{\"a\":1 \"b\":2}"},
    {false, "{\"a\":1}}"},
    {false, "[1]]"},
    {false, "[1] x"},
    {false, "[1] [2]"},
    {false, "[1] \"a"},
    {false, "[1] tru"},
    {false, "6\"Z}"},
    {false, "6-"},
    {false, "6 \""},
    {false, "{} {}"},
    {false, "\""},
    {false, "\"a"},
    {false, "\"\\"},
    {false, "\"\\\""},
    {false, "[\"a\"\"b\"]"},
    {false, "[\"a\"1]"},
    {false, "[truefalse]"},
    {false, "[true\"a\"]"},
    {false, "[\"\\a\"]"},
    {false, "[\"\\\n\"]"},
    {false, "[\"\\u\"]"},
    {false, "[\"\\u12\"]"},
    {false, "[\"\\u12g4\"]"},
    {false, "[\"\\u 123\"]"},
    {false, "[\"\\U0041\"]"},
    {false, "[\"\\x41\"]"},
    {false, "[\"\\'\"]"},
    {false, "[\"\n\"]"},
    {false, "[\"\t\"]"},
    {false, "[\"\r\"]"},
    {false, "[\"\x01\"]"},
    {false, "[\"\x1f\"]"},
    {false, "[\v1]"},
    {false, "[\f1]"},
    {false, "[1]\v"},
    {false, "[1/**/]"},
    {false, "[1]//"},
    {false, "#\n[1]"},
    {false, "\xef\xbb\xbf[1]"},
    {false, "[\xc2\xa0"
	    "1]"},
    {false, "[\"a\",\n\"b]"},
    {false, "['a']"},
    {false, "[\"a\x08\"]"},
};

static struct rivals *rivals;

static void
begin(void)
{
	rivals = rivals_new();
	ck_assert_ptr_nonnull(rivals);
}

static void
end(void)
{
	rivals_free(rivals);
}

static bool
accepted(struct lw_str text)
{
	struct lw_arena *arena = lw_arena_new(0);
	struct lw_walker walker = {lw_walk_best(), lw_known_new()};
	struct lw_node *root;
	bool ok;

	ck_assert(arena != NULL && walker.known != NULL);
	ok = lw_json_walk(&walker, arena, text, false, &root);
	lw_known_free(walker.known);
	lw_arena_free(arena);
	return ok;
}

/* At every distance from the start and the end of a vector, so that each way of loading is taken.
 */
START_TEST(corner_of_json)
{
	struct lw_buf b = {0};
	char why[200];
	int before, after;

	for (before = 0; before <= 66; before++) {
		for (after = 0; after <= 66; after += 33) {
			lw_buf_reset(&b);
			lw_buf_add(&b,
			    "                                                                  "
			    "                                                                  ",
			    (size_t)before);
			lw_buf_addz(&b, texts[_i].text);
			lw_buf_add(&b,
			    "                                                                  "
			    "                                                                  ",
			    (size_t)after);
			ck_assert(lw_buf_ok(&b));
			ck_assert_msg(readers_agree(rivals, lw_buf_str(&b), why), "%s: %s",
			    texts[_i].text, why);
			ck_assert_msg(
			    accepted(lw_buf_str(&b)) == texts[_i].good, "%s", texts[_i].text);
		}
	}
	lw_buf_fini(&b);
}
END_TEST

/* Every cut of a record that has one of everything, and every byte of it replaced. */
static const char everything[] =
    "{\"insertId\":\"a\",\"severity\":\"ERROR\",\"timestamp\":\"2026-03-02T09:00:00.123456789Z\","
    "\"httpRequest\":{\"status\":503,\"latency\":\"1.5s\",\"requestUrl\":\"https://a/"
    "b?c=\\u00e9\"},"
    "\"labels\":{\"x\":\"y\",\"n\":-1.5e3},\"list\":[1,true,false,null,[],{}, \"\\ud83d\\ude00\"],"
    "\"textPayload\":\"a \\\"b\\\" \xe2\x82\xac\\n  at c.d(E.java:1)\"}";

START_TEST(cut_anywhere)
{
	char why[200];
	size_t n;

	for (n = 0; n < sizeof(everything); n++)
		ck_assert_msg(
		    readers_agree(rivals, lw_str_make(everything, n), why), "%zu: %s", n, why);
}
END_TEST

START_TEST(damaged_anywhere)
{
	char copy[sizeof(everything)], why[200];
	size_t i;
	int byte;

	for (i = 0; i + 1 < sizeof(everything); i++) {
		for (byte = 0; byte < 256; byte++) {
			memcpy(copy, everything, sizeof(copy));
			copy[i] = (char)byte;
			ck_assert_msg(
			    readers_agree(rivals, lw_str_make(copy, sizeof(copy) - 1), why),
			    "0x%02x at %zu: %s", (unsigned)byte, i, why);
		}
	}
}
END_TEST

/*
 * Members that end at every distance from the end of the record, twice each so that their keys are
 * known: the last ones are read from a copy of the record's tail.
 */
START_TEST(ends_anywhere)
{
	static const char blanks[] = "                                                            ";
	char text[512], why[200];
	int middle, last, n;

	for (middle = 0; middle < 110; middle++) {
		for (last = 0; last < 50; last++) {
			n = snprintf(text, sizeof(text),
			    "{\"a\":\"%0*d\",\"b\":{\"c\":%d,\"d\":{ "
			    "%.*s},\"e\":%s},\"f\":\"%0*d\"%.*s}",
			    middle, 1, last, middle, blanks, last % 2 == 0 ? "true" : "false", last,
			    2, last % 7, blanks);
			ck_assert_msg(readers_agree(rivals, lw_str_make(text, (size_t)n), why),
			    "%s: %s", text, why);
			ck_assert_msg(readers_agree(rivals, lw_str_make(text, (size_t)n - 1), why),
			    "%s, cut: %s", text, why);
		}
	}
}
END_TEST

START_TEST(nesting_has_a_ceiling)
{
	struct lw_buf b = {0};
	char why[200];
	int depth, i;

	for (depth = LW_TREE_DEPTH - 1; depth <= LW_TREE_DEPTH + 1; depth++) {
		lw_buf_reset(&b);
		for (i = 0; i < depth; i++)
			lw_buf_addz(&b, i % 2 == 0 ? "[" : "{\"a\":");
		if (depth % 2 == 0)
			lw_buf_addz(&b, "1");
		for (i = depth; i > 0; i--)
			lw_buf_addc(&b, i % 2 == 1 ? ']' : '}');
		ck_assert(readers_agree(rivals, lw_buf_str(&b), why));
		ck_assert(accepted(lw_buf_str(&b)) == (depth <= LW_TREE_DEPTH));
	}
	lw_buf_fini(&b);
}
END_TEST

/* The same where what is deepest came before. */
START_TEST(nesting_has_a_ceiling_for_what_is_known)
{
	struct lw_buf b = {0};
	char why[200];
	int depth, i, k;

	for (depth = 0; depth <= LW_TREE_DEPTH; depth++) {
		lw_buf_reset(&b);
		for (i = 0; i < depth; i++)
			lw_buf_addz(&b, "{\"a\":");
		for (k = 0; k < 2; k++)
			lw_buf_addz(&b,
			    k == 0
				? "{\"labels\":{\"a\":{\"a\":{\"longer\":\"than a few bytes\"}}},"
				: "\"resource\":{\"a\":{\"a\":{\"a\":{\"longer\":\"than "
				  "that\"}}}}}");
		for (i = 0; i < depth; i++)
			lw_buf_addc(&b, '}');
		for (i = 0; i < 4; i++)
			ck_assert_msg(
			    readers_agree(rivals, lw_buf_str(&b), why), "%d: %s", depth, why);
		ck_assert(accepted(lw_buf_str(&b)) == (depth + 5 <= LW_TREE_DEPTH));
	}
	lw_buf_fini(&b);
}
END_TEST

START_TEST(values_have_a_ceiling)
{
	struct lw_buf b = {0};
	char why[200];
	size_t extra, i;

	for (extra = 0; extra < 2; extra++) {
		lw_buf_reset(&b);
		for (i = 0; i + 1 < LW_TREE_NODES + extra; i++)
			lw_buf_addz(&b, i == 0 ? "[1" : ",1");
		lw_buf_addc(&b, ']');
		ck_assert(readers_agree(rivals, lw_buf_str(&b), why));
		ck_assert(accepted(lw_buf_str(&b)) == (extra == 0));
	}
	lw_buf_fini(&b);
}
END_TEST

static const char *const records[] = {
    everything,
    "{\"insertId\":1,\"timestamp\":true,\"severity\":{},\"labels\":[],\"message\":null}",
    ("{\"INSERT_ID\":\"a\",\"log_name\":\"projects/p/logs/"
     "l\",\"Severity\":400,\"text_payload\":\"x\"}"),
    "{\"textPayload\":\"a\",\"textPayload\":\"b\",\"insertId\":\"1\",\"insertid\":null}",
    "{\"entries\":[{\"insertId\":\"a\"},{\"textPayload\":\"b\"}],\"nextPageToken\":\"c\"}",
    "[{\"message\":\"a\"},{\"msg\":\"b\",\"level\":50}]",
    ("{\"message\":{\"data\":\"eyJpbnNlcnRJZCI6ImEiLCJzZXZlcml0eSI6IkVSUk9SIn0=\",\"messageId\":"
     "\"1\"}}"),
    "{\"message\":{\"data\":\"eyJpbnNlcnRJZCI6\",\"messageId\":\"1\"},\"subscription\":\"s\"}",
    "{\"error\":{\"code\":429,\"message\":\"Quota\",\"status\":\"RESOURCE_EXHAUSTED\"}}",
    ("{\"log\":\"{\\\"level\\\":\\\"error\\\",\\\"msg\\\":\\\"x\\\"}\\n\",\"stream\":\"stderr\","
     "\"time\":\"2026-03-02T09:00:00Z\"}"),
    "{\"jsonpayload_type_x\":{\"message\":\"a\"},\"logName\":\"l\"}",
    "{\"insertId\":\"\xff\xfe\",\"textPayload\":\"\xe2\x82\"}",
    ("{\"insertId\":\"a\",\"key\xff\":\"b\",\"k\xc3\xbcr\":\"c\",\"textPayload\":\"d\",\"labels\":"
     "{\"instanceId\":\"0123456789012345678901234567\xe2\x82\"}}"),
    ("{\"insertId\":\"a\",\"k\xc3\xbcr\":\"c\",\"jsonPayload\":{\"\xe2\x82\xac\":1},\"labels\":"
     "{\"instanceId\":\"0123456789012345678901234567\xe2\x82\xac\"}}"),
    "{\"insertId\":\"\xff\",\"textPayload\":}",
    "{\"insertId\":\"a\",\"textPayload\":\"half \\ud83d a pair\"}",
    "12",
    "{\"insertId\":\"a\",}",
};

START_TEST(record_is_the_same)
{
	struct lw_record r = {.kind = LW_RECORD_JSON, .line = 7, .offset = 100};
	char why[200];
	int round;

	r.bytes = lw_str_from(records[_i]);
	for (round = 0; round < 4; round++) /* what is remembered of it changes nothing */
		ck_assert_msg(decoders_agree(rivals, &r, why), "%s: %s", records[_i], why);
}
END_TEST

/*
 * Resources and labels that come again, more of them than are remembered, several in one record,
 * with a byte changed, and in a record that is broken behind them.
 */
static void
write_entry(struct lw_buf *b, unsigned service, unsigned instance, const char *rest)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "{\"labels\":{\"instanceId\":\"%032u\",\"n\":%u,\"brace\":\"%s\"},\"logName\":"
	    "\"projects/q/logs/l\","
	    "\"resource\":{\"type\":\"cloud_run_revision\",\"labels\":{\"service_name\":"
	    "\"svc\\u002d%u\","
	    "\"revision_name\":\"svc-%u-00001-abc\",\"%s\":\"p\"}},\"textPayload\":\"x\"%s",
	    instance, instance, instance % 5 == 0 ? "}" : "", service, service,
	    service % 3 == 0 ? "location" : "project_id", rest);
	lw_buf_addz(b, text);
}

START_TEST(what_comes_again_is_the_same)
{
	struct lw_record r = {.kind = LW_RECORD_JSON, .line = 1};
	struct lw_buf b = {0};
	unsigned i, k, seed = 1;
	char why[200];

	for (i = 0; i < 6000; i++) {
		unsigned spread = i < 3000 ? 12 : 900;

		lw_buf_reset(&b);
		seed = seed * 1664525 + 1013904223;
		lw_buf_addz(&b, i % 7 == 0 ? "[" : "");
		for (k = 0; k < (i % 7 == 0 ? 6 : 1); k++) {
			lw_buf_addz(&b, k > 0 ? "," : "");
			write_entry(&b, (seed >> 8) % spread + k, (seed >> 16) % (2 * spread) + k,
			    i % 11 == 3 ? ",}" : "}");
		}
		lw_buf_addz(&b, i % 7 == 0 ? "]" : "");
		r.bytes = lw_buf_str(&b);
		ck_assert_msg(decoders_agree(rivals, &r, why), "%.*s: %s", (int)b.n, b.p, why);
	}
	lw_buf_fini(&b);
}
END_TEST

/* All that a place stands for. */
static void
describe(struct lw_buf *b, const struct lw_entry *e)
{
	const struct lw_str fields[] = {e->resource_type, e->project, e->location, e->service,
	    e->revision, e->instance, e->container, e->cluster, e->namespace_name};
	size_t i;

	lw_buf_reset(b);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		lw_buf_addstr(b, fields[i]);
		lw_buf_addc(b, '\n');
	}
	for (i = 0; i < e->label_count; i++) {
		lw_buf_addstr(b, e->labels[i].key);
		lw_buf_addc(b, '=');
		lw_buf_addstr(b, e->labels[i].value);
		lw_buf_addc(b, '\n');
	}
}

struct places_seen {
	struct {
		uint32_t place;
		struct lw_buf text;
	} slots[LW_PLACES];
	struct lw_entry before; /* of the record before, which must still be whole */
	struct lw_buf text, before_text;
	size_t numbered;
};

static void
on_placed(void *arg, struct lw_entry *e)
{
	struct places_seen *seen = arg;
	uint32_t slot = e->place % LW_PLACES;

	if (seen->before.label_count > 0) {
		describe(&seen->text, &seen->before);
		ck_assert(lw_str_eq(lw_buf_str(&seen->text), lw_buf_str(&seen->before_text)));
	}
	describe(&seen->text, e);
	if (e->place != 0) {
		seen->numbered++;
		if (seen->slots[slot].place == e->place)
			ck_assert(lw_str_eq(
			    lw_buf_str(&seen->slots[slot].text), lw_buf_str(&seen->text)));
		ck_assert_uint_le(seen->slots[slot].place, e->place);
		seen->slots[slot].place = e->place;
		describe(&seen->slots[slot].text, e);
	}
	seen->before = *e;
	describe(&seen->before_text, e);
}

/* The same number is the same resource and labels, and an entry outlives the next one's decoding.
 */
START_TEST(places_are_numbered)
{
	struct lw_record r = {.kind = LW_RECORD_JSON, .line = 1};
	struct places_seen *seen = calloc(1, sizeof(*seen));
	struct lw_decoder *d = lw_decoder_new();
	struct lw_buf texts_of[2] = {{0}, {0}};
	unsigned i, seed = 1;

	ck_assert(seen != NULL && d != NULL);
	for (i = 0; i < 20000; i++) {
		unsigned spread = i < 10000 ? 12 : 300;
		struct lw_buf *b = &texts_of[i % 2];

		lw_buf_reset(b);
		seed = seed * 1664525 + 1013904223;
		write_entry(b, (seed >> 8) % spread, (seed >> 8) % spread, "}");
		if (i % 11 == 3) { /* what has no entry makes none invalid */
			r.bytes = LW_STR("{\"labels\":{\"instanceId\":\"0123456789012345678901\"}");
			(void)lw_decode(d, &r, on_placed, seen, NULL, NULL);
		}
		r.bytes = lw_buf_str(b);
		ck_assert_int_eq(lw_decode(d, &r, on_placed, seen, NULL, NULL), LW_OK);
	}
	ck_assert_uint_gt(seen->numbered, 5000);
	lw_decoder_free(d);
	for (i = 0; i < LW_PLACES; i++)
		lw_buf_fini(&seen->slots[i].text);
	lw_buf_fini(&seen->text);
	lw_buf_fini(&seen->before_text);
	lw_buf_fini(&texts_of[0]);
	lw_buf_fini(&texts_of[1]);
	free(seen);
}
END_TEST

#define PODS 200

struct numbers {
	uint32_t last; /* of the entry given last */
	uint32_t of[PODS];
};

static void
on_numbered(void *arg, struct lw_entry *e)
{
	struct numbers *n = arg;

	n->last = e->place;
}

/* Two hundred places that come again and again do not push each other out. */
START_TEST(places_that_come_again_keep_their_numbers)
{
	struct lw_record r = {.kind = LW_RECORD_JSON, .line = 1};
	struct lw_decoder *d = lw_decoder_new();
	struct lw_buf texts_of[2] = {{0}, {0}};
	struct numbers n = {0};
	unsigned i, seed = 1, renumbered = 0;

	ck_assert_ptr_nonnull(d);
	for (i = 0; i < 40 * PODS; i++) {
		struct lw_buf *b = &texts_of[i % 2];
		unsigned pod;

		seed = seed * 1664525 + 1013904223;
		pod = i < 39 * PODS ? (seed >> 8) % PODS : i % PODS;
		lw_buf_reset(b);
		write_entry(b, pod % 40, pod, "}");
		r.bytes = lw_buf_str(b);
		ck_assert_int_eq(lw_decode(d, &r, on_numbered, &n, NULL, NULL), LW_OK);
		renumbered += i >= 39 * PODS && n.of[pod] != n.last;
		n.of[pod] = n.last;
	}
	ck_assert_uint_le(renumbered, 2);
	lw_decoder_free(d);
	lw_buf_fini(&texts_of[0]);
	lw_buf_fini(&texts_of[1]);
}
END_TEST

/* Every name is found by its text, in its place in the order, and however it is written. */
START_TEST(names_are_found)
{
	static const char *const names[] = {
#define KEY(symbol, text) text,
#include "entry/keys.def"
#undef KEY
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_msg(
		    lw_key_of(lw_str_from(names[i])) == (enum lw_key)(i + 1), "%s", names[i]);
	ck_assert_int_eq(lw_key_of(LW_STR("insert_Id")), LW_KEY_insertid);
	ck_assert_int_eq(lw_key_of(LW_STR("@Timestamp")), LW_KEY_timestamp);
	ck_assert_int_eq(lw_key_of(LW_STR("")), LW_KEY_NONE);
	ck_assert_int_eq(lw_key_of(LW_STR("___")), LW_KEY_NONE);
	ck_assert_int_eq(lw_key_of(LW_STR("messag")), LW_KEY_NONE);
	ck_assert_int_eq(lw_key_of(LW_STR("messages")), LW_KEY_NONE);
	ck_assert_int_eq(
	    lw_key_of(LW_STR("a name that is longer than any that is looked for, by far")),
	    LW_KEY_NONE);
}
END_TEST

static enum lw_field
field_of(const char *key)
{
	return lw_field_of(lw_str_from(key), lw_key_of(lw_str_from(key)));
}

/* A key is a field however it is written, but not with a separator before it. */
START_TEST(fields_are_found)
{
	ck_assert_int_eq(field_of("insertId"), LW_FIELD_INSERT_ID);
	ck_assert_int_eq(field_of("log_name"), LW_FIELD_LOG_NAME);
	ck_assert_int_eq(field_of("@timestamp"), LW_FIELD_TIMESTAMP);
	ck_assert_int_eq(field_of("_timestamp"), LW_FIELD_NONE);
	ck_assert_int_eq(field_of("logging.googleapis.com/labels"), LW_FIELD_LABELS);
	ck_assert_int_eq(field_of("jsonpayload_type_loadbalancerlogentry"), LW_FIELD_TYPED_JSON);
	ck_assert_int_eq(field_of("protopayload_auditlog"), LW_FIELD_TYPED_PROTO);
	ck_assert_int_eq(field_of("jsonpayload_typed"), LW_FIELD_NONE);
	ck_assert_int_eq(field_of("user"), LW_FIELD_NONE);
	ck_assert_int_eq(field_of(""), LW_FIELD_NONE);
}
END_TEST

/* Each line of a capture, and all of it as one record. */
static const char *const captures[] = {
    "shapes/edge.ndjson",
    "shapes/edge_array.json",
    "shapes/entries_list.json",
    "shapes/entries_list_empty_page.json",
    "shapes/error_429.json",
    "shapes/explorer_copy_a.txt",
    "shapes/explorer_copy_concat.json",
    "shapes/gcloud_read.json",
    "shapes/gcloud_tail.json",
    "shapes/docker_json_file.log",
    "shapes/cri.log",
    "shapes/pubsub_push.json",
    "incident-1278/backend-2025-09-15T2137.ndjson",
};

START_TEST(capture_is_the_same)
{
	struct lw_record r = {.kind = LW_RECORD_JSON, .line = 1};
	struct lw_buf b = {0};
	const char *p, *end, *nl;
	char why[200];

	if (!shared_file(captures[_i], &b))
		return;
	r.bytes = lw_buf_str(&b);
	ck_assert_msg(decoders_agree(rivals, &r, why), "%s: %s", captures[_i], why);
	for (p = b.p, end = b.p + b.n; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl == NULL ? end : nl;
		r.bytes = lw_str_make(p, (size_t)(nl - p));
		r.kind = r.bytes.n > 0 && *p == '{' ? LW_RECORD_JSON : LW_RECORD_TEXT;
		ck_assert_msg(decoders_agree(rivals, &r, why), "%s: %s", captures[_i], why);
	}
	lw_buf_fini(&b);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

TCase *
entry_fast_case(void)
{
	TCase *t = tcase_create("fast");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, corner_of_json, 0, COUNT(texts));
	tcase_add_test(t, cut_anywhere);
	tcase_add_test(t, damaged_anywhere);
	tcase_add_test(t, ends_anywhere);
	tcase_add_test(t, nesting_has_a_ceiling);
	tcase_add_test(t, nesting_has_a_ceiling_for_what_is_known);
	tcase_add_test(t, values_have_a_ceiling);
	tcase_add_loop_test(t, record_is_the_same, 0, COUNT(records));
	tcase_add_test(t, what_comes_again_is_the_same);
	tcase_add_test(t, places_are_numbered);
	tcase_add_test(t, places_that_come_again_keep_their_numbers);
	tcase_add_test(t, names_are_found);
	tcase_add_test(t, fields_are_found);
	tcase_add_loop_test(t, capture_is_the_same, 0, COUNT(captures));
	return t;
}
