"""What captures are made of: a clock, services on their platforms, traffic, and what is known to be true.

A scenario is a function that takes a Scene, makes services of it, lets them log, and says which entries show
which level of which incident.  Times are seconds since the start of the scene.  Everything random comes from
one generator that is seeded with the scene's name, so the same name always gives the same bytes.
"""
import datetime
import random

PROJECT = 'acme-prod'
LOCATION = 'europe-west4'
AGENTS = ('Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X)', 'okhttp/4.12.0', 'python-requests/2.31.0',
          'Mozilla/5.0 (Windows NT 10.0; Win64; x64)')
BOT_PATHS = ('/wp-login.php', '/.env', '/.git/config', '/xmlrpc.php', '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
             '/actuator/gateway/routes', '/robots.txt', '/favicon.ico')
EPOCH = datetime.datetime(1970, 1, 1)


class Incident:
    """One true incident: its levels from what users felt (0) to the root (last)."""

    def __init__(self, service, levels, at_most=1):
        self.service = service
        self.at_most = at_most  # reported incidents that may speak of it; more than one where that is a matter of taste
        self.doubt = None  # how the report must say that causes could not be told apart; None where it must not
        self.levels = [{'what': what, 'insert_ids': []} for what in levels]

    def __getitem__(self, level):
        return self.levels[level]

    def must_say(self, words):
        """Words that the report's last why must hold: where an entry says much, resting on it is not yet naming the cause."""
        self.levels[-1]['says'] = words

    def as_truth(self, requests):
        """`requests` holds the insertIds of all requests."""
        failed = sum(insert_id in requests for insert_id in self.levels[0]['insert_ids'])
        return {'service': self.service, 'at_most': self.at_most, 'doubt': self.doubt, 'requests_failed': failed, 'levels': self.levels}


