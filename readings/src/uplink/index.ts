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
  type QuarantineEntry,
  quarantineEntrySchema,
  type ReportedCredential,
  reportedCredentialSchema,
  type Status,
  statusSchema,
  uplinkTopic,
} from './messages.ts';
