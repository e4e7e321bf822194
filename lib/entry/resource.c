/* resource.c - what monitored resources call project, service, revision and instance. */
#include <stdlib.h>

#include "base/hash.h"
#include "entry/map.h"

/*
 * Names of labels by resource type; several are separated by '|' and the first that
 * is there and not empty counts.  "=x" looks at the entry's own labels, "=#x" takes a machine's
 * name there for its group's.
 */
static const struct kind {
	const char *type, *service, *revision, *instance;
} kinds[] = {
    {"cloud_run_revision", "service_name|configuration_name", "revision_name", "=instanceId"},
    {"cloud_run_job", "job_name", "", "=instanceId"},
    {"cloud_run_worker_pool", "worker_pool_name", "revision_name", "=instanceId"},
    {"k8s_container", "container_name", "=k8s-pod/pod-template-hash", "pod_name"},
    {"k8s_pod", "container_name|%pod_name", "=k8s-pod/pod-template-hash", "pod_name"},
    {"k8s_node", "node_name", "", "node_name"},
    {"k8s_cluster", "cluster_name", "", ""},
    {"gke_cluster", "cluster_name", "", ""},
    {"gke_nodepool", "nodepool_name|cluster_name", "", ""},
    {"container", "container_name", "", "pod_id"},
    {"cloud_function", "function_name", "=version_id", "=instanceId|=instance_id"},
    {"gae_app", "module_id", "version_id",
	"=clone_id|=appengine.googleapis.com/clone_id|=instanceId|"
	"=appengine.googleapis.com/instance_name"},
    {"gce_instance",
	"=compute.googleapis.com/instance_group_manager/name|"
	"=#compute.googleapis.com/resource_name|=#instance_name|"
	"=#agent.googleapis.com/instance_name|instance_name|instance_id",
	"", "instance_id"},
    {"cloudsql_database", "database_id", "", ""},
    {"alloydb.googleapis.com/Instance", "cluster_id|instance_id", "", "instance_id"},
    {"build", "build_trigger_id|build_id", "build_id", ""},
    {"http_load_balancer",
	"backend_service_name|url_map_name|forwarding_rule_name|target_proxy_name", "", ""},
    {"audited_resource", "service", "", ""},
    {"api", "service", "", ""},
    {"consumed_api", "service", "", ""},
    {"redis_instance", "instance_id", "", "node_id"},
    {"gcs_bucket", "bucket_name", "", ""},
    {"pubsub_topic", "topic_id", "", ""},
    {"pubsub_subscription", "subscription_id", "", ""},
    {"cloud_scheduler_job", "job_id", "", ""},
    {"cloud_tasks_queue", "queue_id", "", ""},
    {"workflows.googleapis.com/Workflow", "workflow_id", "revision_id", ""},
    {"dataflow_step", "job_name|job_id", "", ""},
    {"cloud_dataproc_cluster", "cluster_name", "", ""},
    {"bigquery_resource", "dataset_id", "", ""},
    {"service_account", "email_id", "", ""},
    {"generic_node", "node_id|namespace", "", "node_id"},
    {"generic_task", "job|namespace", "", "task_id"},
    {"",
	"service_name|service|container_name|function_name|job_name|module_id|database_id|"
	"instance_name|backend_service_name|name|host|hostname|service_id|instance_id|node_id|"
	"=service|=service_name|=app|=app.kubernetes.io/name|=name|=host|=hostname",
	"revision_name|version_id|revision|version|=version", "=instanceId|pod_name|instance_id"},
};

