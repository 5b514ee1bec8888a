import type access from './locales/en/access.json';
import type account from './locales/en/account.json';
import type asset from './locales/en/asset.json';
import type audit from './locales/en/audit.json';
import type discovery from './locales/en/discovery.json';
import type gateways from './locales/en/gateways.json';
import type overview from './locales/en/overview.json';
import type people from './locales/en/people.json';
import type shell from './locales/en/shell.json';
import type signIn from './locales/en/sign-in.json';
import type standard from './locales/en/standard.json';
import type ticket from './locales/en/ticket.json';
import type ticketList from './locales/en/ticket-list.json';
import type tickets from './locales/en/tickets.json';
import type uptime from './locales/en/uptime.json';
import type words from './locales/en/words.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell';
    resources: {
      access: typeof access;
      account: typeof account;
      asset: typeof asset;
      audit: typeof audit;
      discovery: typeof discovery;
      gateways: typeof gateways;
      overview: typeof overview;
      people: typeof people;
      shell: typeof shell;
      'sign-in': typeof signIn;
      standard: typeof standard;
      ticket: typeof ticket;
      'ticket-list': typeof ticketList;
      tickets: typeof tickets;
      uptime: typeof uptime;
      words: typeof words;
    };
  }
}
