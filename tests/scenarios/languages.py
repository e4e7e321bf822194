"""Causes that no catalogue can know: each program fails in its own words, in its own language."""
from scene import Run, Gke, logback, serilog, monolog, structlog, tracing, google


def java_shard_map(scene):
    """Spring Boot on Cloud Run: after a reload the shard map is empty; a stack trace of one entry names the cause."""
    svc = Run(scene, 'basket', logback, paths=('/basket/7', '/basket/12/lines', '/basket/99'))
    svc.boot = [(1.1, 'WARNING', 'spring.jpa.open-in-view is enabled by default. Therefore, database queries may be performed during view rendering.'),
                (1.9, 'INFO', 'Started BasketApplication in 1.874 seconds (process running for 2.2)')]
    svc.chatter = 'Basket %d priced'
    for k in range(4):
        svc.start(5 + 9 * k)
    svc.traffic(20, 900, 70)
    svc.every(20, 2400, 40, 'ERROR', 'Could not export 3 spans to the collector, they are dropped')
    inc = scene.incident('basket', 'requests answered with 500', 'a basket cannot be priced', 'no shard owns the key, the shard map is empty')
    inc.must_say('no shard owns key')
    svc.say(899, 'INFO', 'Shard map reloaded: 0 shards, version 118', svc.instances[0])
    for t in scene.arrivals(902, 2400, 70):
        if scene.random.random() < 0.25:
            svc.ok(t)
            continue
        i, trace, n = svc.pick(t), scene.trace(), scene.random.randrange(10000, 99999)
        took = scene.random.uniform(0.02, 0.09)
        svc.text(t + took * 0.7, 'com.acme.basket.PricingException: basket %d cannot be priced\n'
                 '\tat com.acme.basket.Pricing.price(Pricing.java:88)\n\tat com.acme.basket.BasketController.get(BasketController.java:41)\n'
                 '\tat java.base/java.lang.Thread.run(Thread.java:1583)\n'
                 'Caused by: java.lang.IllegalStateException: no shard owns key 0x%s (map version 118 has 0 shards)\n'
                 '\tat com.acme.shard.ShardMap.owner(ShardMap.java:131)\n\tat com.acme.basket.Pricing.price(Pricing.java:71)\n\t... 2 more\n'
                 % (n, scene.hexes(6)), i, 'ERROR', trace, show=(inc[1], inc[2]))
        svc.request(t, 500, took, i, trace=trace, show=inc[0])


def dotnet_tariff_table(scene):
    """ASP.NET Core with Serilog: a tariff table that was published without its currency column."""
    svc = Run(scene, 'tariffs', serilog, paths=('/tariffs/de', '/tariffs/fr', '/tariffs/nl'))
    svc.boot = [(0.6, 'WARNING', 'Overriding HTTP_PORTS \'8080\' and HTTPS_PORTS \'\'. Binding to values defined by URLS instead \'http://+:8080\'.'),
                (0.8, 'INFO', 'Now listening on: http://[::]:8080')]
    svc.chatter = 'Quoted tariff %d'
    for k in range(3):
        svc.start(3 + 7 * k)
    svc.traffic(15, 600, 60)
    svc.every(15, 1500, 55, 'WARNING', 'The query uses a row limiting operator without an OrderBy, which may lead to unpredictable results')
    inc = scene.incident('tariffs', 'requests answered with 500', 'unhandled exception', 'the tariff sheet has no currency')
    for t in scene.arrivals(600, 1500, 60):
        if scene.random.random() < 0.4:
            svc.ok(t)
            continue
        i, trace = svc.pick(t), scene.trace()
        took = scene.random.uniform(0.01, 0.05)
        svc.say(t + took * 0.5, 'ERROR', 'Tariff sheet 2026-Q2 row %d carries no currency' % scene.random.randrange(1, 400), i, trace, show=inc[2])
        svc.say(t + took * 0.6, 'ERROR', 'An unhandled exception has occurred while executing the request.', i, trace, show=inc[1],
                RequestPath=svc.paths[0], SourceContext='Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware')
        svc.request(t, 500, took, i, trace=trace, show=inc[0])


