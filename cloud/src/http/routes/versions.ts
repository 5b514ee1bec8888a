import type { Estate } from '@caretaker/devices/model';
import { CaretakerError } from '@caretaker/readings/base';
import { diffStandards } from '@caretaker/standards';
import { z } from 'zod';
import {
  overrideEndSchema,
  overrideSchema,
  ownLimitSchema,
  pageSchema,
  reloadedSchema,
  reloadSchema,
  standardDiffSchema,
  versionSchema,
} from '../../contract/index.ts';
import type { Author } from '../../identity/deed.ts';
import type { Reloaded } from '../../standards/changes.ts';
import { ownLimits, versionViews } from '../../standards/list.ts';
import { type Api, type App, estatesOf, requireEstate } from '../api.ts';
import { listQuery, pageOfSorted } from '../paging.ts';

const reference = z
  .string()
  .regex(/^([0-9]{1,9}|[0-9a-f]{12})$/, 'a number, or the name of a version');
const limitsQuery = listQuery.extend({
  point: z.string().max(200).optional(),
  rule: z.string().max(100).optional(),
  state: z.enum(['past', 'in-force', 'to-come', 'replaced']).optional(),
});

/** By which standard and limits was judged, is judged, and will be. */
export function versionRoutes(app: App, api: Api): void {
  addVersions(app, api);
  addReload(app, api);
  addOverrideList(app, api);
  addOverrideChanges(app, api);
}

function addVersions(app: App, api: Api): void {
  app.get(
    '/api/standard/versions',
    {
      schema: {
        tags: ['standard'],
        summary: 'Every time a standard came into force, or is to; published last first',
        querystring: listQuery.omit({ estate: true }),
        response: { 200: pageSchema(versionSchema) },
      },
    },
    async ({ query }) => {
      const views = versionViews(api.inForce, api.clock.now());
      // Newest first is ascending by what is left to the end.
      return pageOfSorted(views, query, ({ number }) => String(1e9 - number).padStart(10, '0'));
    },
  );
  app.get(
    '/api/standard/versions/:a/diff/:b',
    {
      schema: {
        tags: ['standard'],
        summary: 'What reads otherwise in version b than in version a',
        params: z.object({ a: reference, b: reference }),
        response: { 200: standardDiffSchema },
      },
    },
    async ({ params: { a, b } }) => {
      const { versions } = api.inForce;
      return changeable(diffStandards(versions.find(a).standard, versions.find(b).standard));
    },
  );
}

function addReload(app: App, api: Api): void {
  app.post(
    '/api/standard/reload',
    {
      schema: {
        tags: ['standard'],
        summary:
          'Read the standard again and bring it into force from now or a later time on, unless it has faults',
        body: reloadSchema,
        response: { 200: reloadedSchema },
      },
    },
    async ({ body: { note, effective = null }, access }) => {
      const by = access.author(api.clock.now());
      return reloaded(api, await api.changes.reload({ by, note, effective }));
    },
  );
  app.delete(
    '/api/standard/versions/:number',
    {
      schema: {
        tags: ['standard'],
        summary: 'Take a version back that has not taken effect',
        params: z.object({ number: z.coerce.number().int().min(1).max(1e9) }),
        response: { 200: versionSchema },
      },
    },
    async ({ params: { number }, access }) => {
      await api.changes.withdraw(number, access.author(api.clock.now()));
      return versionView(api, number);
    },
  );
}

function versionView({ inForce, clock }: Api, number: number) {
  const views = versionViews(inForce, clock.now());
  const found = views.find((view) => view.number === number);
  if (found === undefined) throw new Error(`version ${number} is not kept`);
  return found;
}

/** What became of a standard, as it is answered. */
export function reloaded(api: Api, { number, diff }: Reloaded): z.infer<typeof reloadedSchema> {
  return { version: versionView(api, number), diff: diff === null ? null : changeable(diff) };
}

