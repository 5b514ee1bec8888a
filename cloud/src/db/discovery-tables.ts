/** Devices that talk to gateways and that no mapping names. */
export interface DiscoveryTables {
  discoveries: {
    /** Made of gateway and entry. */
    id: string;
    estate: string;
    gateway: string;
    /** Id by which the gateway knows it. */
    entry: string;
    state: 'waiting' | 'confirmed' | 'ignored';
    decided_by: string | null;
    /** Cloud clock. */
    decided: number | null;
    /** `estate/asset` that takes its values, once it is confirmed. */
    asset: string | null;
    format: string;
    device: string | null;
    name: string | null;
    topic: string;
    count: number;
    /** Gateway clock. */
    first: number;
    last: number;
    sample: string;
    bytes: number;
    /** 1 when somebody at the gateway has said that it is none of ours. */
    ignored: number;
    /** 1 when the gateway hears of it no more, as when a mapping names it. */
    gone: number;
    /** JSON. */
    suggestion: string | null;
  };
}

export const discoveryTables = ({ big }: { readonly big: string }): string[] => [
  `create table discoveries (
    id text primary key, estate text not null, gateway text not null, entry text not null,
    state text not null, decided_by text, decided ${big}, asset text, format text not null,
    device text, name text, topic text not null, count ${big} not null, first ${big} not null,
    last ${big} not null, sample text not null, bytes ${big} not null, ignored integer not null,
    gone integer not null, suggestion text)`,
  'create index discoveries_newest on discoveries (last, id)',
  'create index discoveries_of on discoveries (gateway, last)',
];
