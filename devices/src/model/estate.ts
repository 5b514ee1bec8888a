import type { Text } from '@caretaker/readings/base';
import type { EstateClocks } from './clocks.ts';
import type { Format } from './formats.ts';

/** One metric of one asset, as an estate declares it. */
export interface Point {
  /** `estate/asset/metric`. */
  readonly id: string;
  readonly metric: string;
  /** Longest usual time between two readings, milliseconds; from the kind unless the estate overrides it. */
  readonly cadence: number | null;
  /**
   * After this long without a reading the value is unknown, milliseconds; null when the point is never
   * silent. Three cadences, at least 30 min, unless the estate overrides it.
   */
  readonly silentAfter: number | null;
  /**
   * `store`: readings older than the judging horizon are kept but not judged. `judge`: recorded data of any
   * age is judged at its own time; such a point makes no silence episodes.
   */
  readonly history: 'store' | 'judge';
  /** Overrides of rule limits for this point, by rule id and parameter name. */
  readonly limits: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface Asset {
  readonly id: string;
  readonly estate: string;
  readonly name: Text;
  readonly kind: string;
  /** `TP01`…; decides the group on screen. */
  readonly touchpoint: string;
  readonly place: Text;
  readonly gateway: string;
  /** Attributes that rules use, such as `distance_m` or `rated_w`. */
  readonly attributes: Readonly<Record<string, number | string | boolean>>;
  /** Assets of the same estate by what they are to this one: `power`, `weather`, `vouch`. Never empty lists. */
  readonly relations: Readonly<Record<string, readonly string[]>>;
  readonly points: readonly Point[];
  /** True for what the demo invented; every page says so. */
  readonly demo: boolean;
}

/** Which device message becomes which readings; see `decode`. It has either a topic or a device. */
export interface Mapping {
  /** MQTT topic filter this mapping listens to; `+` and `#` as in MQTT. */
  readonly topic?: string;
  /** The device as its family names it: DevEUI, device id, friendly name. */
  readonly device?: string;
  readonly format: Format;
  readonly asset: string;
  /** Asset of kind `device` that takes what the device says of itself: battery, signal, tamper. */
  readonly node?: string;
  /** The preset that `fields` and `nodeFields` come from, but for those that the estate overrides. */
  readonly preset?: string;
  /** What the asset takes. Where two give one metric, the first that is present counts. */
  readonly fields: readonly FieldMapping[];
  /** What the node takes; only with a node. */
  readonly nodeFields?: readonly FieldMapping[];
  /** JSON path of the time stamp, where the device gives one and its family does not know it. */
  readonly at?: string;
}

export interface FieldMapping {
  /** JSON path such as `contact` or `ENERGY.Power`; empty for a bare payload. `$…` are facts of the envelope. */
  readonly path: string;
  readonly metric: string;
  /** Further paths of a flag: it is true when any of them says so. */
  readonly or?: readonly string[];
  /** Words or values of the device to ours: `{ "true": "closed", "false": "open" }`. */
  readonly words?: Readonly<Record<string, string | number | boolean>>;
  /** The device's unit; a unit that comes with the value is believed before it. */
  readonly unit?: string;
  /** value × scale + offset, in the unit of the metric. */
  readonly scale?: number;
  readonly offset?: number;
  /** Values that mean "no measurement"; such a field is ignored, not quarantined. */
  readonly sentinels?: readonly (number | string)[];
}

/** Where the messages of a family are found beside its usual place. */
export interface Source {
  readonly format: Format;
  /** First levels of its topics. */
  readonly base: string;
}

/** What a gateway does for a relay, in the words of the device's family. */
export type RelayCommand =
  | {
      readonly format: 'shelly' | 'tasmota';
      readonly device: string;
      readonly switch: number;
      readonly on: boolean;
    }
  | {
      readonly format: 'zigbee2mqtt';
      readonly device: string;
      readonly base: string;
      /** Endpoint of a device with several switches; null for its only one. */
      readonly switch: string | null;
      readonly on: boolean;
    };

/** One thing that a gateway does by itself. */
export type ActionStep =
  /** Published on the device broker at QoS 1; without a payload it is the alarm as JSON. */
  | {
      readonly mqtt: {
        readonly topic: string;
        readonly payload: string | null;
        readonly retain: boolean;
      };
    }
  /** The alarm as JSON by POST; `plain` allows http to another machine. */
  | { readonly webhook: { readonly url: string; readonly plain: boolean } }
  | { readonly relay: RelayCommand };

/** What a gateway does when it raises an alarm of a rule by itself. */
export interface Action {
  /** A rule marked `local`. */
  readonly rule: string;
  /** For these assets; without, for all that the rule judges. */
  readonly assets?: readonly string[];
  readonly do: readonly ActionStep[];
  /** When the breach has ended. */
  readonly undo: readonly ActionStep[];
}

/** Everything one estate declares; the validated form of its YAML. */
export interface Estate {
  readonly id: string;
  readonly name: Text;
  /** IANA zone. */
  readonly zone: string;
  readonly location: { readonly latitude: number; readonly longitude: number };
  readonly gateway: string;
  /** Opening hours by name (`pool`), local time, `06:00-22:00`. */
  readonly calendars: Readonly<Record<string, string>>;
  /** Public holidays, `2026-10-01`, in order; dates of the estate's zone. */
  readonly holidays: readonly string[];
  /** What this estate has agreed on otherwise for the clocks of its tickets. */
  readonly clocks?: EstateClocks | undefined;
  readonly assets: readonly Asset[];
  readonly mappings: readonly Mapping[];
  /** Absent in estates that were stored before there were any. */
  readonly sources?: readonly Source[];
  readonly actions: readonly Action[];
  readonly demo: boolean;
}
