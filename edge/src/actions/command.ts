import type { ActionStep, RelayCommand } from '@caretaker/devices/model';
import type { Alarm, AlarmAction } from '@caretaker/readings/uplink';

/** Where devices and indicators listen: the gateway's own broker, or the one it is a client of. */
export interface Publisher {
  /** Resolves when the broker has it. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    how: { readonly qos: 0 | 1; readonly retain: boolean },
  ): Promise<void>;
}

/** What a step comes to, for one alarm. */
export type Command = Pick<AlarmAction, 'kind' | 'target'> &
  (
    | {
        readonly publish: {
          readonly topic: string;
          readonly payload: string;
          readonly retain: boolean;
        };
      }
    | { readonly post: { readonly url: string; readonly body: string } }
  );

/** What there is to tell of an alarm. */
export interface Occasion {
  readonly gateway: string;
  readonly alarm: Alarm;
  /** The breach is over. */
  readonly undo: boolean;
}

/** Where Shelly answers to: devices may say nothing there, so that the answer is dropped and no reading. */
const answers = 'ctk-events/actions';

export function commandOf(step: ActionStep, occasion: Occasion): Command {
  if ('mqtt' in step) {
    const { topic, payload, retain } = step.mqtt;
    const told = payload ?? JSON.stringify(occasionOf(occasion));
    return { kind: 'mqtt', target: topic, publish: { topic, payload: told, retain } };
  }
  if ('webhook' in step) {
    const { url } = step.webhook;
    // Path and query may hold what lets one in.
    const target = new URL(url).origin;
    return { kind: 'webhook', target, post: { url, body: JSON.stringify(occasionOf(occasion)) } };
  }
  return relayOf(step.relay);
}

/** The alarm as a webhook and a plain MQTT action tell it; times are UTC epoch milliseconds. */
function occasionOf({ gateway, alarm, undo }: Occasion): object {
  const { actions: _, end: __, subject, ...told } = alarm;
  const [estate = '', asset = ''] = subject.split('/');
  return { type: undo ? 'alarm-ended' : 'alarm', gateway, estate, asset, ...told };
}

function relayOf(relay: RelayCommand): Command {
  const { format, device, on } = relay;
  const which = relay.switch === null ? '' : ` ${relay.switch}`;
  const target = `${format} ${device}${which} ${on ? 'on' : 'off'}`;
  return { kind: 'relay', target, publish: { ...switching(relay), retain: false } };
}

function switching(relay: RelayCommand): { topic: string; payload: string } {
  const { device, on } = relay;
  const word = on ? 'ON' : 'OFF';
  if (relay.format === 'zigbee2mqtt') {
    const key = relay.switch === null ? 'state' : `state_${relay.switch}`;
    return { topic: `${relay.base}/${device}/set`, payload: JSON.stringify({ [key]: word }) };
  }
  if (relay.format === 'tasmota') {
    return { topic: `cmnd/${device}/POWER${relay.switch}`, payload: word };
  }
  const params = { id: relay.switch, on };
  const call = { id: 1, src: answers, method: 'Switch.Set', params };
  return { topic: `${device}/rpc`, payload: JSON.stringify(call) };
}
