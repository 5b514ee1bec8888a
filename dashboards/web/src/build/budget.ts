import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** The part of an output chunk that the sum needs. */
export interface Chunk {
  readonly fileName: string;
  readonly code: string;
  /** Files this one imports at once; lazy imports are not among them. */
  readonly imports: readonly string[];
  readonly isEntry: boolean;
}

/**
 * Script bytes (gzip level 9) that a browser fetches before the first page can draw: every entry and
 * what it imports at once.
 */
export function firstRouteBytes(chunks: readonly Chunk[]): number {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const seen = new Set<string>();
  const visit = (name: string): number => {
    const chunk = byName.get(name);
    if (chunk === undefined || seen.has(name)) return 0;
    seen.add(name);
    const own = gzipSync(chunk.code, { level: 9 }).byteLength;
    return chunk.imports.reduce((sum, imported) => sum + visit(imported), own);
  };
  return chunks.filter((chunk) => chunk.isEntry).reduce((sum, c) => sum + visit(c.fileName), 0);
}

/** Fails the build when the first route needs more than `limit` bytes of script, and prints the sum. */
export function firstRouteBudget(limit: number): Plugin {
  return {
    name: 'first-route-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const bytes = firstRouteBytes(chunks);
      const line = `first route: ${(bytes / 1000).toFixed(1)} kB script (gzip), limit ${limit / 1000} kB`;
      if (bytes > limit) this.error(line);
      this.info(line);
    },
  };
}
