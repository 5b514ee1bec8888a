import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './api.ts';
import { notFound, problemOf, sendProblem } from './problems.ts';

const missing = `<!doctype html>
<html lang="en">
<title>Caretaker</title>
<h1>The pages are not built yet</h1>
<p>The cloud runs and its interface is described at <a href="/docs">/docs</a>.
Build the pages with <code>pnpm --filter @caretaker/web build</code>, then load this page again.</p>
</html>
`;

/** The web app: its files, and its first page for every address that only the app itself knows. */
export async function serveWeb(app: App, root: string): Promise<void> {
  if (existsSync(root)) {
    await app.register(fastifyStatic, {
      root,
      wildcard: true,
      index: false,
      setHeaders(reply, path) {
        const forever = path.includes('/assets/');
        reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  const page = (reply: FastifyReply) => {
    if (existsSync(join(root, 'index.html')) && reply.sendFile !== undefined) {
      return reply.sendFile('index.html');
    }
    return reply.code(503).type('text/html; charset=utf-8').send(missing);
  };
  app.get('/', { schema: { hide: true } }, (_request, reply) => page(reply));
  app.setNotFoundHandler((request, reply) =>
    isPage(request)
      ? page(reply)
      : sendProblem(
          reply,
          problemOf(notFound(`Nothing is at ${request.method} ${pathOf(request)}.`)),
        ),
  );
}

/** A browser asks for a page of the app: no interface address, and no file that is missing. */
function isPage({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' || /^\/(api|docs)(\/|$|\?)/.test(url)) return false;
  const path = pathOf({ url });
  return !/\.[a-z0-9]{1,5}$/i.test(path) && (headers.accept ?? '').includes('text/html');
}

/** Without the query, which may hold what an answer had better not repeat. */
const pathOf = ({ url }: { readonly url: string }): string => url.split('?', 1)[0] ?? '';
