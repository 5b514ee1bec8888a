import styles from './FilterBar.module.css';

interface Props {
  /** What is chosen, for those who hear the page. */
  readonly label: string;
  readonly value: string;
  /** What choosing nothing is called. */
  readonly any?: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
}

/** One of many, or all of them. */
export function Pick({ label, value, any, options, onChange }: Props) {
  const known = value === '' || options.some(([one]) => one === value);
  return (
    <select
      className={styles.pick}
      aria-label={label}
      data-set={(any !== undefined && value !== '') || undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {any !== undefined && <option value="">{any}</option>}
      {!known && <option value={value}>{value}</option>}
      {options.map(([one, name]) => (
        <option key={one} value={one}>
          {name}
        </option>
      ))}
    </select>
  );
}
