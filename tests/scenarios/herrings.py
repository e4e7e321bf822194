"""What stands near a failure and is not its cause, and causes that stand far from what they do."""
from scene import Run, Gke, google, pino, logback, zap, structlog, slog


def error_of_every_request(scene):
    """Each request logs the same old error, healthy or not, in its own trace and right before the failure; it is innocent."""
    svc = Run(scene, 'vouchers', logback, paths=('/vouchers', '/vouchers/redeem'))
    for k in range(3):
        svc.start(3 + 5 * k)
    inc = scene.incident('vouchers', 'requests answered with 500', 'voucher is not redeemed', 'serial numbers come twice')
    for t in scene.arrivals(20, 1800, 60):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.010, 'ERROR', 'Header X-Shop-Region is not known, taking the default', i, trace)
        if t < 900 or scene.random.random() < 0.5:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.005, 'ERROR', 'Serial range 7 hands out number %d twice' % scene.random.randrange(10**6), i, trace, show=inc[2])
        svc.say(t + 0.015, 'ERROR', 'Voucher not redeemed', i, trace, show=inc[1])
        svc.request(t, 500, 0.02, i, trace=trace, show=inc[0])


def thread_dies_once(scene):
    """Each instance loses its writer thread once, at its own time; from then on every request on it fails, hundreds of them."""
    svc = Run(scene, 'events', pino, paths=('/events',))
    svc.boot = [(0.5, 'WARNING', 'no .env file found')]
    for k in range(4):
        svc.start(3 + 5 * k)
    svc.every(20, 1800, 40, 'ERROR', 'geo lookup of visitor %d had no answer, country left empty')
    inc = scene.incident('events', 'requests answered with 500', 'the queue is closed', 'the writer thread has died')
    dies = {i.name: 700 + 150 * k for k, i in enumerate(svc.instances[:3])}
    for i in svc.instances[:3]:
        svc.say(dies[i.name], 'ERROR', 'writer loop ended: checksum of block 0x%s does not match' % scene.hexes(4), i, show=inc[2])
    for t in scene.arrivals(25, 1800, 80):
        i, trace = svc.pick(t), scene.trace()
        if t < dies.get(i.name, 1e9) + 0.01:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.005, 'ERROR', 'cannot accept event, queue is closed', i, trace, show=inc[1])
        svc.request(t, 500, 0.008, i, trace=trace, show=inc[0])


def once_and_harmless(scene):
    """Each instance complains once, minutes before all of them begin to fail for a reason that stands in every request; so does one that lives on."""
    svc = Run(scene, 'kennel', pino, paths=('/dogs', '/walks'))
    svc.boot = [(0.5, 'WARNING', 'no .env file found')]
    for k in range(4):
        svc.start(3 + 5 * k)
    inc = scene.incident('kennel', 'requests answered with 500', 'no walk is planned', 'leash table is empty')
    for k, i in enumerate(svc.instances):
        svc.say(500 + 70 * k, 'ERROR', 'photo cache was emptied after checksum 0x%s' % scene.hexes(4), i)
    for t in scene.arrivals(25, 1800, 80):
        i, trace = svc.pick(t), scene.trace()
        if t < 900 or i is svc.instances[3]:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.004, 'ERROR', 'leash table is empty since the import', i, trace, show=inc[2])
        svc.say(t + 0.006, 'ERROR', 'walk %d is not planned' % scene.random.randrange(9999), i, trace, show=inc[1])
        svc.request(t, 500, 0.009, i, trace=trace, show=inc[0])


def behind_a_time_out(scene):
    """Every few statements time out after an error that no rule knows; seconds lie between them, and it is nowhere else."""
    svc = Run(scene, 'harvest', pino, paths=('/fields', '/weights'))
    svc.boot = [(0.5, 'WARNING', 'no .env file found')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.traffic(25, 900, 60)
    inc = scene.incident('harvest', 'requests answered with 500', 'statements time out', 'weights are counted anew')
    t = 900
    while t < 1700:
        i = svc.pick(t)
        svc.say(t, 'ERROR', 'counting all %d weights anew, the mark of the last count is gone' % scene.random.randrange(9999, 99999), i, show=inc[2])
        for k in range(5):
            at, trace = t + 1 + scene.random.random() * 8, scene.trace()
            svc.say(at, 'ERROR', 'error: canceling statement due to statement timeout', i, trace, show=inc[1])
            svc.request(at - 5.005, 500, 5.01, i, trace=trace, show=inc[0])
        for k in range(6):
            svc.ok(t + scene.random.random() * 20)
        t += 20


def said_first_explained_later(scene):
    """A program says first that it failed, in its own words, and a few milliseconds later what the driver told it."""
    svc = Run(scene, 'menus', google, paths=('/menu',))
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.traffic(25, 900, 60)
    inc = scene.incident('menus', 'requests answered with 500', 'menu is not read', 'the database refuses connections')
    for t in scene.arrivals(900, 1500, 60):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.010, 'ERROR', 'menu %d was not read' % scene.random.randrange(999), i, trace, show=inc[1])
        svc.text(t + 0.012, 'Traceback (most recent call last):\n  File "/app/menus.py", line 31, in read\n    cursor.execute(QUERY)\n'
                 'psycopg2.OperationalError: connection to server at "10.30.0.4", port 5432 failed: Connection refused\n', i, 'ERROR', trace, show=inc[2])
        svc.request(t, 500, 0.015, i, trace=trace, show=inc[0])
    svc.traffic(1500, 1800, 60)


