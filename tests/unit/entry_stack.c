/* entry_stack.c - traces of nine languages, as their runtimes print them. */
#include "entry/stack.h"
#include "entry_test.h"

/* "TYPE|MESSAGE|LINK|FRAMES|OWN FUNCTION OR FILE OF THE FIRST FRAME" for each exception. */
static const struct {
	const char *name, *text;
	enum lw_trace_language language;
	const char *chain[5];
} traces[] = {
    {"python",
	"Traceback (most recent call last):\n  File \"/app/a.py\", line 1, in main\n    f()\n"
	"  File \"/usr/local/lib/python3.11/site-packages/x.py\", line 2, in f\n    y\n    "
	"^\nKeyError: 'k'",
	LW_LANG_PYTHON, {"KeyError|'k'|0|2|f 2 -"}},
    {"python, chained",
	"ERROR:root:oops\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n    "
	"x\n"
	"KeyError: 'k'\n\nThe above exception was the direct cause of the following exception:\n\n"
	"Traceback (most recent call last):\n  File \"b.py\", line 2, in g\n    "
	"y\napp.errors.Boom: multi\n"
	"line message\n\nDuring handling of the above exception, another exception occurred:\n\n"
	"Traceback (most recent call last):\n  File \"c.py\", line 3, in h\n    z\nSystemExit\n",
	LW_LANG_PYTHON,
	{"SystemExit||0|1|h 3 own", "app.errors.Boom|multi\nline message|2|1|g 2 own",
	    "KeyError|'k'|1|1|f 1 own"}},
    {"python, group",
	"  + Exception Group Traceback (most recent call last):\n  |   File \"/app/a.py\", line 3, "
	"in main\n"
	"  |     await x()\n  | ExceptionGroup: unhandled (1 sub-exception)\n"
	"  +-+---------------- 1 ----------------\n    | Traceback (most recent call last):\n"
	"    |   File \"/app/b.py\", line 9, in child\n    |     raise\n    | ValueError: x\n"
	"    +------------------------------------\n",
	LW_LANG_PYTHON,
	{"ExceptionGroup|unhandled (1 sub-exception)|0|1|main 3 own",
	    "ValueError|x|1|1|child 9 own"}},
    {"python, syntax",
	"Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    import b\n"
	"  File \"/app/b.py\", line 3\n    x = = 1\n        ^\nSyntaxError: invalid syntax",
	LW_LANG_PYTHON, {"SyntaxError|invalid syntax|0|2| 3 own"}},
    {"java",
	"Order failed\njava.lang.IllegalStateException: cannot\n place\n"
	"\tat com.shop.Order.place(Order.java:42)\n\tat "
	"java.base/java.lang.Thread.run(Thread.java:829)\n"
	"\tSuppressed: java.io.IOException: close\n\t\tat com.shop.X.close(X.java:1)\n"
	"\tCaused by: java.io.IOException: in suppressed\n"
	"Caused by: org.postgresql.util.PSQLException: refused\n"
	"\tat org.postgresql.Driver.connect(Driver.java:3) ~[postgresql.jar:42]\n\t... 3 more\n"
	"Caused by: java.net.ConnectException\n\tat java.net.Socket.connect(Native Method)\n\t... "
	"12 more\n",
	LW_LANG_JAVA,
	{"java.lang.IllegalStateException|cannot\n place|0|2|place 42 own",
	    "org.postgresql.util.PSQLException|refused|1|1|connect 3 -",
	    "java.net.ConnectException||1|1|connect 0 -"}},
    {"java, main",
	"Exception in thread \"main\" java.lang.NoClassDefFoundError: com/shop/Main\n\tat "
	"Main.main(Main.java:3)",
	LW_LANG_JAVA, {"java.lang.NoClassDefFoundError|com/shop/Main|0|1|main 3 own"}},
    {"node",
	"/app/index.js:12\n        throw new Error('boom');\n        ^\n\nError: cannot start\n"
	"    at start (/app/index.js:12:15)\n    at async main (file:///app/main.mjs:3:1)\n"
	"    at node:internal/main:23:47 {\n  code: 'X',\n  [cause]: TypeError [ERR_INVALID]: bad "
	"url\n"
	"      at parse (/app/node_modules/url/x.js:1:2)\n}\n\nNode.js v18.0.0",
	LW_LANG_NODE, {"Error|cannot start|0|3|start 12 own", "TypeError|bad url|1|1|parse 1 -"}},
    {"node, module",
	"Error: Cannot find module 'express'\nRequire stack:\n- /app/index.js\n"
	"    at Module._load (node:internal/modules/cjs/loader:1077:15)\n    at Object.<anonymous> "
	"(/app/index.js:1:1)",
	LW_LANG_NODE,
	{"Error|Cannot find module 'express'\nRequire stack:\n- /app/index.js|0|2|Module._load "
	 "1077 -"}},
    {"node, grpc",
	"Error: 5 NOT_FOUND: no queue\n    at call "
	"(/workspace/node_modules/@grpc/call.js:32:19)\nfor call at\n"
	"    at Client.make (/workspace/src/client.js:161:32)\n",
	LW_LANG_NODE, {"Error|5 NOT_FOUND: no queue|0|2|call 32 -"}},
    {".net",
	"Unhandled exception. System.InvalidOperationException: cannot load\n"
	" ---> System.IO.FileNotFoundException: Could not find 'C:\\x.json'.\n"
	"   at Shop.Config.Read(String path) in C:\\src\\Config.cs:line 12\n   at "
	"System.IO.File.Open(String path)\n"
	"   --- End of inner exception stack trace ---\n   at Shop.Program.Main(String[] args) in "
	"/src/Program.cs:line 8",
	LW_LANG_DOTNET,
	{"System.InvalidOperationException|cannot load|0|1|Shop.Program.Main 8 own",
	    "System.IO.FileNotFoundException|Could not find 'C:\\x.json'.|1|2|Shop.Config.Read 12 "
	    "own"}},
    {"go",
	"panic: open /etc/x.yaml: no such file or directory\n\ngoroutine 1 "
	"[running]:\nmain.load({0x1, 0x2})\n"
	"\t/src/cmd/main.go:31 +0x1d\nmain.main()\n\t/src/cmd/main.go:9 +0x1\nexit status 2\n",
	LW_LANG_GO, {"panic|open /etc/x.yaml: no such file or directory|0|2|main.load 31 own"}},
    {"go, again",
	"panic: first [recovered]\n\tpanic: second\n\ngoroutine 17 "
	"[running]:\nruntime.gopanic({0x1})\n"
	"\t/usr/local/go/src/runtime/panic.go:884 "
	"+0x2\nshop/api.(*Server).handle(0xc0)\n\t/src/api/server.go:42 +0x1\n"
	"\ngoroutine 1 [IO wait]:\nmain.x()\n\t/src/y.go:1\n",
	LW_LANG_GO, {"panic|second|0|2|runtime.gopanic 884 -", "panic|first|2|0|"}},
    {"ruby",
	"/app/lib/shop.rb:3:in `fetch': key not found: \"X\" (KeyError)\n\tfrom "
	"/app/lib/shop.rb:7:in `call'\n"
	"\tfrom /usr/local/bundle/gems/rack-2.0/lib/rack.rb:9:in `call'\n",
	LW_LANG_RUBY, {"KeyError|key not found: \"X\"|0|3|fetch 3 own"}},
    {"rails",
	"ActiveRecord::ConnectionNotEstablished (could not connect):\n\napp/models/user.rb:12:in "
	"`find'\n"
	"app/controllers/x.rb:3:in `show'",
	LW_LANG_RUBY, {"ActiveRecord::ConnectionNotEstablished|could not connect|0|2|find 12 own"}},
    {"php",
	"PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] refused in "
	"/app/db.php:3\nStack trace:\n"
	"#0 /app/db.php(3): PDO->__construct('mysql:...')\n#1 /app/vendor/x/y.php(9): "
	"connect()\n#2 {main}\n\n"
	"Next RuntimeException: cannot boot in /app/boot.php:8\nStack trace:\n#0 "
	"/app/index.php(2): boot()\n#1 {main}\n"
	"  thrown in /app/boot.php on line 8",
	LW_LANG_PHP,
	{"RuntimeException|cannot boot|0|1|boot 2 own",
	    "PDOException|SQLSTATE[HY000] [2002] refused|1|2|PDO->__construct 3 own"}},
    {".net, aggregate",
	"System.AggregateException: One or more errors occurred. (no quorum)\n"
	" ---> Shop.NoQuorum: no quorum\n   at Shop.Store.Read() in /src/Store.cs:line 9\n"
	"   --- End of inner exception stack trace ---\n   at Shop.Program.Main() in "
	"/src/Program.cs:line 3\n",
	LW_LANG_DOTNET,
	{"System.AggregateException|One or more errors occurred. (no quorum)|0|1|Shop.Program.Main "
	 "3 own",
	    "Shop.NoQuorum|no quorum|1|1|Shop.Store.Read 9 own"}},
    {"java, a name that does not say error",
	"Request failed\nshop.store.NoQuorum: 1 of 3 alive\n\tat "
	"shop.store.Store.read(Store.java:7)\n",
	LW_LANG_JAVA, {"shop.store.NoQuorum|1 of 3 alive|0|1|read 7 own"}},
    {"rust",
	"thread 'main' panicked at src/db.rs:31:10:\ncalled `Result::unwrap()` on an `Err` value: "
	"Timeout\nstack backtrace:\n   0: rust_begin_unwind\n             at "
	"/rustc/5680fa/library/std/src/panicking.rs:647:5\n   1: shop::db::connect\n"
	"             at ./src/db.rs:31:10\n   2: shop::main\nnote: Some details are omitted, run "
	"with `RUST_BACKTRACE=full`",
	LW_LANG_RUST,
	{"panic|called `Result::unwrap()` on an `Err` value: Timeout|0|3|rust_begin_unwind 647 "
	 "-"}},
    {"rust, no frames",
	"thread 'tokio-runtime-worker' (7) panicked at src/q.rs:3:1:\nno quorum\nnote: run with "
	"`RUST_BACKTRACE=1`",
	LW_LANG_RUST, {"panic|no quorum|0|1| 3 own"}},
    {"rust, before 1.73",
	"thread 'main' panicked at 'it's gone', src/q.rs:3:1\nnote: run with `RUST_BACKTRACE=1`",
	LW_LANG_RUST, {"panic|it's gone|0|1| 3 own"}},
    {"elixir",
	"GenServer Shop.Cart terminating\n** (EXIT from #PID<0.95.0>) an exception was raised:\n"
	"    ** (MatchError) no match of right hand side value: :gone\n"
	"        (shop 0.1.0) lib/shop/cart.ex:12: Shop.Cart.take/1\n"
	"        (stdlib 5.2) gen_server.erl:1123: :gen_server.try_dispatch/4\nState: %{}",
	LW_LANG_ELIXIR,
	{"EXIT|an exception was raised:|0|0|",
	    "MatchError|no match of right hand side value: :gone|1|2|Shop.Cart.take/1 12 own"}},
};

