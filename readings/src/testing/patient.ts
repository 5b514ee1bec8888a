/** How tests wait for a condition: often, and far longer than it takes even where other work fills the machine. */
export const patient = { timeout: 120_000, interval: 20 } as const;
