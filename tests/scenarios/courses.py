"""How incidents run: one after another, twice, already there at the start, only one entry, ended."""
from scene import Run, Gke, google, pino, logback, zap


def two_causes_in_turn(scene):
    """One service fails twice for different reasons, with half an hour of health between."""
    svc = Run(scene, 'tickets', pino, paths=('/tickets', '/tickets/open'))
    svc.boot = [(0.5, 'WARNING', 'ExperimentalWarning: the fetch API is an experimental feature')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.traffic(15, 600, 50)
    first = scene.incident('tickets', 'requests answered with 500', 'ticket cannot be numbered', 'number range is used up')
    second = scene.incident('tickets', 'requests answered with 500', 'attachment cannot be stored', 'bucket of attachments is locked')

    def fails(t, inc, cause, effect):
        i, trace = svc.pick(t), scene.trace()
        took = scene.random.uniform(0.02, 0.06)
        svc.say(t + took * 0.4, 'ERROR', cause, i, trace, show=inc[2])
        svc.say(t + took * 0.6, 'ERROR', effect % scene.random.randrange(1000, 9999), i, trace, show=inc[1])
        svc.request(t, 500, took, i, trace=trace, show=inc[0])

    for t in scene.arrivals(600, 1000, 50):
        fails(t, first, 'number range T-2026 is used up at 49999', 'ticket draft %d stays without a number')
    svc.traffic(1000, 2800, 50)
    for t in scene.arrivals(2800, 3200, 50):
        fails(t, second, 'retention lock on attachments-eu forbids the write', 'attachment %d was not stored')
    svc.traffic(3200, 3600, 50)


def same_incident_twice(scene):
    """The same cause comes back after forty good minutes; told as one incident or as two, both are true."""
    svc = Run(scene, 'parcels', logback, paths=('/parcels', '/parcels/track'))
    for k in range(3):
        svc.start(3 + 5 * k)
    inc = scene.incident('parcels', 'requests answered with 500', 'label cannot be printed', 'carrier table is locked by the import', at_most=2)

    def fails(t):
        i, trace = svc.pick(t), scene.trace()
        took = scene.random.uniform(0.02, 0.06)
        svc.say(t + took * 0.4, 'ERROR', 'carrier table is held by import job nightly-7', i, trace, show=inc[2])
        svc.say(t + took * 0.6, 'ERROR', 'no label for parcel %d' % scene.random.randrange(1000, 9999), i, trace, show=inc[1])
        svc.request(t, 500, took, i, trace=trace, show=inc[0])

    svc.traffic(15, 400, 40)
    for t in scene.arrivals(400, 700, 40):
        fails(t)
    svc.traffic(700, 3100, 40)
    for t in scene.arrivals(3100, 3400, 40):
        fails(t)
    svc.traffic(3400, 3800, 40)


def starts_after_the_cause(scene):
    """The capture begins in the middle: what broke is not in it, so the chain ends at what is seen."""
    svc = Gke(scene, 'search', zap, paths=('/search',))
    for k in range(3):
        svc.new_instance()
    svc.every(0, 1200, 40, 'WARNING', 'query %d took more than 200 ms')
    inc = scene.incident('search', 'requests answered with 503', 'index is closed')
    for t in scene.arrivals(0, 1200, 60):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.004, 'ERROR', 'index products is closed for reading', i, trace, show=inc[1])
        svc.request(t, 503, 0.006, i, trace=trace, show=inc[0])


def one_entry(scene):
    """All there is: one error with its cause inside."""
    svc = Run(scene, 'mailer', google)
    i = svc.new_instance()
    inc = scene.incident('mailer', 'sending fails', 'template store has no current edition')
    inc.must_say('no current edition')
    svc.text(10, 'com.acme.mail.SendException: message 4411 was not sent\n\tat com.acme.mail.Sender.send(Sender.java:52)\n'
             'Caused by: com.acme.mail.NoEditionException: template store holds no current edition\n'
             '\tat com.acme.mail.Store.current(Store.java:19)\n\t... 1 more\n', i, 'ERROR', show=(inc[0], inc[1]))


