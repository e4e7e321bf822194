"""What stands between the program and the log: streams that an agent names, groups of machines, name servers, clients that hang up."""
from scene import Gke, Machine, Run, google, logback, pino, zap


class Group(Machine):
    """A managed instance group: each machine has a name of its own."""

    def labels(self, instance):
        return {'compute.googleapis.com/resource_name': '%s-%s' % (self.name, instance.name[-4:]),
                'compute.googleapis.com/instance_group_manager/name': self.name,
                'compute.googleapis.com/instance_group_manager/zone': instance.zone}


def level_in_text_of_stdout(scene):
    """GKE calls all of stdout INFO; only the text says level=error, of the cause, the effect and the answer."""
    svc = Gke(scene, 'tariffs')
    pods = [svc.start(2 + k) for k in range(3)]
    inc = scene.incident('tariffs', 'requests answered with 500', 'articles have no price', 'the discount ladder has a gap')
    inc.must_say('ladder')

    def line(t, level, rest, pod, show=()):
        svc.text(t, 'time="%s" level=%s %s' % (scene.time(t, 0)[:19] + 'Z', level, rest), pod, 'INFO', show=show, log='out')
    for t in scene.arrivals(10, 1800, 50):
        pod, article = scene.random.choice(pods), scene.random.randrange(1000, 9999)
        if t < 900 or scene.random.random() < 0.3:
            line(t, 'info', 'msg="request done" path=/price/%d status=200 duration=%dms' % (article, scene.random.randrange(2, 40)), pod)
            continue
        line(t, 'error', 'msg="discount ladder D-%d has a gap at step 3"' % scene.random.randrange(1, 5), pod, inc[2])
        line(t + 0.002, 'error', 'msg="article %d has no price"' % article, pod, inc[1])
        line(t + 0.003, 'error', 'msg="request done" path=/price/%d status=500 duration=%dms' % (article, scene.random.randrange(2, 40)), pod, inc[0])


def level_in_payload_of_stdout(scene):
    """The same with zap's JSON: the agent leaves level "error" in the payload and calls the entry INFO."""
    svc = Gke(scene, 'seating', zap, paths=('/seat/1', '/seat/2'))
    for k in range(2):
        svc.start(2 + k)
    inc = scene.incident('seating', 'requests answered with 502', 'a plan cannot be drawn', 'the hall has two stages')

    def say(t, level, message, pod, show=()):
        payload, _ = zap(scene, t, level, message, {})
        svc.write(t, 'out', pod, 'INFO', json=payload, show=show)
    for t in scene.arrivals(10, 1800, 50):
        pod = svc.pick(t)
        if t < 1000 or scene.random.random() < 0.4:
            say(t, 'INFO', 'plan drawn', pod)
            svc.ok(t, pod)
            continue
        say(t, 'ERROR', 'hall %d claims two stages, refusing its plan' % scene.random.randrange(1, 9), pod, inc[2])
        say(t + 0.004, 'ERROR', 'plan %d not drawn' % scene.random.randrange(1, 9999), pod, inc[1])
        svc.request(t - 0.01, 502, 0.03, pod, show=inc[0])