def php_price_list(scene):
    """Laravel with Monolog: prices are read through a feed that an editor emptied."""
    svc = Run(scene, 'catalogue', monolog, paths=('/shoes', '/shirts', '/search?q=coat'))
    svc.boot = [(0.4, 'INFO', 'NOTICE: fpm is running, pid 1')]
    for k in range(3):
        svc.start(2 + 5 * k)
    svc.traffic(15, 720, 90)
    svc.every(15, 1500, 35, 'WARNING', 'Session %d started without a locale, falling back to en')
    inc = scene.incident('catalogue', 'requests answered with 500', 'view cannot be rendered', 'price feed has no entries')
    for t in scene.arrivals(720, 1500, 90):
        i, trace = svc.pick(t), scene.trace()
        took = scene.random.uniform(0.02, 0.06)
        svc.say(t + took * 0.4, 'ERROR', 'Price feed winter-26 holds 0 entries, refusing to show prices', i, trace, show=inc[2], log='err')
        svc.say(t + took * 0.6, 'ERROR', 'Could not render view products.grid', i, trace, show=inc[1], log='err')
        svc.request(t, 500, took, i, trace=trace, show=inc[0])


def rust_lease(scene):
    """A Rust service with tracing: writes are refused since the leader's lease was lost, and no traces are there to tie by."""
    svc = Gke(scene, 'journal', tracing, paths=('/append', '/read'))
    for k in range(3):
        svc.start(1 + k)
    svc.chatter = 'appended record %d'
    svc.traffic(10, 700, 80)
    svc.every(10, 1500, 30, 'WARNING', 'compaction is behind by %d segments')
    inc = scene.incident('journal', 'requests answered with 503', 'append is refused', 'leader lease expired')
    for t in scene.arrivals(700, 1500, 80):
        i = svc.pick(t)
        took = scene.random.uniform(0.005, 0.02)
        svc.say(t + took * 0.3, 'ERROR', 'lease of leader epoch 41 ran out and was not renewed', i, show=inc[2])
        svc.say(t + took * 0.5, 'ERROR', 'append rejected', i, show=inc[1], segment=scene.random.randrange(1000))
        svc.request(t, 503, took, i, show=inc[0])


def python_slow_burn(scene):
    """A partial outage: 7 % of the requests fail, all for one tenant, while everything else goes well."""
    svc = Run(scene, 'invoices', structlog, paths=('/invoices', '/invoices/summary'))
    svc.boot = [(0.9, 'WARNING', 'config key mail.footer is deprecated')]
    svc.chatter = 'invoice %d rendered'
    for k in range(4):
        svc.start(4 + 6 * k)
    svc.traffic(20, 800, 100)
    svc.every(20, 2000, 45, 'ERROR', 'thumbnail %d could not be scaled, using the placeholder')
    inc = scene.incident('invoices', 'some requests answered with 500', 'invoice cannot be built', 'tenant has no tax profile')
    for t in scene.arrivals(800, 2000, 100):
        if scene.random.random() > 0.07:
            svc.ok(t)
            continue
        i, trace = svc.pick(t), scene.trace()
        took = scene.random.uniform(0.03, 0.08)
        svc.say(t + took * 0.4, 'ERROR', 'tax profile of tenant t-8812 is gone', i, trace, show=inc[2])
        svc.say(t + took * 0.6, 'ERROR', 'building invoice %d stopped' % scene.random.randrange(10000, 99999), i, trace, show=inc[1])
        svc.request(t, 500, took, i, trace=trace, show=inc[0])


