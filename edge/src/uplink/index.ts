export { loadIdentity } from '../access/enrolment.ts';
export { CloudClient } from './cloud-client.ts';
export { uplinkConsumer } from './frame-sender.ts';
export { type EnrolmentConfig, Membership } from './membership.ts';
export type { CloudTime } from './offset-meter.ts';
export { type TicketTaker, Uplink, type UplinkOptions } from './uplink.ts';
