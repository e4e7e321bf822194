/*
 * audit_change.c - which audited calls change something that others rest on.
 *
 * Methods are told by their last two parts: "Services.ReplaceService",
 * "firewalls.patch", "deployments.update".  Services and methods as in
 * https://cloud.google.com/logging/docs/audit/services; entries that only read
 * (DATA_READ) and data that is written (DATA_WRITE) are no changes.
 */
#include "entry/map.h"

struct call {
	const char *service;    /* of the end of serviceName; NULL: any */
	const char *collection; /* the last part but one; NULL: any */
	const char *verb;       /* the start of the last part */
	enum lw_change_kind kind;
	const char *title;
};

#define RUN "run.googleapis.com"
#define FUNCTIONS "cloudfunctions.googleapis.com"
#define APP_ENGINE "appengine.googleapis.com"
#define KUBERNETES "k8s.io"
#define SQL "cloudsql.googleapis.com"
#define SECRETS "secretmanager.googleapis.com"
#define IAM "iam.googleapis.com"
#define COMPUTE "compute.googleapis.com"
#define DEPLOYMENT LW_CHANGE_DEPLOYMENT
#define CONFIGURATION LW_CHANGE_CONFIGURATION
#define PERMISSION LW_CHANGE_PERMISSION
#define SECRET LW_CHANGE_SECRET

