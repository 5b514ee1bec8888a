import { CaretakerError } from '@caretaker/readings/base';

/** What may be uploaded, told by its content. */
export type FileType = 'image/jpeg' | 'image/png' | 'image/webp' | 'application/pdf';

/** How a file of each type ends when it is saved. */
export const extensions: Readonly<Record<FileType, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'application/pdf': '.pdf',
};

const mega = 1_000_000;
/** Bytes of a file as it is sent. */
export const mostBytes: Readonly<Record<FileType, number>> = {
  'image/jpeg': 15 * mega,
  'image/png': 15 * mega,
  'image/webp': 15 * mega,
  'application/pdf': 25 * mega,
};
/** Of whatever type. */
export const mostBytesOfAny = Math.max(...Object.values(mostBytes));

/** A phone's largest photo has 50 million; what says more is meant to fill the memory of whoever opens it. */
const mostPixels = 2 ** 26;
const longestSide = 20_000;

/** A file as it is kept. */
export interface Inspected {
  readonly type: FileType;
  /** Without what was not to be kept. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As stored, before it is turned; null for documents. */
  readonly width: number | null;
  readonly height: number | null;
}

/** What is wanted of a file. */
export interface Wishes {
  /** Where a photo was taken stays in it. */
  readonly keepLocation: boolean;
}

/** One part of a picture that is copied as it is. */
export type Pieces = Uint8Array[];

/** A file is not taken; the code says why. */
export function refuseFile(code: string, message: string, next: string): CaretakerError {
  return new CaretakerError({ code, message, next });
}

const sendAnew = 'Take the photo again, or send the file as the camera or program wrote it.';

/** @param what begins a sentence: `The PNG` */
export const broken = (what: string): CaretakerError =>
  refuseFile('CLOUD_FILE_BROKEN', `${what}.`, sendAnew);

export const carriesMore = (what: string): CaretakerError =>
  refuseFile(
    'CLOUD_FILE_POLYGLOT',
    `The file carries something beside what it shows: ${what}.`,
    sendAnew,
  );

export const expands = (what: string): CaretakerError =>
  refuseFile('CLOUD_FILE_EXPANDS', `${what}.`, 'Send a smaller picture.');

/**
 * @throws CaretakerError `CLOUD_FILE_EXPANDS`, `CLOUD_FILE_BROKEN`
 */
export function checkSize(width: number, height: number): void {
  if (width === 0 || height === 0) throw broken('The picture has no width or no height');
  if (width > longestSide || height > longestSide || width * height > mostPixels) {
    throw expands(`A picture of ${width} × ${height} pixels is too large to open`);
  }
}