/* "ledger-75d4498bb8-92766" is a pod of "ledger"; "db-0" of the stateful set "db". */
static struct lw_str
workload(struct lw_str pod)
{
	size_t i, cut = pod.n, parts = 0;

	for (i = pod.n; i > 0 && parts < 2; i--) {
		char c = pod.p[i - 1];

		if (c == '-') {
			size_t n = cut - i;
			bool number = n > 0 && n <= 4,
			     hash = parts == 0 ? n == 5 : n >= 8 && n <= 10;
			size_t k;

			for (k = i; k < cut; k++)
				number = number && pod.p[k] >= '0' && pod.p[k] <= '9';
			if (!hash && !(number && parts == 0))
				break;
			cut = i - 1;
			parts = number && !hash ? 2 : parts + 1;
		} else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
			break;
		}
	}
	return lw_str_make(pod.p, cut);
}

/*
 * "web-2" is one of the machines "web", and "web-7f2c" one of the group "web", which appends
 * four letters and digits.  A part without a digit is a word of the name.
 */
static struct lw_str
machines(struct lw_str name)
{
	size_t i, digits = 0;

	for (i = name.n; i > 0 && name.p[i - 1] != '-'; i--) {
		char c = name.p[i - 1];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
			return name;
		digits += c >= '0' && c <= '9';
	}
	if (i < 2 || digits == 0 || name.n - i > 4 || (digits < name.n - i && name.n - i != 4))
		return name;
	return lw_str_make(name.p, i - 1);
}

/* The last member of exactly this key, as a text. */
static struct lw_str
scalar(const struct lw_node *object, struct lw_str key)
{
	const struct lw_node *n = object == NULL ? NULL : object->child, *found = NULL;

	for (; n != NULL; n = n->next)
		if (lw_str_eq(n->key, key))
			found = n;
	return lw_node_scalar(found);
}

/* The first of the '|'-separated names with a text. */
static struct lw_str
pick(const char *names, const struct lw_node *resource, const struct lw_node *labels)
{
	const char *end;
	struct lw_str s;
	size_t n;

	for (; *names != '\0'; names = *end == '|' ? end + 1 : end) {
		const struct lw_node *from = resource;
		bool pod = *names == '%', machine;

		end = strchr(names, '|');
		end = end == NULL ? names + strlen(names) : end;
		if (*names == '=')
			from = labels;
		names += *names == '=' || pod;
		machine = *names == '#';
		names += machine;
		n = (size_t)(end - names);
		s = scalar(from, lw_str_make(names, n));
		if (s.n > 0)
			return pod ? workload(s) : machine ? machines(s) : s;
	}
	return LW_STR("");
}

static const struct kind *
kind_of(struct lw_str type)
{
	size_t i, last = sizeof(kinds) / sizeof(kinds[0]) - 1;

	for (i = 0; i < last; i++)
		if (lw_str_eq(type, lw_str_from(kinds[i].type)))
			return &kinds[i];
	return &kinds[last];
}

/* "projects/P/logs/..." */
static struct lw_str
project_of(struct lw_str name)
{
	const char *slash;

	if (!lw_str_starts(name, LW_STR("projects/")))
		return LW_STR("");
	name.p += 9;
	name.n -= 9;
	slash = memchr(name.p, '/', name.n);
	return slash == NULL ? LW_STR("") : lw_str_make(name.p, (size_t)(slash - name.p));
}

static size_t
count_scalars(const struct lw_node *object)
{
	const struct lw_node *n;
	size_t count = 0;

	for (n = object == NULL ? NULL : object->child; n != NULL; n = n->next)
		count += n->type != LW_NODE_OBJECT && n->type != LW_NODE_ARRAY;
	return count;
}

static struct lw_label *
add_labels(struct lw_label *to, const struct lw_node *object)
{
	const struct lw_node *n;

	for (n = object == NULL ? NULL : object->child; n != NULL; n = n->next)
		if (n->type != LW_NODE_OBJECT && n->type != LW_NODE_ARRAY)
			*to++ = (struct lw_label){n->key, n->text};
	return to;
}

static struct lw_str
either(struct lw_str a, struct lw_str b)
{
	return a.n > 0 ? a : b;
}

