import { request } from 'node:https';
import { connectTls, type Trust } from '@caretaker/readings/tls';

/** Answers of the cloud to a gateway are a few hundred bytes; more is no answer to it. */
const mostBytes = 64 * 1024;

/** `fetch` over https, of small answers, believing whom the settings say. It follows no redirection. */
export function secureFetch(address: string, init: RequestInit, trust: Trust): Promise<Response> {
  const url = new URL(address);
  const { method = 'GET', headers, body, signal } = init;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      {
        method,
        headers: Object.fromEntries(new Headers(headers)),
        createConnection: () => connectTls(host, Number(url.port) || 443, trust),
        ...(signal ? { signal } : {}),
      },
      (answer) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > mostBytes) answer.destroy(new Error('the answer is too long'));
          else parts.push(part);
        });
        answer.once('error', reject);
        answer.once('end', () => {
          const { date } = answer.headers;
          const content = bytes === 0 ? null : Buffer.concat(parts);
          const status = answer.statusCode ?? 502;
          resolve(new Response(content, { status, headers: date === undefined ? {} : { date } }));
        });
      },
    );
    asked.once('error', reject);
    asked.end(typeof body === 'string' ? body : undefined);
  });
}