static void
describe(const struct lw_exception *x, struct lw_buf *out)
{
	lw_buf_reset(out);
	lw_buf_printf(out, "%.*s|%.*s|%d|%zu|", (int)x->type.n, x->type.n == 0 ? "" : x->type.p,
	    (int)x->message.n, x->message.n == 0 ? "" : x->message.p, (int)x->link, x->frame_count);
	if (x->frame_count > 0)
		lw_buf_printf(out, "%.*s %u %s", (int)x->frames[0].function.n,
		    x->frames[0].function.n == 0 ? "" : x->frames[0].function.p,
		    (unsigned)x->frames[0].line, x->frames[0].own ? "own" : "-");
}

START_TEST(trace_is_read)
{
	struct lw_entry *e = decode_one(traces[_i].text, LW_RECORD_TEXT);
	struct lw_buf b = {0};
	size_t i;

	ck_assert_msg(e->stack != NULL, "%s: no trace", traces[_i].name);
	ck_assert_int_eq(e->stack->language, traces[_i].language);
	ck_assert_int_eq(e->fragment, LW_FRAGMENT_WHOLE);
	ck_assert(e->severity >= LW_SEV_ERROR);
	ck_assert(e->stack->start < e->stack->end && e->stack->end <= e->clean.n);
	for (i = 0; i < e->stack->exception_count; i++) {
		describe(&e->stack->exceptions[i], &b);
		ck_assert_msg(traces[_i].chain[i] != NULL && strcmp(b.p, traces[_i].chain[i]) == 0,
		    "%s: %s", traces[_i].name, b.p);
	}
	ck_assert_ptr_null(traces[_i].chain[i]);
	lw_buf_fini(&b);
}
END_TEST