def two_at_once_in_one_service(scene):
    """Two paths of one service fail at overlapping times for reasons that have nothing to do with each other."""
    svc = Run(scene, 'campus', google, paths=('/timetable', '/rooms'))
    svc.boot = [(0.5, 'WARNING', 'locale nl_NL is incomplete')]
    for k in range(3):
        svc.start(3 + 5 * k)
    one = scene.incident('campus', 'timetables answered with 500', 'no timetable', 'semester has no calendar')
    two = scene.incident('campus', 'meals answered with 503', 'no menu', 'canteen feed is signed with an unknown key')
    for t in scene.arrivals(20, 2400, 80):
        kind = scene.random.random()
        i, trace = svc.pick(t), scene.trace()
        if kind < 0.25 and t > 900:
            svc.say(t + 0.01, 'ERROR', 'semester 2026-S has no calendar', i, trace, show=one[2])
            svc.say(t + 0.02, 'ERROR', 'timetable of group %d left empty' % scene.random.randrange(999), i, trace, show=one[1])
            svc.request(t, 500, 0.03, i, '/timetable', trace, show=one[0])
        elif kind < 0.5 and 1300 < t < 2100:
            svc.say(t + 0.01, 'ERROR', 'canteen feed carries a signature of an unknown key', i, trace, show=two[2])
            svc.say(t + 0.02, 'ERROR', 'menu of week %d withheld' % scene.random.randrange(52), i, trace, show=two[1])
            svc.request(t, 503, 0.03, i, '/menu', trace, show=two[0])
        else:
            svc.ok(t, i, trace)


def two_services_at_once(scene):
    """Two services that do not know each other fail in the same minutes."""
    a = Run(scene, 'avatars', pino, paths=('/avatar/7',))
    b = Gke(scene, 'billing-export', logback, paths=('/export',))
    for k in range(3):
        a.start(3 + 5 * k)
        b.start(1 + k)
    one = scene.incident('avatars', 'requests answered with 500', 'picture library is of another build')
    two = scene.incident('billing-export', 'requests answered with 500', 'export stops', 'ledger month is sealed')
    a.traffic(20, 800, 50)
    b.traffic(20, 820, 30)
    for t in scene.arrivals(800, 1500, 50):
        i, trace = a.pick(t), scene.trace()
        a.say(t + 0.01, 'ERROR', 'Error: libpicture was built for abi 115, this is 127', i, trace, show=one[1])
        a.request(t, 500, 0.02, i, trace=trace, show=one[0])
    for t in scene.arrivals(820, 1500, 30):
        i, trace = b.pick(t), scene.trace()
        b.say(t + 0.02, 'ERROR', 'ledger month 2026-03 is sealed, row %d refused' % scene.random.randrange(9999), i, trace, show=two[2])
        b.say(t + 0.03, 'ERROR', 'export stopped after %d rows' % scene.random.randrange(99), i, trace, show=two[1])
        b.request(t, 500, 0.04, i, trace=trace, show=two[0])


def last_half_minute(scene):
    """It has only just begun: a dozen failed requests at the very end of an hour of health."""
    svc = Run(scene, 'signup', zap, paths=('/signup', '/verify'))
    svc.boot = [(0.5, 'WARNING', 'captcha is in test mode')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.traffic(20, 3570, 50)
    svc.every(20, 3600, 70, 'ERROR', 'welcome picture %d is missing, using the plain one')
    inc = scene.incident('signup', 'requests answered with 500', 'account cannot be made', 'no node identity is left')
    for t in scene.arrivals(3570, 3600, 50):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.01, 'ERROR', 'all 1024 node identities are taken', i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'account was not made', i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])


def one_failed_request(scene):
    """All there is: one request that failed."""
    svc = Run(scene, 'faq', google)
    inc = scene.incident('faq', 'a request answered with 503')
    svc.request(3, 503, 0.2, svc.new_instance(), '/faq', show=inc[0])


