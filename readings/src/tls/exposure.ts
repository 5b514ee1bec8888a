import { isIP } from 'node:net';
import type { Fault } from '@caretaker/readings/base';
import { readTls, type TlsSettings, type TlsSurroundings } from './settings.ts';

/** How the servers of a process can be reached. */
export interface Exposure {
  /** Null when they speak no TLS themselves. */
  readonly tls: TlsSettings | null;
  /** Addresses of the proxies whose `X-Forwarded-For` is believed; none unless there is a proxy. */
  readonly proxies: readonly string[];
  /** Browsers come by https alone: to us, or to the proxy before us. */
  readonly secure: boolean;
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/**
 * Reads how servers are reached. Other machines reach them only by TLS, their own or that of a proxy.
 * @param faults gets everything that is wrong
 */
export function readExposure(given: TlsSurroundings, faults: Fault[]): Exposure {
  const { host, publicUrl } = given;
  const tls = readTls(given, faults);
  const proxied = readProxied(given, faults);
  const proxies = readProxies(given, proxied, faults);
  const wantsTls =
    tls !== null || ['', '_CERT', '_KEY'].some((s) => given.text(`CARETAKER_TLS${s}`));
  // Somebody who asked for TLS and got it wrong is told of that, and not to ask for it.
  if (!LOOPBACK.test(host) && !wantsTls && !proxied) faults.push(exposed(host));
  const secure = tls !== null || (publicUrl?.startsWith('https:') ?? false);
  return { tls, proxies, secure };
}

function readProxied({ text, publicUrl }: TlsSurroundings, faults: Fault[]): boolean {
  const where = 'CARETAKER_BEHIND_PROXY';
  const value = text(where) || '0';
  if (value !== '0' && value !== '1') {
    faults.push({ code: 'READINGS_PROXY_SETTING', where, message: 'this is neither 0 nor 1' });
  }
  if (value === '1' && !publicUrl?.startsWith('https:')) {
    faults.push({
      code: 'READINGS_PROXY_SETTING',
      where,
      message: 'a proxy has to speak TLS to people, under an address that is known here',
      next: 'give that address: CARETAKER_PUBLIC_URL=https://…',
    });
  }
  return value !== '0';
}

function readProxies({ text }: TlsSurroundings, proxied: boolean, faults: Fault[]): string[] {
  const where = 'CARETAKER_PROXY_ADDRESSES';
  const words = (text(where) || '').split(/[\s,]+/).filter((word) => word !== '');
  if (words.length > 0 && !proxied) {
    faults.push({
      code: 'READINGS_PROXY_SETTING',
      where,
      message: 'there are proxies, and nothing says that all come through them',
      next: 'set CARETAKER_BEHIND_PROXY=1, or leave it out',
    });
  }
  for (const word of words) {
    if (isNetwork(word)) continue;
    faults.push({
      code: 'READINGS_PROXY_SETTING',
      where,
      message: `"${word}" is no address of a proxy`,
      next: 'give addresses or networks such as 10.0.0.7 or 172.18.0.0/16, with commas between them',
    });
  }
  if (!proxied) return [];
  return words.length > 0 ? words : ['127.0.0.0/8', '::1'];
}

/** A network of everybody would let everybody say where they come from. */
function isNetwork(word: string): boolean {
  const [address = '', bits, ...more] = word.split('/');
  const kind = isIP(address);
  if (kind === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= (kind === 4 ? 32 : 128);
}

function exposed(host: string): Fault {
  return {
    code: 'READINGS_HOST_EXPOSED',
    where: 'CARETAKER_HOST',
    message: `${host} can be reached from other machines, and what is said there could be read on the way`,
    next: [
      'use 127.0.0.1',
      'or speak TLS: CARETAKER_TLS_CERT and CARETAKER_TLS_KEY, or CARETAKER_TLS=self-signed',
      'or, where all come through a proxy: CARETAKER_BEHIND_PROXY=1 and CARETAKER_PUBLIC_URL=https://…',
    ].join('; '),
  };
}