/* Text with line ends that is no trace. */
static const char *const no_traces[] = {
    "Look at this:\n at noon we meet\n at night we sleep",
    "Steps:\n#0 first\n#1 second",
    "see main.rb:\nnothing there",
    "Traceback (most recent call last):\n",
    "goroutine leak suspected\nsee dashboards",
    "\tat \nat ()\nat :1:\nat (:::)",
    "{\n    \"a\": 1\n}",
    "a.rb:3:in `f': unbalanced)\nx",
};

START_TEST(prose_is_no_trace)
{
	ck_assert_ptr_null(decode_one(no_traces[_i], LW_RECORD_TEXT)->stack);
}
END_TEST

static const struct {
	const char *line;
	enum lw_fragment fragment;
} fragments[] = {
    {"Traceback (most recent call last):", LW_FRAGMENT_START},
    {"panic: runtime error: index out of range", LW_FRAGMENT_START},
    {"fatal error: all goroutines are asleep", LW_FRAGMENT_START},
    {"Exception in thread \"main\" java.lang.Error: x", LW_FRAGMENT_START},
    {"PHP Fatal error:  Uncaught Exception: x in /a.php:1", LW_FRAGMENT_START},
    {"  File \"/app/x.py\", line 3, in f", LW_FRAGMENT_FRAME},
    {"    raise ValueError(x)", LW_FRAGMENT_FRAME},
    {"    ^^^^", LW_FRAGMENT_FRAME},
    {"\tat a.B.c(B.java:1)", LW_FRAGMENT_FRAME},
    {"    at f (/a.js:1:2)", LW_FRAGMENT_FRAME},
    {"\t... 3 more", LW_FRAGMENT_FRAME},
    {"\tfrom x.rb:3:in `f'", LW_FRAGMENT_FRAME},
    {"#0 /app/x.php(3): f()", LW_FRAGMENT_FRAME},
    {"goroutine 1 [running]:", LW_FRAGMENT_FRAME},
    {"main.main()", LW_FRAGMENT_FRAME},
    {"net/http.(*Server).Serve(0xc000)", LW_FRAGMENT_FRAME},
    {"\t/src/main.go:31 +0x1d", LW_FRAGMENT_FRAME},
    {"During handling of the above exception, another exception occurred:", LW_FRAGMENT_BRIDGE},
    {"The above exception was the direct cause of the following exception:", LW_FRAGMENT_BRIDGE},
    {"Caused by: java.io.IOException: x", LW_FRAGMENT_BRIDGE},
    {"  [cause]: Error: x", LW_FRAGMENT_BRIDGE},
    {"ValueError: bad", LW_FRAGMENT_RAISED},
    {"\tSuppressed: java.io.IOException: close", LW_FRAGMENT_FRAME},
    {"\tpanic: second", LW_FRAGMENT_FRAME},
    {"[signal SIGSEGV: segmentation violation code=0x1]", LW_FRAGMENT_FRAME},
    {"  code: 'ECONNREFUSED',", LW_FRAGMENT_FRAME},
    {"  errno: -111,", LW_FRAGMENT_FRAME},
    {"  said: nothing", LW_FRAGMENT_NONE},
    {"}", LW_FRAGMENT_FRAME},
    {"node:internal/modules/cjs/loader:1077", LW_FRAGMENT_FRAME},
    {" ---> Acme.ProfileFault: x", LW_FRAGMENT_BRIDGE},
    {"/app/lib/shop.rb:3:in `fetch': key not found: \"X\" (KeyError)", LW_FRAGMENT_START},
    {"app/models/user.rb:12:in 'User#find'", LW_FRAGMENT_FRAME},
    {"thread 'main' panicked at src/main.rs:4:5:", LW_FRAGMENT_START},
    {"called `Option::unwrap()` on a `None` value", LW_FRAGMENT_NAMED},
    {"stack backtrace:", LW_FRAGMENT_FRAME},
    {"   1: shop::db::connect", LW_FRAGMENT_FRAME},
    {"Caused by:", LW_FRAGMENT_BRIDGE},
    {"** (MatchError) no match", LW_FRAGMENT_START},
    {"Next Acme\\Theme\\NoLayout: x in /app/a.php:1", LW_FRAGMENT_BRIDGE},
    {"Next week: closed", LW_FRAGMENT_NONE},
    {"store.NoQuorum: 1 of 3 alive", LW_FRAGMENT_NAMED},
    {"store.NoQuorum", LW_FRAGMENT_NAMED},
    {"Faraday::Refused: x", LW_FRAGMENT_NAMED},
    {"NoQuorum", LW_FRAGMENT_NAMED},
    {"Ready", LW_FRAGMENT_NONE},
    {"INFO: x", LW_FRAGMENT_NONE},
    {"a.b: x", LW_FRAGMENT_NONE},
    {"KeyboardInterrupt", LW_FRAGMENT_RAISED},
    {"SystemExit: 3", LW_FRAGMENT_RAISED},
    {"asyncio.exceptions.CancelledError", LW_FRAGMENT_RAISED},
    {"google.api_core.exceptions.ResourceExhausted: 429 Quota", LW_FRAGMENT_RAISED},
    {"java.io.IOException: x", LW_FRAGMENT_RAISED},
    {"TypeError [ERR_X]: bad", LW_FRAGMENT_RAISED},
    {"Error: 4 DEADLINE_EXCEEDED: x", LW_FRAGMENT_RAISED},
    {"Error:no blank", LW_FRAGMENT_NONE},
    {"error: lower case", LW_FRAGMENT_NONE},
    {"Connection refused", LW_FRAGMENT_NONE},
    {"Warning: hot", LW_FRAGMENT_NAMED},
    {"com.example.Service: started", LW_FRAGMENT_NAMED},
    {"http://example.com/Error: x", LW_FRAGMENT_NONE},
    {"The error: x", LW_FRAGMENT_NONE},
    {"done (ok)", LW_FRAGMENT_NONE},
    {"Worker exited (pid: 3)", LW_FRAGMENT_NONE},
    {" one blank", LW_FRAGMENT_NONE},
};

