"""Failures that start in another service than the one whose users notice."""
from scene import Run, Gke, Machine, Sql, google, pino, logback, zap, slog, structlog


def cascade_of_three(scene):
    """storefront (Node) asks orders (Java) asks stock (Go); one trace goes through; stock lost its snapshot."""
    front = Run(scene, 'storefront', pino, paths=('/', '/checkout', '/account'))
    orders = Run(scene, 'orders', logback, paths=('/orders', '/orders/open'))
    stock = Run(scene, 'stock', zap, paths=('/stock/level',))
    for svc, n in ((front, 3), (orders, 2), (stock, 2)):
        for k in range(n):
            svc.start(2 + 6 * k)
    front.every(10, 1800, 50, 'WARNING', 'cookie of session %d has no signature')

    def healthy(t):
        trace = scene.trace()
        front.ok(t, trace=trace)
        orders.ok(t + 0.005, trace=trace, latency=0.05)
        stock.ok(t + 0.009, trace=trace, latency=0.02)

    for t in scene.arrivals(20, 800, 40):
        healthy(t)
    inc = scene.incident('storefront', 'storefront answers 502', 'storefront cannot reach orders', 'orders answers 500',
                         'orders cannot reserve', 'stock answers 500', 'stock has no snapshot')
    for t in scene.arrivals(800, 1800, 40):
        if scene.random.random() < 0.2:
            healthy(t)
            continue
        trace = scene.trace()
        f, o, s = front.pick(t), orders.pick(t), stock.pick(t)
        stock.say(t + 0.020, 'ERROR', 'snapshot generation 0 is older than the floor 5121', s, trace, show=inc[5])
        stock.request(t + 0.015, 500, 0.008, s, trace=trace, show=inc[4])
        orders.say(t + 0.030, 'ERROR', 'Reservation failed: stock said 500', o, trace, show=inc[3])
        orders.request(t + 0.010, 500, 0.026, o, trace=trace, show=inc[2])
        front.say(t + 0.045, 'ERROR', 'checkout: orders replied with status 500', f, trace, show=inc[1])
        front.request(t, 502, 0.052, f, trace=trace, show=inc[0])


def cascade_untraced(scene):
    """portal names its upstream by address and shares no trace with it; rates fails in its own words at the same times."""
    portal = Run(scene, 'portal', google, paths=('/quote', '/home'))
    rates = Gke(scene, 'rates', slog, paths=('/v2/rates',))
    for k in range(3):
        portal.start(2 + 6 * k)
        rates.start(1 + k)
    portal.every(10, 1800, 60, 'ERROR', 'newsletter widget %d has no image')
    for t in scene.arrivals(20, 900, 50):
        portal.ok(t)
        rates.ok(t + 0.004, latency=0.02)
    inc = scene.incident('portal', 'portal answers 502', 'portal names rates as failing', 'rates answers 503', 'rates has only old quotes')
    for t in scene.arrivals(900, 1800, 50):
        p, r, trace = portal.pick(t), rates.pick(t), scene.trace()
        rates.say(t + 0.010, 'ERROR', 'all quote sources are stale, newest is %d s old' % scene.random.randrange(900, 3000), r, show=inc[3])
        rates.request(t + 0.006, 503, 0.006, r, show=inc[2])
        portal.say(t + 0.030, 'ERROR', 'GET http://rates.shop.svc.cluster.local/v2/rates returned 503 Service Unavailable', p, trace, show=inc[1])
        portal.request(t, 502, 0.036, p, trace=trace, show=inc[0])


