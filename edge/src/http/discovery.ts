import type { Clock } from '@caretaker/readings/base';
import type { DiscoveryEntry } from '@caretaker/readings/uplink';
import type { FastifyInstance } from 'fastify';
import { newDevicesPage } from './discovery-page.ts';
import { figuresFor } from './figures.ts';
import { languageOf } from './texts.ts';

/** The inbox as the pages use it. */
export interface DiscoveryList {
  /** The one heard last first. */
  entries(): readonly DiscoveryEntry[];
  /** Rows in the list that nobody ignores. */
  readonly listed: number;
  /** Messages that were not looked at. */
  readonly missed: number;
  /** @returns false when there is no such row */
  ignore(id: string, ignored: boolean): boolean;
}

interface DiscoveryRoutes {
  readonly discovery: DiscoveryList;
  readonly estate: () => { readonly zone: string };
  readonly gateway: string;
  readonly clock: Clock;
}

/** Adds what lists the devices that no mapping names, for programs and for the local administrator. */
export function addDiscovery(app: FastifyInstance, options: DiscoveryRoutes): void {
  const { discovery, estate, gateway, clock } = options;
  app.get('/discovery', () => ({ entries: discovery.entries(), missed: discovery.missed }));
  app.get('/new-devices', (request, reply) => {
    const language = languageOf(request.headers['accept-language']);
    const figures = figuresFor(language, estate().zone, clock.now());
    const { missed } = discovery;
    const page = newDevicesPage({
      ...{ language, figures, gateway, missed },
      entries: discovery.entries(),
    });
    return reply.type('text/html; charset=utf-8').header('vary', 'accept-language').send(page);
  });
  app.post('/new-devices/ignore', (request, reply) => {
    const fields = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    // Of a device that was mapped meanwhile there is nothing to ignore: the list says so.
    discovery.ignore(fields.get('id') ?? '', fields.get('ignored') === '1');
    return reply.redirect('/new-devices', 303);
  });
}
