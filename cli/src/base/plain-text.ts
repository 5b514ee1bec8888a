/**
 * A text for a terminal: names, topics and payloads come from devices and brokers of others, and what controls a
 * terminal, or turns the direction of writing, could show something else than what is there. Lines stay.
 */
export function plainText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (sign) => (sign === '\n' ? sign : '\ufffd'));
}