/* The first that fits counts. */
static const struct call calls[] = {
    {NULL, NULL, "SetIamPolicy", PERMISSION, "Access policy set on"},
    {NULL, NULL, "setIamPolicy", PERMISSION, "Access policy set on"},
    {NULL, NULL, "setIamPermissions", PERMISSION, "Access policy set on"},
    {IAM, NULL, "CreateServiceAccountKey", PERMISSION, "Key created for"},
    {IAM, NULL, "DeleteServiceAccountKey", PERMISSION, "Key deleted of"},
    {IAM, NULL, "DisableServiceAccountKey", PERMISSION, "Key disabled of"},
    {IAM, NULL, "DisableServiceAccount", PERMISSION, "Service account disabled:"},
    {IAM, NULL, "EnableServiceAccount", PERMISSION, "Service account enabled:"},
    {IAM, NULL, "DeleteServiceAccount", PERMISSION, "Service account deleted:"},
    {IAM, NULL, "UpdateRole", PERMISSION, "Change of role"},
    {IAM, NULL, "DeleteRole", PERMISSION, "Deletion of role"},
    {IAM, "Policies", "CreatePolicy", PERMISSION, "Deny policy created on"},
    {IAM, "Policies", "UpdatePolicy", PERMISSION, "Deny policy changed on"},
    {SECRETS, NULL, "AddSecretVersion", SECRET, "Version added to secret"},
    {SECRETS, NULL, "DestroySecretVersion", SECRET, "Version destroyed of secret"},
    {SECRETS, NULL, "DisableSecretVersion", SECRET, "Version disabled of secret"},
    {SECRETS, NULL, "EnableSecretVersion", SECRET, "Version enabled of secret"},
    {SECRETS, NULL, "CreateSecret", SECRET, "Creation of secret"},
    {SECRETS, NULL, "DeleteSecret", SECRET, "Deletion of secret"},
    {SECRETS, NULL, "UpdateSecret", SECRET, "Change of secret"},
    {RUN, NULL, "ReplaceService", DEPLOYMENT, "Deployment of"},
    {RUN, NULL, "ReplaceInternalService", DEPLOYMENT, "Deployment of"},
    {RUN, NULL, "CreateService", DEPLOYMENT, "Deployment of"},
    {RUN, NULL, "UpdateService", DEPLOYMENT, "Deployment of"},
    {RUN, NULL, "CreateRevision", DEPLOYMENT, "Creation of revision"},
    {RUN, NULL, "ReplaceJob", DEPLOYMENT, "Deployment of"},
    {RUN, NULL, "CreateJob", DEPLOYMENT, "Deployment of"},
    {RUN, NULL, "UpdateJob", DEPLOYMENT, "Deployment of"},
    {RUN, NULL, "Delete", DEPLOYMENT, "Deletion of"},
    {FUNCTIONS, NULL, "CreateFunction", DEPLOYMENT, "Deployment of"},
    {FUNCTIONS, NULL, "UpdateFunction", DEPLOYMENT, "Deployment of"},
    {FUNCTIONS, NULL, "DeleteFunction", DEPLOYMENT, "Deletion of"},
    {APP_ENGINE, NULL, "CreateVersion", DEPLOYMENT, "Deployment of"},
    {APP_ENGINE, NULL, "UpdateVersion", DEPLOYMENT, "Deployment of"},
    {APP_ENGINE, NULL, "DeleteVersion", DEPLOYMENT, "Deletion of"},
    {APP_ENGINE, NULL, "UpdateService", DEPLOYMENT, "Change of traffic of"},
    {KUBERNETES, "deployments", "", DEPLOYMENT, "Deployment of"},
    {KUBERNETES, "statefulsets", "", DEPLOYMENT, "Deployment of"},
    {KUBERNETES, "daemonsets", "", DEPLOYMENT, "Deployment of"},
    {KUBERNETES, "cronjobs", "", DEPLOYMENT, "Deployment of"},
    {KUBERNETES, "configmaps", "", CONFIGURATION, "Change of config map"},
    {KUBERNETES, "secrets", "", SECRET, "Change of secret"},
    {KUBERNETES, "horizontalpodautoscalers", "", CONFIGURATION, "Change of autoscaler"},
    {KUBERNETES, "networkpolicies", "", CONFIGURATION, "Change of network policy"},
    {KUBERNETES, "ingresses", "", CONFIGURATION, "Change of ingress"},
    {KUBERNETES, "services", "", CONFIGURATION, "Change of service"},
    {KUBERNETES, "resourcequotas", "", CONFIGURATION, "Change of resource quota"},
    {KUBERNETES, "rolebindings", "", PERMISSION, "Change of role binding"},
    {KUBERNETES, "clusterrolebindings", "", PERMISSION, "Change of role binding"},
    {KUBERNETES, "roles", "", PERMISSION, "Change of role"},
    {KUBERNETES, "clusterroles", "", PERMISSION, "Change of role"},
    {SQL, "instances", "restart", CONFIGURATION, "Restart of database instance"},
    {SQL, "instances", "failover", CONFIGURATION, "Failover of database instance"},
    {SQL, "instances", "update", CONFIGURATION, "Change of database instance"},
    {SQL, "instances", "patch", CONFIGURATION, "Change of database instance"},
    {SQL, "instances", "delete", CONFIGURATION, "Deletion of database instance"},
    {SQL, "instances", "connect", CONFIGURATION, NULL},
    {SQL, "users", "", PERMISSION, "Change of users of database instance"},
    {COMPUTE, "firewalls", "", CONFIGURATION, "Change of firewall rule"},
    {COMPUTE, "routes", "", CONFIGURATION, "Change of route"},
    {COMPUTE, "securityPolicies", "", CONFIGURATION, "Change of security policy"},
    {COMPUTE, "instanceGroupManagers", "", DEPLOYMENT, "Change of instance group"},
    {"vpcaccess.googleapis.com", NULL, "", CONFIGURATION, "Change of VPC connector"},
    {"dns.googleapis.com", "changes", "create", CONFIGURATION, "Change of DNS zone"},
    {"serviceusage.googleapis.com", NULL, "DisableService", CONFIGURATION, "API disabled:"},
    {"serviceusage.googleapis.com", NULL, "EnableService", CONFIGURATION, "API enabled:"},
};

/* What begins the name of a method that changes something; for services that the table lacks. */
static const char *const verbs[] = {"Update", "update", "Patch", "patch", "Delete", "delete",
    "Replace", "Set", "set", "Remove", "remove", "Disable", "disable", "Restart", "restart",
    "Reset", "reset", "Failover", "failover", "Resize", "resize", "Stop", "stop", "Upgrade",
    "upgrade", "Modify", "Rotate", "Suspend", "suspend"};

