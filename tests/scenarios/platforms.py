"""What the platform does to programs, and how it says so: functions, zones, start-up, queues, clocks."""
from scene import Run, Gke, Machine, Function, Engine, google, pino, zap, structlog, logback, slog


def function_times_out(scene):
    """A function of the first generation waits for a geocoder; the end of an execution is logged at DEBUG."""
    fn = Function(scene, 'geocode-batch')
    instances = [fn.new_instance() for _ in range(3)]
    for t in scene.arrivals(5, 900, 20):
        fn.execution(t, scene.random.uniform(1, 4), 'ok', scene.random.choice(instances), [(0.4, 'INFO', 'batch of 25 addresses read', ())])
    inc = scene.incident('geocode-batch', 'executions time out', 'the geocoder answers nothing')
    for t in scene.arrivals(900, 1700, 20):
        fn.execution(t, 60.0, 'timeout', scene.random.choice(instances), [
            (0.4, 'INFO', 'batch of 25 addresses read', ()),
            (30.2, 'ERROR', 'geocoder gave 0 of 25 positions within 30 s', inc[1]),
            (59.1, 'ERROR', 'geocoder gave 0 of 25 positions within 30 s', inc[1])], show=inc[0])


def one_zone_fails(scene):
    """Three zones, and only the pods of one cannot read the shared volume."""
    svc = Gke(scene, 'thumbs', zap, paths=('/thumb/1', '/thumb/2', '/thumb/3'))
    for zone in 'abc':
        for k in range(2):
            svc.start(2 + k, zone='europe-west4-' + zone)
    svc.every(10, 1800, 45, 'ERROR', 'picture %d has a broken colour table, using grey')
    inc = scene.incident('thumbs', 'a third of the requests answered with 500', 'picture cannot be opened', 'shared volume is away')
    for t in scene.arrivals(10, 1800, 80):
        i, trace = svc.pick(t), scene.trace()
        if t < 900 or i.zone != 'europe-west4-b':
            svc.ok(t, i, trace)
            continue
        svc.say(t + 0.01, 'ERROR', 'share pictures-b: transport endpoint is not connected', i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'picture %d was not opened' % scene.random.randrange(9999), i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])


def slow_dependency_at_start(scene):
    """Running instances serve; new ones wait for a licence server that does not answer and are not started in time."""
    svc = Run(scene, 'render', logback, paths=('/render',))
    svc.boot = [(0.9, 'WARNING', 'Bean post processor is not eligible for getting processed by all others'),
                (1.4, 'INFO', 'Licence granted by lic-1 in 312 ms'), (2.2, 'INFO', 'Started RenderApplication in 2.1 seconds')]
    for k in range(4):
        svc.start(3 + 5 * k, takes=2.6)
    inc = scene.incident('render', 'requests find no instance that starts', 'the start-up check fails', 'the licence server does not answer')
    svc.traffic(25, 2000, 50)
    t = 800.0
    while t < 1900:
        i = svc.starting(t)
        svc.say(t + 0.9, 'WARNING', 'Bean post processor is not eligible for getting processed by all others', i)
        svc.say(t + 50.5, 'ERROR', 'No licence: lic-1 has not answered within 50 s', i, show=inc[2])
        svc.write(t + 60, 'system', i, 'ERROR', show=inc[1], text='Default STARTUP TCP probe failed 1 time consecutively for container "render-1" on '
                  'port 8080. The instance was not started. Connection failed with status DEADLINE_EXCEEDED.')
        for k in range(scene.random.randrange(1, 5)):
            svc.request(t + 2 * k, 503, 60.2 - 2 * k, i, show=inc[0],
                        text='The request failed because the instance could not start successfully.')
        t += scene.random.uniform(15, 35)


