import { generate } from 'mqtt-packet';

/** Bytes of the answers to CONNECT and to a SUBSCRIBE of one filter. */
export const answersBytes = 4 + 5;

export function connectPacket(clientId: string): Buffer {
  return generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId,
    clean: true,
    keepalive: 0,
  });
}

export function subscribePacket(topic: string): Buffer {
  return generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 0 }] });
}
