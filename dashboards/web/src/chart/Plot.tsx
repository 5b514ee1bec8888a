import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import styles from './Plot.module.css';
import { optionsOf } from './plot-options.ts';
import type { PlotProps } from './plot-props.ts';

/** The canvas. Everything a screen reader or a keyboard needs stands round it, in `Chart`. */
export function Plot(props: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { zone, language, colours, events, height } = props;
  const limitsKey = JSON.stringify(props.limits);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme, language or limit needs a new canvas; data does not.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const options = optionsOf(() => latest.current, element);
    const made = new uPlot(options, latest.current.series.columns, element);
    plot.current = made;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) made.setSize({ width: entry.contentRect.width, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [zone, language, colours, events, height, limitsKey]);

  const { series, window, chosen } = props;
  useEffect(() => {
    plot.current?.setData(series.columns, false);
    plot.current?.setScale('x', { min: window.from / 1000, max: window.to / 1000 });
  }, [series, window]);

  useEffect(() => {
    const made = plot.current;
    if (made === undefined || chosen === null) return;
    const at = latest.current.series.columns[0][chosen];
    if (at !== undefined) made.setCursor({ left: made.valToPos(at, 'x'), top: 10 }, false);
  }, [chosen]);

  return <div ref={box} className={styles.plot} style={{ height }} />;
}