def cascade_of_four(scene):
    """app -> gateway -> profile -> vault, traced; each repeats its call twice; only vault says what is wrong, once a request."""
    names = ('app', 'gateway', 'profile', 'vault')
    svcs = [Run(scene, name, style, paths=('/%s' % name,)) for name, style in zip(names, (pino, google, logback, slog))]
    for svc in svcs:
        for k in range(2):
            svc.start(2 + 5 * k)
    svcs[0].every(15, 1700, 50, 'ERROR', 'push token of device %d is stale')

    def healthy(t):
        trace = scene.trace()
        for k, svc in enumerate(svcs):
            svc.ok(t + 0.004 * k, trace=trace, latency=0.04 - 0.008 * k)

    for t in scene.arrivals(15, 900, 30):
        healthy(t)
    inc = scene.incident('app', 'app answers 502', 'app cannot call gateway', 'gateway answers 502', 'gateway cannot call profile',
                         'profile answers 500', 'profile cannot call vault', 'vault answers 500', 'vault is sealed')
    for t in scene.arrivals(900, 1700, 30):
        trace = scene.trace()
        i = [svc.pick(t) for svc in svcs]
        for k in range(2):
            at = t + 0.3 * k
            svcs[3].say(at + 0.020, 'ERROR', 'seal key generation 3 is not loaded', i[3], trace, show=inc[7])
            svcs[3].request(at + 0.016, 500, 0.006, i[3], trace=trace, show=inc[6])
            svcs[2].say(at + 0.026, 'WARNING' if k == 0 else 'ERROR', 'Attempt %d to read from vault ended with 500' % (k + 1), i[2], trace,
                        show=inc[5])
        svcs[2].request(t + 0.010, 500, 0.330, i[2], trace=trace, show=inc[4])
        svcs[1].say(t + 0.345, 'ERROR', 'profile replied 500 Internal Server Error', i[1], trace, show=inc[3])
        svcs[1].request(t + 0.006, 502, 0.345, i[1], trace=trace, show=inc[2])
        svcs[0].say(t + 0.356, 'ERROR', 'could not show profile page: gateway replied 502', i[0], trace, show=inc[1])
        svcs[0].request(t, 502, 0.36, i[0], trace=trace, show=inc[0])


def crash_behind_a_refusal(scene):
    """api meets refused connections to ledger-writer, a deployment on Kubernetes whose pods end in a panic; nothing is traced."""
    api = Run(scene, 'api', google, paths=('/v1/post',))
    writer = Gke(scene, 'ledger-writer', zap)
    for k in range(3):
        api.start(2 + 5 * k)
    pods = [writer.start(1 + k) for k in range(2)]
    writer.every(5, 700, 10, 'INFO', 'wrote %d postings')
    api.traffic(20, 700, 50)
    inc = scene.incident('api', 'api answers 503', 'ledger-writer refuses connections', 'the pods of ledger-writer are restarted', 'a posting has no account')
    for pod in pods:
        t = 700 + scene.random.random()
        while t < 1500:
            writer.text(t, 'panic: posting 88211 names account 0\n\ngoroutine 41 [running]:\nmain.(*Writer).apply(0xc000112000)\n'
                        '\t/src/writer.go:203 +0x1a5\nmain.main()\n\t/src/main.go:58 +0x3c\n', pod, 'ERROR', show=inc[3])
            writer.event(t + 1, 'Warning', 'BackOff', 'Back-off restarting failed container ledger-writer in pod %s_shop(%s)'
                         % (pod.name, scene.hexes(8)), pod, show=inc[2])
            writer.event(t + 20, 'Normal', 'Started', 'Started container ledger-writer', pod)
            t += 22
    for t in scene.arrivals(702, 1500, 50):
        i, trace = api.pick(t), scene.trace()
        api.say(t + 0.01, 'ERROR', 'org.apache.http.conn.HttpHostConnectException: Connect to ledger-writer:9090 [ledger-writer/10.8.4.17] '
                'failed: Connection refused (Connection refused)', i, trace, show=inc[1])
        api.request(t, 503, 0.02, i, trace=trace, method='POST', show=inc[0])


def name_that_no_pod_answers_to(scene):
    """orders cannot look up notify by the name of its service while the pods of notify end for a broken template; nothing is traced."""
    orders, notify = Gke(scene, 'orders', zap, paths=('/orders',)), Gke(scene, 'notify')
    pods = [svc.start(2 + k) for svc in (orders, notify) for k in range(2)][2:]
    orders.traffic(15, 900, 30)
    inc = scene.incident('orders', 'orders answers 500', 'orders cannot look up notify', 'the pods of notify are restarted', 'a template has no body')
    for pod in pods:
        t = 898 + scene.random.random()
        while t < 1600:
            notify.text(t, 'template receipt.mjml has no body', pod, 'ERROR', show=inc[3])
            notify.event(t + 1, 'Warning', 'BackOff', 'Back-off restarting failed container notify in pod %s_shop(%s)' % (pod.name, scene.hexes(8)),
                         pod, show=inc[2])
            t += 60
    for t in scene.arrivals(903, 1600, 30):
        i = orders.pick(t)
        orders.say(t + 0.01, 'ERROR', 'Post "http://notify.default.svc:8080/n": dial tcp: lookup notify.default.svc on 10.0.0.10:53: no such host', i,
                   show=inc[1])
        orders.request(t, 500, 0.02, i, show=inc[0])


