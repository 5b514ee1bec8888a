import { ClientMeter } from '@caretaker/readings/mqtt-guard';
import { describe, expect, it } from 'vitest';
import { allowAnonymous, isLoopback } from './anonymous.ts';
import { clientLimits } from './limits.ts';

describe('a client', () => {
  it('is held up when it sends too much, and cut off when it does not stop', () => {
    const { messages } = clientLimits.device;
    const meter = new ClientMeter(clientLimits.device, 0);
    for (let i = 0; i < messages.burst; i += 1) expect(meter.message(100, 0)).toBe(0);
    expect(meter.message(100, 0)).toBe(1_000 / messages.perSecond);
    let last: number | null = 0;
    for (let i = 0; last !== null && i < 10_000; i += 1) last = meter.message(100, 0);
    expect(last).toBeNull();
    expect(meter.message(100, 60_000)).toBe(0);
  });

  it('is cut off for a message larger than any it can have', () => {
    const meter = new ClientMeter(clientLimits.device, 0);
    expect(meter.message(clientLimits.device.messageBytes, 0)).toBe(0);
    expect(meter.message(clientLimits.device.messageBytes + 1, 0)).toBeNull();
  });
});

describe('a client without a name', () => {
  it('is let in only when that is asked for, on an address of this machine', () => {
    expect(allowAnonymous(false, '0.0.0.0')).toBe(false);
    expect(allowAnonymous(false, '127.0.0.1')).toBe(false);
    for (const host of ['127.0.0.1', '::1', 'localhost']) {
      expect(allowAnonymous(true, host), host).toBe(true);
    }
    for (const host of ['0.0.0.0', '::', '192.168.1.5', '127.0.0.1.example.org', 'localhost.lan']) {
      expect(isLoopback(host), host).toBe(false);
      expect(() => allowAnonymous(true, host), host).toThrow(
        expect.objectContaining({ code: 'EDGE_ANONYMOUS_NOT_LOOPBACK' }),
      );
    }
  });
});