def poison_message(scene):
    """One message of a queue cannot be read and is delivered again and again, between thousands that go well."""
    svc = Run(scene, 'parcel-events', structlog, paths=('/push',))
    svc.boot = [(0.6, 'WARNING', 'no schema registry given, validating locally')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.chatter = 'event %d stored'
    for t in scene.arrivals(20, 2400, 60):
        svc.ok(t, status=204)
    inc = scene.incident('parcel-events', 'pushes answered with 500', 'an event is refused', 'its weight is negative')
    t = 700.0
    while t < 2400:
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.01, 'ERROR', 'message 7712093311 of parcel-events: weight -4 is negative', i, trace, show=inc[2], delivery_attempt=int(t // 8))
        svc.say(t + 0.02, 'ERROR', 'event refused, it will be delivered again', i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, '/push', trace, method='POST', agent='CloudPubSub-Google', show=inc[0])
        t += scene.random.uniform(7, 11)


def clock_of_one_machine(scene):
    """One of four machines lost its time server: the tokens that it is shown are not valid yet."""
    svc = Machine(scene, 'gate', google, paths=('/enter', '/leave'))
    machines = [svc.new_instance() for _ in range(4)]
    inc = scene.incident('gate', 'requests to one machine answered with 500', 'a token is refused as not valid yet')
    for i in machines:
        svc.text(4, 'chronyd[612]: Selected source 169.254.169.254 (metadata.google.internal)', i, 'INFO', log='system')
    for t in range(500, 1800, 300):
        svc.text(t, 'chronyd[612]: System clock wrong by %.6f seconds' % (180 + t / 10), machines[2], 'WARNING', log='system', show=inc[1])
    for t in scene.arrivals(5, 1800, 70):
        i = svc.pick(t)
        if t < 600 or i is not machines[2]:
            svc.ok(t, i)
            continue
        svc.say(t + 0.01, 'ERROR', 'jwt.exceptions.ImmatureSignatureError: The token is not yet valid (nbf)', i, show=inc[1])
        svc.request(t, 500, 0.012, i, show=inc[0])


def engine_deadline(scene):
    """App Engine: a page asks a board service that hangs; the text has no severity and comes line by line."""
    svc = Engine(scene, 'board', google, revision='20260410t101500', paths=('/board', '/board/7'))
    for k in range(2):
        svc.new_instance()
    svc.traffic(2, 700, 40)
    inc = scene.incident('board', 'requests answered with 500', 'the board has no quorum')
    inc.must_say('replicas alive')
    for t in scene.arrivals(700, 1400, 40):
        i, trace = svc.pick(t), scene.trace()
        for k, line in enumerate(('Traceback (most recent call last):', '  File "/srv/main.py", line 88, in board', '    entries = store.read(board_id)',
                                  '  File "/srv/store.py", line 31, in read', '    raise NoQuorum(len(alive), self.need)',
                                  'store.NoQuorum: 1 of 3 replicas alive, 2 needed')):
            svc.text(t + 0.030 + k * 0.00002, line, i, None, trace, show=inc[1])
        svc.request(t, 500, 0.04, i, trace=trace, show=inc[0])


def dependency_gone_for_three_minutes(scene):
    """The search cluster refuses connections for three minutes and comes back by itself; nobody did anything."""
    svc = Run(scene, 'library', google, paths=('/find', '/book/7'))
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.boot = [(0.2, 'WARNING', 'warning: parser/current is loading parser/ruby33')]
    inc = scene.incident('library', 'requests answered with 500', 'nothing can be found', 'the search cluster refuses connections')
    for t in scene.arrivals(20, 2400, 70):
        if not 1200 <= t < 1380:
            svc.ok(t)
            continue
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.02, 'ERROR', 'Faraday::ConnectionFailed: Failed to open TCP connection to es-1.internal:9200 (Connection refused - connect(2) for '
                '"es-1.internal" port 9200)', i, trace, show=inc[2])
        svc.say(t + 0.03, 'ERROR', 'search for term %d gave up' % scene.random.randrange(9999), i, trace, show=inc[1])
        svc.request(t, 500, 0.04, i, trace=trace, show=inc[0])


def name_not_resolved(scene):
    """Go: the zone of the payment provider's name is gone; the error wraps three times and says it all in one line."""
    svc = Gke(scene, 'pay', slog, paths=('/pay', '/refund'))
    for k in range(3):
        svc.start(1 + k)
    svc.traffic(10, 800, 50)
    svc.every(10, 1500, 40, 'WARNING', 'idempotency key %d was seen before')
    inc = scene.incident('pay', 'requests answered with 502', 'payment cannot be charged', 'the name of the provider is unknown')
    for t in scene.arrivals(800, 1500, 50):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.05, 'ERROR', 'charge failed: post to provider: Post "https://api.payprov.example/v1/charges": dial tcp: lookup '
                'api.payprov.example on 10.0.0.10:53: no such host', i, trace, show=(inc[1], inc[2]))
        svc.request(t, 502, 0.06, i, trace=trace, show=inc[0])


SCENARIOS = [function_times_out, one_zone_fails, slow_dependency_at_start, poison_message, clock_of_one_machine, engine_deadline,
             dependency_gone_for_three_minutes, name_not_resolved]