def one_database_two_services(scene):
    """Two services lose the same database, at the same address: one incident."""
    a = Run(scene, 'seats', structlog, paths=('/seats',))
    b = Run(scene, 'prices', pino, paths=('/prices',))
    for svc in (a, b):
        for k in range(2):
            svc.start(2 + 5 * k)
        svc.traffic(20, 900, 40)
    inc = scene.incident('seats', 'both answer 500', 'what was asked for cannot be read', 'the database refuses connections')
    for svc, says in ((a, 'seat map %d not read'), (b, 'price list %d not read')):
        for t in scene.arrivals(900, 1300, 40):
            i, trace = svc.pick(t), scene.trace()
            svc.say(t + 0.02, 'ERROR', 'connect ECONNREFUSED 10.20.0.5:5432', i, trace, show=inc[2])
            svc.say(t + 0.03, 'ERROR', says % scene.random.randrange(999), i, trace, show=inc[1])
            svc.request(t, 500, 0.04, i, trace=trace, show=inc[0])
        svc.traffic(1300, 2000, 40)


def two_caches(scene):
    """Two services lose a cache each in the same minutes: the same words, other addresses, nothing to do with each other."""
    one = scene.incident('carts', 'carts answers 500', 'cart is not read', 'its cache refuses connections')
    two = scene.incident('wishes', 'wishes answers 500', 'list is not read', 'its cache refuses connections')
    for name, inc, host, says, since in (('carts', one, '10.8.0.3', 'cart %d not read', 700), ('wishes', two, '10.9.4.12', 'wish list %d not read', 760)):
        svc = Run(scene, name, google, paths=('/' + name,))
        for k in range(2):
            svc.start(2 + 5 * k)
        svc.traffic(15, since, 45)
        for t in scene.arrivals(since, 1300, 45):
            i, trace = svc.pick(t), scene.trace()
            svc.text(t + 0.01, 'redis.exceptions.ConnectionError: Error 111 connecting to %s:6379. Connection refused.' % host, i, 'ERROR', trace, show=inc[2])
            svc.say(t + 0.02, 'ERROR', says % scene.random.randrange(9999), i, trace, show=inc[1])
            svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])


def two_sidecars(scene):
    """Two services lose a proxy each in the same minutes, both at the address of their own machine: two incidents."""
    one = scene.incident('stays', 'stays answers 500', 'its proxy refuses connections')
    two = scene.incident('meals', 'meals answers 503', 'its proxy refuses connections')
    for name, inc, status, since in (('stays', one, 500, 700), ('meals', two, 503, 790)):
        svc = Run(scene, name, pino, paths=('/' + name,))
        for k in range(2):
            svc.start(2 + 5 * k)
        svc.traffic(15, since, 40)
        for t in scene.arrivals(since, 1400, 40):
            i, trace = svc.pick(t), scene.trace()
            svc.say(t + 0.02, 'ERROR', 'connect ECONNREFUSED 127.0.0.1:5432', i, trace, show=inc[1])
            svc.request(t, status, 0.03, i, trace=trace, show=inc[0])


def database_says_it_too(scene):
    """The disk of a database is full: two services are told so in each request, and the database's own log says it first."""
    sql = Sql(scene, 'ledger-db')
    inc = scene.incident('invoices', 'both answer 500', 'the disk of the database is full')
    for name in ('invoices', 'vouchers'):
        svc = Run(scene, name, structlog, paths=('/' + name,))
        for k in range(2):
            svc.start(2 + 5 * k)
        svc.traffic(15, 900, 40)
        for t in scene.arrivals(900, 1500, 20):
            i, trace = svc.pick(t), scene.trace()
            says = 'could not extend file "base/16401/%d": No space left on device' % scene.random.randrange(20000, 90000)
            sql.line(t + 0.01, 'ERROR', says, show=inc[1])
            svc.say(t + 0.015, 'ERROR', 'psycopg2.errors.DiskFull: ' + says, i, trace, show=inc[1])
            svc.request(t, 500, 0.03, i, trace=trace, method='POST', show=inc[0])


