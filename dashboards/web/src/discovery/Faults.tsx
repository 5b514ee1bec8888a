import { ProblemError } from '../api/problem.ts';
import styles from './Discovery.module.css';

interface Fault {
  readonly message: string;
  readonly where?: string;
  readonly next?: string;
}

/** Everything that is wrong with what was sent, each with its place. */
export function Faults({ error }: { readonly error: unknown }) {
  const faults = faultsIn(error);
  if (faults.length === 0) return null;
  return (
    <ul className={styles.faults} role="alert">
      {faults.map(({ where, message, next }) => (
        <li key={`${where} ${message}`}>
          {where !== undefined && <code>{where}</code>} {message}
          {next !== undefined && <span className="muted"> ({next})</span>}
        </li>
      ))}
    </ul>
  );
}

function faultsIn(error: unknown): readonly Fault[] {
  if (!(error instanceof ProblemError)) return [];
  const { faults } = error.body as { readonly faults?: readonly Fault[] };
  return Array.isArray(faults) ? faults : [];
}