function addOverrideList(app: App, api: Api): void {
  app.get(
    '/api/standard/overrides',
    {
      schema: {
        tags: ['standard'],
        summary: 'Limits that estates have of their own, with those they had and will have',
        querystring: limitsQuery,
        response: { 200: pageSchema(ownLimitSchema) },
      },
    },
    async ({ query, access }) => {
      const { estate, point, rule, state } = query;
      const { directory, inForce, clock } = api;
      const wanted = estatesOf(api, access, estate);
      const found = [...directory.estates.values()]
        .filter(({ id }) => wanted === null || wanted.includes(id))
        .flatMap((own) => ownLimits(inForce, own, clock.now()))
        .filter(
          (own) =>
            (point === undefined || own.point === point) &&
            (rule === undefined || own.rule === rule) &&
            (state === undefined || own.state === state),
        );
      return pageOfSorted(sortedByKey(found), query, limitKey);
    },
  );
}

function addOverrideChanges(app: App, api: Api): void {
  const answer = pageSchema(ownLimitSchema);
  app.put(
    '/api/standard/overrides',
    {
      schema: {
        tags: ['standard'],
        summary:
          'Give an asset or point numbers of its own for a rule, from now or a later time on',
        body: overrideSchema,
        response: { 200: answer },
      },
    },
    async ({ body, access }) => {
      const estate = requireEstate(api, access, body.estate);
      const request = requestOf(body, access.author(api.clock.now()));
      await api.changes.override({ ...request, numbers: body.numbers });
      return limitsOfRule(api, estate, body.rule);
    },
  );
  app.delete(
    '/api/standard/overrides',
    {
      schema: {
        tags: ['standard'],
        summary: "Take numbers back: the rule's own count again, from now or a later time on",
        body: overrideEndSchema,
        response: { 200: answer },
      },
    },
    async ({ body, access }) => {
      const estate = requireEstate(api, access, body.estate);
      const request = requestOf(body, access.author(api.clock.now()));
      const numbers = Object.fromEntries(body.numbers.map((name) => [name, null]));
      await api.changes.override({ ...request, numbers });
      return limitsOfRule(api, estate, body.rule);
    },
  );
}

/** Every number that an estate has of its own for a rule. */
export function limitsOfRule(api: Api, estate: Estate, rule: string) {
  const all = ownLimits(api.inForce, estate, api.clock.now());
  return { items: all.filter((own) => own.rule === rule), next: null };
}

function requestOf(body: Place & { readonly from?: number | undefined }, by: Author) {
  return { ...placeOf(body, by), from: body.from ?? null };
}

type Place = Pick<
  z.infer<typeof overrideEndSchema>,
  'estate' | 'asset' | 'point' | 'rule' | 'reason'
>;

/** @throws CaretakerError `CLOUD_REQUEST_INVALID` */
export function placeOf(body: Place, by: Author) {
  const { estate, asset, point, rule, reason } = body;
  if ((asset === undefined) === (point === undefined)) {
    throw new CaretakerError({
      code: 'CLOUD_REQUEST_INVALID',
      message: 'Give an asset or a point, and not both.',
    });
  }
  return { estate, at: point ?? `${estate}/${asset}`, rule, by, reason };
}

const limitKey = (own: z.infer<typeof ownLimitSchema>) =>
  [own.point, own.rule, own.name, padded(own.from), padded(own.recorded)].join('\n');
const padded = (time: number | null) => String(time ?? 0).padStart(15, '0');

function sortedByKey(list: z.infer<typeof ownLimitSchema>[]) {
  return list.sort((a, b) => (limitKey(a) < limitKey(b) ? -1 : 1));
}

/** Answers are made of lists that may be changed; ours are frozen by type only. */
function changeable(diff: ReturnType<typeof diffStandards>): z.infer<typeof standardDiffSchema> {
  return structuredClone(diff) as z.infer<typeof standardDiffSchema>;
}
