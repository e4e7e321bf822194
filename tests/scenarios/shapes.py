"""How programs write: stack traces torn into lines, no severity, other tongues, a name in every message; and where they write."""
from scene import LOCATION, PROJECT, Gke, Run, google, monolog, structlog


def torn_trace_of_dotnet(scene):
    """.NET writes an unhandled exception to stderr line by line, without severity, and exits; the platform sees only the end."""
    svc = Run(scene, 'labels', google, paths=('/labels',))
    svc.boot = [(0.4, 'WARNING', 'Storing keys in a directory that may not be persisted outside of the container.')]
    for k in range(2):
        svc.start(3 + 5 * k)
    svc.traffic(15, 700, 50)
    svc.audit(690, 'google.cloud.run.v1.Services.ReplaceService', 'deployer@acme-prod.iam.gserviceaccount.com')
    inc = scene.incident('labels', 'requests find no instance', 'containers abort', 'printer profiles overlap')
    inc.must_say('overlap')
    for i in svc.instances:
        i.until = 700
    svc.revision = '00042-tqf'
    t = 701.0
    while t < 1200:
        i = svc.starting(t)
        svc.say(t + 0.4, 'WARNING', 'Storing keys in a directory that may not be persisted outside of the container.', i)
        for k, line in enumerate(('Unhandled exception. System.TypeInitializationException: The type initializer for \'Acme.Labels.Profiles\' threw an exception.',
                                  ' ---> Acme.Labels.ProfileException: printer profiles zebra-a and zebra-b overlap',
                                  '   at Acme.Labels.Profiles..cctor() in /src/Profiles.cs:line 44', '   --- End of inner exception stack trace ---',
                                  '   at Acme.Labels.Program.Main(String[] args) in /src/Program.cs:line 12')):
            svc.text(t + 1.2 + 0.0001 * k, line, i, None, show=inc[2])
        svc.write(t + 1.5, 'system', i, 'WARNING', text='Container terminated on signal 6.', show=inc[1])
        for k in range(scene.random.randrange(2, 5)):
            svc.request(t - 0.3 + 0.2 * k, 503, 2.1, i, show=inc[0], text='The request failed because the instance could not start successfully.')
        t += scene.random.uniform(8, 16)


def torn_traces_of_spring(scene):
    """Plain Spring Boot lines: the level stands in the text, stack traces come line by line and instances write across each other."""
    svc = Run(scene, 'contracts', google, paths=('/contracts', '/contracts/7'))
    for k in range(4):
        svc.start(3 + 2 * k)

    def line(t, level, text, i, trace=None, show=()):
        svc.text(t, '%s %5s 1 --- [contracts] [nio-8080-exec-%d] c.acme.contracts.ContractService         : %s'
                 % (scene.time(t, 3), level, scene.random.randrange(1, 9), text), i, None, trace, show, log='out')

    for t in scene.arrivals(12, 1500, 8):
        line(t, 'WARN', 'Resolved [org.springframework.web.HttpRequestMethodNotSupportedException: Request method \'PUT\' is not supported]', svc.pick(t))
    svc.traffic(12, 800, 60)
    inc = scene.incident('contracts', 'requests answered with 500', 'contract is not shown', 'clause tree has two roots')
    inc.must_say('clause tree')
    for t in scene.arrivals(800, 1500, 60):
        i, trace = svc.pick(t), scene.trace()
        line(t + 0.010, 'ERROR', 'Contract %d cannot be shown' % scene.random.randrange(10000, 99999), i, trace, show=(inc[1], inc[2]))
        for k, text in enumerate(('com.acme.contracts.ShowException: contract cannot be shown', '\tat com.acme.contracts.ContractService.show(ContractService.java:90)',
                                  'Caused by: com.acme.clauses.TreeException: clause tree 18 has two roots', '\tat com.acme.clauses.Tree.root(Tree.java:27)',
                                  '\t... 48 more')):
            svc.text(t + 0.0101 + 0.00001 * k, text, i, None, trace, show=inc[2] if k >= 2 else (inc[1], inc[2]), log='out')
        svc.request(t, 500, 0.02, i, trace=trace, show=inc[0])


