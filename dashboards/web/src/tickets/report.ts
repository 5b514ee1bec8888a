import type { TicketReport } from '@caretaker/cloud/contract';
import type { Option } from './forms.ts';

/** Where it is: an asset that is known, or a place in words. */
export type Where =
  | { readonly kind: 'asset'; readonly id: string }
  | { readonly kind: 'place'; readonly name: string };

/** The form for a new ticket as it stands. */
export interface Report {
  readonly kind: TicketReport['kind'];
  readonly where: Where | null;
  readonly inHome: boolean;
  readonly title: string;
  readonly details: string;
  readonly severity: Option | '';
  readonly who: Option | '';
  readonly name: string;
  readonly contact: string;
  readonly channel: Option;
  readonly promise: Option | '';
  readonly promiseAt: number | undefined;
}

/** @param asset that the form was opened for */
export function emptyReport(asset: string | undefined): Report {
  return {
    kind: 'report',
    where: asset === undefined ? null : { kind: 'asset', id: asset },
    inHome: false,
    title: '',
    details: '',
    severity: '',
    who: 'resident',
    name: '',
    contact: '',
    channel: 'desk',
    promise: '',
    promiseAt: undefined,
  };
}

/** Names of the fields that still lack an answer. */
export function missingInReport(report: Report): readonly (keyof Report)[] {
  const missing: (keyof Report)[] = [];
  // A wish may be about the estate as a whole.
  if (report.where === null && report.kind === 'report') missing.push('where');
  if (report.title.trim() === '') missing.push('title');
  if (report.who !== '' && report.name.trim() === '') missing.push('name');
  if (report.promise === 'at' && report.promiseAt === undefined) missing.push('promiseAt');
  return missing;
}

/** What is sent; what was left empty is left out. */
export function reportOf(estate: string, report: Report): TicketReport {
  const { kind, where, inHome, severity, who, channel, promise, promiseAt } = report;
  const [title, details, name, contact] = [
    report.title,
    report.details,
    report.name,
    report.contact,
  ].map((text) => text.trim());
  const reporter = who === '' ? null : { kind: who, name, contact: contact || null, channel };
  const body = {
    kind,
    estate,
    ...(where?.kind === 'asset' ? { subject: where.id } : {}),
    ...(where?.kind === 'place' ? { place: where.name.trim() } : {}),
    title,
    ...(details === '' ? {} : { details }),
    ...(severity === '' ? {} : { severity }),
    reporter,
    inHome,
    ...(promise === ''
      ? {}
      : { promise: { kind: promise, ...(promise === 'at' ? { at: promiseAt } : {}) } }),
  };
  return body as TicketReport;
}