def callee_is_innocent(scene):
    """desk asks notes in every request, and notes always complains of something else; desk breaks by itself."""
    desk = Run(scene, 'front-desk', pino, paths=('/desk',))
    notes = Run(scene, 'notes', logback, paths=('/notes',))
    for svc in (desk, notes):
        for k in range(2):
            svc.start(2 + 5 * k)
    inc = scene.incident('front-desk', 'front-desk answers 500', 'page is not drawn', 'colour scheme is cyclic')
    for t in scene.arrivals(15, 1800, 50):
        d, trace = desk.pick(t), scene.trace()
        if scene.random.random() < 0.6:
            notes.say(t + 0.004, 'ERROR', 'Attachment %d has no preview' % scene.random.randrange(9999), notes.pick(t), trace)
        notes.ok(t + 0.002, trace=trace, latency=0.01)
        if t < 900 or scene.random.random() < 0.4:
            desk.ok(t, d, trace, latency=0.04)
            continue
        desk.say(t + 0.020, 'ERROR', 'colour scheme "autumn" refers to itself', d, trace, show=inc[2])
        desk.say(t + 0.025, 'ERROR', 'page could not be drawn', d, trace, show=inc[1])
        desk.request(t, 500, 0.03, d, trace=trace, show=inc[0])


def silent_caller(scene):
    """lobby logs nothing of its own; only its requests and the trace say that rooms stands behind its failures."""
    lobby = Run(scene, 'lobby', google, paths=('/lobby',))
    rooms = Run(scene, 'rooms', structlog, paths=('/rooms',))
    for svc in (lobby, rooms):
        for k in range(2):
            svc.start(2 + 5 * k)
    inc = scene.incident('lobby', 'lobby answers 502', 'rooms answers 500', 'floor index has a gap')
    for t in scene.arrivals(15, 1600, 50):
        trace = scene.trace()
        if t < 800:
            rooms.ok(t + 0.004, trace=trace, latency=0.01)
            lobby.ok(t, trace=trace, latency=0.03)
            continue
        r = rooms.pick(t)
        rooms.say(t + 0.010, 'ERROR', 'floor index has a gap after %d' % scene.random.randrange(99), r, trace, show=inc[2])
        rooms.request(t + 0.004, 500, 0.010, r, trace=trace, show=inc[1])
        lobby.request(t, 502, 0.02, lobby.pick(t), trace=trace, show=inc[0])


def half_reaches_the_caller(scene):
    """menu fails a third of its calls; kiosk falls back for half of these and fails for the others: one incident, felt at kiosk and at menu."""
    kiosk = Run(scene, 'kiosk', pino, paths=('/kiosk',))
    menu = Run(scene, 'menu', google, paths=('/menu',))
    for svc in (kiosk, menu):
        for k in range(2):
            svc.start(2 + 5 * k)
    inc = scene.incident('kiosk', 'kiosk answers 500', 'kiosk has no menu', 'menu answers 500', 'dish has two prices')
    for t in scene.arrivals(15, 2000, 60):
        trace, m, k = scene.trace(), menu.pick(t), kiosk.pick(t)
        if t < 900 or scene.random.random() > 0.33:
            menu.ok(t + 0.004, m, trace, latency=0.01)
            kiosk.ok(t, k, trace, latency=0.03)
            continue
        menu.say(t + 0.010, 'ERROR', 'dish %d has two prices' % scene.random.randrange(300), m, trace, show=inc[3])
        menu.request(t + 0.004, 500, 0.010, m, trace=trace, show=inc[2])
        if scene.random.random() < 0.5:
            kiosk.say(t + 0.020, 'WARNING', 'showing the menu of yesterday', k, trace)
            kiosk.ok(t, k, trace, latency=0.03)
            continue
        kiosk.say(t + 0.020, 'ERROR', 'no menu to show', k, trace, show=inc[1])
        kiosk.request(t, 500, 0.03, k, trace=trace, show=inc[0])


def node_gives_up_its_role(scene):
    """Two services fail for a cache; that says once why, a moment before, and no trace leads there."""
    cache = Machine(scene, 'hotcache', google)
    cache.new_instance()
    bids = Run(scene, 'bids', zap, paths=('/bid',))
    pacing = Run(scene, 'pacing', zap, paths=('/pace',))
    for svc in (bids, pacing):
        for _ in range(2):
            svc.new_instance()
        svc.traffic(5, 1500, 40)
        svc.every(20, 1500, 300, 'WARNING', 'bidder %d was too slow and is left out')
    cache.every(5, 600, 60, 'INFO', 'snapshot %d stored')
    inc = scene.incident('bids', 'requests answered with 500', 'the cache is read-only', 'the node gives up its role')
    cache.say(610, 'ERROR', 'out of memory for the backlog, giving up the primary role', cache.pick(610), show=inc[2])
    for t in scene.arrivals(612, 900, 50):
        svc = scene.random.choice((bids, bids, pacing))
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.02, 'ERROR', "READONLY You can't write against a read only replica.", i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])


