import { type InputHTMLAttributes, useId } from 'react';
import form from './Form.module.css';

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'className'> {
  readonly label: string;
  readonly hint?: string | undefined;
}

/** One field a line: label, input, hint. */
export function Field({ label, hint, ...input }: Props) {
  const id = useId();
  return (
    <div className={form.line}>
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        className={form.field}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className={form.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}
