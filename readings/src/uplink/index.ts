export {
  type Alarm,
  type AlarmAction,
  alarmActionSchema,
  alarmKey,
  alarmReadings,
  alarmSchema,
} from './alarm.ts';
export { bundleKeyId, bundleLimits, newBundleKey, openBundle, sealBundle } from './bundle.ts';
export {
  type DiscoveryEntry,
  type DiscoverySuggestion,
  discoveryEntrySchema,
  mostDiscoveryEntries,
} from './discovery.ts';
export {
  type EnrolAnswer,
  type EnrolRequest,
  enrolAnswerSchema,
  enrolmentText,
  enrolmentTextOfRotation,
  enrolRequestSchema,
  type RotateRequest,
  rotateRequestSchema,
  uplinkAudience,
} from './enrolment.ts';
export {
  enrolRequest,
  type GatewayKey,
  newGatewayKey,
  rotationRequest,
  type TokenSigner,
  uplinkToken,
} from './gateway-key.ts';
export {
  type Ack,
  ackSchema,
  type BundleStatus,
  type ClockBasis,
  clockBasisSchema,
  type GatewayClockState,
  gatewayClockSchema,
  type QuarantineEntry,
  quarantineEntrySchema,
  type Reply,
  type ReportedCredential,
  type ReportedTombstone,
  replySchema,
  reportedCredentialSchema,
  type Status,
  statusSchema,
  uplinkTopic,
} from './messages.ts';
export {
  type FedTicket,
  fedTicketSchema,
  mostFedTickets,
  type TicketsReply,
  ticketsDigest,
} from './tickets.ts';