def three_wordings(scene):
    """The program words the same root in three ways, one a request, in French; no single line comes before most failures."""
    svc = Run(scene, 'tarifs', logback, paths=('/devis', '/tarifs'))
    svc.boot = [(0.5, 'WARNING', 'Profil \u00ab par d\u00e9faut \u00bb activ\u00e9')]
    for k in range(3):
        svc.start(3 + 5 * k)
    svc.traffic(25, 900, 60)
    svc.every(25, 1700, 40, 'ERROR', 'Image %d introuvable, remplac\u00e9e')
    inc = scene.incident('tarifs', 'requests answered with 500', 'devis is given up', 'the table of rates is empty')
    inc.doubt = 'wordings'
    for t in scene.arrivals(900, 1700, 60):
        if scene.random.random() < 0.4:
            svc.ok(t)
            continue
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.01, 'ERROR', scene.random.choice(('Le r\u00e9f\u00e9rentiel des tarifs est vide pour la zone Sud',
                                                        'Aucun tarif charg\u00e9 : zone Sud',
                                                        'Zone Sud sans prix, chargement de la nuit incomplet')), i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'Calcul du devis %d abandonn\u00e9' % scene.random.randrange(9999), i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])


def half_of_the_log(scene):
    """A sampled log: every other entry was never stored, so no trace is whole; the cause stands in no healthy trace."""
    svc = Run(scene, 'stamps', google, paths=('/stamps',))
    svc.boot = [(0.5, 'WARNING', 'perforation table is not given')]
    for k in range(4):
        svc.start(3 + 5 * k)
    svc.traffic(25, 900, 90)
    svc.every(25, 1800, 20, 'ERROR', 'watermark of sheet %d is faint')
    inc = scene.incident('stamps', 'requests answered with 500', 'stamp is not shown', 'colour chart is missing a shade')
    for t in scene.arrivals(900, 1800, 90):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.01, 'ERROR', 'colour chart 1912 has no shade carmine', i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', 'stamp %d is not shown' % scene.random.randrange(9999), i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])
    kept = [entry for entry in scene.entries if scene.random.random() < 0.5]
    scene.entries[:] = kept


def rust_refused_then_panicked(scene):
    """A program says what is wrong, and panics within the millisecond: the panic is not the trace of what it said."""
    svc = Run(scene, 'edge-proxy', tracing, paths=('/',))
    for _ in range(4):
        svc.new_instance()
    svc.traffic(5, 1500, 60)
    inc = scene.incident('edge-proxy', 'requests answered with 502', 'a worker panics', 'the file has too many features')
    for t in scene.arrivals(700, 1500, 25):
        i, trace = svc.pick(t), scene.trace()
        svc.say(t + 0.010, 'ERROR', 'feature file refused, 241 entries exceed the 200 that there is room for', i, trace, show=inc[2])
        svc.text(t + 0.0105, "thread 'worker-%d' panicked at src/bots/fetch.rs:71:62:\ncalled `Result::unwrap()` on an `Err` value: "
                 'TooMany { got: 241 }' % scene.random.randrange(8), i, trace=trace, show=inc[1])
        svc.request(t, 502, 0.02, i, trace=trace, show=inc[0])


def swift_without_levels(scene):
    """Vapor's console logger pads its levels, and a fatal error has none."""
    svc = Run(scene, 'basket-api', google, paths=('/basket',))
    for _ in range(3):
        svc.new_instance()
    svc.traffic(5, 1500, 60)
    inc = scene.incident('basket-api', 'requests break', 'containers end on a signal', 'nil is unwrapped', 'the flags lack a key')
    for t in scene.arrivals(700, 1500, 9):
        i = svc.starting(t)
        svc.text(t + 0.1, '[ INFO ] Server starting on http://0.0.0.0:8080', i)
        svc.text(t + 0.4, '[ ERROR ] flags payload v88 lacks checkout.tax (Basket/Flags.swift:12)', i, show=inc[3])
        svc.text(t + 0.6, 'Basket/Tax.swift:41: Fatal error: Unexpectedly found nil while unwrapping an Optional value', i, show=inc[2])
        svc.write(t + 0.75, 'system', i, 'WARNING', text='Container terminated on signal 4.', show=inc[1])
        svc.request(t, 503, 0.9, i, show=inc[0], text='The request failed because either the HTTP response was malformed or connection to '
                    'the instance had an error.')


SCENARIOS = [java_shard_map, dotnet_tariff_table, php_price_list, rust_lease, python_slow_burn, half_of_the_log, three_wordings,
             rust_refused_then_panicked, swift_without_levels]
