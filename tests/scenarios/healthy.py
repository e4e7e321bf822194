"""Nothing is wrong: noise of many kinds, and no incident."""
from scene import BOT_PATHS, Run, Gke, Function, google, pino, logback, slog, zap, structlog


def healthy_deployments(scene):
    """Three deployments, lines that look bad at every start, retries that succeed, bots, a browser that gives up."""
    svc = Run(scene, 'accounts', logback, paths=('/me', '/accounts/1', '/accounts/2'))
    svc.boot = [(0.4, 'ERROR', 'Failed to load optional module telemetry-native, continuing without it'),
                (0.9, 'WARNING', 'No active profile set, falling back to 1 default profile: "default"'),
                (1.2, 'ERROR', 'Cache warm-up skipped 14 entries'), (2.0, 'INFO', 'Started AccountsApplication in 1.9 seconds')]
    svc.chatter = 'Account %d loaded'
    for k in range(3):
        svc.start(2 + 8 * k)
    for n, t in enumerate((600, 1200, 1800)):
        svc.deploy(t, '%05d-x%dz' % (42 + n, n), 3)
    svc.traffic(20, 2400, 60)
    svc.every(20, 2400, 50, 'WARNING', 'Attempt 1 of 3 to publish event %d failed, retrying in 200 ms')
    for t in scene.arrivals(20, 2400, 0.4):
        svc.request(t, 499, 10.0, svc.pick(t), severity='WARNING')
    for t in scene.arrivals(20, 2400, 0.15):
        svc.request(t, 500, 0.03, svc.pick(t))


def healthy_pods(scene):
    """Pods that come and go with the load, a probe that fails once while a pod leaves, a job that complains every minute."""
    svc = Gke(scene, 'feeds', zap, paths=('/feed',))
    svc.chatter = 'feed %d rendered'
    for k in range(4):
        svc.start(1 + k)
    svc.traffic(10, 3000, 50)
    for t in (700, 1500, 2300):
        old = svc.pick(t)
        old.until = t
        svc.event(t, 'Normal', 'Killing', 'Stopping container feeds', old)
        svc.event(t + 3, 'Warning', 'Unhealthy', 'Readiness probe failed: Get "http://10.4.1.9:8080/ready": dial tcp 10.4.1.9:8080: connect: '
                  'connection refused', old)
        svc.start(t + 1)
    job = Gke(scene, 'sitemap', structlog)
    job.start(2)
    job.every(5, 3000, 60, 'ERROR', 'product %d has no canonical address, left out')
    job.every(5, 3000, 7, 'INFO', 'sitemap part written, %d addresses')
    fn = Function(scene, 'resize')
    i = fn.new_instance()
    for t in scene.arrivals(5, 3000, 6):
        fn.execution(t, 0.21, 'ok', i, [(0.1, 'INFO', 'resized image %d' % scene.random.randrange(9999), ())])


def healthy_under_scan(scene):
    """A third of the requests are a scanner's: 404, 403 and 400 without end, some stopped at the balancer; nobody else notices."""
    svc = Gke(scene, 'www', google, paths=('/', '/shop', '/shop/7', '/contact'))
    for k in range(3):
        svc.start(1 + k)
    svc.traffic(5, 2000, 60)
    for t in scene.arrivals(600, 1700, 40):
        status = scene.random.choice((404, 404, 404, 403, 400, 405))
        denied = scene.random.random() < 0.4
        svc.request(t, 403 if denied else status, 0.001 if denied else 0.005, svc.pick(t), scene.random.choice(BOT_PATHS), agent='Mozilla/5.0 zgrab/0.x',
                    details='denied_by_security_policy' if denied else 'response_sent_by_backend')
    for t in scene.arrivals(600, 1700, 12):
        svc.say(t, 'WARNING', 'Invalid HTTP_HOST header: \'203.0.113.%d\'. You may need to add it to ALLOWED_HOSTS.' % scene.random.randrange(255), svc.pick(t))
    svc.every(5, 2000, 100, 'ERROR', 'Signature of cookie %d does not match, starting a new session')