def over_and_recovered(scene):
    """Failed for ten minutes, then an operator switched the feed and all was well for half an hour."""
    svc = Gke(scene, 'betting', logback, paths=('/odds',))
    for k in range(3):
        svc.start(1 + k)
    svc.traffic(5, 500, 70)
    inc = scene.incident('betting', 'requests answered with 500', 'odds cannot be shown', 'feed runs backwards')
    for t in scene.arrivals(500, 1100, 70):
        if scene.random.random() < 0.1:
            svc.ok(t)
            continue
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.01, 'ERROR', 'feed primary: sequence went from %d back to 12' % scene.random.randrange(9000, 9999), i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'odds withheld', i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])
    svc.say(1101, 'WARNING', 'feed switched to secondary by an operator', svc.pick(1100))
    svc.traffic(1101, 2900, 70)


def two_at_once_untraced(scene):
    """Two causes in one service at overlapping times, and no traces: milliseconds, status and the times of each tell them apart."""
    svc = Run(scene, 'zoo', google, paths=('/animals', '/times'))
    for k in range(3):
        svc.start(3 + 5 * k)
    one = scene.incident('zoo', 'tickets answered with 500', 'no ticket', 'barcode range is empty')
    two = scene.incident('zoo', 'feeding times answered with 503', 'no feeding time', 'keeper roster is of last year')
    for t in scene.arrivals(20, 2400, 60):
        kind, i = scene.random.random(), svc.pick(t)
        if kind < 0.25 and t > 900:
            svc.say(t + 0.004, 'ERROR', 'barcode range 44 is empty', i, show=one[2])
            svc.say(t + 0.006, 'ERROR', 'ticket %d not printed' % scene.random.randrange(999), i, show=one[1])
            svc.request(t, 500, 0.008, i, '/tickets', show=one[0])
        elif kind < 0.5 and 1300 < t < 2100:
            svc.say(t + 0.004, 'ERROR', 'keeper roster is of year 2025', i, show=two[2])
            svc.say(t + 0.006, 'ERROR', 'feeding times of house %d left out' % scene.random.randrange(52), i, show=two[1])
            svc.request(t, 503, 0.008, i, '/feeding', show=two[0])
        else:
            svc.ok(t, i)


def two_at_the_same_times_untraced(scene):
    """Two causes in one service from minute to minute the same time, without traces: only how close the lines are tells them apart."""
    svc = Gke(scene, 'farm', google, paths=('/cows', '/eggs'))
    for k in range(3):
        svc.start(3 + k)
    one = scene.incident('farm', 'cows answered with 500', 'cow is not found', 'herd register is locked')
    two = scene.incident('farm', 'eggs answered with 504', 'egg count is missing', 'scale is silent')
    for t in scene.arrivals(20, 2400, 60):
        kind, i = scene.random.random(), svc.pick(t)
        if kind < 0.3 and 900 < t < 1800:
            svc.say(t + 0.004, 'ERROR', 'herd register is locked by import', i, show=one[2])
            svc.say(t + 0.006, 'ERROR', 'cow %d is not found' % scene.random.randrange(999), i, show=one[1])
            svc.request(t, 500, 0.008, i, '/cows', show=one[0])
        elif kind < 0.5 and 930 < t < 1760:
            svc.say(t + 0.804, 'ERROR', 'scale 7 is silent', i, show=two[2])
            svc.say(t + 0.806, 'ERROR', 'egg count %d is missing' % scene.random.randrange(520), i, show=two[1])
            svc.request(t, 504, 0.81, i, '/eggs', show=two[0])
        else:
            svc.ok(t, i)


def two_in_turn_untraced(scene):
    """One service fails twice, for different reasons, an hour apart, and no entry carries a trace of another."""
    svc = Gke(scene, 'harbour', logback, paths=('/berths', '/ships'))
    for k in range(3):
        svc.start(1 + k)
    first = scene.incident('harbour', 'requests answered with 500', 'no berth', 'tide table ends')
    second = scene.incident('harbour', 'requests answered with 500', 'ship is not shown', 'flag register is unsorted')

    def fails(t, inc, cause, effect):
        i = svc.pick(t)
        svc.say(t + 0.004, 'ERROR', cause, i, show=inc[2])
        svc.say(t + 0.006, 'ERROR', effect % scene.random.randrange(1000, 9999), i, show=inc[1])
        svc.request(t, 500, 0.008, i, show=inc[0])

    svc.traffic(5, 500, 30)
    for t in scene.arrivals(500, 900, 40):
        fails(t, first, 'tide table ends on 13 April', 'no berth for ship %d')
    svc.traffic(900, 4500, 30)
    for t in scene.arrivals(4500, 4900, 40):
        fails(t, second, 'flag register is not sorted, lookups are refused', 'ship %d is not shown')
    svc.traffic(4900, 5400, 30)