def refresher_in_background(scene):
    """A loop in the background says every few seconds why it cannot refresh; requests only find nothing to answer with."""
    svc = Gke(scene, 'currency', slog, paths=('/rate/eur', '/rate/usd'))
    for k in range(3):
        svc.start(1 + k)
    svc.every(5, 2000, 60, 'WARNING', 'client %d sends no accept header')
    inc = scene.incident('currency', 'requests answered with 500', 'no rate is known', 'refreshing is refused')
    for i in svc.instances:
        t = 5 + scene.random.random() * 5
        while t < 2000:
            if 900 < t < 1600:
                svc.say(t, 'ERROR', 'refresh refused by exchange: member 4411 is suspended', i, show=inc[2])
            else:
                svc.say(t, 'INFO', 'refreshed 168 rates', i)
            t += 5
    for t in scene.arrivals(8, 2000, 60):
        i, trace = svc.pick(t), scene.trace()
        if not 930 < t < 1603:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.002, 'ERROR', 'rates are older than 30 s, none is given out', i, trace, show=inc[1])
        svc.request(t, 500, 0.004, i, trace=trace, show=inc[0])


def same_status_two_causes(scene):
    """Two causes at the same time in one service, both felt as 500 and both behind the same general error line."""
    svc = Run(scene, 'desk', structlog, paths=('/desk', '/desk/rooms', '/desk/people'))
    svc.boot = [(0.4, 'WARNING', 'template cache is off')]
    for k in range(3):
        svc.start(3 + 5 * k)
    one = scene.incident('desk', 'rooms answered with 500', 'the general error line', 'floor plan has no scale')
    two = scene.incident('desk', 'people answered with 500', 'the general error line', 'directory gives a person two managers')
    for t in scene.arrivals(20, 2400, 80):
        kind = scene.random.random()
        i, trace = svc.pick(t), scene.trace()
        inc, cause, path = ((one, 'floor plan 3 has no scale', '/desk/rooms') if kind < 0.2 and 800 < t < 1900 else
                            (two, 'directory gives person p-%d two managers' % scene.random.randrange(999), '/desk/people')
                            if 0.2 <= kind < 0.4 and t > 1100 else (None, '', ''))
        if inc is None:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.01, 'ERROR', cause, i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'unhandled error in request', i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, path, trace, show=inc[0])


def starts_fail_for_two_reasons(scene):
    """First a setting is missing; a new revision brings it back, and then that revision fails for another reason."""
    svc = Run(scene, 'tours', google, paths=('/tours',))
    svc.boot = [(0.3, 'WARNING', 'sourcemaps are not installed')]
    for k in range(2):
        svc.start(3 + 5 * k)
    svc.traffic(20, 600, 40)
    first = scene.incident('tours', 'requests find no instance', 'containers exit', 'the map style is missing')
    second = scene.incident('tours', 'requests find no instance', 'containers exit', 'the route table has a loop')

    def failing_starts(since, until, inc, cause):
        for i in svc.instances:
            i.until = min(i.until, since)
        t = since + 1
        while t < until:
            i = svc.starting(t)
            svc.say(t + 0.3, 'WARNING', 'sourcemaps are not installed', i)
            svc.text(t + 1.2, cause, i, 'ERROR', show=inc[2])
            svc.exits(t + 1.5, i, 1, show=inc[1])
            for k in range(scene.random.randrange(2, 5)):
                svc.request(t - 0.3 + 0.2 * k, 503, 2.0 + scene.random.random() * 0.3, i, show=inc[0],
                            text='The request failed because the instance could not start successfully.')
            t += scene.random.uniform(8, 16)

    svc.audit(595, 'google.cloud.run.v1.Services.ReplaceService', 'deployer@acme-prod.iam.gserviceaccount.com')
    svc.revision = '00042-mvn'
    failing_starts(600, 1000, first, 'Error: map style "alpine" is not among the styles of this build\n    at pickStyle (/app/src/style.js:14:11)\n'
                   '    at Object.<anonymous> (/app/src/index.js:9:1)')
    svc.audit(1010, 'google.cloud.run.v1.Services.ReplaceService', 'deployer@acme-prod.iam.gserviceaccount.com')
    svc.revision = '00043-kkt'
    for k in range(2):
        svc.start(1015 + k, reason='DEPLOYMENT_ROLLOUT')
    svc.traffic(1020, 2000, 40)
    svc.audit(1990, 'google.cloud.run.v1.Services.ReplaceService', 'deployer@acme-prod.iam.gserviceaccount.com')
    svc.revision = '00044-rbs'
    failing_starts(2000, 2400, second, 'Error: route table has a loop: 17 -> 23 -> 17\n    at sortRoutes (/app/src/routes.js:61:9)\n'
                   '    at Object.<anonymous> (/app/src/index.js:12:1)')


