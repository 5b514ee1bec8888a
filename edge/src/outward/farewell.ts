import packageJson from '../../package.json' with { type: 'json' };
import { type GatewayEvent, Topics } from './messages.ts';

/**
 * What somebody else's broker says of a gateway whose connection breaks.
 * @param at when it connected, UTC epoch milliseconds
 */
export function farewell(
  estate: string,
  gateway: string,
  at: number,
): { readonly topic: string; readonly payload: string } {
  const { version } = packageJson;
  const cloud = { connected: false, pending: 0 };
  const event: GatewayEvent = { estate, gateway, at, state: 'offline', version, cloud };
  return { topic: new Topics(estate).gateway(gateway), payload: JSON.stringify(event) };
}
