"""Things run out, fill up or are held by somebody else: memory, disk, connections, locks, quota."""
from scene import Run, Gke, Machine, Sql, google, pino, bunyan, zap, structlog, logback


def heap_grows_in_pods(scene):
    """Node pods whose heap grows for half an hour until V8 gives up; the platform restarts them, the balancer finds nobody."""
    svc = Gke(scene, 'composer', bunyan, paths=('/compose', '/preview'))
    svc.boot = [(0.8, 'WARNING', '(node:1) [DEP0040] DeprecationWarning: The `punycode` module is deprecated.')]
    pods = [svc.start(2 + k) for k in range(3)]
    inc = scene.incident('composer', 'requests answered with 502', 'the container is restarted', 'the heap of Node is full')
    inc.must_say('heap')
    for t in range(60, 2400, 120):
        for pod in pods:
            svc.say(t + scene.random.random(), 'INFO', 'heap in use: %d MiB' % (90 + t * 0.18 % 410), pod)
    deaths = []
    for k, t in enumerate((1450, 1580, 1660, 1890, 2010, 2150)):
        pod = pods[k % 3]
        svc.text(t, '\n<--- Last few GCs --->\n[1:0x5d2f0]  %d ms: Mark-Compact 509.8 (522.1) -> 509.3 (522.4) MB, 812.1 / 0.0 ms  allocation failure; '
                 'scavenge might not succeed\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n'
                 '----- Native stack trace -----\n 1: 0xb76dc5 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]\n' % (t * 1000), pod,
                 'ERROR', show=inc[2])
        svc.event(t + 1.5, 'Warning', 'BackOff', 'Back-off restarting failed container composer in pod %s_shop(%s)' % (pod.name, scene.hexes(8)),
                  pod, show=inc[1])
        svc.event(t + 25, 'Normal', 'Started', 'Started container composer', pod)
        svc.boot_lines(t + 26, pod)
        deaths.append((t, t + 27, pod))
    for t in scene.arrivals(10, 2400, 70):
        dead = [pod for since, until, pod in deaths if since - 0.5 <= t < until]
        if dead and scene.random.random() < 0.4:
            svc.request(t, 502, 0.9, dead[0], show=inc[0], details='failed_to_connect_to_backend')
        else:
            svc.ok(t)


def disk_full_on_machine(scene):
    """A virtual machine's upload folder fills its disk; warnings about it started long before and hurt nobody."""
    svc = Machine(scene, 'uploads', google, paths=('/upload', '/upload/resume'))
    a, b = svc.new_instance(), svc.new_instance()
    inc = scene.incident('uploads', 'uploads answered with 500', 'a part cannot be kept', 'the disk is full')
    for k, t in enumerate(range(30, 1800, 150)):
        svc.text(t, 'disk watch: /var/spool is %d %% full' % min(100, 82 + 2 * k), a, 'WARNING', log='system')
    for t in scene.arrivals(5, 1800, 60):
        i = svc.pick(t)
        if t < 1100 or i is b:
            svc.ok(t, i)
            continue
        n = scene.random.randrange(100, 999)
        svc.say(t + 0.04, 'ERROR', "OSError: [Errno 28] No space left on device: '/var/spool/uploads/%d.part'" % n, i, show=inc[2])
        svc.say(t + 0.05, 'ERROR', 'Part %d of upload %s was not kept' % (n, scene.hexes(6)), i, show=inc[1])
        svc.request(t, 500, 0.06, i, method='POST', show=inc[0])


def leak_before_the_pool_is_empty(scene):
    """The pool's own leak detection speaks for half a minute; then, for a quarter of an hour, no connection is free."""
    svc = Gke(scene, 'ledgers', logback, paths=('/ledgers',))
    for k in range(3):
        svc.start(1 + k)
    svc.traffic(5, 900, 60)
    inc = scene.incident('ledgers', 'requests answered with 500', 'no connection is free', 'connections leak')
    for i in svc.instances:
        for k in range(8):
            svc.say(860 + 3 * k + scene.random.random(), 'ERROR', 'Connection leak detection triggered for org.postgresql.jdbc.PgConnection@%s on thread '
                    'export-%d, stack trace follows\njava.lang.Exception: Apparent connection leak detected' % (scene.hexes(7), k), i, show=inc[2])
    for t in scene.arrivals(900, 1800, 30):
        i = svc.pick(t)
        svc.say(t + 0.010, 'ERROR', 'HikariPool-1 - Connection is not available, request timed out after 30000ms.', i, show=inc[1])
        svc.request(t - 30, 500, 30.02, i, show=inc[0])


