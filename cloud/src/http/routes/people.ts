import { z } from 'zod';
import {
  type Invited,
  invitedSchema,
  newPersonSchema,
  type Person,
  pageSchema,
  personChangeSchema,
  personSchema,
} from '../../contract/index.ts';
import type { Person as Known } from '../../identity/people.ts';
import type { Api, App } from '../api.ts';
import { listQuery, pageOfSorted } from '../paging.ts';
import { listed } from './session.ts';

const tags = ['people'];
const params = z.object({ id: z.uuid() });
const done = { 204: z.null() };

/** Who may sign in, and what they may do where. */
export function peopleRoutes(app: App, api: Api): void {
  listing(app, api);
  changing(app, api);
  leaving(app, api);
}

const personOf = ({ grants, ...rest }: Known): Person => ({ ...rest, grants: listed(grants) });

function listing(app: App, api: Api): void {
  app.get(
    '/api/people',
    {
      schema: {
        tags,
        summary: 'Everybody who may sign in, by login',
        querystring: listQuery.omit({ estate: true }),
        response: { 200: pageSchema(personSchema) },
      },
    },
    async ({ query }) => {
      const all = (await api.identity.people.list()).map(personOf);
      const sorted = all.sort((a, b) => (a.login < b.login ? -1 : 1));
      return pageOfSorted(sorted, query, ({ login }) => login);
    },
  );
  app.post(
    '/api/people',
    {
      schema: {
        tags,
        summary: 'Let somebody in, with a code by which they set their password, shown once',
        body: newPersonSchema,
        response: { 201: invitedSchema },
      },
    },
    async ({ body, access }, reply) => {
      const { people, codes } = api.identity;
      const by = access.by(api.clock.now());
      const ready = await people.prepare({ ...body, password: null });
      const { id, invite } = await api.database.write(async (tx) => {
        const made = await people.createIn(tx, by, ready);
        return { id: made, invite: await codes.issueIn(tx, by, made, 'invite') };
      });
      const person = personOf(await people.read(id));
      return reply.code(201).send({ person, invite } satisfies Invited);
    },
  );
}

function changing(app: App, api: Api): void {
  app.patch(
    '/api/people/:id',
    {
      schema: {
        tags,
        summary: 'Change name or roles of a person, or let them in no more',
        params,
        body: personChangeSchema,
        response: { 200: personSchema },
      },
    },
    async ({ params: { id }, body, access }) => {
      const { people } = api.identity;
      const by = access.by(api.clock.now());
      await people.edit(by, id, body);
      return personOf(await people.read(id));
    },
  );
  app.post(
    '/api/people/:id/invite',
    {
      schema: {
        tags,
        summary:
          'A new code for a person without a password, or with a lost one; their sessions end',
        params,
        response: { 201: invitedSchema },
      },
    },
    async ({ params: { id }, access }, reply) => {
      const { people, codes } = api.identity;
      const invite = await codes.issue(access.by(api.clock.now()), id, 'invite');
      return reply.code(201).send({ person: personOf(await people.read(id)), invite });
    },
  );
  app.delete(
    '/api/people/:id/second-factor',
    {
      schema: {
        tags,
        summary: 'Take away a second factor, as for a lost phone',
        params,
        response: done,
      },
    },
    async ({ params: { id }, access }, reply) => {
      await api.identity.factors.remove(access.by(api.clock.now()), id);
      return reply.code(204).send(null);
    },
  );
}

function leaving(app: App, api: Api): void {
  app.delete(
    '/api/people/:id',
    {
      schema: {
        tags,
        summary: 'Forget who a person was; what they did stays, by their id. It cannot be undone',
        params,
        response: done,
      },
    },
    async ({ params: { id }, access }, reply) => {
      const by = access.by(api.clock.now());
      await api.identity.people.erase(by, id, (tx) => api.chain.erase(tx, { person: id, ...by }));
      return reply.code(204).send(null);
    },
  );
}
