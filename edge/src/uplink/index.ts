export { uplinkConsumer } from './frame-sender.ts';
export { Uplink } from './uplink.ts';
