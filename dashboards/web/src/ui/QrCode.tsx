import { generate } from 'lean-qr';
import { useMemo } from 'react';

interface Props {
  readonly text: string;
  readonly label: string;
  readonly className: string;
}

/** Modules of quiet round the code, as ISO/IEC 18004 asks for. */
const quiet = 4;

/** A QR code, made in the browser: what it says goes to nobody. */
export function QrCode({ text, label, className }: Props) {
  const { size, path } = useMemo(() => pathOf(text), [text]);
  const side = size + 2 * quiet;
  return (
    <svg
      className={className}
      viewBox={`${-quiet} ${-quiet} ${side} ${side}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <path d={path} fill="#000" />
    </svg>
  );
}

function pathOf(text: string): { readonly size: number; readonly path: string } {
  const code = generate(text);
  const cells: string[] = [];
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (code.get(x, y)) cells.push(`M${x} ${y}h1v1h-1z`);
    }
  }
  return { size: code.size, path: cells.join('') };
}