/* What a resource and labels that are known both are remembered by; 0 where they are not. */
static inline uint64_t
key_of(const struct lw_node *resource, const struct lw_node *labels)
{
	uint32_t r = resource == NULL ? 0 : resource->known, l = labels == NULL ? 0 : labels->known;

	if ((resource != NULL && r == 0) || (labels != NULL && l == 0))
		return 0;
	return (uint64_t)r << 32 | l;
}

/* A slot of a key: that or its neighbour is looked at first. */
static inline size_t
slot_of(const struct lw_places *p, uint64_t key)
{
	size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) % LW_PLACES;

	return i ^ (p->keys[i] != key); /* no branch: which of the two cannot be foreseen */
}

/*
 * The place of a key among the ways that it has, near slot `at`, or one that is taken for it; NULL
 * where other entries of this record and the one before use all of them.
 */
static struct lw_place *
place_near(struct lw_mapping *m, uint64_t key, size_t at)
{
	struct lw_places *p = m->places;
	size_t i, oldest = at;

	for (i = 0; i < LW_PLACE_WAYS; i++) {
		if (p->keys[at ^ i] == key)
			return &p->slots[at ^ i];
		if (p->slots[at ^ i].record < p->slots[oldest].record)
			oldest = at ^ i;
	}
	if (p->slots[oldest].record + 1 >= m->walker->known->record)
		return NULL;
	p->keys[oldest] = key;
	p->slots[oldest].whole = false;
	return &p->slots[oldest];
}

static inline void
use_place(struct lw_mapping *m, struct lw_place *p, struct lw_entry *e)
{
	p->record = m->walker->known->record;
	e->resource_type = p->resource_type;
	e->project = p->project;
	e->location = p->location;
	e->service = p->service;
	e->revision = p->revision;
	e->instance = p->instance;
	e->container = p->container;
	e->cluster = p->cluster;
	e->namespace_name = p->namespace_name;
	e->place = p->number;
	e->labels = p->own;
	e->label_count = p->label_count;
}

/* Its own one: which of the slots it is, and how many places were numbered before; 0 where they
 * are used up. */
static uint32_t
number_of(struct lw_places *places, const struct lw_place *place)
{
	if (places->rounds == UINT32_MAX / LW_PLACES - 1)
		return 0;
	return ++places->rounds * LW_PLACES + (uint32_t)(place - places->slots);
}

/* Keep what was found for the next entry of the same resource and labels. */
static void
keep_place(struct lw_places *places, struct lw_place *place, const struct lw_entry *e)
{
	size_t n = e->label_count;
	struct lw_label *room;

	if (n > 0 && n > place->room) {
		room = realloc(place->own, n * sizeof(*room));
		if (room == NULL)
			return;
		place->own = room;
		place->room = n;
	}
	if (n > 0)
		memcpy(place->own, e->labels, n * sizeof(*place->own));
	place->label_count = n;
	place->resource_type = e->resource_type;
	place->project = e->project;
	place->location = e->location;
	place->service = e->service;
	place->revision = e->revision;
	place->instance = e->instance;
	place->container = e->container;
	place->cluster = e->cluster;
	place->namespace_name = e->namespace_name;
	place->number = number_of(places, place);
	place->whole = true;
}

static bool
map_anew(struct lw_mapping *m, const struct lw_node *resource, const struct lw_node *own,
    const struct lw_node *labels, struct lw_entry *e)
{
	const struct kind *k;
	struct lw_label *all;

	e->labels = NULL;
	e->label_count = count_scalars(labels) + count_scalars(own);
	if (e->label_count > 0) {
		all = lw_arena_alloc(m->arena, e->label_count * sizeof(*all));
		if (all == NULL)
			return false;
		(void)add_labels(add_labels(all, labels), own);
		e->labels = all;
	}
	e->resource_type = lw_node_string(lw_node_get(resource, LW_KEY_type));
	k = kind_of(e->resource_type);
	e->project = pick("project_id", own, labels);
	e->location = pick("location|region|zone", own, labels);
	e->service = pick(k->service, own, labels);
	e->revision = pick(k->revision, own, labels);
	e->instance = pick(k->instance, own, labels);
	if (e->instance.n == 0)
		e->instance = pick("=instanceId", own, labels);
	e->container = pick("container_name|=container_name", own, labels);
	e->cluster = pick("cluster_name", own, labels);
	e->namespace_name = pick("namespace_name|namespace_id|namespace", own, labels);
	return true;
}

