import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import styles from './Rows.module.css';

interface Props<T> {
  readonly rows: readonly T[];
  readonly idOf: (row: T) => string;
  readonly render: (row: T) => ReactNode;
  /** Height to expect of a row, in pixels; measured once it is drawn. */
  readonly height: number;
}

/** Over this many rows only those near the screen are drawn. */
const mostWhole = 50;

/** A list of rows; a long one is virtual. */
export function Rows<T>(props: Props<T>) {
  if (props.rows.length > mostWhole) return <VirtualRows {...props} />;
  return (
    <ul className={styles.rows}>
      {props.rows.map((row) => (
        <li key={props.idOf(row)}>{props.render(row)}</li>
      ))}
    </ul>
  );
}

function VirtualRows<T>({ rows, idOf, render, height }: Props<T>) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const box = list.current?.getBoundingClientRect();
    if (box !== undefined) setTop(box.top + window.scrollY);
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : idOf(row);
    },
  });
  return (
    <ul ref={list} className={styles.rows} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        return (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            aria-setsize={rows.length}
            aria-posinset={item.index + 1}
            className={styles.placed}
            style={{ transform: `translateY(${item.start - top}px)` }}
          >
            {render(row)}
          </li>
        );
      })}
    </ul>
  );
}
