"""What runs out slowly, told by warnings whose number climbs or falls while nothing fails yet."""
from scene import Run, Gke, Machine, google, pino, zap, logback


def counted(scene, svc, instance, since, period, values, message, show=()):
    """A warning every `period` seconds or so for each of the values; returns when the last one was written."""
    t = since
    for value in values:
        svc.say(t, 'WARNING', message % value, instance, show=show)
        last, t = t, t + period * scene.random.uniform(0.9, 1.1)
    return last


def seats_are_not_given_back(scene):
    """Each instance holds more and more sessions of a partner until none is left; a cache that grows all the time is innocent."""
    svc = Run(scene, 'charter', pino, paths=('/charters',))
    for k in range(3):
        svc.start(3 + 5 * k)
    inc = scene.incident('charter', 'requests answered with 500', 'no session is free', 'sessions are held')
    full = {}
    for k, i in enumerate(svc.instances):
        values = range(22 + k, 65, 3)
        full[i.name] = counted(scene, svc, i, 300 + 11 * k, 45, values, 'partner client holds %d of 64 sessions', show=inc[2]) + 6
        counted(scene, svc, i, 40 + 9 * k, 60, range(4000, 9000, 170), 'offer cache has %d entries, more than foreseen')
    for t in scene.arrivals(25, 1800, 90):
        i, trace = svc.pick(t), scene.trace()
        if t < full[i.name]:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 3.0, 'ERROR', 'no partner session within 3.0s', i, trace, show=inc[1])
        svc.request(t, 500, 3.01, i, trace=trace, show=inc[0])


def disk_of_the_database_fills(scene):
    """The machine of the database tells for a quarter of an hour how its disk fills; another service's orders then fail."""
    db = Machine(scene, 'orders-db', google)
    disk = db.new_instance()
    svc = Machine(scene, 'orders', google, paths=('/orders',))
    svc.new_instance(), svc.new_instance()
    inc = scene.incident('orders', 'requests answered with 500', 'the order is not written', 'the disk fills')
    full = 60
    for percent in range(85, 101):
        full += scene.random.uniform(55, 62)
        db.text(full, 'monit[612]: /var/lib/mysql %d%% of 200 GiB in use' % percent, disk, 'WARNING', log='system', show=inc[2])
    for t in scene.arrivals(5, 1900, 100):
        i, writes = svc.pick(t), scene.random.random() < 0.5
        if t < full + 4 or not writes:
            svc.ok(t, i)
            continue
        svc.say(t + 0.04, 'ERROR', 'order %d not written: the server keeps no temporary table any more' % scene.random.randrange(9999), i, show=inc[1])
        svc.request(t, 500, 0.06, i, method='POST', show=inc[0])


def queue_that_nobody_empties(scene):
    """The queue grows for a quarter of an hour; then each request is turned away without another word."""
    svc = Gke(scene, 'intake', zap, paths=('/readings',))
    for k in range(2):
        svc.start(2 + k)
    inc = scene.incident('intake', 'requests answered with 503', 'the queue is full')
    full = 0
    for k, i in enumerate(svc.instances):
        full = max(full, counted(scene, svc, i, 200 + 13 * k, 60, range(700, 5001, 330), 'queue depth %d', show=inc[1]))
    for t in scene.arrivals(5, 1800, 120):
        if t < full + 9:
            svc.ok(t)
        else:
            svc.request(t, 503, 0.003, svc.pick(t), method='POST', show=inc[0], details='response_sent_by_backend')


def addresses_run_short(scene):
    """A number that falls: the free ports of one machine's range, until no call leaves it any more."""
    svc = Run(scene, 'crawler', logback, paths=('/fetch',))
    for k in range(2):
        svc.start(3 + 4 * k)
    inc = scene.incident('crawler', 'requests answered with 502', 'no call leaves', 'ports run short')
    empty = {i.name: counted(scene, svc, i, 240 + 17 * k, 40, range(2900, 0, -130), 'only %d source ports left in the range', show=inc[2]) + 5
             for k, i in enumerate(svc.instances)}
    for t in scene.arrivals(25, 1900, 90):
        i, trace = svc.pick(t), scene.trace()
        if t < empty[i.name]:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.02, 'ERROR', 'fetch of page %d was not sent' % scene.random.randrange(9999), i, trace, show=inc[1])
        svc.request(t, 502, 0.03, i, trace=trace, show=inc[0])


def climbs_through_the_failure(scene):
    """Numbers that climb before the failure and go on climbing through it, or leap, are of another matter."""
    svc = Run(scene, 'almanac', google, paths=('/almanac',))
    for k in range(2):
        svc.start(3 + 4 * k)
    inc = scene.incident('almanac', 'requests answered with 500', 'the moon table is empty')
    for k, i in enumerate(svc.instances):
        counted(scene, svc, i, 30 + 7 * k, 50, range(60, 97), 'heap at %d %% after collection')
        counted(scene, svc, i, 35 + 7 * k, 50, [scene.random.randrange(100, 9999) for _ in range(34)], 'slow render of page %d')
    for t in scene.arrivals(25, 1800, 80):
        i, trace = svc.pick(t), scene.trace()
        if t < 1000:
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.01, 'ERROR', 'moon table is empty for year %d' % scene.random.randrange(1900, 2100), i, trace, show=inc[1])
        svc.request(t, 500, 0.02, i, trace=trace, show=inc[0])


def healthy_climb(scene):
    """A disk fills and is cleaned, again and again; nothing fails."""
    svc = Machine(scene, 'scratch', google, paths=('/files',))
    svc.new_instance(), svc.new_instance()
    svc.traffic(5, 2400, 80)
    for k in range(3):
        counted(scene, svc, svc.instances[0], 60 + 780 * k, 55, range(81, 94), '/var/spool at %d %%')


SCENARIOS = [seats_are_not_given_back, disk_of_the_database_fills, queue_that_nobody_empties, addresses_run_short,
             climbs_through_the_failure, healthy_climb]
