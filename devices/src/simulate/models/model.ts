import type { ReadingValue } from '@caretaker/readings';
import type { Asset } from '../../model/index.ts';
import type { Incident } from '../incident.ts';
import type { Scene } from '../scene.ts';

export type Values = Readonly<Record<string, ReadingValue>>;

/** What one device says at one instant. */
export interface Said {
  readonly at: number;
  readonly values: Values;
}

/** All that a device's behaviour depends on: itself, what is around it, and what is wrong with it. */
export interface Device {
  readonly asset: Asset;
  readonly key: number;
  readonly scene: Scene;
  /** The fault it has at an instant. */
  fault(time: number): Incident | undefined;
  /** Its faults that touch the stretch looked at. */
  readonly faults: readonly Incident[];
}

/** How often a device reports its state, milliseconds: in real time, and in the history it catches up on. */
export interface Pace {
  readonly live: number;
  readonly past: number;
}

/**
 * How a kind of device behaves. Both functions are pure in (device, time), so that history and real time
 * tell one story however they are cut.
 */
export interface Model {
  readonly pace: Pace;
  /** Everything the device knows about itself at an instant, events up to and at that instant included. */
  sample(device: Device, time: number): Values;
  /** What it says because something happens, from ≤ at < to, in any order. */
  events(device: Device, from: number, to: number): readonly Said[];
}

/** An attribute that must be a number to be used. */
export function attribute(asset: Asset, name: string, otherwise: number): number {
  const value = asset.attributes[name];
  return typeof value === 'number' ? value : otherwise;
}

/** For devices that only report their state. */
export const noEvents = (): readonly Said[] => [];
