import type asset from './locales/en/asset.json';
import type gateways from './locales/en/gateways.json';
import type overview from './locales/en/overview.json';
import type shell from './locales/en/shell.json';
import type standard from './locales/en/standard.json';
import type tickets from './locales/en/tickets.json';
import type uptime from './locales/en/uptime.json';
import type words from './locales/en/words.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell';
    resources: {
      asset: typeof asset;
      gateways: typeof gateways;
      overview: typeof overview;
      shell: typeof shell;
      standard: typeof standard;
      tickets: typeof tickets;
      uptime: typeof uptime;
      words: typeof words;
    };
  }
}
