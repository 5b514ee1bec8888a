/** The bytes of a base64 sample. */
export function bytesOf(sample: string): Uint8Array {
  return Uint8Array.from(atob(sample), (letter) => letter.charCodeAt(0));
}

/** `7b 22 61`, 16 bytes a line. */
export function hexOf(bytes: Uint8Array): string {
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const lines: string[] = [];
  for (let at = 0; at < pairs.length; at += 16) lines.push(pairs.slice(at, at + 16).join(' '));
  return lines.join('\n');
}

/** As UTF-8; what is no character shows as �. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
