import type { ReactNode } from 'react';
import styles from './Glyph.module.css';
import type { Mark } from './mark.ts';

/** A sector of a circle round (10, 10), clockwise from the top; `share` in 0..1. */
function sector(share: number, radius: number): string {
  const angle = Math.min(share, 0.9999) * 2 * Math.PI;
  const x = 10 + radius * Math.sin(angle);
  const y = 10 - radius * Math.cos(angle);
  return `M10 10V${10 - radius}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${x} ${y}Z`;
}

function Digit({ children, y = 14 }: { children: string; y?: number }) {
  return (
    <text x="10" y={y} className={styles.digit}>
      {children}
    </text>
  );
}

function shapeOf(mark: Mark, progress: number): ReactNode {
  switch (mark) {
    case 'emergency':
      return (
        <>
          <path className={styles.body} d="M6.4 1.2h7.2l5.2 5.2v7.2l-5.2 5.2H6.4l-5.2-5.2V6.4z" />
          <Digit>1</Digit>
        </>
      );
    case 'high':
      return (
        <>
          <path className={styles.body} d="M10 1.4 19 18.2H1z" />
          <Digit y={16.4}>2</Digit>
        </>
      );
    case 'medium':
      return (
        <>
          <path className={styles.body} d="M10 .9 19.1 10 10 19.1.9 10z" />
          <Digit>3</Digit>
        </>
      );
    case 'low':
      return (
        <>
          <rect className={styles.body} x="2" y="2" width="16" height="16" />
          <Digit>4</Digit>
        </>
      );
    case 'advice':
      return (
        <>
          <circle className={styles.ring} cx="10" cy="10" r="8" />
          <path className={styles.stroke} d="M10 9v5.2M10 5.6v.6" />
        </>
      );
    case 'pending':
      return (
        <>
          <circle className={styles.ring} cx="10" cy="10" r="8" />
          <path className={styles.solid} d={sector(progress, 5.6)} />
        </>
      );
    case 'clearing':
      return (
        <>
          <path className={styles.stroke} d="M10 2a8 8 0 1 1-7.6 5.5" />
          <path className={styles.stroke} d="m6.2 10.2 2.7 2.8 5-5.8" />
        </>
      );
    case 'unknown':
      return (
        <>
          <circle className={styles.dashed} cx="10" cy="10" r="9" />
          <circle className={styles.disc} cx="10" cy="10" r="7" />
          <Digit>?</Digit>
        </>
      );
    case 'planned':
      return (
        <>
          <rect className={styles.body} x=".8" y="4.6" width="18.4" height="10.8" rx="5.4" />
          <path
            className={styles.on}
            d="M6.4 10h7.2m-9-1.8 1.8 1.8-1.8 1.8m10.8-3.6L13.6 10l1.8 1.8"
          />
        </>
      );
    case 'ok':
      return (
        <>
          <circle className={styles.thin} cx="10" cy="10" r="8.2" />
          <path className={styles.thin} d="m6.2 10.2 2.7 2.8 5-5.8" />
        </>
      );
  }
}

interface Props {
  readonly mark: Mark;
  readonly size?: number;
  /** How much of a pending timer has run, 0..1. */
  readonly progress?: number;
  /** On a solid emergency surface the glyph is drawn in reverse. */
  readonly inverted?: boolean;
}

/** The silhouette of a state. Always beside its word, so it is hidden from screen readers. */
export function Glyph({ mark, size = 20, progress = 0.35, inverted = false }: Props) {
  return (
    <svg
      className={styles.glyph}
      data-mark={mark}
      data-inverted={inverted || undefined}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      aria-hidden="true"
      focusable="false"
    >
      {shapeOf(mark, progress)}
    </svg>
  );
}
