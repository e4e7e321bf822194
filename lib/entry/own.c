/* own.c - what the libraries and runtimes of the languages are called. */
#include "entry/stack.h"

/* Parts of a file's path that make it a library's, whatever the language. */
static const char *const library_paths[] = {"/site-packages/", "/dist-packages/",
    "\\site-packages\\", "/node_modules/", "\\node_modules\\", "/usr/lib/", "/usr/local/lib/",
    "/lib/python", "/.cargo/", "/usr/local/go/", "/go/pkg/mod/", "/usr/share/", "/gems/",
    "/vendor/", "/bundler/", "/rubygems", "/usr/src/", "/rustc/"};

static const char *const file_starts[] = {"<frozen ", "<string>", "<__array_function__",
    "node:", "internal/", "webpack/bootstrap", "vendor/", "<internal:", "native",
    "[internal function]", "timers.js", "events.js", "net.js", "module.js", "runtime/",
    "_testmain.go"};

/* Packages of the JVM's and .NET's runtimes and of their usual frameworks. */
static const char *const packages[] = {"java.", "javax.", "jakarta.", "sun.", "jdk.", "com.sun.",
    "kotlin.", "kotlinx.", "scala.", "groovy.", "org.codehaus.groovy.", "org.springframework.",
    "org.apache.", "org.eclipse.", "org.hibernate.", "org.jboss.", "org.junit.", "org.slf4j.",
    "ch.qos.", "io.netty.", "io.grpc.", "io.micronaut.", "io.quarkus.", "io.vertx.", "io.undertow.",
    "io.opentelemetry.", "reactor.", "rx.", "okhttp3.", "okio.", "retrofit2.", "akka.",
    "com.google.", "com.fasterxml.", "com.zaxxer.", "com.mysql.", "org.postgresql.", "org.mongodb.",
    "com.mongodb.", "redis.clients.", "io.lettuce.", "oracle.", "com.amazonaws.",
    "software.amazon.", "feign.", "org.aspectj.", "net.sf.", "org.glassfish."};

static const char *const dotnet_packages[] = {"System.", "Microsoft.", "Npgsql.", "MySql.",
    "Newtonsoft.", "StackExchange.", "Grpc.", "Google.", "Dapper.", "Polly.", "Serilog.",
    "MongoDB."};

/* Functions of Go's runtime and standard library have no module path; a program's own is "main.".
 */
static const char *const go_packages[] = {"runtime.", "runtime/", "panic(", "testing.", "net/",
    "net.", "internal/", "reflect.", "sync.", "syscall.", "os.", "io.", "bufio.", "database/sql",
    "encoding/", "context.", "fmt.", "bytes.", "strings.", "crypto/", "html/", "text/", "compress/",
    "google.golang.org/", "golang.org/x/", "go.uber.org/", "created by net/"};

/* Functions of Rust's runtime and of its usual executors. */
static const char *const crates[] = {"std::", "core::", "alloc::", "rust_", "__rust_",
    "tokio::", "futures", "<core::", "<alloc::", "<std::", "_start", "__libc_", "clone"};

static bool
starts_any(struct lw_str s, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (lw_str_starts(s, lw_str_from(list[i])))
			return true;
	return false;
}

static bool
holds_any(struct lw_str s, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (lw_str_find(s, lw_str_from(list[i])) != LW_NPOS)
			return true;
	return false;
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

bool
lw_frame_own(enum lw_trace_language language, const struct lw_frame *f)
{
	if (language == LW_LANG_JAVA)
		return !starts_any(f->file, packages, COUNT(packages));
	if (language == LW_LANG_DOTNET &&
	    starts_any(f->function, dotnet_packages, COUNT(dotnet_packages)))
		return false;
	if (language == LW_LANG_GO && starts_any(f->function, go_packages, COUNT(go_packages)))
		return false;
	if (language == LW_LANG_NODE && f->file.n == 0)
		return false;
	if (language == LW_LANG_RUST && starts_any(f->function, crates, COUNT(crates)))
		return false;
	if (language == LW_LANG_ELIXIR && lw_str_ends(f->file, LW_STR(".erl")))
		return false;
	return !starts_any(f->file, file_starts, COUNT(file_starts)) &&
	       !holds_any(f->file, library_paths, COUNT(library_paths));
}
