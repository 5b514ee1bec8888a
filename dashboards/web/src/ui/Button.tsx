import type { ButtonHTMLAttributes } from 'react';
import styles from './Button.module.css';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** One primary action a screen. */
  readonly look?: 'primary' | 'plain' | 'quiet';
}

export function Button({ look = 'plain', className, ...rest }: Props) {
  const classes = [styles.button, styles[look], className].filter(Boolean).join(' ');
  return <button type="button" {...rest} className={classes} />;
}
