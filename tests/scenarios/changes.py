"""Something was changed: a revision, a flag, a permission, a certificate's last day, or something innocent shortly before."""
from scene import Gke, Machine, Run, google, logback, pino, slog, structlog


def new_revision_fails(scene):
    """A fifth of the traffic goes to a new revision, and only there requests fail; an old error stands in both."""
    svc = Run(scene, 'payouts', structlog, paths=('/payouts', '/payouts/preview'))
    svc.boot = [(0.7, 'WARNING', 'metrics endpoint is not configured')]
    for k in range(3):
        svc.start(3 + 5 * k)
    old = svc.revision
    svc.audit(900, 'google.cloud.run.v1.Services.ReplaceService', 'deployer@acme-prod.iam.gserviceaccount.com')
    new = '00042-qpl'
    for k in range(2):
        svc.start(908 + k, new, 'DEPLOYMENT_ROLLOUT')
    inc = scene.incident('payouts', 'requests of the new revision answered with 500', 'payout cannot be written', 'the column map lacks a field')
    for t in scene.arrivals(20, 2000, 80):
        revision = new if t > 915 and scene.random.random() < 0.2 else old
        i, trace = svc.pick(t, revision), scene.trace()
        if scene.random.random() < 0.04:
            svc.say(t + 0.005, 'ERROR', 'old header X-Client is missing, assuming web', i, trace)
        if revision == old:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.02, 'ERROR', 'column map v9 has no field iban', i, trace, show=inc[2])
        svc.say(t + 0.03, 'ERROR', 'payout %d was not written' % scene.random.randrange(1000, 9999), i, trace, show=inc[1])
        svc.request(t, 500, 0.04, i, trace=trace, show=inc[0])


def innocent_deployment(scene):
    """Another service was deployed half a minute before and works; the cause is a supplier whose answers changed."""
    svc = Run(scene, 'flights', logback, paths=('/flights', '/flights/today'))
    other = Run(scene, 'gallery', pino, paths=('/gallery',))
    other.boot = [(0.5, 'ERROR', 'could not read colour profile, using sRGB')]
    for s in (svc, other):
        for k in range(3):
            s.start(3 + 5 * k)
    svc.boot = [(0.9, 'WARNING', 'Default timezone is used')]
    other.traffic(20, 1800, 50)
    svc.traffic(20, 1000, 50)
    other.deploy(965, '00088-zzt', 3)
    inc = scene.incident('flights', 'requests answered with 500', 'flight list cannot be made', 'the supplier sends another unit')
    for t in scene.arrivals(1000, 1800, 50):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.05, 'ERROR', 'supplier feed: distance unit "nmi" is not one of km, mi', i, trace, show=inc[2])
        svc.say(t + 0.06, 'ERROR', 'no flight list for airport %d' % scene.random.randrange(100, 999), i, trace, show=inc[1])
        svc.request(t, 500, 0.08, i, trace=trace, show=inc[0])


def guilty_deployment(scene):
    """The new revision's Ruby program cannot boot: every instance exits, requests find none."""
    svc = Run(scene, 'bookings', google, paths=('/bookings',))
    svc.boot = [(0.3, 'WARNING', 'DEPRECATION WARNING: config.cache_format_version is not set'), (1.8, 'INFO', 'Puma starting in single mode...')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.traffic(20, 900, 50)
    svc.audit(890, 'google.cloud.run.v1.Services.ReplaceService', 'deployer@acme-prod.iam.gserviceaccount.com')
    inc = scene.incident('bookings', 'requests find no instance', 'containers exit', 'an initializer calls a method that is not there')
    inc.must_say('preload_all!')
    for i in svc.instances:
        i.until = 900
    svc.revision = '00042-wvd'
    t = 901.0
    while t < 1500:
        i = svc.starting(t, reason='AUTOSCALING' if t > 910 else 'DEPLOYMENT_ROLLOUT')
        svc.say(t + 0.3, 'WARNING', 'DEPRECATION WARNING: config.cache_format_version is not set', i)
        svc.text(t + 2.1, "/app/config/initializers/rates.rb:4:in `<main>': undefined method `preload_all!' for module Rates (NoMethodError)\n"
                 "\tfrom /usr/local/bundle/gems/railties-7.1.3/lib/rails/engine.rb:686:in `load_config_initializer'\n"
                 "\tfrom config.ru:3:in `<main>'\n", i, None, show=inc[2])
        svc.exits(t + 2.4, i, 1, show=inc[1])
        for k in range(scene.random.randrange(2, 6)):
            svc.request(t - 0.4 + 0.3 * k, 503, 2.6 + 0.2 * scene.random.random(), i, show=inc[0],
                        text='The request failed because the instance could not start successfully.')
        t += scene.random.uniform(6, 14)


def flag_turned_on(scene):
    """A flag is turned on for everybody; the code behind it does not bear empty lists."""
    svc = Run(scene, 'dashboard', slog, paths=('/dashboard', '/dashboard/week'))
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.traffic(20, 1100, 60)
    svc.every(20, 1900, 50, 'WARNING', 'widget %d is older than its source')
    inc = scene.incident('dashboard', 'requests answered with 500', 'the new chart breaks on an empty list')
    for i in svc.instances:
        svc.say(1098 + scene.random.random(), 'INFO', 'flag new-chart is now on for 100 %', i, show=inc[1])
    for t in scene.arrivals(1100, 1700, 60):
        if scene.random.random() < 0.5:
            svc.ok(t)
            continue
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.02, 'ERROR', 'panic serving request: runtime error: index out of range [0] with length 0', i, trace, show=inc[1],
                stack='goroutine 88 [running]:\nmain.newChart(...)\n\t/src/chart.go:57\nmain.(*server).dashboard(...)\n\t/src/server.go:112')
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])
    for i in svc.instances:
        svc.say(1700 + scene.random.random(), 'INFO', 'flag new-chart is now off', i)
    svc.traffic(1701, 1900, 60)


