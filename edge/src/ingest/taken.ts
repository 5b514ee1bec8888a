/** Told once when a message is safe on disk, or why its sender must send it again. */
export type Taken = (error: Error | null) => void;