class Scene:
    def __init__(self, name, seed='', start='2026-04-14T08:00:00'):
        self.name = name
        self.random = random.Random(name + seed)
        self.start = datetime.datetime.fromisoformat(start)
        self.entries = []
        self.incidents = []

    def incident(self, service, *levels, at_most=1):
        self.incidents.append(Incident(service, levels, at_most))
        return self.incidents[-1]

    def time(self, t, digits=6):
        return (self.start + datetime.timedelta(seconds=t)).isoformat(timespec='microseconds')[:20 + digits] + 'Z'

    def epoch(self, t):
        return (self.start - EPOCH).total_seconds() + t

    def hexes(self, n):
        return '%0*x' % (n, self.random.getrandbits(4 * n))

    def trace(self):
        return 'projects/%s/traces/%s' % (PROJECT, self.hexes(32))

    def add(self, t, entry, show=()):
        """Put an entry in at t; `show` is the level, or the levels, that it shows."""
        micros = int(round(self.epoch(t) * 1e6))
        entry['insertId'] = '%08x%05x%011x' % (micros // 1000000, micros % 1000000, self.random.getrandbits(44))
        entry['timestamp'] = self.time(t)
        entry['receiveTimestamp'] = self.time(t + 0.05 + self.random.random() * 0.4)
        self.entries.append(entry)
        for level in show if isinstance(show, (tuple, list)) else (show,):
            level['insert_ids'].append(entry['insertId'])
        return entry

    def arrivals(self, since, until, per_minute):
        """Times of independent events."""
        times = []
        t = since + self.random.expovariate(per_minute / 60)
        while t < until:
            times.append(t)
            t += self.random.expovariate(per_minute / 60)
        return times

    def truth(self):
        requests = {entry['insertId'] for entry in self.entries if 'httpRequest' in entry}
        return {'scenario': self.name, 'entries': len(self.entries),
                'incidents': [incident.as_truth(requests) for incident in self.incidents]}


# How logging libraries write a message into jsonPayload: (scene, t, severity, message, fields) -> payload, severity of the
# entry or None.  Where a library names its level in a way that Cloud Logging does not know, the entry has none.

PINO = {'DEBUG': 20, 'INFO': 30, 'WARNING': 40, 'ERROR': 50, 'CRITICAL': 60}


def pino(scene, t, severity, message, fields):
    return dict({'level': PINO[severity], 'time': int(scene.epoch(t) * 1000), 'pid': 1, 'hostname': 'localhost', 'msg': message}, **fields), None


def bunyan(scene, t, severity, message, fields):
    return dict({'name': 'app', 'hostname': 'localhost', 'pid': 1, 'level': PINO[severity], 'msg': message,
                 'time': scene.time(t, 3), 'v': 0}, **fields), None


def zap(scene, t, severity, message, fields):
    level = {'WARNING': 'warn', 'CRITICAL': 'fatal'}.get(severity, severity.lower())
    return dict({'level': level, 'ts': round(scene.epoch(t), 6), 'caller': 'server/handler.go:118', 'msg': message}, **fields), None


def slog(scene, t, severity, message, fields):
    return dict({'time': scene.time(t), 'level': {'WARNING': 'WARN', 'CRITICAL': 'ERROR'}.get(severity, severity), 'msg': message}, **fields), None


def logback(scene, t, severity, message, fields):
    level = {'WARNING': 'WARN', 'CRITICAL': 'ERROR'}.get(severity, severity)
    return dict({'@timestamp': scene.time(t, 3), '@version': '1', 'message': message, 'logger_name': 'com.acme.Application',
                 'thread_name': 'http-nio-8080-exec-%d' % scene.random.randrange(1, 40), 'level': level,
                 'level_value': {'DEBUG': 10000, 'INFO': 20000, 'WARN': 30000, 'ERROR': 40000}[level]}, **fields), None


def serilog(scene, t, severity, message, fields):
    payload = {'@t': scene.time(t), '@m': message, '@i': scene.hexes(8)}
    if severity != 'INFO':
        payload['@l'] = {'WARNING': 'Warning', 'ERROR': 'Error', 'CRITICAL': 'Fatal', 'DEBUG': 'Debug'}[severity]
    return dict(payload, **fields), None


def structlog(scene, t, severity, message, fields):
    return dict({'event': message, 'level': severity.lower(), 'timestamp': scene.time(t), 'logger': 'app'}, **fields), None


def monolog(scene, t, severity, message, fields):
    number = {'DEBUG': 100, 'INFO': 200, 'WARNING': 300, 'ERROR': 400, 'CRITICAL': 500}[severity]
    return {'message': message, 'context': fields, 'level': number, 'level_name': severity, 'channel': 'app',
            'datetime': scene.time(t), 'extra': {}}, None


def tracing(scene, t, severity, message, fields):
    return {'timestamp': scene.time(t), 'level': {'WARNING': 'WARN', 'CRITICAL': 'ERROR'}.get(severity, severity),
            'fields': dict({'message': message}, **fields), 'target': 'app::handlers'}, None


def google(scene, t, severity, message, fields):
    return dict({'message': message, 'logger': 'app'}, **fields), severity


class Instance:
    """One container, pod or machine: where its entries say they come from."""

    def __init__(self, name, revision, zone, since):
        self.name, self.revision, self.zone = name, revision, zone
        self.since, self.until = since, float('inf')  # when it takes requests


class Service:
    """A service on one platform.  A subclass says how its entries look."""

    logs = {'out': 'stdout', 'err': 'stderr', 'system': 'system', 'requests': 'requests'}

    def __init__(self, scene, name, style=google, revision=None, paths=('/api/v1/items',), project=PROJECT, location=LOCATION):
        self.scene, self.name, self.style, self.paths = scene, name, style, paths
        self.project, self.location = project, location
        self.revision = revision or '00041-' + ''.join(scene.random.choice('bcdfghjklmnpqrstvwxz') for _ in range(3))
        self.instances = []
        self.boot = []       # lines of every start: (seconds after it, severity, message)
        self.chatter = None  # message of a request's own log line, made of a number

    # What entries come from.

    def log_name(self, log):
        return 'projects/%s/logs/%s' % (self.project, self.logs[log])

    def new_instance(self, since=0, revision=None, zone=None):
        """One that takes requests from `since` on."""
        instance = Instance(self.instance_name(revision or self.revision), revision or self.revision, zone or self.location + '-a', since)
        self.instances.append(instance)
        return instance

    def pick(self, t, revision=None):
        """An instance that takes requests at t."""
        return self.scene.random.choice([i for i in self.instances if i.since <= t < i.until and revision in (None, i.revision)])

    def write(self, t, log, instance, severity=None, text=None, json=None, http=None, trace=None, show=(), labels=None, proto=None):
        entry = {'logName': self.log_name(log), 'resource': self.resource(instance)}
        own = dict(self.labels(instance), **(labels or {}))
        if own:
            entry['labels'] = own
        for key, value in (('severity', severity), ('textPayload', text), ('jsonPayload', json), ('protoPayload', proto),
                           ('httpRequest', http), ('trace', trace)):
            if value is not None:
                entry[key] = value
        return self.scene.add(t, entry, show)

    # What a program writes.

    def say(self, t, severity, message, instance, trace=None, show=(), log='out', **fields):
        """A message through the service's logging library."""
        payload, severity = self.style(self.scene, t, severity, message, fields)
        return self.write(t, log, instance, severity, json=payload, trace=trace, show=show)

    def text(self, t, text, instance, severity=None, trace=None, show=(), log='err'):
        return self.write(t, log, instance, severity, text=text, trace=trace, show=show)

    def request(self, t, status, latency, instance, path=None, trace=None, show=(), text=None, method=None, agent=None, severity=None):
        """A request that came in at t and was answered `latency` seconds later."""
        rng = self.scene.random
        path = path or rng.choice(self.paths)
        http = {'requestMethod': method or 'GET', 'requestUrl': 'https://%s.acme.example%s' % (self.name, path), 'status': status,
                'requestSize': str(rng.randrange(300, 1600)), 'responseSize': str(rng.randrange(180, 9000)), 'latency': '%.6fs' % latency,
                'remoteIp': '198.51.100.%d' % rng.randrange(1, 255), 'userAgent': agent or rng.choice(AGENTS), 'protocol': 'HTTP/1.1'}
        severity = severity or ('ERROR' if status >= 500 else 'WARNING' if status >= 400 else 'INFO')
        return self.write(t, 'requests', instance, severity, text=text, http=http, trace=trace or self.scene.trace(), show=show)

    # Ordinary life.

    def ok(self, t, instance=None, trace=None, path=None, latency=None, status=200):
        rng = self.scene.random
        instance = instance or self.pick(t)
        trace = trace or self.scene.trace()
        latency = latency or rng.lognormvariate(-3, 0.6)
        self.request(t, status, latency, instance, path, trace)
        if self.chatter and rng.random() < 0.5:
            self.say(t + latency * 0.8, 'INFO', self.chatter % rng.randrange(100000, 999999), instance, trace)

    def traffic(self, since, until, per_minute):
        """Healthy requests, with a few clients that ask for what is not there."""
        for t in self.scene.arrivals(since, until, per_minute):
            if self.scene.random.random() < 0.01:
                self.request(t, 404, 0.004, self.pick(t), self.scene.random.choice(BOT_PATHS), agent='Mozilla/5.0 zgrab/0.x')
            else:
                self.ok(t)

    def every(self, since, until, period, severity, message, **fields):
        """The same message about every `period` seconds; %d in it becomes a number."""
        rng = self.scene.random
        t = since + rng.random() * period
        while t < until:
            self.say(t, severity, message % rng.randrange(1000, 99999) if '%d' in message else message, self.pick(t), **fields)
            t += period * rng.uniform(0.8, 1.2)

    def boot_lines(self, t, instance):
        for after, severity, message in self.boot:
            self.say(t + after, severity, message, instance)


class Run(Service):
    """Cloud Run."""

    logs = {'out': 'run.googleapis.com%2Fstdout', 'err': 'run.googleapis.com%2Fstderr', 'system': 'run.googleapis.com%2Fvarlog%2Fsystem',
            'requests': 'run.googleapis.com%2Frequests'}

    def instance_name(self, revision):
        return '0069c7a9' + self.scene.hexes(120)

    def resource(self, instance):
        return {'type': 'cloud_run_revision', 'labels': {
            'project_id': self.project, 'location': self.location, 'service_name': self.name, 'configuration_name': self.name,
            'revision_name': '%s-%s' % (self.name, instance.revision if instance else self.revision)}}

    def labels(self, instance):
        return {'instanceId': instance.name} if instance else {}

    def starting(self, t, revision=None, reason='AUTOSCALING'):
        """The platform starts an instance; whether it comes up is another matter."""
        instance = self.new_instance(float('inf'), revision)
        why = {'AUTOSCALING': 'Instance started due to configured scaling factors (e.g. CPU utilization, request throughput, etc.) or no '
                              'existing capacity for current traffic.',
               'DEPLOYMENT_ROLLOUT': 'Instance started due to traffic shifting between revisions due to deployment, traffic split '
                                     'adjustment, or deployment health check.'}[reason]
        self.write(t, 'system', instance, 'INFO', text='Starting new instance. Reason: %s - %s' % (reason, why))
        return instance

    def start(self, t, revision=None, reason='AUTOSCALING', takes=2.5):
        """An instance that comes up."""
        instance = self.starting(t, revision, reason)
        self.boot_lines(t, instance)
        instance.since = t + takes
        self.write(t + takes, 'system', instance, 'INFO', text='Default STARTUP TCP probe succeeded after 1 attempt for container '
                   '"%s-1" on port 8080.' % self.name)
        return instance

    def exits(self, t, instance, code, show=()):
        self.write(t, 'system', instance, 'WARNING', text='Container called exit(%d).' % code, show=show)
        instance.until = t

    def audit(self, t, method, principal, severity='NOTICE', **fields):
        """An administrator's call on this service."""
        proto = dict({'@type': 'type.googleapis.com/google.cloud.audit.AuditLog', 'serviceName': 'run.googleapis.com', 'methodName': method,
                      'resourceName': 'namespaces/%s/services/%s' % (self.project, self.name), 'authenticationInfo': {'principalEmail': principal},
                      'status': {}}, **fields)
        entry = {'logName': 'projects/%s/logs/cloudaudit.googleapis.com%%2Factivity' % self.project, 'severity': severity,
                 'resource': self.resource(None), 'protoPayload': proto}
        return self.scene.add(t, entry)

    def deploy(self, t, revision, instances=2):
        """A new revision comes up and takes the traffic."""
        self.audit(t, 'google.cloud.run.v1.Services.ReplaceService', 'deployer@acme-prod.iam.gserviceaccount.com')
        old = [i for i in self.instances if i.until > t + 12]
        new = [self.start(t + 8 + k, revision, 'DEPLOYMENT_ROLLOUT') for k in range(instances)]
        for instance in old:
            instance.until = new[0].since
        self.revision = revision
        return new


class Gke(Service):
    """A deployment on Kubernetes; requests are seen at its load balancer."""

    logs = {'out': 'stdout', 'err': 'stderr', 'system': 'events', 'requests': 'requests'}

    def __init__(self, scene, name, style=google, revision=None, **more):
        super().__init__(scene, name, style, revision or scene.hexes(10), **more)

    def instance_name(self, revision):
        return '%s-%s-%s' % (self.name, revision, self.scene.hexes(5))

    def resource(self, instance):
        return {'type': 'k8s_container', 'labels': {
            'project_id': self.project, 'location': self.location, 'cluster_name': 'prod-1', 'namespace_name': 'shop',
            'container_name': self.name, 'pod_name': instance.name}}

    def labels(self, instance):
        return {'k8s-pod/app': self.name, 'k8s-pod/pod-template-hash': instance.revision,
                'compute.googleapis.com/resource_name': 'gke-prod-1-pool-1-%s' % instance.zone[-1]}

    def start(self, t, revision=None, zone=None):
        instance = self.new_instance(t + 2, revision, zone)
        self.event(t, 'Normal', 'Started', 'Started container %s' % self.name, instance)
        self.boot_lines(t, instance)
        return instance

    def event(self, t, kind, reason, message, instance, show=()):
        resource = {'type': 'k8s_pod', 'labels': {'project_id': self.project, 'location': self.location, 'cluster_name': 'prod-1',
                                                  'namespace_name': 'shop', 'pod_name': instance.name}}
        entry = {'logName': self.log_name('system'), 'resource': resource, 'severity': 'INFO' if kind == 'Normal' else 'WARNING',
                 'jsonPayload': {'kind': 'Event', 'apiVersion': 'v1', 'type': kind, 'reason': reason, 'message': message,
                                 'involvedObject': {'kind': 'Pod', 'namespace': 'shop', 'name': instance.name},
                                 'source': {'component': 'kubelet', 'host': 'gke-prod-1-pool-1-%s' % instance.zone[-1]}}}
        return self.scene.add(t, entry, show)

    def request(self, t, status, latency, instance, path=None, trace=None, show=(), text=None, method=None, agent=None, severity=None,
                details='response_sent_by_backend'):
        rng = self.scene.random
        http = {'requestMethod': method or 'GET', 'requestUrl': 'https://%s.acme.example%s' % (self.name, path or rng.choice(self.paths)),
                'status': status, 'requestSize': str(rng.randrange(300, 1600)), 'responseSize': str(rng.randrange(180, 9000)),
                'latency': '%.6fs' % latency, 'remoteIp': '198.51.100.%d' % rng.randrange(1, 255), 'userAgent': agent or rng.choice(AGENTS)}
        entry = {'logName': 'projects/%s/logs/requests' % self.project,
                 'resource': {'type': 'http_load_balancer', 'labels': {
                     'project_id': self.project, 'url_map_name': 'k8s2-um-shop-%s' % self.name, 'backend_service_name': 'k8s1-shop-%s-80' % self.name,
                     'forwarding_rule_name': 'k8s2-fr-shop-%s' % self.name, 'target_proxy_name': 'k8s2-tp-shop-%s' % self.name, 'zone': 'global'}},
                 'severity': severity or ('WARNING' if status >= 400 else 'INFO'), 'httpRequest': http, 'trace': trace or self.scene.trace(),
                 'jsonPayload': {'@type': 'type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry', 'statusDetails': details}}
        return self.scene.add(t, entry, show)


class Machine(Service):
    """A program on a virtual machine, its log read by the agent."""

    logs = {'out': 'app', 'err': 'app', 'system': 'syslog', 'requests': 'nginx_access'}

    def instance_name(self, revision):
        return str(self.scene.random.getrandbits(62))

    def resource(self, instance):
        return {'type': 'gce_instance', 'labels': {'project_id': self.project, 'zone': instance.zone, 'instance_id': instance.name}}

    def labels(self, instance):
        return {'compute.googleapis.com/resource_name': '%s-%s' % (self.name, instance.name[:4])}


class Function(Service):
    """A Cloud Function of the first generation."""

    logs = {'out': 'cloudfunctions.googleapis.com%2Fcloud-functions', 'err': 'cloudfunctions.googleapis.com%2Fcloud-functions',
            'system': 'cloudfunctions.googleapis.com%2Fcloud-functions', 'requests': 'cloudfunctions.googleapis.com%2Fcloud-functions'}

    def instance_name(self, revision):
        return '00c61b117c' + self.scene.hexes(90)

    def resource(self, instance):
        return {'type': 'cloud_function', 'labels': {'project_id': self.project, 'region': self.location, 'function_name': self.name}}

    def labels(self, instance):
        return {'instance_id': instance.name}

    def execution(self, t, took, status, instance, lines=(), show=()):
        """One execution; lines are (seconds after its start, severity, text, level)."""
        labels = {'execution_id': self.scene.hexes(12)}
        self.write(t, 'out', instance, 'DEBUG', text='Function execution started', labels=labels)
        for after, severity, text, level in lines:
            self.write(t + after, 'out', instance, severity, text=text, labels=labels, show=level)
        self.write(t + took, 'out', instance, 'DEBUG', labels=labels, show=show,
                   text='Function execution took %d ms, finished with status: %s' % (took * 1000, "'%s'" % status if status != 'ok' else "'ok'"))


class Engine(Service):
    """App Engine, standard environment."""

    logs = {'out': 'stdout', 'err': 'stderr', 'system': 'appengine.googleapis.com%2Fvarlog%2Fsystem',
            'requests': 'appengine.googleapis.com%2Fnginx.request'}

    def instance_name(self, revision):
        return '0087599d42' + self.scene.hexes(50)

    def resource(self, instance):
        return {'type': 'gae_app', 'labels': {'project_id': self.project, 'module_id': self.name, 'version_id': instance.revision,
                                              'zone': instance.zone}}

    def labels(self, instance):
        return {'clone_id': instance.name}


class Sql(Service):
    """Cloud SQL for PostgreSQL."""

    logs = {'out': 'cloudsql.googleapis.com%2Fpostgres.log', 'err': 'cloudsql.googleapis.com%2Fpostgres.log',
            'system': 'cloudsql.googleapis.com%2Fpostgres.log', 'requests': 'cloudsql.googleapis.com%2Fpostgres.log'}

    def instance_name(self, revision):
        return self.name

    def resource(self, instance):
        return {'type': 'cloudsql_database', 'labels': {'project_id': self.project, 'region': self.location,
                                                        'database_id': '%s:%s' % (self.project, self.name)}}

    def labels(self, instance):
        return {}

    def line(self, t, level, message, show=(), database='app', user='app'):
        """A line of the server's log, as the platform delivers it."""
        severity = {'LOG': 'INFO', 'DETAIL': 'INFO', 'HINT': 'INFO', 'STATEMENT': 'INFO', 'WARNING': 'WARNING', 'ERROR': 'ERROR',
                    'FATAL': 'CRITICAL', 'PANIC': 'ALERT'}[level]
        pid = self.scene.random.randrange(20000, 90000)
        text = '%s UTC [%d]: [%d-1] db=%s,user=%s %s:  %s' % (self.scene.time(t, 3)[:-1].replace('T', ' '), pid, self.scene.random.randrange(1, 40),
                                                             database, user, level, message)
        return self.write(t, 'out', None, severity, text=text, show=show)
