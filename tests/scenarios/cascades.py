"""Failures that start in another service than the one whose users notice."""
from scene import Run, Gke, google, pino, logback, zap, slog


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


SCENARIOS = [cascade_of_three, cascade_untraced]