def php_in_text(scene):
    """PHP through fpm: the fatal error is a line within a line of the pool's log, at no severity."""
    svc = Run(scene, 'blog', monolog, paths=('/', '/2026/04/spring'))
    for k in range(2):
        svc.start(3 + 5 * k)
    svc.traffic(15, 600, 60)
    inc = scene.incident('blog', 'requests answered with 500', 'the theme has no layout')
    inc.must_say('has no layout')
    for t in scene.arrivals(15, 1200, 5):
        svc.text(t, '[%s] WARNING: [pool www] child %d said into stderr: "PHP Deprecated:  Creation of dynamic property Post::$hits is deprecated in '
                 '/app/Post.php on line 40"' % ('14-Apr-2026 08:%02d:%02d' % (t // 60 % 60, t % 60), scene.random.randrange(8, 20)), svc.pick(t), None)
    for t in scene.arrivals(600, 1200, 60):
        i, trace = svc.pick(t), scene.trace()
        svc.text(t + 0.01, '[%s] WARNING: [pool www] child %d said into stderr: "PHP Fatal error:  Uncaught Acme\\Theme\\NoLayout: theme spring26 has no '
                 'layout for posts in /app/Theme.php:71"' % ('14-Apr-2026 08:%02d:%02d' % (t // 60 % 60, t % 60), scene.random.randrange(8, 20)), i, None,
                 trace, show=inc[1])
        svc.request(t, 500, 0.015, i, trace=trace, show=inc[0])


def in_german(scene):
    """Messages in another language, with letters outside ASCII."""
    svc = Run(scene, 'rechnungen', structlog, paths=('/rechnung', '/mahnung'))
    svc.boot = [(0.4, 'WARNING', 'Schriftart \u201eFrutiger\u201c nicht gefunden, nehme Arial')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.chatter = 'Rechnung %d erzeugt'
    svc.traffic(20, 800, 60)
    svc.every(20, 1600, 50, 'ERROR', 'Empf\u00e4nger %d hat keine Anrede, lasse sie weg')
    inc = scene.incident('rechnungen', 'Anfragen mit 500 beantwortet', 'Rechnung nicht erzeugt', 'Steuerschl\u00fcssel fehlt')
    for t in scene.arrivals(800, 1600, 60):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.01, 'ERROR', 'Steuerschl\u00fcssel 19a f\u00fcr L\u00e4ndergruppe \u00d6sterreich fehlt', i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'Rechnung %d konnte nicht erzeugt werden' % scene.random.randrange(9999), i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])


def a_name_in_every_message(scene):
    """The cause names another tenant each time, sixty of them, each a word or two."""
    svc = Run(scene, 'plans', google, paths=('/plan',))
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.traffic(20, 700, 60)
    first = ('north', 'blue', 'acme', 'globex', 'river', 'stone', 'maple', 'delta', 'orbit', 'lumen')
    last = ('foods', 'tools', 'shipping', 'energy', 'travel', 'books')
    inc = scene.incident('plans', 'requests answered with 500', 'plan is not shown', 'tenant has no edition')
    for t in scene.arrivals(700, 1500, 60):
        i, trace = svc.pick(t), scene.trace()
        tenant = scene.random.choice(first) + '-' + scene.random.choice(last)
        svc.say(t + 0.01, 'ERROR', 'edition of tenant %s is not among those sold' % tenant, i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'plan of %s not shown' % tenant, i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])


class Job(Run):
    """A Cloud Run job."""

    def resource(self, instance):
        return {'type': 'cloud_run_job', 'labels': {'project_id': PROJECT, 'location': LOCATION, 'job_name': self.name}}

    def labels(self, instance):
        return {'instanceId': instance.name, 'run.googleapis.com/execution_name': self.name + '-' + instance.revision,
                'run.googleapis.com/task_index': '0', 'run.googleapis.com/task_attempt': '0'}


def nightly_job(scene):
    """A job of every ten minutes runs well four times, then each of its tasks fails."""
    job = Job(scene, 'sync-ledger', structlog)
    inc = scene.incident('sync-ledger', 'tasks fail', 'the container exits', 'the cursor lies before the first entry kept')
    for n, t in enumerate(range(30, 5400, 600)):
        i = job.new_instance(revision=scene.hexes(5))
        job.say(t, 'INFO', 'reading from cursor %d' % (4000 + n), i)
        job.say(t + 0.4, 'WARNING', 'batch size is not given, taking 500', i)
        for k in range(12):
            job.say(t + 2 + 3 * k, 'INFO', 'wrote batch %d' % k, i)
            if n >= 4 and k == 1:
                break
        if n < 4:
            job.write(t + 40, 'system', i, 'INFO', text='Container called exit(0).')
            continue
        job.say(t + 6, 'ERROR', 'cursor 4391 lies before the first entry kept, 9120', i, show=inc[2])
        job.write(t + 6.5, 'system', i, 'WARNING', text='Container called exit(1).', show=inc[1])
        job.write(t + 7, 'system', i, 'ERROR', text='Task sync-ledger-%s-task0 failed with message: The container exited with an error.' % i.revision,
                  show=inc[0])


def one_execution_of_a_job(scene):
    """A job of every quarter of an hour fails at its fifth execution, once; nothing of it is there twice."""
    job = Job(scene, 'import-tariffs', google)
    inc = scene.incident('import-tariffs', 'the task fails', 'the container exits', 'a column is missing')
    for n, t in enumerate(range(60, 4600, 900)):
        i = job.new_instance(revision=scene.hexes(5))
        for k in range(80):
            job.say(t + 0.1 * k, 'INFO', 'row %d taken over' % (1000 * n + k), i)
        if n < 4:
            job.write(t + 9, 'system', i, 'INFO', text='Container called exit(0).')
            continue
        job.say(t + 10, 'ERROR', 'column tariff_code is missing in tariffs-2026-04.csv', i, show=inc[2])
        job.write(t + 10.5, 'system', i, 'WARNING', text='Container called exit(1).', show=inc[1])
        job.write(t + 11, 'system', i, 'ERROR', text='Task import-tariffs-%s-task0 failed with message: The container exited with an error.'
                  % i.revision, show=inc[0])


def worker_without_requests(scene):
    """A worker that takes messages from a queue: no requests, no traces, four pods at a time; half of the messages fail."""
    svc = Gke(scene, 'settler', google)
    for k in range(4):
        svc.start(1 + k)
    inc = scene.incident('settler', 'settlements fail', 'the fee table has a hole')
    for t in scene.arrivals(5, 1800, 80):
        i = svc.pick(t)
        n = scene.random.randrange(10000, 99999)
        svc.say(t, 'INFO', 'settlement %d taken' % n, i)
        if t > 900 and scene.random.random() < 0.5:
            svc.say(t + 0.011, 'ERROR', 'fee table has no row between %d and 500' % scene.random.randrange(400, 499), i, show=inc[1])
            svc.say(t + 0.012, 'ERROR', 'settlement %d put back' % n, i, show=inc[0])
        else:
            svc.say(t + 0.02, 'INFO', 'settlement %d done' % n, i)


def only_the_balancer(scene):
    """The capture holds the load balancer's entries alone: the backends of one service stop answering in time."""
    svc = Gke(scene, 'maps', google, paths=('/tile/1', '/tile/2'))
    svc.new_instance()
    inc = scene.incident('maps', 'requests answered with 504 by the balancer')
    for t in scene.arrivals(0, 700, 60):
        svc.ok(t)
    for t in scene.arrivals(700, 1300, 60):
        if scene.random.random() < 0.3:
            svc.ok(t)
        else:
            svc.request(t, 504, 30.0, svc.pick(t), show=inc[0], details='backend_timeout')


class Bare(Run):
    """Cloud Run as a pipeline of one's own leaves it: the instance is lost."""

    def labels(self, instance):
        return {}


def bare_entries(scene):
    """Nothing says on which instance an entry was written; an old error goes on at its pace beside the failure."""
    svc = Bare(scene, 'weather', google, paths=('/now', '/tomorrow'))
    svc.boot = [(0.5, 'WARNING', 'no place is set, taking De Bilt')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.chatter = 'forecast %d given'
    svc.traffic(20, 800, 70)
    svc.every(20, 1600, 50, 'ERROR', 'station %d reports no wind, showing calm')
    inc = scene.incident('weather', 'requests answered with 500', 'forecast is not given', 'model run has no grid')
    for t in scene.arrivals(800, 1600, 70):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.01, 'ERROR', 'model run 06Z came without its grid', i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'forecast %d not given' % scene.random.randrange(9999), i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])


SCENARIOS = [torn_trace_of_dotnet, torn_traces_of_spring, php_in_text, in_german, a_name_in_every_message, nightly_job, one_execution_of_a_job,
             worker_without_requests, only_the_balancer, bare_entries]