START_TEST(fragment_is_told)
{
	struct lw_entry *e = decode_one(fragments[_i].line, LW_RECORD_TEXT);

	ck_assert_msg(
	    e->fragment == fragments[_i].fragment, "%s: %d", fragments[_i].line, (int)e->fragment);
	ck_assert_ptr_null(e->stack);
}
END_TEST

/* All traces at every length: no byte past the end is read, and none is lost to a loop. */
START_TEST(raised_line_is_type_and_first_line)
{
	struct lw_exception x = {.type = LW_STR("a.B"), .message = LW_STR("one \ntwo")};
	char line[16];

	ck_assert_uint_eq(lw_raised_line(&x, line, sizeof(line)), 8);
	ck_assert_mem_eq(line, "a.B: one", 8);
	ck_assert_uint_eq(lw_raised_line(&x, line, 6), 6);
	ck_assert_mem_eq(line, "a.B: o", 6);
	x.message = LW_STR("\xc3\xa9"); /* a character is kept whole or not at all */
	ck_assert_uint_eq(lw_raised_line(&x, line, 6), 5);
	x.type = LW_STR("");
	ck_assert_uint_eq(lw_raised_line(&x, line, sizeof(line)), 2);
	x = (struct lw_exception){.type = LW_STR("a.B")};
	ck_assert_uint_eq(lw_raised_line(&x, line, sizeof(line)), 0);
}
END_TEST

