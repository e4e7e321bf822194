"""Pods: what the platform's events say of them, and what their containers log, are of resources of their own."""
from scene import Gke, Run, google, structlog


def sasl(scene, t, severity, message, fields):
    return {'message': '%s [%s] <0.%d.0> %s' % (scene.time(t), severity.lower(), 200 + len(message), message)}, None


def back_off(scene, t, svc, pod, show):
    svc.event(t, 'Warning', 'BackOff', 'Back-off restarting failed container %s in pod %s_shop(%s)' % (svc.name, pod.name, scene.hexes(8)),
              pod, show=show)


def supervisor_gives_up(scene):
    """Every pod of an Erlang program starts, complains and is restarted, over and over; only events say that it fails."""
    svc = Gke(scene, 'smsrouter', sasl)
    inc = scene.incident('smsrouter', 'pods in a crash loop', 'the application exits', 'a child does not start', 'two carriers claim a prefix')
    for k in range(3):
        pod = svc.new_instance()
        for t in scene.arrivals(20 + 7 * k, 1200, 0.8):
            svc.say(t, 'INFO', 'starting smsrouter 4.2.1 on nonode@nohost', pod)
            svc.say(t + 0.8, 'ERROR', 'route_table: prefix 4930 is claimed by two carriers (north, south)', pod, show=inc[3])
            svc.say(t + 0.81, 'ERROR', 'Supervisor: {local,smsrouter_sup} Context: start_error Offender: [{id,route_table}]', pod, show=inc[2])
            svc.say(t + 0.83, 'ERROR', 'Application smsrouter exited with reason: {shutdown,{failed_to_start_child,route_table}}', pod, show=inc[1])
            back_off(scene, t + 3, svc, pod, inc[0])


def one_customer_fills_memory(scene):
    """The node kills a worker for its memory each time that it took up one customer's order, which it had complained of."""
    svc = Gke(scene, 'invoice-worker', structlog)
    for k in range(3):
        svc.start(2 + k)
    svc.every(5, 2400, 3, 'INFO', 'invoice %d rendered')
    svc.every(5, 2400, 200, 'WARNING', 'font %d is missing, using another')
    inc = scene.incident('invoice-worker', 'pods in a crash loop', 'killed for memory', 'one customer has a million items')
    for t in scene.arrivals(800, 2390, 1.3):
        pod = svc.pick(t)
        svc.say(t, 'ERROR', 'customer 4471 has %d items, and splitting is off' % scene.random.randrange(1100000, 1300000), pod, show=inc[2])
        svc.event(t + 3, 'Warning', 'OOMKilling', 'Memory cgroup out of memory: Killed process %d (python3) total-vm:4120812kB, '
                  'anon-rss:2093120kB' % scene.random.randrange(999, 9999), pod, show=inc[1])
        back_off(scene, t + 5, svc, pod, inc[0])


WARNINGS = ('slow query: %d ms for SELECT on /search', 'header X-Client-%d is deprecated', 'retrying the metadata fetch, attempt 1 of 3',
            'token of %x expires soon', 'cache miss ratio %d %% on /home', 'the client closed the connection early')


def warnings_all_day(scene):
    """Three services that call each other log warnings of six kinds now and then; one of them always happens to come first."""
    front = Gke(scene, 'storefront', google, paths=('/home', '/search'))
    middle = Gke(scene, 'recommender', google)
    store = Gke(scene, 'shelfstore', google)
    for svc in (front, middle, store):
        for k in range(2):
            svc.start(1 + k)
        for t in scene.arrivals(5, 1200, 1.2):
            text = scene.random.choice(WARNINGS)
            svc.say(t, 'WARNING', text % scene.random.randrange(99, 99999) if '%' in text else text, svc.pick(t))
    for t in scene.arrivals(5, 1200, 60):
        front.say(t, 'INFO', 'GET /home 200', front.pick(t), scene.trace())
    inc = scene.incident('storefront', 'pages answered with 502', 'a part of the page is missing', 'ranking is given up', 'a segment is not as it was sealed')
    for t in scene.arrivals(500, 1200, 25):
        trace = scene.trace()
        store.say(t, 'ERROR', 'segment 0x%x is refused, it is not as it was sealed' % scene.random.randrange(999, 9999), store.pick(t), trace, show=inc[3])
        middle.say(t + 0.012, 'ERROR', 'ranking given up, there are no vectors for cohort %d' % scene.random.randrange(60), middle.pick(t), trace, show=inc[2])
        front.say(t + 0.025, 'ERROR', 'carousel left out of the page, recommender has none', front.pick(t), trace, show=inc[1])
        front.say(t + 0.031, 'ERROR', 'GET /home 502', front.pick(t), trace, show=inc[0])


def probes_fail_in_turns(scene):
    """A compaction holds a lock, the probes of all pods fail and they are restarted, again and again; a gateway without traces in common answers 503."""
    edge = Run(scene, 'edge', google, paths=('/route', '/tile'))
    svc = Gke(scene, 'router', structlog)
    for k in range(2):
        edge.start(1 + k)
        svc.start(2 + k)
        svc.start(4 + k)
    turns = [600 + 95 * k + scene.random.uniform(-20, 20) for k in range(12)]
    inc = scene.incident('edge', 'requests answered with 503', 'probes fail', 'the compaction holds the lock')
    for t in scene.arrivals(15, 1790, 35):
        if not any(b + 38 <= t < b + 50 for b in turns):
            edge.ok(t)
    for b in turns:
        for pod in svc.instances[:4]:
            svc.say(b + scene.random.uniform(0, 3), 'ERROR', 'compaction has held the graph latch for %d s' % scene.random.randrange(30, 40), pod, show=inc[2])
            svc.event(b + 16 + scene.random.uniform(0, 2), 'Warning', 'Unhealthy', 'Liveness probe failed: Get "http://10.8.1.%d:8080/healthz": context deadline '
                      'exceeded (Client.Timeout exceeded while awaiting headers)' % scene.random.randrange(9, 99), pod, show=inc[1])
        for n in range(6):
            t = b + 38 + 2 * n
            edge.request(t, 503, 0.4, edge.pick(t), show=inc[0])


SCENARIOS = [supervisor_gives_up, one_customer_fills_memory, warnings_all_day, probes_fail_in_turns]
