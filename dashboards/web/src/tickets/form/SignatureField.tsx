import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import SignaturePad from 'signature_pad';
import { Button } from '../../ui/Button.tsx';
import styles from './Signature.module.css';

interface Props {
  /** Gives what makes a picture of the strokes; null while there are none. */
  readonly onChange: (picture: (() => Promise<Blob | null>) | null) => void;
}

/** A place to sign with finger, pen or mouse; black on white in every theme, as on paper. */
export function SignatureField({ onChange }: Props) {
  const { t } = useTranslation('ticket');
  const canvas = useRef<HTMLCanvasElement>(null);
  const pad = useRef<SignaturePad>(null);
  const tell = useRef(onChange);
  tell.current = onChange;
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const ratio = Math.max(1, window.devicePixelRatio);
    element.width = element.offsetWidth * ratio;
    element.height = element.offsetHeight * ratio;
    element.getContext('2d')?.scale(ratio, ratio);
    const made = new SignaturePad(element, { backgroundColor: '#fff', penColor: '#000' });
    made.addEventListener('endStroke', () => {
      tell.current(() => new Promise((resolve) => element.toBlob(resolve, 'image/png')));
    });
    pad.current = made;
    return () => made.off();
  }, []);
  const clear = () => {
    pad.current?.clear();
    onChange(null);
  };
  return (
    <div className={styles.box}>
      <canvas ref={canvas} className={styles.pad} aria-label={t('signHere')} role="img" />
      <Button look="quiet" onClick={clear}>
        {t('signAgain')}
      </Button>
    </div>
  );
}
