export { askBroker, type BrokerFacts } from './about.ts';
export { ExternalBroker, type ExternalStatus } from './external-broker.ts';