def machines_of_a_group(scene):
    """Four machines of a managed group fail alike: one service, one incident."""
    svc = Group(scene, 'quotes', google)
    machines = [svc.new_instance(0) for _ in range(4)]
    inc = scene.incident('quotes', 'requests answered with 500', 'a price cannot be computed', 'the exchange sheet has no closing row')
    for t in scene.arrivals(10, 1800, 60):
        i, n = scene.random.choice(machines), scene.random.randrange(1, 999)
        access = '10.164.0.9 - - [14/Apr/2026:08:%02d:%02d +0000] "GET /quote/%d HTTP/1.1" %%d %d "-" "okhttp/4.12.0"' % (
            t // 60, t % 60, n, scene.random.randrange(90, 900))
        if t < 900 or scene.random.random() < 0.4:
            svc.text(t, access % 200, i, 'INFO', log='requests')
            continue
        svc.say(t, 'ERROR', 'exchange sheet of %s has no closing row' % scene.random.choice(('CHF', 'NOK', 'PLN')), i, show=inc[2])
        svc.say(t + 0.003, 'ERROR', 'quote %d has no price' % n, i, show=inc[1])
        svc.text(t + 0.004, access % 500, i, 'ERROR', show=inc[0], log='requests')


def full_table_on_full_disk(scene):
    """One machine: MySQL cannot write since the disk is full, PHP hears that a table is full, nginx answers with 500."""
    svc = Machine(scene, 'wiki')
    i = svc.new_instance(0)
    inc = scene.incident('wiki-' + i.name[:4], 'pages answered with 500', 'the table is full', 'no space left on the device')
    for t in scene.arrivals(10, 1500, 60):
        access = '10.164.0.3 - - [14/Apr/2026:08:%02d:%02d +0000] "POST /w/%d HTTP/1.1" %%d 512 "-" "Mozilla/5.0"' % (
            t // 60, t % 60, scene.random.randrange(1, 999))
        if t < 800 or scene.random.random() < 0.5:
            svc.text(t, access % 200, i, 'INFO', log='requests')
            continue
        svc.text(t, '%s %d [ERROR] [MY-012639] [InnoDB] Write to file ./wiki/revision.ibd failed at offset %d, 16384 bytes should have been written, '
                 'only 0 were written. Operating system error number 28. Error number 28 means \'No space left on device\'' % (
                     scene.time(t), scene.random.randrange(9, 99), scene.random.randrange(10**6, 10**8)), i, 'ERROR', show=inc[2], log='system')
        svc.text(t + 0.01, 'PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000]: General error: 1114 The table \'revision\' is full in '
                 '/var/www/lib/Page.php:211\nStack trace:\n#0 /var/www/lib/Page.php(211): PDOStatement->execute()\n#1 {main}\n'
                 '  thrown in /var/www/lib/Page.php on line 211', i, 'ERROR', show=inc[1])
        svc.text(t + 0.02, access % 500, i, 'ERROR', show=inc[0], log='requests')


def name_server_of_a_cluster(scene):
    """CoreDNS does not reach the name server behind it: two services cannot resolve what they call. One root, one incident."""
    dns = Gke(scene, 'coredns')
    pods = [dns.start(1 + k) for k in range(2)]
    pay, mail = Gke(scene, 'payments', pino, paths=('/pay',)), Gke(scene, 'mailer', pino, paths=('/mail',))
    for svc in (pay, mail):
        for k in range(2):
            svc.start(2 + k)
        svc.traffic(10, 900, 30)
    inc = scene.incident('payments', 'two services answer with 502', 'names are not resolved', 'the name server behind CoreDNS does not answer')
    for t in scene.arrivals(900, 1700, 20):
        svc, host = scene.random.choice(((pay, 'bank.partner.example'), (mail, 'relay.partner.example')))
        pod = svc.pick(t)
        dns.text(t, '[ERROR] plugin/errors: 2 %s. A: read udp 10.4.0.9:%d->169.254.169.254:53: i/o timeout' % (host, scene.random.randrange(30000, 60000)),
                 scene.random.choice(pods), 'ERROR', show=inc[2])
        svc.text(t + 0.02, 'Error: getaddrinfo EAI_AGAIN %s\n    at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:120:26)' % host, pod,
                 'ERROR', show=inc[1])
        svc.request(t - 0.01, 502, 0.04, pod, show=inc[0])


def dies_once(scene):
    """A process dies once of an error that it names, comes back by itself, and seven requests were lost."""
    svc = Run(scene, 'voting', google, paths=('/vote',))
    svc.chatter = 'vote %d counted'
    svc.start(1)
    inc = scene.incident('voting', 'requests lost their instance', 'the container exits', 'a district stands twice in the roll')
    svc.traffic(10, 1200, 20)
    i = svc.pick(1200)
    svc.text(1210, 'node:internal/process/promises:288\n            triggerUncaughtException(err, true /* fromPromise */);\n            ^\n\n'
             'BallotError: district 31 appears twice in the roll\n    at Roll.load (/app/dist/roll.js:44:13)\n'
             '    at async refresh (/app/dist/main.js:70:5)\n\nNode.js v20.11.1', i, 'ERROR', show=inc[2])
    svc.exits(1210.1, i, 1, inc[1])
    for k in range(7):
        svc.request(1209.4 + k * 0.1, 503, 0.9, i, show=inc[0], text='The request failed because either the HTTP response was malformed or '
                    'connection to the instance had an error.')
    svc.start(1211)
    svc.traffic(1215, 2400, 20)


def healthy_stderr(scene):
    """GKE calls all of stderr ERROR: klog, Python's logging and a progress bar write there, and all is well."""
    binder, trainer = Gke(scene, 'binder'), Gke(scene, 'trainer')
    pods = [svc.start(2) for svc in (binder, trainer)]
    for t in scene.arrivals(5, 2400, 12):
        binder.text(t, 'I0414 08:%02d:%09.6f       1 binder.go:%d] bound pod batch-%d to node n%d' % (
            t // 60, t % 60, scene.random.randrange(10, 400), scene.random.randrange(1, 999), scene.random.randrange(1, 9)), pods[0], 'ERROR')
    for t in scene.arrivals(5, 2400, 12):
        trainer.text(t, 'INFO:trainer:step %d loss %.4f' % (t * 7, scene.random.random()), pods[1], 'ERROR')
    for k in range(30):
        trainer.text(600 + k, '%3d%%|%s| %d/500 [00:%02d<00:21, 18.42it/s]' % (k * 3, '\u2588' * (k // 3), k * 16, k), pods[1], 'ERROR')
    for t in scene.arrivals(5, 2400, 2):
        trainer.text(t, '2026-04-14 08:%02d:%02d,112 - trainer - WARNING - gradient clipped' % (t // 60, t % 60), pods[1], 'ERROR')


def healthy_hang_ups(scene):
    """A Go server at the edge: scanners and impatient clients leave in the middle of a handshake or an answer."""
    svc = Gke(scene, 'edge', logback, paths=('/', '/about'))
    for k in range(3):
        svc.start(1 + k)
    svc.traffic(5, 3000, 30)
    for t in scene.arrivals(5, 3000, 0.5):
        svc.text(t, '2026/04/14 08:%02d:%02d http: TLS handshake error from 198.51.100.%d:%d: EOF' % (
            t // 60, t % 60, scene.random.randrange(1, 255), scene.random.randrange(2000, 60000)), svc.pick(t), 'ERROR')


SCENARIOS = [level_in_text_of_stdout, level_in_payload_of_stdout, machines_of_a_group, full_table_on_full_disk, name_server_of_a_cluster,
             dies_once, healthy_stderr, healthy_hang_ups]