def records_removed_by_a_neighbour(scene):
    """Machines of one name and a number each; two warnings of another service, once each, say how the names went away."""
    enactor = Machine(scene, 'zone-enactor', zap)
    ledger = Machine(scene, 'ledger', zap)
    for svc, n in ((enactor, 2), (ledger, 3)):
        for _ in range(n):
            svc.new_instance()
    enactor.every(3, 700, 30, 'INFO', 'plan %d applied')
    ledger.every(3, 1300, 1.3, 'INFO', 'entry %d stored')
    ledger.every(30, 1300, 280, 'ERROR', 'printer %d is offline')
    inc = scene.incident('ledger', 'entries are not stored', 'the name is not resolved', 'every record is removed', 'an old plan wins')
    first, second = enactor.instances
    enactor.say(712.2, 'WARNING', 'an older plan has overwritten a newer one, 381 for 396', first, show=inc[3])
    enactor.say(713.6, 'WARNING', 'every record of plan 381 is removed', second, show=inc[2])
    for t in scene.arrivals(716, 1300, 30):
        i = ledger.pick(t)
        ledger.say(t, 'ERROR', 'dial tcp: lookup tables.internal on 169.254.169.254:53: no such host', i, show=inc[1])
        ledger.say(t + 0.004, 'ERROR', 'entry %d is lost' % scene.random.randrange(999, 99999), i, show=inc[0])


def runs_of_errors_without_requests(scene):
    """No requests are logged; twice, and for another reason each time, one line in ten is an error for minutes."""
    svc = Gke(scene, 'geofence', slog)
    for k in range(3):
        svc.start(1 + k)
    svc.every(5, 3600, 0.8, 'INFO', 'vehicle %d located')
    for since, what, why in ((500, 'lookup of the polygon given up', 'tile pack %d is of another projection'),
                             (2200, 'position of the vehicle dropped', 'feed %d is signed with a retired key')):
        inc = scene.incident('geofence', what, why)
        for t in scene.arrivals(since, since + 450, 15):
            i = svc.pick(t)
            svc.say(t, 'ERROR', why % scene.random.randrange(90), i, show=inc[1])
            svc.say(t + 0.01, 'ERROR', what, i, show=inc[0])


def slots_of_one_database(scene):
    """A database has no slot left for nine minutes, and says so itself; one service hears it from there, another waits for its pool."""
    bills, books = Run(scene, 'bills', logback, paths=('/bills',)), Run(scene, 'books', google, paths=('/books',))
    for k in range(2):
        bills.start(2 + k), books.start(3 + k)
    sql = Sql(scene, 'main-db')
    inc = scene.incident('bills', 'both answer 500', 'no connection to be had', 'no slot is left')
    said = 'remaining connection slots are reserved for non-replication superuser connections'
    for t in scene.arrivals(893, 1430, 75):
        sql.line(t, 'FATAL', said, show=inc[2])
    for t in scene.arrivals(10, 1700, 65):
        i, trace = bills.pick(t), scene.trace()
        if not 900 < t < 1440:
            bills.ok(t, i, trace)
            continue
        bills.say(t + 30, 'ERROR', 'HikariPool-1 - Connection is not available, request timed out after 30000ms.', i, trace, show=inc[1])
        bills.request(t, 500, 30.01, i, trace=trace, show=inc[0])
    for t in scene.arrivals(10, 1700, 65):
        i, trace = books.pick(t), scene.trace()
        if not 900 < t < 1440:
            books.ok(t, i, trace)
            continue
        books.text(t + 0.1, 'psycopg2.OperationalError: connection to server at "10.44.0.5", port 5432 failed: FATAL:  ' + said, i, 'ERROR', trace,
                   show=(inc[1], inc[2]))
        books.request(t, 500, 0.12, i, trace=trace, show=inc[0])


SCENARIOS = [cascade_of_three, cascade_untraced, cascade_of_four, crash_behind_a_refusal, name_that_no_pod_answers_to, one_database_two_services, two_caches,
             two_sidecars, database_says_it_too, callee_is_innocent, silent_caller, half_reaches_the_caller, node_gives_up_its_role,
             records_removed_by_a_neighbour, runs_of_errors_without_requests,
             slots_of_one_database]
