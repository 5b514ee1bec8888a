import { kinds } from '@caretaker/devices/kinds';
import type { Estate } from '@caretaker/devices/model';
import { CaretakerError, type Clock, type Fault, type Log } from '@caretaker/readings/base';
import type { QuarantineEntry, ReportedCredential } from '@caretaker/readings/uplink';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type LocalAdministrator, LocalWaitError } from '../local/index.ts';
import { figuresFor } from './figures.ts';
import { codePage, type FormPage, passwordPage, plainPage, signInPage } from './forms.ts';
import type { Guard } from './guard.ts';
import type { GatewayStatus } from './status.ts';
import { statusPage } from './status-page.ts';
import { style } from './style.ts';
import { isRefusal, languageOf, refusalText, words } from './texts.ts';

export interface PagesOptions {
  readonly estate: () => Estate;
  readonly gateway: string;
  readonly status: () => Promise<GatewayStatus>;
  readonly troubles: () => readonly Fault[];
  readonly credentials: () => readonly ReportedCredential[];
  readonly quarantined: () => readonly QuarantineEntry[];
  readonly anonymous: boolean;
  readonly administrator: LocalAdministrator;
  readonly clock: Clock;
  readonly log: Log;
}

/** Adds the pages of the local administrator. */
export function addPages(app: FastifyInstance, guard: Guard, options: PagesOptions): void {
  const { administrator, clock } = options;
  // Forms alone: what a page of somebody else may send without asking is refused by its origin.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  app.get('/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
  app.get('/', async (request, reply) => show(reply, await statusText(request, options)));
  addSignIn(app, guard, options);
  app.post('/sign-out', (request, reply) => {
    administrator.signOut(guard.tokenOf(request) ?? '');
    guard.setToken(reply, null);
    return reply.redirect('/sign-in', 303);
  });
  app.get('/password', (request, reply) => {
    const asksOld = guard.sessionOf(request)?.by === 'password';
    return show(reply, passwordPage(formOf(request, options, null), asksOld));
  });
  app.post('/password', (request, reply) => {
    const session = guard.sessionOf(request);
    const asksOld = session?.by === 'password';
    const change = async (fields: URLSearchParams) => {
      const [old = '', wanted = '', repeated] = ['old', 'wanted', 'repeated'].map(
        (name) => fields.get(name) ?? '',
      );
      if (wanted !== repeated) throw differs();
      if (session === null) throw new Error('the guard lets nobody come here without a session');
      return administrator.changePassword(session, { old, wanted }, request.ip, clock.now());
    };
    return enter(request, reply, { ...options, guard }, change, (page) =>
      passwordPage(page, asksOld),
    );
  });
}

function addSignIn(app: FastifyInstance, guard: Guard, options: PagesOptions): void {
  const { administrator, clock } = options;
  app.get('/sign-in', (request, reply) => show(reply, signInPage(formOf(request, options, null))));
  app.post('/sign-in', (request, reply) =>
    enter(
      request,
      reply,
      { ...options, guard },
      (fields) => administrator.signIn(fields.get('password') ?? '', request.ip, clock.now()),
      signInPage,
    ),
  );
  // Looking at it uses nothing up: a link may be opened ahead, or twice.
  app.get<{ Querystring: { code?: unknown } }>('/code', (request, reply) => {
    const { code } = request.query;
    const given = typeof code === 'string' ? code.slice(0, 100) : '';
    return show(reply, codePage(formOf(request, options, null), given));
  });
  app.post('/code', (request, reply) =>
    enter(
      request,
      reply,
      { ...options, guard },
      async (fields) => administrator.redeem(fields.get('code') ?? '', request.ip, clock.now()),
      (page) => codePage(page, ''),
    ),
  );
}

/** Takes a form that begins a session: on to the status, or the form again with why not. */
async function enter(
  request: FastifyRequest,
  reply: FastifyReply,
  options: PagesOptions & { readonly guard: Guard },
  begin: (fields: URLSearchParams) => Promise<string>,
  again: (page: FormPage) => string,
): Promise<FastifyReply> {
  const { administrator, guard, log } = options;
  const what = { address: request.ip, path: request.routeOptions.url };
  const fields = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
  try {
    const token = await begin(fields);
    // Whoever put it there: the session that the browser came with ends.
    administrator.signOut(guard.tokenOf(request) ?? '');
    guard.setToken(reply, token);
    log.info(what, 'the local administrator signed in');
    return await reply.redirect('/', 303);
  } catch (error) {
    if (!(error instanceof CaretakerError) || !isRefusal(error.code)) throw error;
    log.warn({ ...what, code: error.code }, 'refused a sign-in of the local administrator');
    const wait = error instanceof LocalWaitError ? error.retryAfter : null;
    if (wait !== null) reply.header('retry-after', String(wait));
    const { language } = formOf(request, options, null);
    const refusal = refusalText(language, error.code, String(wait ?? ''));
    reply.code(wait === null ? 400 : 429);
    return show(reply, again(formOf(request, options, refusal)));
  }
}

async function statusText(request: FastifyRequest, options: PagesOptions): Promise<string> {
  const { administrator, anonymous, credentials, quarantined } = options;
  const language = languageOf(request.headers['accept-language']);
  const status = await options.status();
  const estate = options.estate();
  const assets = new Map(estate.assets.map((asset) => [asset.id, asset]));
  return statusPage({
    language,
    figures: figuresFor(language, estate.zone, status.at),
    estate: estate.name[language],
    nameOf: (asset) => assets.get(asset)?.name[language] ?? asset,
    labelOf: (asset, metric) =>
      kinds[assets.get(asset)?.kind ?? '']?.metrics[metric]?.label[language] ?? metric,
    status,
    troubles: options.troubles(),
    credentials: credentials(),
    quarantined: quarantined(),
    anonymous,
    hasPassword: administrator.hasPassword,
  });
}

function formOf(
  request: FastifyRequest,
  { gateway }: { readonly gateway: string },
  refusal: string | null,
): FormPage {
  return { language: languageOf(request.headers['accept-language']), gateway, refusal };
}

function show(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('vary', 'accept-language').send(page);
}

/** A page for what is not there, or could not be shown. */
export function pageOfProblem(
  request: FastifyRequest,
  gateway: string,
  what: 'missing' | 'broken',
): string {
  const page = formOf(request, { gateway }, null);
  return plainPage(page, words[page.language][what]);
}

function differs(): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_PASSWORD_DIFFERS',
    message: 'The new password was not typed the same twice.',
    next: 'Type it again.',
  });
}
