"""Nothing is wrong: noise of many kinds, and no incident."""
from scene import Run, Gke, Function, google, logback, zap, structlog


def healthy_deployments(scene):
    """Three deployments, lines that look bad at every start, retries that succeed, bots, a browser that gives up."""
    svc = Run(scene, 'accounts', logback, paths=('/me', '/accounts/1', '/accounts/2'))
    svc.boot = [(0.4, 'ERROR', 'Failed to load optional module telemetry-native, continuing without it'),
                (0.9, 'WARNING', 'No active profile set, falling back to 1 default profile: "default"'),
                (1.2, 'ERROR', 'Cache warm-up skipped 14 entries'), (2.0, 'INFO', 'Started AccountsApplication in 1.9 seconds')]
    svc.chatter = 'Account %d loaded'
    for k in range(3):
        svc.start(2 + 8 * k)
    for n, t in enumerate((600, 1200, 1800)):
        svc.deploy(t, '%05d-x%dz' % (42 + n, n), 3)
    svc.traffic(20, 2400, 60)
    svc.every(20, 2400, 50, 'WARNING', 'Attempt 1 of 3 to publish event %d failed, retrying in 200 ms')
    for t in scene.arrivals(20, 2400, 0.4):
        svc.request(t, 499, 10.0, svc.pick(t), severity='WARNING')
    for t in scene.arrivals(20, 2400, 0.15):
        svc.request(t, 500, 0.03, svc.pick(t))


def healthy_pods(scene):
    """Pods that come and go with the load, a probe that fails once while a pod leaves, a job that complains every minute."""
    svc = Gke(scene, 'feeds', zap, paths=('/feed',))
    svc.chatter = 'feed %d rendered'
    for k in range(4):
        svc.start(1 + k)
    svc.traffic(10, 3000, 50)
    for t in (700, 1500, 2300):
        old = svc.pick(t)
        old.until = t
        svc.event(t, 'Normal', 'Killing', 'Stopping container feeds', old)
        svc.event(t + 3, 'Warning', 'Unhealthy', 'Readiness probe failed: Get "http://10.4.1.9:8080/ready": dial tcp 10.4.1.9:8080: connect: '
                  'connection refused', old)
        svc.start(t + 1)
    job = Gke(scene, 'sitemap', structlog)
    job.start(2)
    job.every(5, 3000, 60, 'ERROR', 'product %d has no canonical address, left out')
    job.every(5, 3000, 7, 'INFO', 'sitemap part written, %d addresses')
    fn = Function(scene, 'resize')
    i = fn.new_instance()
    for t in scene.arrivals(5, 3000, 6):
        fn.execution(t, 0.21, 'ok', i, [(0.1, 'INFO', 'resized image %d' % scene.random.randrange(9999), ())])


SCENARIOS = [healthy_deployments, healthy_pods]
