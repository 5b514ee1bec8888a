/** Of every command that asks a cloud. */
export const cloudOption = [
  '--cloud <url>',
  'address of the cloud (http://127.0.0.1 with CARETAKER_HTTP_PORT)',
] as const;