START_TEST(cut_traces_are_safe)
{
	struct decoded d;
	size_t n, length = strlen(traces[_i].text);
	char *copy;

	for (n = 1; n < length; n++) {
		copy = malloc(n);
		ck_assert_ptr_nonnull(copy);
		memcpy(copy, traces[_i].text, n);
		decode_bytes(copy, n, LW_RECORD_TEXT, &d);
		ck_assert_int_eq(d.code, LW_OK);
		free(copy);
	}
}
END_TEST

START_TEST(long_traces_are_bounded)
{
	struct lw_buf b = {0};
	struct decoded d;
	int i;

	lw_buf_addz(&b, "java.lang.StackOverflowError\n");
	for (i = 0; i < 20000; i++)
		lw_buf_printf(&b, "\tat a.B.c(B.java:%d)\n", i + 1);
	for (i = 0; i < 100; i++)
		lw_buf_printf(&b, "Caused by: a.E%d: x\n\tat a.B.d(B.java:1)\n", i);
	decode_bytes(b.p, b.n, LW_RECORD_TEXT, &d);
	ck_assert_ptr_nonnull(d.e[0].stack);
	ck_assert_uint_eq(d.e[0].stack->exceptions[0].frame_count, 512);
	ck_assert_uint_eq(d.e[0].stack->exception_count, 32);
	lw_buf_fini(&b);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

TCase *
entry_stack_case(void)
{
	TCase *t = tcase_create("stack");

	tcase_add_loop_test(t, trace_is_read, 0, COUNT(traces));
	tcase_add_loop_test(t, prose_is_no_trace, 0, COUNT(no_traces));
	tcase_add_loop_test(t, fragment_is_told, 0, COUNT(fragments));
	tcase_add_test(t, raised_line_is_type_and_first_line);
	tcase_add_loop_test(t, cut_traces_are_safe, 0, COUNT(traces));
	tcase_add_test(t, long_traces_are_bounded);
	return t;
}