def deadlock_in_database(scene):
    """Two paths of a Django program lock rows in opposite order; the database says so as well."""
    svc = Run(scene, 'wallet', structlog, paths=('/transfer', '/balance'))
    db = Sql(scene, 'wallet-db')
    for k in range(3):
        svc.start(3 + 4 * k)
    svc.chatter = 'transfer %d booked'
    svc.traffic(15, 700, 60)
    for t in scene.arrivals(0, 1600, 1):
        db.line(t, 'LOG', 'checkpoint complete: wrote %d buffers (0.3%%); 0 WAL file(s) added' % scene.random.randrange(20, 200))
    inc = scene.incident('wallet', 'transfers answered with 500', 'the transfer is rolled back', 'deadlock detected')
    for t in scene.arrivals(700, 1600, 60):
        if scene.random.random() < 0.7:
            svc.ok(t)
            continue
        i, trace = svc.pick(t), scene.trace()
        db.line(t + 1.02, 'ERROR', 'deadlock detected', database='wallet', show=inc[2])
        db.line(t + 1.02, 'DETAIL', 'Process 4%d waits for ShareLock on transaction %d; blocked by process 5%d.'
                % (scene.random.randrange(999), scene.random.randrange(10**6), scene.random.randrange(999)), database='wallet', show=inc[2])
        svc.text(t + 1.03, 'Traceback (most recent call last):\n  File "/app/wallet/views.py", line 61, in transfer\n    account.save()\n'
                 'django.db.utils.OperationalError: deadlock detected\nDETAIL:  Process 4021 waits for ShareLock on transaction 88123; blocked by '
                 'process 5110.\n', i, 'ERROR', trace, show=inc[2])
        svc.say(t + 1.05, 'ERROR', 'transfer %d rolled back' % scene.random.randrange(10000, 99999), i, trace, show=inc[1])
        svc.request(t, 500, 1.1, i, '/transfer', trace, method='POST', show=inc[0])


def pool_drained_by_slow_query(scene):
    """A report query holds all connections of the pool: requests that need none of its data fail for want of a connection.

    Each slow statement is logged when it is cancelled, after the failures that it caused; who stops at the empty pool is right too."""
    svc = Run(scene, 'shop-api', pino, paths=('/cart', '/products/7', '/me'))
    for k in range(3):
        svc.start(3 + 4 * k)
    svc.traffic(15, 800, 70)
    svc.every(15, 1800, 45, 'WARNING', 'slow query (412 ms): SELECT count(*) FROM audit_trail WHERE day = %d')
    inc = scene.incident('shop-api', 'requests answered with 500', 'no connection is free', 'the query of the sales report is slow')
    inc.doubt = 'wordings'
    for t in scene.arrivals(790, 1800, 12):
        i, trace = svc.pick(t), scene.trace()
        took = scene.random.uniform(28, 55)
        svc.say(t + took, 'ERROR', 'sales report: statement ran for %d s before it was cancelled' % took, i, trace, show=inc[2])
        svc.request(t, 500, took + 0.1, i, '/reports/sales', trace, show=(inc[0],))
    for t in scene.arrivals(830, 1800, 70):
        if scene.random.random() < 0.4:
            svc.ok(t)
            continue
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 5.0, 'ERROR', 'TimeoutError: ResourceRequest timed out waiting for a pooled connection (pool size 2, in use 2)', i, trace,
                show=(inc[1], inc[2]), stack='TimeoutError: ResourceRequest timed out\n    at ResourceRequest._fireTimeout (/app/node_modules/generic-pool/lib/ResourceRequest.js:62:17)')
        svc.request(t, 500, 5.02, i, trace=trace, show=inc[0])


