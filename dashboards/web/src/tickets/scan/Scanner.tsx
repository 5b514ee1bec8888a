import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
// From our own origin: the library would fetch it from a third party's.
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { codeIn } from './code-in.ts';
import styles from './Scanner.module.css';

prepareZXingModule({ overrides: { locateFile: () => wasm } });

/** Between two looks at the camera's picture, milliseconds: a look takes about ten. */
const pause = 120;

interface Props {
  readonly onCode: (code: string) => void;
}

/** Reads the code at a place with the camera; says so when there is none, or it is not allowed. */
export function Scanner({ onCode }: Props) {
  const { t } = useTranslation('ticket');
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState<'denied' | 'none' | null>(null);
  const tell = useRef(onCode);
  tell.current = onCode;
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    const over = new AbortController();
    watch(element, over.signal, (code) => tell.current(code)).catch((error: unknown) => {
      if (over.signal.aborted) return;
      setTrouble(
        error instanceof DOMException && error.name === 'NotAllowedError' ? 'denied' : 'none',
      );
    });
    return () => over.abort();
  }, []);
  if (trouble !== null) return <p role="alert">{t(`scan.${trouble}`)}</p>;
  return (
    <div className={styles.frame}>
      <video
        ref={video}
        className={styles.video}
        playsInline
        muted
        aria-label={t('scan.looking')}
      />
      <p aria-live="polite">{t('scan.looking')}</p>
    </div>
  );
}

async function watch(
  video: HTMLVideoElement,
  signal: AbortSignal,
  onCode: (code: string) => void,
): Promise<void> {
  const camera = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: 1280 } },
  });
  const stop = () => {
    for (const track of camera.getTracks()) track.stop();
  };
  signal.addEventListener('abort', stop);
  // Closed again while the person was asked for the camera.
  if (signal.aborted) return stop();
  video.srcObject = camera;
  await video.play();
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  while (!signal.aborted && pen !== null) {
    const found = await look(video, canvas, pen);
    if (found !== null && !signal.aborted) return onCode(found);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function look(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  pen: CanvasRenderingContext2D,
): Promise<string | null> {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) return null;
  canvas.width = width;
  canvas.height = height;
  pen.drawImage(video, 0, 0);
  const [code] = await readBarcodes(pen.getImageData(0, 0, width, height), {
    formats: ['QRCode', 'DataMatrix'],
    maxNumberOfSymbols: 1,
  });
  return code?.isValid === true ? codeIn(code.text) : null;
}
