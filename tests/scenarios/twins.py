"""Two failures in one service at the same time, felt alike, and no entry carries a trace of another."""
from scene import Run, Gke, google, pino, logback, zap, slog
from shapes import Bare

DENIED = 'PermissionDenied: 403 shop@acme-prod.iam.gserviceaccount.com does not have storage.objects.create access to the Google Cloud Storage object.'
SILENT = "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='pay.example.com', port=443): Read timed out. (read timeout=5)"


def told_by_what_is_asked_for(scene):
    """Two causes from the same minute on; each request fails a few milliseconds after one of them, and each has addresses of its own."""
    svc = Run(scene, 'gallery', pino, paths=('/pictures', '/frames'))
    svc.boot = [(0.5, 'WARNING', 'no colour profile given')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.every(20, 2400, 45, 'WARNING', 'picture %d has no caption')
    one = scene.incident('gallery', 'uploads answered with 500', 'the easel register is sealed')
    two = scene.incident('gallery', 'prints answered with 500', 'the ink table knows no cyan')
    for t in scene.arrivals(20, 2400, 90):
        kind, i = scene.random.random(), svc.pick(t)
        took = scene.random.uniform(0.02, 0.06)
        if kind < 0.2 and t > 900:
            svc.say(t + took * 0.6, 'ERROR', 'easel register is sealed, nothing is hung', i, show=one[1])
            svc.request(t, 500, took, i, '/pictures/%d/hang' % scene.random.randrange(9999), show=one[0])
        elif kind < 0.5 and t > 910:
            svc.say(t + took * 0.6, 'ERROR', 'ink table has no row for cyan', i, show=two[1])
            svc.request(t, 500, took, i, '/prints?size=%d' % scene.random.randrange(9), show=two[0])
        else:
            svc.ok(t, i)


def told_by_the_catalogue(scene):
    """Entries say no instance and addresses tell nothing: one cause is a missing permission, the other a service that does not answer."""
    svc = Bare(scene, 'shop', google, paths=('/basket', '/orders'))
    for k in range(3):
        svc.start(3 + 5 * k)
    one = scene.incident('shop', 'requests answered with 500', 'the bucket may not be written')
    two = scene.incident('shop', 'requests answered with 500', 'the bank does not answer')
    for t in scene.arrivals(20, 1800, 60):
        kind, i = scene.random.random(), svc.pick(t)
        if kind < 0.25 and t > 700:
            svc.say(t + 0.014, 'ERROR', DENIED, i, show=one[1])
            svc.request(t, 500, 0.02, i, show=one[0])
        elif kind < 0.5 and t > 700:
            svc.say(t + 5.004, 'ERROR', SILENT, i, show=two[1])
            svc.request(t, 500, 5.01, i, show=two[0])
        else:
            svc.ok(t, i)


def told_by_when_they_began(scene):
    """A general line stands between users and both; the second cause begins while the first goes on, and both last."""
    svc = Gke(scene, 'planner', logback, paths=('/plan', '/plan/week'))
    for k in range(3):
        svc.new_instance()
    one = scene.incident('planner', 'requests answered with 500', 'the general error line', 'holiday list is empty')
    two = scene.incident('planner', 'requests answered with 500', 'the general error line', 'shift model has no owner')
    for t in scene.arrivals(5, 2400, 80):
        kind, i = scene.random.random(), svc.pick(t)
        inc, cause = ((one, 'holiday list of region 7 is empty') if kind < 0.25 and t > 700 else
                      (two, 'shift model s-%d has no owner' % scene.random.randrange(999)) if 0.25 <= kind < 0.45 and t > 1200 else (None, ''))
        if inc is None:
            svc.ok(t, i)
            continue
        svc.say(t + 0.01, 'ERROR', cause, i, show=inc[2])
        svc.say(t + 0.013, 'ERROR', 'Unhandled exception in request handler', i, show=inc[1])
        svc.request(t, 500, 0.016, i, show=inc[0])


def told_by_the_way_there(scene):
    """The same general line stands over both, both began at once; only the addresses of the requests that it is near tell them apart."""
    svc = Run(scene, 'archive', slog, paths=('/boxes', '/shelves'))
    svc.boot = [(0.5, 'WARNING', 'index is kept in memory')]
    for k in range(3):
        svc.start(3 + 5 * k)
    one = scene.incident('archive', 'boxes answered with 500', 'the general error line', 'label printer speaks another dialect')
    two = scene.incident('archive', 'shelves answered with 500', 'the general error line', 'floor plan is upside down')
    for t in scene.arrivals(20, 1800, 80):
        kind, i = scene.random.random(), svc.pick(t)
        inc, cause, path = ((one, 'label printer speaks dialect 3', '/boxes/new') if kind < 0.25 and t > 700 else
                            (two, 'floor plan is upside down', '/shelves/free') if 0.25 <= kind < 0.5 and t > 700 else (None, '', ''))
        if inc is None:
            svc.ok(t, i)
            continue
        svc.say(t + 0.01, 'ERROR', cause, i, show=inc[2])
        svc.say(t + 0.013, 'ERROR', 'request failed: internal error', i, show=inc[1])
        svc.request(t, 500, 0.016, i, path, show=inc[0])


def an_error_beside_the_cause(scene):
    """An error that comes at its pace before, during and after, and one that most requests meet and survive, are no second cause."""
    svc = Run(scene, 'pantry', zap, paths=('/jars', '/spoons'))
    svc.boot = [(0.5, 'WARNING', 'no season is set')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.every(20, 2400, 6, 'ERROR', 'photo of jar %d is missing, using the plain one')
    inc = scene.incident('pantry', 'requests answered with 500', 'the recipe book is locked')
    for t in scene.arrivals(20, 2400, 80):
        i = svc.pick(t)
        if scene.random.random() < 0.2:
            svc.say(t + 0.003, 'ERROR', 'scale answered late, weight %d is from the cache' % scene.random.randrange(999), i)
        if scene.random.random() < 0.4 and 900 < t < 1800:
            svc.say(t + 0.006, 'ERROR', 'recipe book is locked by the editor', i, show=inc[1])
            svc.request(t, 500, 0.008, i, show=inc[0])
        else:
            svc.ok(t, i)


def not_told_in_the_background(scene):
    """Two loops in the background fail in the same minutes, and requests then fail without a word: nothing ties a request to either."""
    svc = Run(scene, 'gate', slog, paths=('/in', '/out'))
    svc.boot = [(0.5, 'WARNING', 'no badge colour is set')]
    for k in range(3):
        svc.start(3 + 5 * k)
    inc = scene.incident('gate', 'requests answered with 500', 'either the badge list or the clock is refused')
    inc.doubt = 'untied'
    for i in svc.instances:
        for every, message in ((5, 'badge list refused by the registry: contract ended'), (7, 'clock server sent no answer to poll')):
            t = 900 + scene.random.random() * every
            while t < 1600:
                svc.say(t, 'ERROR', message, i, show=inc[1])
                t += every * scene.random.uniform(0.9, 1.1)
    for t in scene.arrivals(20, 2000, 60):
        i = svc.pick(t)
        if 906 < t < 1600 and scene.random.random() < 0.7:
            svc.request(t, 500, 0.02, i, show=inc[0])
        else:
            svc.ok(t, i)


def not_told_from_wordings(scene):
    """Each request fails a moment after one of two errors, at random; they began and ended together, on all instances and addresses."""
    svc = Gke(scene, 'mint', google, paths=('/coins', '/notes'))
    for k in range(3):
        svc.new_instance()
    inc = scene.incident('mint', 'requests answered with 500', 'the die is worn, or the press is cold')
    inc.doubt = 'wordings'
    for t in scene.arrivals(5, 1800, 80):
        i = svc.pick(t)
        if 700 < t < 1500 and scene.random.random() < 0.5:
            svc.say(t + 0.01, 'ERROR', scene.random.choice(('die 12 is worn beyond its tolerance', 'press stays below 20 degrees')), i, show=inc[1])
            svc.request(t, 500, 0.014, i, show=inc[0])
        else:
            svc.ok(t, i)


def the_same_said_of_each(scene):
    """One root, said of the thing that was asked for: each address has words of its own, and they are no causes of their own."""
    svc = Run(scene, 'rates', zap, paths=('/rates/chf', '/rates/nok'))
    svc.boot = [(0.5, 'WARNING', 'no rounding is set')]
    for k in range(3):
        svc.start(3 + 5 * k)
    inc = scene.incident('rates', 'requests answered with 500', 'the sheet of the day has no closing row')
    for t in scene.arrivals(20, 1800, 80):
        i, money = svc.pick(t), scene.random.choice(('CHF', 'NOK'))
        if t > 800:
            svc.say(t + 0.01, 'ERROR', 'exchange sheet of %s has no closing row' % money, i, show=inc[1])
            svc.request(t, 500, 0.014, i, '/rates/%s' % money.lower(), show=inc[0])
        else:
            svc.ok(t, i)


def one_name_in_two_regions(scene):
    """The same service in two regions, one name and one project: each fails in the same minutes for a reason of its own."""
    here = Run(scene, 'tickets', pino, paths=('/seats', '/rows'))
    there = Run(scene, 'tickets', pino, paths=('/seats', '/rows'), location='us-central1')
    one = scene.incident('tickets', 'requests answered with 500', 'the seat map has a hole')
    two = scene.incident('tickets', 'requests answered with 500', 'the price list ends in May')
    for svc, inc, cause, since in ((here, one, 'seat map of hall 4 has a hole', 800), (there, two, 'price list ends in May', 830)):
        for k in range(3):
            svc.start(3 + 5 * k)
        for t in scene.arrivals(20, 1600, 50):
            i = svc.pick(t)
            if since < t and scene.random.random() < 0.6:
                svc.say(t + 0.01, 'ERROR', cause, i, show=inc[1])
                svc.request(t, 500, 0.014, i, show=inc[0])
            else:
                svc.ok(t, i)


def one_fate_two_addresses(scene):
    """What fails each address says so in its own words, and why is not in the log; both begin and end in the same seconds."""
    svc = Gke(scene, 'kiosk', zap, paths=('/papers', '/maps'))
    for k in range(3):
        svc.new_instance()
    inc = scene.incident('kiosk', 'requests answered with 500', 'papers and maps are not shown')
    inc.doubt = 'wordings'
    for t in scene.arrivals(5, 2400, 80):
        i = svc.pick(t)
        if 900 < t < 1600:
            path, words = scene.random.choice((('/papers', 'rack of papers stays empty'), ('/maps', 'no map of district %d is drawn' % scene.random.randrange(99))))
            svc.say(t + 0.01, 'ERROR', words, i, show=inc[1])
            svc.request(t, 500, 0.014, i, path, show=inc[0])
        else:
            svc.ok(t, i)


def one_root_said_once(scene):
    """Each instance says once why it cannot go on; then each address fails in its own words, until the capture ends."""
    svc = Run(scene, 'atelier', pino, paths=('/paints', '/brushes'))
    svc.boot = [(0.5, 'WARNING', 'no apron size is set')]
    for k in range(3):
        svc.start(3 + 5 * k)
    inc = scene.incident('atelier', 'requests answered with 500', 'paints and brushes are not given out', 'the cupboard is sealed')
    for i in svc.instances:
        svc.say(899 + scene.random.random(), 'ERROR', 'cupboard was sealed by the inspector', i, show=inc[2])
    for t in scene.arrivals(20, 1800, 80):
        i = svc.pick(t)
        if t > 901:
            path, words = scene.random.choice((('/paints', 'paint %d is not given out' % scene.random.randrange(99)), ('/brushes', 'brushes stay where they are')))
            svc.say(t + 0.01, 'ERROR', words, i, show=inc[1])
            svc.request(t, 500, 0.014, i, path, show=inc[0])
        else:
            svc.ok(t, i)


class Pods(Gke):
    """A deployment in a cluster and namespace of its own, whose requests its containers log."""

    cluster, namespace = 'prod-1', 'shop'

    def resource(self, instance):
        resource = super().resource(instance)
        resource['labels'].update(cluster_name=self.cluster, namespace_name=self.namespace)
        return resource

    def request(self, *args, **more):
        return Run.request(self, *args, **more)


def fail_by_place(scene, places):
    """Deployments of one name; each of places: cluster, namespace, cause of its failures or None, level."""
    for cluster, namespace, cause, inc in places:
        svc = Pods(scene, 'ledger', zap, paths=('/accounts', '/bookings'))
        svc.cluster, svc.namespace = cluster, namespace
        for k in range(3):
            svc.new_instance()
        for t in scene.arrivals(5, 1600, 50):
            i = svc.pick(t)
            if cause and t > 800 and scene.random.random() < 0.6:
                svc.say(t + 0.01, 'ERROR', cause, i, show=inc[1])
                svc.request(t, 500, 0.014, i, show=inc[0])
            else:
                svc.ok(t, i)


def one_name_in_two_clusters(scene):
    """Pods of one name in two clusters of a region fail in the same minutes, each cluster for a reason of its own."""
    one = scene.incident('ledger', 'requests answered with 500', 'the year is closed')
    two = scene.incident('ledger', 'requests answered with 500', 'the bank key has no owner')
    fail_by_place(scene, (('prod-1', 'shop', 'year 2025 is closed for bookings', one), ('prod-2', 'shop', 'bank key k-7 has no owner', two)))


def one_name_in_two_namespaces(scene):
    """Pods of one name in two namespaces of a cluster: one of them fails, the other is well."""
    inc = scene.incident('ledger', 'requests answered with 500', 'the year is closed')
    fail_by_place(scene, (('prod-1', 'shop', 'year 2025 is closed for bookings', inc), ('prod-1', 'staging', None, None)))


def known_errors_at_their_pace(scene):
    """Errors that the catalogue knows go on before, during and after: metrics find no host, and a partner refuses a few calls; neither is the cause."""
    svc = Run(scene, 'depot', slog, paths=('/pallets', '/ramps'))
    svc.boot = [(0.5, 'WARNING', 'no time zone is set')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.every(20, 2400, 5, 'ERROR', 'metrics were not sent: dial tcp 10.9.0.4:8125: connect: connection refused')
    svc.every(20, 2400, 20, 'ERROR', 'psycopg2.errors.DeadlockDetected: deadlock detected')
    svc.every(20, 2400, 40, 'ERROR', 'Get "https://track.partner.example/v1": context deadline exceeded')
    inc = scene.incident('depot', 'requests answered with 500', 'the ramp plan names a ramp twice')
    for t in scene.arrivals(20, 2400, 80):
        i = svc.pick(t)
        if 900 < t < 1700 and scene.random.random() < 0.4:
            svc.say(t + 0.01, 'ERROR', 'ramp plan names ramp 9 twice', i, show=inc[1])
            svc.request(t, 500, 0.014, i, show=inc[0])
        else:
            svc.ok(t, i)


SCENARIOS = [told_by_what_is_asked_for, told_by_the_catalogue, told_by_when_they_began, told_by_the_way_there, an_error_beside_the_cause,
             not_told_in_the_background, not_told_from_wordings, the_same_said_of_each,
             one_fate_two_addresses, one_root_said_once, one_name_in_two_regions,
             one_name_in_two_clusters, one_name_in_two_namespaces, known_errors_at_their_pace]
