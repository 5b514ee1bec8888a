import type { Discovery } from '@caretaker/cloud/contract';
import { bytesOf, textOf } from '../gateways/sample.ts';
import styles from './Discovery.module.css';

/** The start of the newest message of a device. */
export function Sample({ found }: { readonly found: Discovery }) {
  const bytes = bytesOf(found.sample);
  return (
    <pre className={styles.sample}>
      {textOf(bytes)}
      {bytes.length < found.bytes && '…'}
    </pre>
  );
}