def same_line_two_causes_in_turn(scene):
    """The same words of the program stand over two causes: first its cache is away, an hour later its files are."""
    svc = Run(scene, 'opera', google, paths=('/seats', '/cast'))
    svc.boot = [(0.5, 'WARNING', 'no stage plan given')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.traffic(20, 600, 40)
    first = scene.incident('opera', 'requests answered with 500', 'seat lookup fails', 'the cache refuses connections')
    second = scene.incident('opera', 'requests answered with 500', 'seat lookup fails', 'the hall file is damaged')

    def fails(t, inc, cause):
        i, trace = svc.pick(t), scene.trace()
        svc.text(t + 0.01, cause, i, 'ERROR', trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'seat lookup failed for visitor %d' % scene.random.randrange(9999), i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])

    for t in scene.arrivals(600, 960, 40):
        fails(t, first, 'redis.exceptions.ConnectionError: Error 111 connecting to 10.8.0.3:6379. Connection refused.')
    svc.traffic(960, 4600, 40)
    for t in scene.arrivals(4600, 5000, 40):
        fails(t, second, 'hall.FileDamaged: hall-3.bin ends after 88 of 1204 rows')
    svc.traffic(5000, 5400, 40)


def crash_then_refusal(scene):
    """A revision that cannot boot is rolled back; later the healthy one meets a full table. Nothing joins the two but the service."""
    svc = Run(scene, 'ferry', google, paths=('/trips',))
    for k in range(2):
        svc.start(3 + 5 * k)
    old = svc.revision
    svc.traffic(20, 600, 40)
    first = scene.incident('ferry', 'requests find no instance', 'containers exit', 'the berth map cannot be parsed')
    second = scene.incident('ferry', 'requests answered with 500', 'trip is not booked', 'the deck table is full')
    svc.audit(592, 'google.cloud.run.v1.Services.ReplaceService', 'deployer@acme-prod.iam.gserviceaccount.com')
    for i in svc.instances:
        i.until = 600
    t = 601.0
    while t < 900:
        i = svc.starting(t, '00042-gwp', 'DEPLOYMENT_ROLLOUT')
        svc.text(t + 1.2, 'berth map: line 14: expected a number, found "n/a"', i, 'ERROR', show=first[2])
        svc.exits(t + 1.5, i, 1, show=first[1])
        for k in range(3):
            svc.request(t - 0.3 + 0.2 * k, 503, 2.2, i, show=first[0], text='The request failed because the instance could not start successfully.')
        t += scene.random.uniform(8, 14)
    svc.audit(905, 'google.cloud.run.v1.Services.ReplaceService', 'kim@acme.example')
    for k in range(2):
        svc.start(908 + k, old, 'DEPLOYMENT_ROLLOUT')
    svc.traffic(912, 2400, 40)
    for t in scene.arrivals(2400, 2900, 40):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.01, 'ERROR', 'deck table takes no more than 4096 rows', i, trace, show=second[2])
        svc.say(t + 0.02, 'ERROR', 'trip of passenger %d is not booked' % scene.random.randrange(9999), i, trace, show=second[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=second[0])
    svc.traffic(2900, 3300, 40)


SCENARIOS = [two_causes_in_turn, same_incident_twice, starts_after_the_cause, one_entry, two_at_once_in_one_service,
             two_services_at_once, last_half_minute, one_failed_request, over_and_recovered, two_at_once_untraced,
             two_at_the_same_times_untraced,
             two_in_turn_untraced, same_line_two_causes_in_turn, crash_then_refusal]