/* Writing their data is what these are there for. */
static const char *const data_services[] = {"storage.googleapis.com", "bigquery.googleapis.com",
    "pubsub.googleapis.com", "logging.googleapis.com", "datastore.googleapis.com",
    "firestore.googleapis.com", "spanner.googleapis.com", "cloudtasks.googleapis.com",
    "artifactregistry.googleapis.com", "cloudbuild.googleapis.com", KUBERNETES};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
contains(struct lw_str s, const char *needle)
{
	return lw_str_find(s, lw_str_from(needle)) != LW_NPOS;
}

/* What stands behind the last separator; *rest is what stands before it. */
static struct lw_str
last_part(struct lw_str s, const char *separators, struct lw_str *rest)
{
	size_t i = s.n;

	while (i > 0 && (s.p[i - 1] == '\0' || strchr(separators, s.p[i - 1]) == NULL))
		i--;
	*rest = lw_str_make(s.p, i == 0 ? 0 : i - 1);
	return i == 0 ? s : lw_str_make(s.p + i, s.n - i);
}

static bool
is_one_of(struct lw_str s, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (lw_str_eq(s, lw_str_from(list[i])))
			return true;
	return false;
}

static bool
begins_with_verb(struct lw_str s)
{
	size_t i;

	for (i = 0; i < COUNT(verbs); i++)
		if (lw_str_starts(s, lw_str_from(verbs[i])))
			return true;
	return false;
}

static bool
fits(const struct call *c, struct lw_str service, struct lw_str collection, struct lw_str verb)
{
	/* App Engine's names carry no service: ".../google.appengine.v1.Versions.CreateVersion". */
	return (c->service == NULL || lw_str_ends(service, lw_str_from(c->service))) &&
	       (c->collection == NULL || lw_str_eq(collection, lw_str_from(c->collection))) &&
	       lw_str_starts(verb, lw_str_from(c->verb));
}

/* Controllers of a cluster write all the time; what people and their tools do is a change. */
static bool
is_controller(const struct lw_entry *e)
{
	struct lw_str who = e->audit.principal;

	return lw_str_starts(who, LW_STR("system:serviceaccount:kube-system:")) ||
	       (lw_str_starts(who, LW_STR("system:")) &&
		   !lw_str_starts(who, LW_STR("system:serviceaccount:")));
}

/* The kind and title of a call; false where it changes nothing. */
static bool
recognise(const struct lw_entry *e, struct lw_audit_change *c)
{
	struct lw_str rest, verb = last_part(e->audit.method, "./", &rest);
	struct lw_str collection = last_part(rest, "./", &rest), service = e->audit.service;
	bool kubernetes = lw_str_eq(service, LW_STR(KUBERNETES));
	size_t i;

	if (contains(e->log_name, "data_access") || (kubernetes && is_controller(e)))
		return false;
	if (kubernetes && (lw_str_eq(verb, LW_STR("get")) || lw_str_eq(verb, LW_STR("list")) ||
			      lw_str_eq(verb, LW_STR("watch"))))
		return false;
	for (i = 0; i < COUNT(calls); i++) {
		if (!fits(&calls[i], service, collection, verb))
			continue;
		c->kind = calls[i].kind;
		c->title = calls[i].title;
		return c->title != NULL;
	}
	if (!contains(e->log_name, "cloudaudit.googleapis.com%2Factivity") ||
	    !begins_with_verb(verb) || is_one_of(service, data_services, COUNT(data_services)))
		return false;
	c->kind = CONFIGURATION;
	c->title = "Change of";
	return true;
}