def invoker_taken_away(scene):
    """Nobody may call the service any more: a pure outage of 403, with the change of the policy a moment before."""
    svc = Run(scene, 'partners', google, paths=('/v1/partners', '/v1/partners/7'))
    for k in range(2):
        svc.start(3 + 5 * k)
    svc.traffic(20, 900, 50)
    svc.every(20, 900, 45, 'WARNING', 'partner %d still uses v0 of the interface')
    svc.audit(893, 'google.cloud.run.v1.Services.SetIamPolicy', 'kim@acme.example',
              serviceData={'@type': 'type.googleapis.com/google.iam.v1.logging.AuditData', 'policyDelta': {'bindingDeltas': [
                  {'action': 'REMOVE', 'role': 'roles/run.invoker', 'member': 'allUsers'}]}})
    inc = scene.incident('partners', 'all requests answered with 403, none is let in')
    for t in scene.arrivals(900, 1700, 50):
        svc.request(t, 403, 0.0, None, show=inc[0], text='The request was not authenticated. Either allow unauthenticated invocations or set '
                    'the proper Authorization header. Read more at https://cloud.google.com/run/docs/securing/authenticating Additional '
                    'troubleshooting documentation can be found at: https://cloud.google.com/run/docs/troubleshooting#unauthorized-client')


def certificate_of_a_bank(scene):
    """Java: the other side's certificate ran out at midnight; three exceptions in one trace say so."""
    svc = Run(scene, 'settlement', logback, paths=('/settle', '/status'))
    for k in range(2):
        svc.start(3 + 5 * k)
    svc.boot = [(1.0, 'WARNING', 'HikariPool-1 - keepaliveTime is less than 30000ms, disabling it')]
    svc.traffic(20, 1000, 45)
    inc = scene.incident('settlement', 'requests answered with 502', 'the bank cannot be called', 'its certificate has expired')
    inc.must_say('expired')
    for t in scene.arrivals(1000, 1800, 45):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.2, 'ERROR', 'Settlement %d not sent' % scene.random.randrange(1000, 9999), i, trace, show=(inc[1], inc[2]), stack_trace=
                'com.acme.settle.BankException: bank interface unavailable\n\tat com.acme.settle.Bank.post(Bank.java:77)\n'
                'Caused by: javax.net.ssl.SSLHandshakeException: PKIX path validation failed: java.security.cert.CertPathValidatorException: '
                'validity check failed\n\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)\n\t... 12 more\n'
                'Caused by: java.security.cert.CertificateExpiredException: NotAfter: Tue Apr 14 00:16:40 UTC 2026\n'
                '\tat java.base/sun.security.x509.CertificateValidity.valid(CertificateValidity.java:182)\n\t... 19 more\n')
        svc.request(t, 502, 0.25, i, trace=trace, show=inc[0])


def tokens_refused(scene):
    """Keys were rotated and this service still knows the old ones: every call is answered with 401, at WARNING."""
    svc = Gke(scene, 'devices', structlog, paths=('/devices', '/devices/7'))
    for k in range(3):
        svc.start(1 + k)
    svc.traffic(5, 800, 60)
    for t in scene.arrivals(5, 1600, 3):
        svc.request(t, 401, 0.004, svc.pick(t))
    inc = scene.incident('devices', 'requests answered with 401', 'the key that signed the token is unknown')
    for t in scene.arrivals(800, 1600, 60):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.002, 'ERROR', 'token is signed with key k-2026-04, known are k-2025-10, k-2026-01', i, trace, show=inc[1])
        svc.request(t, 401, 0.004, i, trace=trace, show=inc[0])


def no_instance_left(scene):
    """A campaign brings ten times the visitors; the service may not have more instances and turns half of them away with 429."""
    svc = Run(scene, 'campaign', google, paths=('/', '/offer'))
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.traffic(20, 900, 30)
    for k in range(7):
        svc.start(901 + k)
    svc.traffic(900, 1300, 150)
    inc = scene.incident('campaign', 'requests turned away with 429, no instance is left')
    for t in scene.arrivals(915, 1300, 140):
        svc.request(t, 429, 0.0, None, show=inc[0], text='The request was aborted because there was no available instance. The Cloud Run service might '
                    'have reached its maximum container instance limit or the service was otherwise not able to scale to incoming requests. Additional '
                    'troubleshooting documentation can be found at: https://cloud.google.com/run/docs/troubleshooting#abort-request')
    svc.traffic(1300, 1800, 30)


