import type { FastifyReply, FastifyRequest } from 'fastify';

/** Longer than any session; the cloud ends them, not the browser. */
const seconds = 7 * 24 * 3600;

/** The cookie that carries the token of a session. */
export interface SessionCookie {
  /** The token that a request comes with; null without. */
  read(request: FastifyRequest): string | null;
  give(reply: FastifyReply, token: string): void;
  clear(reply: FastifyReply): void;
}

/**
 * @param secure sent over TLS only, and then bound to this very host: no neighbour under the same domain can set it
 */
export function sessionCookie(secure: boolean): SessionCookie {
  const name = secure ? '__Host-ctk_session' : 'ctk_session';
  const rest = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  const set = (reply: FastifyReply, value: string, age: number) => {
    reply.header('set-cookie', `${name}=${value}; Max-Age=${age}; ${rest}`);
  };
  return {
    read(request) {
      const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
      // Of two with one name the browser's order says nothing; none of ours is ever given twice.
      const found = pairs.filter((pair) => pair.startsWith(`${name}=`));
      return found.length === 1 ? (found[0]?.slice(name.length + 1) ?? null) : null;
    },
    give: (reply, token) => set(reply, token, seconds),
    clear: (reply) => set(reply, '', 0),
  };
}
