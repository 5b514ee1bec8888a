import type { Settings } from './settings.ts';

/** Where each listener of the product is reached from this machine. */
export function addressesOf({ host, ports, tls }: Pick<Settings, 'host' | 'ports' | 'tls'>) {
  const name = nameOf(host);
  const [web, mqtt] = tls === null ? ['http', 'mqtt'] : ['https', 'mqtts'];
  return {
    page: `${web}://${name}:${ports.http}`,
    gatewayPage: `${web}://${name}:${ports.edgeHttp}`,
    devices: `${mqtt}://${name}:${ports.mqtt}`,
    gateways: `${mqtt}://${name}:${ports.cloudMqtt}`,
  };
}

/** Nobody can connect to "every address of this machine"; this one is among them. */
function nameOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