def lock_held_by_migration(scene):
    """A migration job holds a table; the program's statements wait for the lock and give up."""
    svc = Run(scene, 'members', zap, paths=('/members', '/members/7'))
    job = Run(scene, 'members-migrate', zap)
    for k in range(3):
        svc.start(3 + 4 * k)
    svc.traffic(15, 900, 60)
    m = job.new_instance()
    job.say(890, 'INFO', 'applying 0113_add_consent: ALTER TABLE members ADD COLUMN consent jsonb NOT NULL DEFAULT \'{}\'', m)
    inc = scene.incident('members', 'requests answered with 500', 'a member cannot be read', 'a lock is not granted in time')
    for t in scene.arrivals(902, 1500, 60):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 3.0, 'ERROR', 'load member: ERROR: canceling statement due to lock timeout (SQLSTATE 55P03)', i, trace, show=(inc[1], inc[2]))
        svc.request(t, 500, 3.02, i, trace=trace, show=inc[0])
    job.say(1503, 'INFO', 'applied 0113_add_consent in 613.2 s', m)
    svc.traffic(1503, 2100, 60)


def quota_of_a_neighbour(scene):
    """429 from a paid interface whose daily allowance is used up; the program repeats each call three times, then gives up."""
    svc = Run(scene, 'translate', pino, paths=('/translate',))
    for k in range(2):
        svc.start(3 + 4 * k)
    svc.traffic(12, 600, 50)
    inc = scene.incident('translate', 'requests answered with 503', 'gave up after three calls', 'the allowance is used up')
    for t in scene.arrivals(600, 1500, 50):
        i, trace = svc.pick(t), scene.trace()
        for k in range(3):
            svc.say(t + 0.2 + 0.4 * k, 'WARNING', 'call %d of 3 was turned down, trying again' % (k + 1), i, trace, show=inc[1])
        svc.say(t + 1.25, 'ERROR', 'language-interface: 429 Too Many Requests: daily character allowance of 20000000 used up', i, trace, show=inc[2])
        svc.say(t + 1.28, 'ERROR', 'no translation after 3 calls', i, trace, show=inc[1])
        svc.request(t, 503, 1.3, i, trace=trace, show=inc[0])


def herd_after_flush(scene):
    """An administrator empties the cache; every page asks the database at once and its connections run out, until the cache is warm."""
    svc = Run(scene, 'pages', google, paths=('/', '/about', '/news', '/news/7'))
    for k in range(4):
        svc.start(3 + 4 * k)
    svc.traffic(25, 1000, 120)
    svc.every(25, 2000, 40, 'ERROR', 'Could not refresh weather box, showing the last one')
    inc = scene.incident('pages', 'requests answered with 500', 'page cannot be built', 'the pool of connections is empty since the cache was emptied')
    svc.say(998, 'WARNING', 'page cache emptied on request of an administrator, 48211 keys dropped', svc.instances[1], show=inc[2])
    for t in scene.arrivals(1000, 1300, 120):
        if scene.random.random() < 0.3:
            svc.ok(t, latency=3.1)
            continue
        i, trace = svc.pick(t), scene.trace()
        svc.text(t + 5.0, 'ActiveRecord::ConnectionTimeoutError (could not obtain a connection from the pool within 5.000 seconds (waited 5.001 seconds); '
                 'all pooled connections were in use):\n\napp/models/page.rb:31:in `find_by_slug\'\napp/controllers/pages_controller.rb:12:in `show\'\n',
                 i, 'ERROR', trace, show=inc[2])
        svc.say(t + 5.01, 'ERROR', 'page could not be built', i, trace, show=inc[1])
        svc.request(t, 500, 5.03, i, trace=trace, show=inc[0])
    svc.traffic(1300, 2000, 120)


SCENARIOS = [leak_before_the_pool_is_empty, heap_grows_in_pods, disk_full_on_machine, deadlock_in_database, pool_drained_by_slow_query, lock_held_by_migration,
             quota_of_a_neighbour, herd_after_flush]
