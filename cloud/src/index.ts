export { type Cloud, type CloudParts, createCloud } from './app.ts';
export { type CloudConfig, readCloudConfig } from './config.ts';
export type { Notifier, Page } from './outbox/outbox.ts';