/* "command/gcloud.run.deploy" of the caller's user agent as "gcloud run deploy". */
static bool
map_command(struct lw_mapping *m, const struct lw_node *proto, struct lw_audit_change *c)
{
	struct lw_str agent = lw_node_string(lw_node_get(
	    lw_node_get(proto, LW_KEY_requestmetadata), LW_KEY_callersupplieduseragent));
	size_t at = lw_str_find(agent, LW_STR("command/")), n = 0;
	char *p;

	if (at == LW_NPOS)
		return true;
	agent = lw_str_make(agent.p + at + 8, agent.n - at - 8);
	while (n < agent.n && agent.p[n] != ' ')
		n++;
	p = lw_arena_alloc(m->arena, n + 1);
	if (p == NULL)
		return false;
	memcpy(p, agent.p, n);
	p[n] = '\0';
	c->command = lw_str_make(p, n);
	while (n-- > 0)
		if (p[n] == '.')
			p[n] = ' ';
	return true;
}

/* Versions of secrets and keys of accounts are named after what they belong to. */
static struct lw_str
target_of(const struct lw_entry *e, enum lw_change_kind kind)
{
	struct lw_str rest, name = last_part(e->audit.resource, "/", &rest), collection;

	collection = last_part(rest, "/", &rest);
	if ((kind == SECRET && lw_str_eq(collection, LW_STR("versions"))) ||
	    lw_str_eq(collection, LW_STR("keys")))
		name = last_part(rest, "/", &rest);
	return name;
}

/* "roles/x to user:a" of each binding whose action is `action`, joined. */
static bool
map_bindings(
    struct lw_mapping *m, const struct lw_node *deltas, const char *action, struct lw_str *text)
{
	struct lw_buf b = {0};
	const struct lw_node *n;
	char *p;

	for (n = deltas->child; n != NULL; n = n->next) {
		struct lw_str role = lw_node_string(lw_node_get(n, LW_KEY_role));
		struct lw_str member = lw_node_string(lw_node_get(n, LW_KEY_member));

		if (!lw_str_eq(
			lw_node_string(lw_node_get(n, LW_KEY_action)), lw_str_from(action)) ||
		    b.n > 1000)
			continue;
		if (b.n > 0)
			lw_buf_addz(&b, ", ");
		lw_buf_addstr(&b, role);
		lw_buf_addz(&b, action[0] == 'A' ? " to " : " from ");
		lw_buf_addstr(&b, member);
	}
	p = lw_buf_ok(&b) ? lw_arena_alloc(m->arena, b.n + 1) : NULL;
	if (p != NULL) {
		if (b.n > 0)
			memcpy(p, b.p, b.n);
		*text = lw_str_make(p, b.n);
	}
	lw_buf_fini(&b);
	return p != NULL;
}

static bool
map_permissions(struct lw_mapping *m, const struct lw_node *proto, struct lw_audit_change *c)
{
	const struct lw_node *data = lw_node_get(proto, LW_KEY_servicedata);
	const struct lw_node *deltas;

	if (data == NULL)
		data = lw_node_get(proto, LW_KEY_metadata);
	deltas = lw_node_get(lw_node_get(data, LW_KEY_policydelta), LW_KEY_bindingdeltas);
	if (deltas == NULL || deltas->type != LW_NODE_ARRAY)
		return true;
	return map_bindings(m, deltas, "ADD", &c->granted) &&
	       map_bindings(m, deltas, "REMOVE", &c->revoked);
}

/* Does a call replace the whole of its resource, as PUT does? */
static bool
replaces(struct lw_str method)
{
	struct lw_str rest, verb = last_part(method, "./", &rest);

	return lw_str_starts(verb, LW_STR("Replace")) || lw_str_eq(verb, LW_STR("update"));
}

bool
lw_map_audit_change(struct lw_mapping *m, const struct lw_node *proto, struct lw_entry *e)
{
	struct lw_audit_change found = {0}, *c;

	if (!recognise(e, &found))
		return true;
	c = lw_arena_alloc(m->arena, sizeof(*c));
	if (c == NULL)
		return false;
	*c = found;
	c->target = target_of(e, c->kind);
	c->whole = replaces(e->audit.method);
	if (!map_command(m, proto, c))
		return false;
	e->audit.change = c;
	if (c->kind == PERMISSION)
		return map_permissions(m, proto, c);
	if (c->kind == SECRET) /* what stands in the request is the secret */
		return true;
	return lw_map_audit_settings(m, lw_node_get(proto, LW_KEY_request), c);
}