/* What is not where it is looked for first.  Apart, so that what is saves no registers for it. */
static __attribute__((noinline)) bool
map_and_keep(struct lw_mapping *m, const struct lw_node *resource, const struct lw_node *labels,
    uint64_t key, struct lw_entry *e)
{
	const struct lw_node *own = lw_node_get(resource, LW_KEY_labels);
	struct lw_place *place = NULL;

	if (key != 0 && m->places != NULL)
		place = place_near(m, key, slot_of(m->places, key));
	if (place != NULL && place->whole) {
		use_place(m, place, e);
		return true;
	}
	if (own != NULL && own->type != LW_NODE_OBJECT) {
		lw_mapping_warn(
		    m, LW_ETYPE, "resource.labels is %s, not an object", lw_node_type_text(own));
		own = NULL;
		place = NULL; /* to warn again */
	}
	if (!map_anew(m, resource, own, labels, e))
		return false;
	if (place != NULL)
		keep_place(m->places, place, e);
	return true;
}

bool
lw_map_resource(struct lw_mapping *m, const struct lw_node *resource, const struct lw_node *labels,
    struct lw_entry *e)
{
	struct lw_places *p = m->places;
	uint64_t key = key_of(resource, labels);
	size_t i = p == NULL ? 0 : slot_of(p, key);

	if (p != NULL && key != 0 && p->keys[i] == key && p->slots[i].whole)
		use_place(m, &p->slots[i], e);
	else if (!map_and_keep(m, resource, labels, key, e))
		return false;
	if (e->project.n == 0) {
		e->project = either(project_of(e->log_name), project_of(e->trace));
		e->place = 0;
	}
	return true;
}

void
lw_map_payload_resource(const struct lw_node *payload, struct lw_entry *e)
{
	const struct lw_node *k8s = lw_node_get(payload, LW_KEY_kubernetes);
	const struct lw_node *context = lw_node_get(payload, LW_KEY_servicecontext);
	const struct lw_node *service = lw_node_get(payload, LW_KEY_service);

	e->place = 0;
	if (k8s != NULL) { /* what fluent-bit adds */
		e->container = lw_node_string(lw_node_get(k8s, LW_KEY_containername));
		e->namespace_name = lw_node_string(lw_node_get(k8s, LW_KEY_namespacename));
		e->instance = either(e->instance, lw_node_string(lw_node_get(k8s, LW_KEY_podname)));
		e->service = either(e->service, e->container);
	}
	e->service = either(e->service, lw_node_string(lw_node_get(context, LW_KEY_service)));
	e->revision = either(e->revision, lw_node_string(lw_node_get(context, LW_KEY_version)));
	e->service = either(e->service, lw_node_string(service));
	e->service = either(e->service, lw_node_string(lw_node_get(service, LW_KEY_name)));
	e->service = either(e->service, lw_node_string(lw_node_get(payload, LW_KEY_servicename)));
	e->service = either(e->service, lw_node_string(lw_node_get(payload, LW_KEY_app)));
	e->instance = either(e->instance, lw_node_string(lw_node_get(payload, LW_KEY_hostname)));
	e->instance = either(e->instance, lw_node_string(lw_node_get(payload, LW_KEY_host)));
}

struct lw_places *
lw_places_new(void)
{
	return calloc(1, sizeof(struct lw_places));
}

void
lw_places_free(struct lw_places *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < LW_PLACES; i++)
		free(p->slots[i].own);
	free(p);
}
