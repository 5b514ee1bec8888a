import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/problem.ts';
import styles from './Discovery.module.css';

interface Fault {
  readonly message: string;
  readonly where?: string;
  readonly next?: string;
}

/** Everything that is wrong with what was sent, each with its place. */
export function Faults({ faults }: { readonly faults: readonly Fault[] }) {
  const { t } = useTranslation('discovery');
  return (
    <div className={styles.faults} role="alert">
      <p>{t('faults', { count: faults.length })}</p>
      <ul>
        {faults.map(({ where, message, next }) => (
          <li key={`${where} ${message}`}>
            {where !== undefined && <code>{where}</code>} {message}
            {next !== undefined && <span className="muted"> ({next})</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The faults of a refusal that names them one by one; none of any other. */
export function faultsIn(error: unknown): readonly Fault[] {
  if (!(error instanceof ProblemError)) return [];
  const { faults } = error.body as { readonly faults?: readonly Fault[] };
  return Array.isArray(faults) ? faults : [];
}
