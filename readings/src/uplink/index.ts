export {
  type Ack,
  ackSchema,
  type QuarantineEntry,
  quarantineEntrySchema,
  type Status,
  statusSchema,
  uplinkTopic,
} from './messages.ts';