def healthy_retries(scene):
    """Calls to a flaky neighbour fail at ERROR and succeed when repeated; every request ends well, as it did at the start."""
    svc = Run(scene, 'notify', pino, paths=('/notify',))
    svc.boot = [(0.3, 'ERROR', 'Could not read /etc/notify/local.json, using defaults'), (0.9, 'INFO', 'listening on 8080')]
    for k in range(3):
        svc.start(2 + 5 * k)
    svc.start(900)
    svc.start(1500)
    for t in scene.arrivals(20, 2400, 70):
        i, trace = svc.pick(t), scene.trace()
        if scene.random.random() < 0.12:
            svc.say(t + 0.05, 'ERROR', 'send to gateway failed: socket hang up (attempt 1 of 3)', i, trace)
            svc.say(t + 0.25, 'INFO', 'sent on attempt 2', i, trace)
            svc.ok(t, i, trace, latency=0.3)
        else:
            svc.ok(t, i, trace)
    for t in scene.arrivals(20, 2400, 0.3):
        svc.request(t, 503, 0.02, svc.pick(t))


def healthy_nights(scene):
    """A quiet service at night: an instance is started and stopped now and then, a health check, three lost requests in two hours."""
    svc = Run(scene, 'intranet', logback, paths=('/', '/canteen'))
    svc.boot = [(0.8, 'WARNING', 'spring.jpa.open-in-view is enabled by default'), (1.0, 'ERROR', 'Unable to load native transport, using NIO'),
                (2.4, 'INFO', 'Started IntranetApplication in 2.3 seconds')]
    for t in range(0, 7200, 900):
        i = svc.start(t + 3)
        svc.traffic(t + 10, t + 880, 1.5)
        svc.text(t + 890, 'Commencing graceful shutdown. Waiting for active requests to complete', i, None, log='out')
        i.until = t + 890
    for t in (1850, 4700, 6650):
        svc.request(t, 503, 0.01, svc.pick(t))


def healthy_four_minutes(scene):
    """A short look at two services that are well: old errors and warnings at their usual pace, too few minutes to compare with."""
    svc = Run(scene, 'reading', structlog, paths=('/texts', '/texts/7'))
    job = Gke(scene, 'indexer', google)
    for k in range(3):
        svc.new_instance()
        job.new_instance()
    svc.traffic(0, 240, 120)
    svc.every(0, 240, 12, 'ERROR', 'footnote %d has no target, shown as text')
    job.every(0, 240, 2, 'INFO', 'indexed part %d')
    job.every(0, 240, 25, 'ERROR', 'part %d is empty, skipped')


def healthy_now_and_then(scene):
    """In every hour a few clients go too fast and a few mails go out at the second attempt: never much at once, and no onset."""
    web = Run(scene, 'portal', google, paths=('/p/1', '/p/2'))
    mail = Gke(scene, 'mailer', slog)
    for k in range(3):
        web.start(1 + k)
        mail.start(2 + k)
    web.traffic(10, 3600, 12)
    mail.every(5, 3600, 8, 'INFO', 'mail %d is out')
    for t in scene.arrivals(10, 3600, 0.25):
        web.request(t, 429, 0.002, web.pick(t))
    for t in scene.arrivals(10, 3600, 0.2):
        mail.say(t, 'ERROR', 'attempt 1 of 5 failed: connect ETIMEDOUT 203.0.113.%d:25' % scene.random.randrange(255), mail.pick(t))


def healthy_scanner(scene):
    """For two minutes a scanner asks for far more than everybody else together, and finds nothing; all others are answered as ever."""
    svc = Run(scene, 'brochure', google, paths=('/', '/offers', '/contact'))
    for k in range(2):
        svc.start(3 + 4 * k)
    svc.traffic(15, 1500, 90)
    for t in scene.arrivals(640, 760, 500):
        svc.request(t, 404 if scene.random.random() < 0.95 else 403, 0.003, svc.pick(t), scene.random.choice(BOT_PATHS), agent='Mozilla/5.0 zgrab/0.x')


def healthy_runs(scene):
    """A job runs every ten minutes; each run warns of many rows, ends with an error about three of them, and is done."""
    job = Gke(scene, 'sweeper', slog)
    pod = job.start(1)
    web = Run(scene, 'front', google)
    web.start(2)
    web.traffic(10, 2400, 60)
    for t in range(90, 2400, 600):
        for row in range(20):
            job.say(t + 0.3 * row, 'WARNING', 'row %d has no weight' % scene.random.randrange(9999), pod)
        job.say(t + 8, 'ERROR', '3 of %d rows were left out' % scene.random.randrange(8000, 9000), pod)
        job.say(t + 9, 'INFO', 'sweep done', pod)


SCENARIOS = [healthy_deployments, healthy_pods, healthy_under_scan, healthy_retries, healthy_nights, healthy_four_minutes,
             healthy_now_and_then,
             healthy_scanner, healthy_runs]
