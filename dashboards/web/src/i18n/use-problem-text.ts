import { useTranslation } from 'react-i18next';
import { problemIn } from '../api/problem.ts';
import { useLanguage } from './use-language.ts';

/** What to print of an error: the service's own words, or ours where it speaks English to a Chinese reader. */
export function useProblemText(): (error: unknown) => {
  readonly text: string;
  readonly code: string;
} {
  const { t, i18n } = useTranslation(['access', 'shell']);
  const language = useLanguage();
  return (error) => {
    const { status, code, detail, next } = problemIn(error);
    if (status === 0) return { text: t('shell:error.unreachableForm'), code };
    const key = `access:problem.${code}`;
    if (language === 'zh-CN' && i18n.exists(key)) return { text: t(key as never), code };
    return { text: next === undefined ? detail : `${detail} ${next}`, code };
  };
}