def smaller_pool_in_new_revision(scene):
    """The new revision says at each start that its pool holds 4 connections where the old one said 40; then the pool is empty."""
    svc = Run(scene, 'seating', logback, paths=('/seats', '/plan'))
    for k in range(3):
        i = svc.start(3 + 5 * k)
        svc.say(4 + 5 * k, 'INFO', 'HikariPool-1 - maximumPoolSize 40', i)
    svc.traffic(20, 700, 80)
    for k, i in enumerate(svc.deploy(700, '00042-hhv', 3)):
        svc.say(709 + k, 'INFO', 'HikariPool-1 - maximumPoolSize 4', i)
    inc = scene.incident('seating', 'requests answered with 500', 'no connection is free')
    for t in scene.arrivals(715, 1500, 80):
        if scene.random.random() < 0.6:
            svc.ok(t)
            continue
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 30.0, 'ERROR', 'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=4, active=4, idle=0, waiting=%d)'
                % scene.random.randrange(5, 40), i, trace, show=inc[1])
        svc.request(t, 500, 30.02, i, trace=trace, show=inc[0])


def refused_in_two_ways(scene):
    """The identity provider forgot half of the grants: most requests are answered with 401 or 403, which are one failure."""
    svc = Run(scene, 'wallet', pino, paths=('/balance', '/pay'))
    for k in range(2):
        svc.start(2 + 5 * k)
    svc.traffic(15, 900, 40)
    for t in scene.arrivals(15, 880, 0.5):
        svc.request(t, 403, 0.004, svc.pick(t))
    inc = scene.incident('wallet', 'requests answered with 401 or 403')
    for t in scene.arrivals(900, 1700, 40):
        if scene.random.random() < 0.2:
            svc.ok(t)
        else:
            svc.request(t, scene.random.choice((401, 403)), 0.004, svc.pick(t), show=inc[0])


def refused_at_the_proxy(scene):
    """nginx on a machine, known by its access log alone, turns most visitors away with 403 from one minute to the next."""
    vm = Machine(scene, 'proxy')
    inc = scene.incident('proxy', 'requests answered with 403')
    i = vm.new_instance()
    for t in scene.arrivals(5, 1700, 35):
        refused = t > 900 and scene.random.random() < 0.85
        vm.write(t, 'requests', i, text='198.51.100.%d - - [%s] "GET /map/%d HTTP/1.1" %d %d "-" "okhttp/4.12.0"' % (
            scene.random.randrange(1, 255), scene.time(t)[:19], scene.random.randrange(9999), 403 if refused else 200, scene.random.randrange(150, 9000)),
            show=inc[0] if refused else ())


def routes_lost_with_a_revision(scene):
    """A new revision knows none of its addresses: nothing fails but with 404, of which a few came before as well."""
    svc = Run(scene, 'catalogue', google, paths=('/v2/books', '/v2/authors', '/v2/prices'))
    for k in range(3):
        svc.start(3 + 4 * k)
    svc.traffic(20, 700, 90)
    svc.deploy(690, '00042-rts', 3)
    inc = scene.incident('catalogue', 'requests answered with 404', 'no route is known')
    for t in scene.arrivals(702, 1500, 90):
        i, trace, path = svc.pick(t), scene.trace(), scene.random.choice(svc.paths)
        svc.say(t + 0.001, 'ERROR', 'no handler for %s among 0 routes' % path, i, trace, show=inc[1])
        svc.request(t, 404, 0.002, i, path, trace=trace, show=inc[0])


def form_of_one_address_changes(scene):
    """A third of the requests is turned away with 422 for a quarter of an hour: nobody says why."""
    svc = Run(scene, 'tickets', pino, paths=('/tickets', '/seats', '/halls'))
    for k in range(2):
        svc.start(3 + 4 * k)
    inc = scene.incident('tickets', 'requests answered with 422')
    for t in scene.arrivals(20, 1800, 110):
        path = scene.random.choice(svc.paths)
        if 700 < t < 1600 and path == '/seats':
            svc.request(t, 422, 0.004, svc.pick(t), path, show=inc[0])
        elif scene.random.random() < 0.02:
            svc.request(t, scene.random.choice((404, 422)), 0.003, svc.pick(t), path, show=inc[0] if 700 < t < 1600 else ())
        else:
            svc.ok(t, path=path)


SCENARIOS = [new_revision_fails, innocent_deployment, guilty_deployment, flag_turned_on, invoker_taken_away, certificate_of_a_bank,
             tokens_refused, refused_in_two_ways,
             refused_at_the_proxy, no_instance_left, smaller_pool_in_new_revision,
             routes_lost_with_a_revision, form_of_one_address_changes]
