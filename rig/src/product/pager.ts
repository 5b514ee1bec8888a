import { createServer } from 'node:http';
import { z } from 'zod';

const pageSchema = z.object({ key: z.string(), ref: z.string(), subject: z.string() });

/** A page as the receiver kept it. */
export type KeptPage = z.infer<typeof pageSchema>;

/** A receiver of pages on loopback, standing in for a provider of messages. */
export interface Pager {
  readonly url: string;
  /** What it accepted, in order. */
  readonly kept: readonly KeptPage[];
  stop(): Promise<void>;
}

/** @param refusals how many pages it answers with 503 before it accepts any. */
export async function startPager(refusals = 0): Promise<Pager> {
  const kept: KeptPage[] = [];
  let left = refusals;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (left > 0) {
      left -= 1;
      response.writeHead(503).end();
      return;
    }
    kept.push(pageSchema.parse(JSON.parse(body)));
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    kept,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
