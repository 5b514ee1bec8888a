export type { Identity } from './identity.ts';
export { type Comers, createListener, handshakeTimeout } from './listener.ts';
export { readTls, type TlsSettings, type TlsSurroundings } from './settings.ts';
export { openTls, Tls, type TlsParts } from './tls.ts';
export { connectTls, readTrust, type Trust } from './trust.ts';
