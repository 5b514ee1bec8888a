import { useTranslation } from 'react-i18next';
import { Glyph } from './Glyph.tsx';
import type { Mark } from './mark.ts';
import styles from './StateWord.module.css';

interface Props {
  readonly mark: Mark;
  readonly size?: number;
  readonly progress?: number;
  readonly inverted?: boolean;
}

/** Glyph and word together: no state is told by colour alone. */
export function StateWord({ mark, size = 16, progress, inverted = false }: Props) {
  const { t } = useTranslation('words');
  return (
    <span className={styles.word} data-mark={mark} data-inverted={inverted || undefined}>
      <Glyph
        mark={mark}
        size={size}
        inverted={inverted}
        {...(progress === undefined ? {} : { progress })}
      />
      {t(`mark.${mark}`)}
    </span>
  );
}
