/** How tests wait for a condition: often, and far longer than it takes even where other work fills the machine. */
export const patient = { timeout: 30_000, interval: 20 } as const;