def only_errors_were_exported(scene):
    """The capture was made with severity>=ERROR: not one healthy entry is in it, and an old error stands among the new ones."""
    svc = Run(scene, 'quotes', google, paths=('/quote',))
    for k in range(3):
        svc.new_instance()
    inc = scene.incident('quotes', 'requests answered with 500', 'no quote is made', 'risk model returns no number')
    svc.every(0, 3600, 90, 'ERROR', 'logo of broker %d could not be fetched')
    for t in scene.arrivals(2400, 3600, 30):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.01, 'ERROR', 'risk model m-14 returned NaN', i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'quote %d was not made' % scene.random.randrange(99999), i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])


def no_healthy_start_seen(scene):
    """Every start in the capture fails, so nothing says which of its lines are usual; one is an error, and the warnings are old friends."""
    svc = Run(scene, 'museum', google, paths=('/rooms',))
    inc = scene.incident('museum', 'requests find no instance', 'containers exit', 'the catalogue of works is of another version')
    t = 1.0
    while t < 900:
        i = svc.starting(t)
        svc.say(t + 0.4, 'WARNING', 'Property museum.theme is deprecated, use museum.look', i)
        svc.say(t + 0.9, 'INFO', 'Reading catalogue of works', i)
        svc.say(t + 1.1, 'WARNING', 'No exporter for metrics is configured', i)
        svc.say(t + 3.2, 'ERROR', 'Catalogue of works has version 12, this program reads 9 to 11', i, show=inc[2])
        svc.exits(t + 3.5, i, 1, show=inc[1])
        for k in range(scene.random.randrange(1, 4)):
            svc.request(t - 0.3 + 0.2 * k, 503, 4.1, i, show=inc[0], text='The request failed because the instance could not start successfully.')
        t += scene.random.uniform(10, 25)


def steady_before_a_burst(scene):
    """Each instance loses its lease shortly before its requests fail; an error that comes all day had been on each before that."""
    svc = Gke(scene, 'sequencer', logback, paths=('/transfers',))
    for k in range(3):
        svc.start(3 + 5 * k)
    inc = scene.incident('sequencer', 'requests answered with 500', 'transfers are not sequenced', 'the epoch is fenced', 'leases are lost')
    for k, t in enumerate((8, 41, 190, 203, 401, 433, 520, 560, 701, 708, 715, 1130, 1420, 1490)):
        svc.say(t, 'ERROR', 'upload of audit block %d failed, trying again' % scene.random.randrange(900), svc.instances[k % 3])
    for k, i in enumerate(svc.instances):
        for n in range(2):
            svc.say(740 + 9 * k + 4 * n, 'ERROR', 'lease of table %d is lost to another holder' % scene.random.randrange(900), i, show=inc[3])
    lost = {i.name: 764 + 9 * k for k, i in enumerate(svc.instances)}
    for t in scene.arrivals(25, 1500, 40):
        i, trace = svc.pick(t), scene.trace()
        if t < lost[i.name] or scene.random.random() < 0.3:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.004, 'ERROR', 'epoch 12 is fenced by epoch 13', i, trace, show=inc[2])
        svc.say(t + 0.006, 'ERROR', 'transfer %s not sequenced' % scene.hexes(4), i, trace, show=inc[1])
        svc.request(t, 500, 0.009, i, trace=trace, show=inc[0])


def burst_of_another_matter(scene):
    """Within a minute each pod complains of something else, at its own time; then all of them begin to fail at one moment."""
    svc = Gke(scene, 'ferry', logback, paths=('/crossings',))
    for k in range(4):
        svc.start(3 + 5 * k)
    inc = scene.incident('ferry', 'requests answered with 500', 'the crossing is not booked', 'the harbour suspended the account')
    for k, i in enumerate(svc.instances):
        svc.say(818 + 19 * k, 'ERROR', 'picture store checksum of album %d differs' % scene.random.randrange(900), i)
    for t in scene.arrivals(25, 1500, 150):
        i, trace = svc.pick(t), scene.trace()
        if t < 885:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.004, 'ERROR', 'harbour answers that account 5512 is suspended', i, trace, show=inc[2])
        svc.say(t + 0.006, 'ERROR', 'crossing %s is not booked' % scene.hexes(4), i, trace, show=inc[1])
        svc.request(t, 500, 0.009, i, trace=trace, show=inc[0])


SCENARIOS = [error_of_every_request, thread_dies_once, once_and_harmless, behind_a_time_out,
             said_first_explained_later, refresher_in_background, same_status_two_causes,
             starts_fail_for_two_reasons, only_errors_were_exported, no_healthy_start_seen,
             steady_before_a_burst, burst_of_another_matter]
