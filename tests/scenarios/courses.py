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
    svc.text(10, 'com.acme.mail.SendException: message 4411 was not sent\n\tat com.acme.mail.Sender.send(Sender.java:52)\n'
             'Caused by: com.acme.mail.NoEditionException: template store holds no current edition\n'
             '\tat com.acme.mail.Store.current(Store.java:19)\n\t... 1 more\n', i, 'ERROR', show=(inc[0], inc[1]))


SCENARIOS = [two_causes_in_turn, same_incident_twice, starts_after_the_cause, one_entry]
