import { useProblemText } from '../i18n/use-problem-text.ts';
import styles from './FormProblem.module.css';

interface Props {
  /** What the service answered; nothing is drawn while it is null. */
  readonly error: unknown;
}

/** Why a form was refused, beside the form; said aloud when it appears. */
export function FormProblem({ error }: Props) {
  const say = useProblemText();
  if (error === null) return null;
  const { text, code } = say(error);
  return (
    <p className={styles.problem} role="alert">
      {text} <code className={styles.code}>{code}</code>
    </p>
  );
}
